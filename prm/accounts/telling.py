"""How what happened to people with access reads in their own history, where the sentence needs no object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.access.actors import ROLE_LABELS, Role
from prm.accounts import events
from prm.accounts.words import minutes_words
from prm.events.telling import Told, teller


@teller(events.MemberAdded, icon="user-plus")
def member_added(data: Mapping[str, Any]) -> Told:
    """With which roles."""
    known = {role.value for role in Role}
    own = _("a role of our own")
    return Told(_("gave access"), [str(ROLE_LABELS[Role(code)]) if code in known else own for code in data["roles"]])


@teller(events.MemberDeactivated, icon="lock")
def member_deactivated(data: Mapping[str, Any]) -> Told:
    """No more."""
    return Told(_("ended the access"))


@teller(events.MemberActivated, icon="user-check")
def member_activated(data: Mapping[str, Any]) -> Told:
    """Once more."""
    return Told(_("gave access again"))


RULE_WORDS = {
    "partner_second_step": gettext_lazy("Second step of partners’ people"),
    "staff_idle_minutes": gettext_lazy("Sessions of our people without activity"),
    "staff_most_hours": gettext_lazy("Sessions of our people in all"),
    "partner_idle_minutes": gettext_lazy("Sessions of partners’ people without activity"),
    "partner_most_hours": gettext_lazy("Sessions of partners’ people in all"),
    "invitation_days": gettext_lazy("Links of invitations"),
    "invitation_domains": gettext_lazy("Addresses of our own people"),
}


@teller(events.SignInRulesChanged, icon="shield-lock")
def sign_in_rules_changed(data: Mapping[str, Any]) -> Told:
    """Each rule, what it was and what it is."""
    before, after = data["before"], data["after"]
    changes = [
        f"{words}: {_rule(name, before[name])} → {_rule(name, after[name])}"
        for name, words in RULE_WORDS.items()
        if name in after
    ]
    return Told(_("changed the rules of signing in"), changes)


def _rule(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("asked") if value else _("not asked")
    if isinstance(value, int):
        return minutes_words(value * {"days": 1_440, "hours": 60}.get(name.rpartition("_")[2], 1))
    return ", ".join(value) or _("anywhere")
