"""The letter to a specialist who is let in to another study, in their language."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.accounts.selectors.guests import guest_address
from prm.core.days import last_day
from prm.core.errors import NotFound
from prm.core.mailing import address, message_id
from profiling.sharing.selectors_specialists import specialist_get, titles_to_share


def admission_mail(*, actor: Actor, study_id: UUID, person_id: UUID, key: UUID) -> bool:
    """Sends it as the mail ``key``, unless the study is closed to them by now; whether it left. No transaction is open meanwhile."""
    with as_role(actor):
        title = titles_to_share(actor=actor, ids=[study_id]).get(study_id)
        try:
            guest = specialist_get(actor=actor, study_id=study_id, person_id=person_id)
        except NotFound:
            return False
        to, language = guest_address(actor=actor, person_id=person_id)
    if not title or not to or guest.is_over:
        return False
    with translation.override(language):
        words = {
            "name": guest.name, "title": title, "until": last_day(guest.until) if guest.until else None,
            "link": address(reverse("vendor:profiling:shared-list")), "vendor": settings.VENDOR_NAME,
        }  # fmt: skip
        subject = _("%(vendor)s · A study for you") % {"vendor": settings.VENDOR_NAME}
        body = render_to_string("profiling/sharing/mail/admitted.txt", words)
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": message_id(key)}
    EmailMessage(subject, body, to=[to], headers=headers).send()
    return True
