"""Roles as they are given and shown: the built-in ones and those that the vendor made itself, by code (``manager``, ``role_…``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from prm.access.actors import PARTNER_ROLES, ROLE_LABELS, VENDOR_ROLES, Actor, Role
from prm.access.policies import authorize, permissions_of
from prm.access.roles import as_sign_in
from prm.accounts.models import CustomRole
from prm.core.errors import Invalid, NotFound
from prm.core.ids import typeid_key, typeid_keys
from prm.core.keyset import KeysetPage, keyset_page


@dataclass(frozen=True, kw_only=True)
class Card:
    """A role to give: its code, its name, what it holds. ``custom_id`` is set for one of the vendor's own, made from ``base``."""

    code: str
    base: Role
    label: Any
    permissions: frozenset[str]
    custom_id: UUID | None = None
    held_by: int = 0


def custom_role_list(*, actor: Actor, archived: bool = False) -> list[CustomRole]:
    """Roles that the vendor made, by name, each with ``held_by``: how many hold it. One query. Raises Denied."""
    authorize(actor, "accounts.role:view")
    with as_sign_in():
        rows = CustomRole.objects.filter(archived_at__isnull=not archived).annotate(
            held_by=Count("memberships__user", distinct=True)
        )
        return list(rows)


def custom_role_page(
    *, actor: Actor, order: Sequence[str], archived: bool = False, cursor: str = "", limit: int = 25, count: bool = False
) -> KeysetPage:
    """One page of them. Raises Denied, BadCursor."""
    authorize(actor, "accounts.role:view")
    with as_sign_in(actor):
        rows = CustomRole.objects.filter(archived_at__isnull=not archived).order_by()
        return keyset_page(rows, order=order, cursor=cursor, limit=limit, count=count)


def custom_role_get(*, actor: Actor, role_id: UUID | str, locked: bool = False) -> CustomRole:
    """One of them, also an archived one; ``locked`` keeps it as it is until the transaction ends. Raises Denied, NotFound."""
    authorize(actor, "accounts.role:view")
    with as_sign_in():
        rows = CustomRole.objects.select_for_update() if locked else CustomRole.objects.all()
        found = rows.filter(pk=typeid_key(CustomRole.typeid_prefix, role_id)).first()
    if found is None:
        raise NotFound
    return found


def card_list(*, actor: Actor, of_partners: bool = False) -> list[Card]:
    """The roles of one side in the order in which they are shown: built-in ones, then the vendor's own. Raises Denied."""
    authorize(actor, "accounts.role:view")
    side = PARTNER_ROLES | {Role.CANDIDATE} if of_partners else VENDOR_ROLES
    cards = [_built_in(role) for role in Role if role in side]
    return cards if of_partners else cards + [_own(role) for role in custom_role_list(actor=actor)]


def cards_behind(*, actor: Actor, codes: Iterable[str]) -> list[Card]:
    """The roles that codes name, each once; those of the vendor's own that are archived are none. One query at most. Raises Invalid."""
    wanted = list(dict.fromkeys(str(code) for code in codes))
    own = {role.public_id: role for role in _rows(wanted) if role.archived_at is None}
    found = []
    for code in wanted:
        if code not in own and code not in set(Role):
            raise Invalid("unknown_role", _("There is no such role."), field="roles")
        found.append(_own(own[code]) if code in own else _built_in(Role(code)))
    return found


def role_names(*, actor: Actor, codes: Iterable[str]) -> dict[str, str]:
    """Code → name in the reader's language, archived ones too. One query, and none without roles of the vendor's own."""
    wanted = list(codes)
    names: dict[str, str] = {role.value: str(ROLE_LABELS[role]) for role in Role if role.value in wanted}
    return {**names, **{role.public_id: role.name for role in _rows(wanted)}}


def _rows(codes: Iterable[str]) -> list[CustomRole]:
    keys = list(typeid_keys(CustomRole.typeid_prefix, codes))
    if not keys:
        return []
    with as_sign_in():
        return list(CustomRole.objects.filter(pk__in=keys))


def _built_in(role: Role) -> Card:
    return Card(code=role.value, base=role, label=ROLE_LABELS[role], permissions=permissions_of({role}))


def _own(role: CustomRole) -> Card:
    held = frozenset(role.permissions) & permissions_of(VENDOR_ROLES)
    return Card(
        code=role.public_id, base=Role(role.base), label=role.name, permissions=held, custom_id=role.pk,
        held_by=getattr(role, "held_by", 0),
    )  # fmt: skip
