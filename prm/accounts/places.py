"""Places: where an account may come in, and as whom. Pure; the rows are read by ``selectors``.

Somebody may work for the vendor, for one partner or several, and be a specialist besides. A request acts for one place at a time;
which one is kept in the session (``SESSION_KEY``) and changed by the switcher.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from prm.access.actors import PARTNER_ROLES, VENDOR_ROLES, ActorKind, Role
from prm.access.policies import permissions_of

SESSION_KEY = "prm_place"
VENDOR, SPECIALIST = "vendor", "specialist"
_KIND_OF_DOOR = {"candidate": ActorKind.CANDIDATE, "partner": ActorKind.PARTNER}


@dataclass(frozen=True, kw_only=True)
class Held:
    """A role that an account holds, and the organisation that it holds it at (none: the vendor). ``custom``: what a role of the vendor's
    own, made from ``role``, gives instead."""

    role: Role
    custom: frozenset[str] | None = None
    custom_name: str = ""
    partner_id: UUID | None = None
    company_id: UUID | None = None
    name: str = ""
    door: str = ""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an account may come in. ``key`` is kept in the session; ``name`` is the organisation's, "" for the vendor."""

    key: str
    kind: ActorKind
    roles: frozenset[Role]
    permissions: frozenset[str] = frozenset()
    role_name: str = ""
    partner_id: UUID | None = None
    company_id: UUID | None = None
    name: str = ""


def roles_behind(door: str) -> list[Role]:
    """The roles to which somebody is invited behind a partner's door: candidates of a company in recruitment, people of a partner, nobody
    of one that has left.

    >>> roles_behind("candidate"), roles_behind("closed")
    ([<Role.CANDIDATE: 'candidate'>], [])
    """
    return {"candidate": [Role.CANDIDATE], "partner": [role for role in Role if role in PARTNER_ROLES]}.get(door, [])


def role_at(door: str, role: Role) -> Role:
    """The role in which somebody acts behind a door. A company in recruitment has candidates only: what else its people hold, of a
    partnership that ended or of a step that was taken back, gives nothing until it is a partner."""
    return Role.CANDIDATE if door == "candidate" else role


def permissions_held(rows: Iterable[Held]) -> frozenset[str]:
    """What roles held at one place give together. One of the vendor's own never gives what no role of the vendor's people can."""
    rows = list(rows)
    given = permissions_of({row.role for row in rows if row.custom is None})
    made = frozenset(permission for row in rows if row.custom is not None for permission in row.custom)
    return given | (made & permissions_of(VENDOR_ROLES))


def places_of(held: Iterable[Held]) -> list[Place]:
    """The places that these roles open: the vendor first, partners by name, the specialist's last. A closed door opens none."""
    own: list[Held] = []
    at: dict[UUID, list[Held]] = {}
    for row in held:
        if row.partner_id is None:
            own.append(row)
        elif row.door in _KIND_OF_DOOR:
            at.setdefault(row.partner_id, []).append(replace(row, role=role_at(row.door, row.role)))
    found = []
    working = [row for row in own if row.role in VENDOR_ROLES]
    if working:
        made = working[0].custom_name if len(working) == 1 else ""
        found.append(_place(VENDOR, ActorKind.VENDOR, working, role_name=made))
    for partner_id, rows in sorted(at.items(), key=lambda item: (item[1][0].name, item[0])):
        one = rows[0]
        kind = _KIND_OF_DOOR[one.door]
        found.append(_place(str(partner_id), kind, rows, partner_id=partner_id, company_id=one.company_id, name=one.name))
    invited = [row for row in own if row.role is Role.SPECIALIST]
    if invited:
        found.append(_place(SPECIALIST, ActorKind.SPECIALIST, invited))
    return found


def _place(key: str, kind: ActorKind, rows: list[Held], **more: Any) -> Place:
    return Place(key=key, kind=kind, roles=frozenset(row.role for row in rows), permissions=permissions_held(rows), **more)


def place_chosen(places: Sequence[Place], key: str) -> Place | None:
    """The place that was chosen while it is open, else the first; None for an account that comes in nowhere."""
    return next((place for place in places if place.key == key), places[0] if places else None)
