"""Who may give which role: nobody gives more than they hold."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from prm.access.actors import PARTNER_ROLES, VENDOR_ROLES, Actor, ActorKind, Role
from prm.access.policies import permissions_of
from prm.core.errors import Denied, Invalid


def roles_to_give(actor: Actor, *, partner_id: UUID | None) -> list[Role]:
    """The built-in roles that ``actor`` may give at a place (None: the vendor), in the order in which they are shown."""
    if partner_id is None:
        return [role for role in Role if role in VENDOR_ROLES | {Role.SPECIALIST} and _may_give(actor, role)]
    return [role for role in Role if role in PARTNER_ROLES | {Role.CANDIDATE} and _may_give_at(actor, role, partner_id)]


def check_giving(actor: Actor, *, roles: Iterable[Role], partner_id: UUID | None) -> None:
    """Raises Denied when one of ``roles`` is more than ``actor`` may give; Invalid for a role of the other side."""
    offered = roles_to_give(actor, partner_id=partner_id)
    for role in roles:
        if (role in PARTNER_ROLES | {Role.CANDIDATE}) != (partner_id is not None):
            raise Invalid("role_of_the_other_side", _("This role is not for people of this organisation."), field="roles")
        if role is Role.ADMINISTRATOR and role not in offered:
            raise Denied("not_allowed", _("Only an administrator makes another administrator."))
        if role not in offered:
            raise Denied("not_allowed", _("You give no role that may do more than you."))


def _may_give(actor: Actor, role: Role) -> bool:
    """For the vendor's people and specialists."""
    if actor.is_system or Role.ADMINISTRATOR in actor.roles:
        return True
    if actor.kind is not ActorKind.VENDOR or role is Role.ADMINISTRATOR:
        return False
    return role is Role.SPECIALIST or permissions_of({role}) <= actor.permissions


def _may_give_at(actor: Actor, role: Role, partner_id: UUID) -> bool:
    """For a partner's people: the vendor's people who may invite there, and the partner's own administrators."""
    if actor.is_system or actor.kind is ActorKind.VENDOR:
        return True
    return actor.partner_id == partner_id and Role.PARTNER_ADMINISTRATOR in actor.roles and role in PARTNER_ROLES
