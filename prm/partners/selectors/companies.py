"""The list of companies: filter, search and sort a million of them within the time of a click (P1, UX 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Invalid
from prm.partners.conditions import are_many, bounds_of, narrowed
from prm.partners.listing import COUNT_CAP, Order, count_few, find_page
from prm.partners.models import Company, VendorCarried

ORDERS = {
    "name": Order("name_key"),
    "employees": Order("employees", nullable=True),
    "revenue": Order("revenue_reporting", nullable=True),
    "growth": Order("growth", nullable=True),
    "known": Order("known_count"),
    "updated": Order("updated_at"),
}


@dataclass(frozen=True, slots=True)
class CompanyPage:
    """One page of the list. ``total`` counts up to 10,000; ``capped`` says there are more."""

    rows: list[Company]
    next: str
    previous: str
    total: int
    capped: bool


def company_list(
    *,
    actor: Actor,
    q: str = "",
    filters: Mapping[str, Any] | None = None,
    sort: str = "name",
    cursor: str = "",
    limit: int = 50,
) -> CompanyPage:
    """Companies that ``actor`` sees, by words that begin with those of ``q`` and by ``filters``; at most ``limit``.

    ``filters``: typology, country, region, territory, lifecycle, vendor, offer (tuples of keys; lifecycle ``none``: no relationship),
    employees, sales_people, engineers, revenue, growth, known, stale (ranges; shares in per cent; ``stale``: days of the oldest fact),
    partner, archived (bool), manager (person ids). ``sort`` is a key of ``ORDERS``, falling with ``-``. At most 8 queries.
    Raises Denied; Invalid for an unknown sort, filter or cursor.
    """
    authorize(actor, "partners.company:view")
    order, chosen = _order(sort), dict(filters or {})
    living = Company.objects.visible_to(actor).filter(merged_into__isnull=True)
    found = find_page(
        narrowed(living, q=q, filters=chosen),
        narrowed(living, q=q, filters=chosen, testing=True),
        order,
        cursor=cursor,
        limit=limit,
        bounds=bounds_of(order.field, chosen),
        are_many=are_many(q=q, filters=chosen, cap=COUNT_CAP),
    )
    rows = companies_of(actor=actor, ids=found.ids)
    return CompanyPage(rows, found.next, found.previous, found.total, found.capped)


def company_count(*, actor: Actor, q: str = "", filters: Mapping[str, Any] | None = None) -> tuple[int, bool]:
    """How many companies a list would hold: exact up to 10,000, then (10000, True). One query, for the tabs of saved views."""
    return count_few(company_rows(actor=actor, q=q, filters=filters))


def company_rows(*, actor: Actor, q: str = "", filters: Mapping[str, Any] | None = None) -> QuerySet[Company]:
    """The same companies as ``company_list`` shows, all of them and in no order: for acts on a whole selection."""
    authorize(actor, "partners.company:view")
    living = Company.objects.visible_to(actor).filter(merged_into__isnull=True)
    return _with_partner(narrowed(living, q=q, filters=dict(filters or {})))


def company_keys(
    *, actor: Actor, q: str = "", filters: Mapping[str, Any] | None = None, sort: str = "name"
) -> Iterable[UUID]:
    """The ids of the same companies in the list's order, unknown values last, read as they are asked for: for exports.

    Raises Denied; Invalid for an unknown sort or filter.
    """
    authorize(actor, "partners.company:view")
    order = _order(sort or "name")
    living = Company.objects.visible_to(actor).filter(merged_into__isnull=True)
    found = narrowed(living, q=q, filters=dict(filters or {}))
    first = F(order.field).desc(nulls_last=True) if order.descending else F(order.field).asc(nulls_last=True)
    return found.order_by(first, "-id" if order.descending else "id").values_list("id", flat=True).iterator(20_000)


def companies_of(*, actor: Actor, ids: Sequence[UUID]) -> list[Company]:
    """These companies as the list shows them, in the order of ``ids``; what is gone or out of sight is left out. Two queries."""
    by_key = _with_partner(Company.objects.visible_to(actor)).in_bulk(list(ids))
    rows = [by_key[key] for key in ids if key in by_key]
    _add_carried(rows)
    return rows


def _order(sort: str) -> Order:
    name = sort.removeprefix("-")
    if name not in ORDERS:
        raise Invalid("unknown_sort", sort, field="sort")
    base = ORDERS[name]
    return Order(base.field, sort.startswith("-"), base.nullable)


def _with_partner(companies: QuerySet[Company]) -> QuerySet[Company]:
    return companies.select_related("partner").annotate(lifecycle=F("partner__lifecycle"))


def _add_carried(rows: list[Company]) -> None:
    """Vendors carried of each row, the largest share first: (name, relation). One query."""
    carried: dict[Any, list[tuple[str, str]]] = {row.pk: [] for row in rows}
    links = VendorCarried.objects.filter(company_id__in=carried).order_by(F("share_of_business").desc(nulls_last=True), "id")
    for company_id, name, relation in links.values_list("company_id", "vendor__name", "vendor__relation"):
        carried[company_id].append((name, relation))
    for row in rows:
        row.carried = carried[row.pk]  # type: ignore[attr-defined]
