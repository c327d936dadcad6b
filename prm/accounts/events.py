"""What happens to accounts. Ids only: names and addresses are read from the record when history is shown."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import Event


class MemberAdded(Event, subject="person", sentence=_("gave access to")):
    """Somebody may sign in now, or has a further role."""

    roles: list[str]


class MemberDeactivated(Event, subject="person", sentence=_("ended the access of")):
    """Somebody may not sign in any more."""


class MemberActivated(Event, subject="person", sentence=_("gave access again to")):
    """Somebody may sign in again."""


class ApiKeyCreated(Event, subject="api_key", sentence=_("made the API key %(prefix)s…")):
    """A program may act for somebody now. Of its secret only what is shown in lists is told."""

    prefix: str
    scopes: list[str]
    expires_at: datetime | None


class ApiKeyRevoked(Event, subject="api_key", sentence=_("revoked the API key %(prefix)s…")):
    """A key opens nothing any more."""

    prefix: str
