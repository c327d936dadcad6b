"""What happens to accounts. Ids only: names and addresses are read from the record when history is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import Event


@dataclass(frozen=True, kw_only=True)
class MemberAdded(Event):
    """Somebody may sign in now, or has a further role."""

    type = "accounts.member_added"
    subject_type = "person"
    sentence = _("gave access to")
    roles: list[str]


@dataclass(frozen=True, kw_only=True)
class MemberDeactivated(Event):
    """Somebody may not sign in any more."""

    type = "accounts.member_deactivated"
    subject_type = "person"
    sentence = _("ended the access of")


@dataclass(frozen=True, kw_only=True)
class MemberActivated(Event):
    """Somebody may sign in again."""

    type = "accounts.member_activated"
    subject_type = "person"
    sentence = _("gave access again to")


@dataclass(frozen=True, kw_only=True)
class ApiKeyCreated(Event):
    """A program may act for somebody now. Of its secret only what is shown in lists is told."""

    type = "accounts.api_key_created"
    subject_type = "api_key"
    sentence = _("made the API key %(prefix)s…")
    prefix: str
    scopes: list[str]
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ApiKeyRevoked(Event):
    """A key opens nothing any more."""

    type = "accounts.api_key_revoked"
    subject_type = "api_key"
    sentence = _("revoked the API key %(prefix)s…")
    prefix: str
