"""The one mail of accounts that is not allauth's: an invitation, in the language of whoever is invited."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from prm.access.roles import as_sign_in
from prm.accounts.models import Invitation

log = logging.getLogger(__name__)


def send_invitation(request: HttpRequest, invitation: Invitation, token: str) -> None:
    """Sent after the commit. One that cannot be sent is logged; the list of invitations offers to send it again."""
    link = request.build_absolute_uri(reverse("account_invitation", args=[token]))
    with as_sign_in():
        place = invitation.partner.name if invitation.partner else ""
    with translation.override(invitation.language):
        words = {"invitation": invitation, "link": link, "vendor": settings.VENDOR_NAME, "place": place}
        subject = _("%(vendor)s · Your invitation") % {"vendor": settings.VENDOR_NAME}
        body = render_to_string("accounts/mail/invitation.txt", words)
    try:
        EmailMessage(subject, body, to=[invitation.email], headers={"Auto-Submitted": "auto-generated"}).send()
    except (OSError, SMTPException):
        log.exception("the invitation %s could not be sent", invitation.public_id)
