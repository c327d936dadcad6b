"""What happens to accounts. Ids only: names and addresses are read from the record when history is shown."""

from __future__ import annotations

from dataclasses import dataclass

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
