"""The mails of accounts that are not allauth's, each in the language of whoever gets it: an invitation, and guesses at a password."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.accounts.links import token_behind
from prm.accounts.models import Invitation
from prm.accounts.selectors.invitations import invitation_to_mail
from prm.accounts.selectors.told import account_to_mail
from prm.core.days import last_day
from prm.core.mailing import address, message_id
from prm.core.throttle import Limit

log = logging.getLogger(__name__)
#: Letters to one address in an hour, whoever sends them. What is beyond does not leave, and nobody is told: the answer to one place would
#: tell it of the others. The invitation stands, and can be sent again.
LETTERS_IN_ALL = Limit("accounts.invitation.all", 20, 3600)


def invitation_mail(*, actor: Actor, invitation_id: UUID, letter: int, key: UUID) -> bool:
    """Sends a letter of an invitation as the mail ``key``, unless a later one was asked for or the invitation is over; whether it left.

    No transaction is open meanwhile. LookupError when nobody can write its link any more (``links.token_behind``).
    """
    invitation = invitation_to_mail(actor=actor, invitation_id=invitation_id)
    if invitation is None or invitation.letters != letter:
        return False
    whose = invitation.email.strip().casefold()
    if LETTERS_IN_ALL.is_reached(whose):
        log.warning("invitation %s: its address has had %s letters within the hour", invitation.pk, LETTERS_IN_ALL.most)
        return False
    _written(invitation, key).send()
    LETTERS_IN_ALL.use(whose)
    return True


def _written(invitation: Invitation, key: UUID) -> EmailMessage:
    link = address(reverse("account_invitation", args=[token_behind(invitation)]))
    place = invitation.partner.name if invitation.partner else ""
    until = last_day(invitation.studies_until) if invitation.studies_until else None
    with translation.override(invitation.language):
        words = {"invitation": invitation, "link": link, "vendor": settings.VENDOR_NAME, "place": place, "until": until}
        subject = _("%(vendor)s · Your invitation") % {"vendor": settings.VENDOR_NAME}
        body = render_to_string("accounts/mail/invitation.txt", words)
    return _mail(subject, body, invitation.email, key)


def guesses_mail(*, actor: Actor, person_id: UUID, tried: Mapping[str, Any], key: UUID) -> bool:
    """Tells the owner of an account, as the mail ``key``, that somebody guesses at its password, and what to do; whether it left.

    ``tried``: the data of ``PasswordGuessed``. It goes to the address of the account alone; one that is closed by now gets none.
    """
    account = account_to_mail(actor=actor, person_id=person_id)
    if account is None:
        return False
    with translation.override(account.language):
        words = {
            "vendor": settings.VENDOR_NAME, "name": account.name, "tries": tried["tries"], "places": tried["places"],
            "began_at": datetime.fromisoformat(tried["began_at"]), "security": address(reverse("account_security")),
            "change": address(reverse("account_change_password")),
        }  # fmt: skip
        subject = _("%(vendor)s · Somebody guesses at your password") % {"vendor": settings.VENDOR_NAME}
        body = render_to_string("accounts/mail/guesses.txt", words)
    _mail(subject, body, account.email, key).send()
    return True


def _mail(subject: str, body: str, to: str, key: UUID) -> EmailMessage:
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": message_id(key)}
    return EmailMessage(subject, body, to=[to], headers=headers)
