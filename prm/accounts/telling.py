"""How what happened to people with access reads in their own history, where the sentence needs no object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from prm.access.actors import ROLE_LABELS, Role
from prm.accounts import events
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
