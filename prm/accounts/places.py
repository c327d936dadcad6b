"""Places: where an account may come in, and as whom. Pure; the rows are read by ``selectors``.

Somebody may work for the vendor, for one partner or several, and be a specialist besides. A request acts for one place at a time;
which one is kept in the session (``SESSION_KEY``) and changed by the switcher.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from prm.access.actors import VENDOR_ROLES, ActorKind, Role

SESSION_KEY = "prm_place"
VENDOR, SPECIALIST = "vendor", "specialist"
_KIND_OF_DOOR = {"candidate": ActorKind.CANDIDATE, "partner": ActorKind.PARTNER}


@dataclass(frozen=True, kw_only=True)
class Held:
    """A role that an account holds, and the organisation that it holds it at (none: the vendor)."""

    role: Role
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
    partner_id: UUID | None = None
    company_id: UUID | None = None
    name: str = ""


def places_of(held: Iterable[Held]) -> list[Place]:
    """The places that these roles open: the vendor first, partners by name, the specialist's last. A closed door opens none."""
    own: set[Role] = set()
    at: dict[UUID, list[Held]] = {}
    for row in held:
        if row.partner_id is None:
            own.add(row.role)
        elif row.door in _KIND_OF_DOOR:
            at.setdefault(row.partner_id, []).append(row)
    found = []
    if own & VENDOR_ROLES:
        found.append(Place(key=VENDOR, kind=ActorKind.VENDOR, roles=frozenset(own & VENDOR_ROLES)))
    for partner_id, rows in sorted(at.items(), key=lambda item: (item[1][0].name, item[0])):
        one = rows[0]
        found.append(
            Place(
                key=str(partner_id), kind=_KIND_OF_DOOR[one.door], roles=frozenset(row.role for row in rows),
                partner_id=partner_id, company_id=one.company_id, name=one.name,
            )
        )  # fmt: skip
    if Role.SPECIALIST in own:
        found.append(Place(key=SPECIALIST, kind=ActorKind.SPECIALIST, roles=frozenset({Role.SPECIALIST})))
    return found


def place_chosen(places: Sequence[Place], key: str) -> Place | None:
    """The place that was chosen while it is open, else the first; None for an account that comes in nowhere."""
    return next((place for place in places if place.key == key), places[0] if places else None)
