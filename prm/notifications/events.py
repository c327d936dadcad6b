"""What happens to notifications."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import Event


class MailDue(Event, subject="mail", sentence=_("had a mail to send")):
    """A mail is to leave now. Its delivery keeps attempts and dead letters; the event's id never changes, nor the mail's Message-ID."""
