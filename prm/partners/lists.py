"""What the lists of partners and of order lines hold, for their pages and their files: the spec with its choices, and the rows of a
state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils import timezone

from prm.access.actors import Actor
from prm.core.ids import typeid_keys
from prm.partners.models import Partner, Position, Sale
from prm.partners.selectors import partners as reading
from prm.partners.selectors import sales as selling
from prm.partners.selectors.company import territory_options
from prm.partners.selectors.people import country_options, people_list
from prm.partners.tables.partners import partner_spec, sale_spec
from prm.partners.tables.people import people_spec
from prm.ui.tables import ListSpec, ListState

ORDERS = {
    "name": "name_key",
    "since": "lifecycle_since",
    "sales": "sales_year",
    "last": "last_order",
    "sold": "sold_on",
    "company": "company_key",
}
MOST_NAMED = 20


def order_of(state: ListState) -> list[str]:
    """The columns that a state sorts by."""
    sign = "-" if state.descending else ""
    return [f"{sign}{ORDERS[state.sort]}", f"{sign}id"]


def ordered(rows: QuerySet[Any], state: ListState) -> QuerySet[Any]:
    """All rows in the order of the list, unknown last."""
    columns = [
        F(name.removeprefix("-")).desc(nulls_last=True) if name.startswith("-") else F(name).asc(nulls_last=True)
        for name in order_of(state)
    ]
    return rows.order_by(*columns)


def partners_spec(*, actor: Actor) -> ListSpec:
    """The list of partners with the choices of this installation."""
    return partner_spec(
        managers=reading.manager_options(actor=actor),
        territories=territory_options(actor=actor),
        tiers=reading.tier_options(actor=actor),
    )


def partners_of(*, actor: Actor, state: ListState) -> QuerySet[Partner]:
    """The partners that a state asks for. Raises Denied."""
    values = dict(state.values)
    if "manager" in values:
        values["manager"] = [key if key == reading.NOBODY else UUID(key) for key in values["manager"]]
    return reading.partners_shown(actor=actor, q=state.q, filters=values, today=timezone.localdate())


def sales_spec(*, actor: Actor, named: Sequence[str] = ()) -> ListSpec:
    """The list of order lines; ``named`` are the partners that the address asks for (TypeIDs), for the chip of the filter."""
    partners = reading.partner_options(actor=actor, ids=list(typeid_keys(Partner.typeid_prefix, named[:MOST_NAMED])))
    return sale_spec(choices=selling.sale_choices(actor=actor), partner=partners)


def sales_of(*, actor: Actor, state: ListState) -> QuerySet[Sale]:
    """The order lines that a state asks for; ``partner`` is ids or the beginnings of words of a name. Raises Denied."""
    values: dict[str, Any] = dict(state.values)
    asked = values.pop("partner", None)
    for text in [asked] if isinstance(asked, str) else asked or ():
        key = next(iter(typeid_keys(Partner.typeid_prefix, [text])), None)
        if key is None:
            values["company"] = text
        else:
            values.setdefault("partner", []).append(key)
    return selling.sales_shown(actor=actor, q=state.q, filters=values)


def people_spec_of(*, actor: Actor) -> ListSpec:
    """The directory of people with the choices of this installation."""
    return people_spec(managers=reading.manager_options(actor=actor), countries=country_options(actor=actor))


def people_of(*, actor: Actor, state: ListState) -> QuerySet[Position]:
    """The people that a state asks for. Raises Denied."""
    values = dict(state.values)
    if "manager" in values:
        values["manager"] = [UUID(key) for key in values["manager"]]
    return people_list(actor=actor, q=state.q, filters=values)
