"""The list of companies: filter, search and sort a million of them within the time of a click (P1, UX 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.cached_figures import kept, note_seen, seen_lately
from prm.core.errors import Invalid
from prm.core.keyset import COUNT_CAP, KeysetPage
from prm.core.long_tables import find_counts, find_page
from prm.partners.conditions import are_many, bounds_of, by_links, narrowed
from prm.partners.models import Company, VendorCarried

#: How long more than 10,000 companies are taken for many without being counted again.
MANY_SECONDS = 60
#: What the list sorts by → its column; each has an index on (column, id).
ORDERS = {
    "name": "name_key",
    "employees": "employees",
    "revenue": "revenue_reporting",
    "growth": "growth",
    "known": "known_count",
    "updated": "updated_at",
}


def company_list(
    *,
    actor: Actor,
    q: str = "",
    filters: Mapping[str, Any] | None = None,
    sort: str = "name",
    cursor: str = "",
    limit: int = 50,
    count: bool = True,
) -> KeysetPage:
    """Companies that ``actor`` sees, by words that begin with those of ``q`` and by ``filters``; at most ``limit``.

    ``filters``: typology, country, region, territory, lifecycle, vendor, offer (tuples of keys; lifecycle ``none``: no relationship),
    employees, sales_people, engineers, revenue, growth, known, stale (ranges; shares in per cent; ``stale``: days of the oldest fact),
    partner, archived (bool), manager (person ids). ``sort`` is a key of ``ORDERS``, falling with ``-``. The total comes with ``count``,
    exact up to 10,000; that there were more is remembered for a minute. At most 6 queries. Raises Denied, BadCursor; Invalid for an
    unknown sort or filter.
    """
    authorize(actor, "partners.company:view")
    chosen = dict(filters or {})
    order = _order(sort)
    living = Company.objects.visible_to(actor).filter(merged_into__isnull=True)

    @cache
    def rows(testing: bool) -> QuerySet[Company]:
        return narrowed(living, actor=actor, q=q, filters=chosen, testing=testing)

    # Who sorts and turns pages asks for the same companies again and again: that there are many is not counted each time.
    question = f"partners.many {_asked(actor, q, chosen)}"
    were_many = bool(chosen) and seen_lately(question)
    found = find_page(
        rows, order=order, cursor=cursor, limit=limit, count=count,
        bounds=bounds_of(order.removeprefix("-"), chosen), by_links=by_links(q=q, filters=chosen), were_many=were_many,
        are_many=are_many(actor=actor, q=q, filters=chosen, cap=COUNT_CAP, count=count),
    )  # fmt: skip
    if chosen and found.capped and not were_many:
        note_seen(question, MANY_SECONDS)
    by_key = _with_partner(Company.objects.visible_to(actor)).in_bulk(found.rows)
    return KeysetPage(
        [by_key[key] for key in found.rows if key in by_key], found.next, found.previous, found.total, found.capped
    )


def company_counts(*, actor: Actor, asked: Sequence[tuple[str, Mapping[str, Any]]]) -> list[tuple[int, bool]]:
    """How many companies a list of each (q, filters) would hold: exact up to 10,000, then (10000, True). One query, for the tabs of
    saved views; where one holds more, what it answered this person within the last minute."""
    authorize(actor, "partners.company:view")
    living = Company.objects.visible_to(actor).filter(merged_into__isnull=True)
    linked = all(by_links(q=q, filters=filters) for q, filters in asked)

    def count() -> list[tuple[int, bool]]:
        return find_counts(
            [narrowed(living, actor=actor, q=q, filters=dict(filters)) for q, filters in asked], by_links=linked
        )

    question = f"partners.counts {[_asked(actor, q, filters) for q, filters in asked]}"
    return kept(question, count, large=lambda found: any(capped for _total, capped in found), seconds=MANY_SECONDS)


def company_rows(*, actor: Actor, q: str = "", filters: Mapping[str, Any] | None = None) -> QuerySet[Company]:
    """The same companies as ``company_list`` shows, all of them and in no order: for acts on a whole selection."""
    authorize(actor, "partners.company:view")
    living = Company.objects.visible_to(actor).filter(merged_into__isnull=True)
    return _with_partner(narrowed(living, actor=actor, q=q, filters=dict(filters or {})))


def company_keys(
    *, actor: Actor, q: str = "", filters: Mapping[str, Any] | None = None, sort: str = "name"
) -> Iterable[UUID]:
    """The ids of the same companies in the list's order, unknown values last, read as they are asked for: for exports.

    Raises Denied; Invalid for an unknown sort or filter.
    """
    authorize(actor, "partners.company:view")
    order = _order(sort or "name")
    column = F(order.removeprefix("-"))
    living = Company.objects.visible_to(actor).filter(merged_into__isnull=True)
    found = narrowed(living, actor=actor, q=q, filters=dict(filters or {}))
    falls = order.startswith("-")
    first = column.desc(nulls_last=True) if falls else column.asc(nulls_last=True)
    return found.order_by(first, "-id" if falls else "id").values_list("id", flat=True).iterator(20_000)


def companies_of(*, actor: Actor, ids: Sequence[UUID]) -> list[Company]:
    """These companies as the list shows them, in the order of ``ids``; what is gone or out of sight is left out. Two queries."""
    by_key = _with_partner(Company.objects.visible_to(actor)).in_bulk(list(ids))
    rows = [by_key[key] for key in ids if key in by_key]
    add_carried(actor=actor, companies=rows)
    return rows


def _asked(actor: Actor, q: str, filters: Mapping[str, Any]) -> str:
    """Who asks for which companies, as one text."""
    return f"{actor.person_id} {q} {sorted(filters.items())}"


def _order(sort: str) -> str:
    """The column of a sort, with its sign."""
    name = sort.removeprefix("-")
    if name not in ORDERS:
        raise Invalid("unknown_sort", sort, field="sort")
    return ("-" if sort.startswith("-") else "") + ORDERS[name]


def _with_partner(companies: QuerySet[Company]) -> QuerySet[Company]:
    return companies.select_related("partner").annotate(lifecycle=F("partner__lifecycle"))


def add_carried(*, actor: Actor, companies: list[Company]) -> None:
    """Gives each company ``carried``: its vendors, the largest share first, as (name, relation). One query."""
    carried: dict[Any, list[tuple[str, str]]] = {company.pk: [] for company in companies}
    links = VendorCarried.objects.visible_to(actor).filter(company_id__in=carried)
    links = links.order_by(F("share_of_business").desc(nulls_last=True), "id")
    for company_id, name, relation in links.values_list("company_id", "vendor__name", "vendor__relation"):
        carried[company_id].append((name, relation))
    for company in companies:
        company.carried = carried[company.pk]  # type: ignore[attr-defined]
