"""Writing and sending mails: in the reader's language, of what the reader may see at that moment, with one click to end them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from prm.access.actors import Actor, ActorKind
from prm.access.roles import as_role
from prm.accounts.places import VENDOR
from prm.accounts.selectors.actors import actor_of_user_id
from prm.accounts.selectors.told import address_of
from prm.core.mailing import message_id
from prm.notifications.kinds import KINDS
from prm.notifications.mail_styles import mail_styles
from prm.notifications.models import Mail
from prm.notifications.selectors import Told, told_of
from prm.notifications.selectors_mail import mail_about, mail_get, mail_is_over
from prm.notifications.services_mail import mail_end

_SALT = "prm.notifications.unsubscribe"


def token_of(person_id: UUID, kind: str) -> str:
    """What the link that ends mails of a kind carries: signed, and good for nothing else."""
    return signing.dumps([str(person_id), kind], salt=_SALT)


def read_token(token: str) -> tuple[UUID, str] | None:
    """Whom and which kind a token is about; None for one that is not ours."""
    try:
        person_id, kind = signing.loads(token, salt=_SALT)
        return UUID(person_id), str(kind)
    except (signing.BadSignature, ValueError, TypeError):
        return None


@dataclass(frozen=True)
class _Reader:
    """Who reads a mail, and where it goes."""

    actor: Actor
    address: str


def post(*, actor: Actor, mail_id: UUID) -> bool:
    """Sends a mail, unless it has been sent or nothing of it is news any more; whether one left. No transaction is open meanwhile.

    Called again after a kill in between, it sends the same mail with the same Message-ID (``models.Mail``).
    """
    with as_role(actor):
        mail = mail_get(actor=actor, mail_id=mail_id)
        if mail is None or mail_is_over(actor=actor, mail=mail):
            return False
        reader = _reader(actor, mail)
    letter = _letter(mail, reader) if reader is not None else None
    if letter is not None:
        letter.send()
    with as_role(actor):
        mail_end(actor=actor, mail_id=mail_id, is_sent=letter is not None)
    return letter is not None


def _reader(actor: Actor, mail: Mail) -> _Reader | None:
    """The person with today's rights; None when they left, or their account is closed."""
    person = mail.person
    if person.user_id is None:
        return None
    reader = actor_of_user_id(person.user_id, str(person.partner_id) if person.partner_id else VENDOR)
    if reader is None or reader.person_id != person.pk or reader.kind is ActorKind.SPECIALIST:
        return None
    address = address_of(actor=actor, user_id=person.user_id)
    return _Reader(reader, address) if address else None


def _letter(mail: Mail, reader: _Reader) -> EmailMultiAlternatives | None:
    with translation.override(reader.actor.language), as_role(reader.actor):
        rows = mail_about(actor=reader.actor, mail=mail)
        told = [item for item in told_of(actor=reader.actor, rows=rows) if not item.is_gone]
        return _written(mail, reader, told) if told else None


def _written(mail: Mail, reader: _Reader, told: list[Told]) -> EmailMultiAlternatives:
    kind = told[0].notification.kind if mail.notification_id else "digest"
    host = settings.PRM_ADDRESS.rstrip("/")
    door = "portal" if reader.actor.partner_id else "vendor"
    leave = host + reverse("mail-unsubscribe", args=[token_of(mail.person_id, kind)])
    subject = told[0].sentence if len(told) == 1 else _("%(n)s things happened") % {"n": len(told)}
    context = {
        "vendor": settings.VENDOR_NAME, "subject": subject, "items": [(item, host + item.url if item.url else "") for item in told],
        "label": KINDS.get(kind).label if kind in KINDS else _("Daily e-mail"), "is_digest": kind == "digest", "styles": mail_styles(),
        "leave": leave, "preferences": host + reverse(f"{door}:notifications:preferences"), "language": reader.actor.language,
        "all": host + reverse(f"{door}:notifications:list"),
    }  # fmt: skip
    letter = EmailMultiAlternatives(
        # A name that holds a line break would end the header.
        subject=" ".join(f"{settings.VENDOR_NAME} · {subject}".split()),
        body=render_to_string("notifications/mail.txt", context),
        to=[reader.address],
        headers={
            "Message-ID": message_id(mail.pk),
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    letter.attach_alternative(render_to_string("notifications/mail.html", context), "text/html")
    return letter
