"""The list of companies: filter, search and sort a million of them within the time of a click (P1, UX 3).

Postgres sorts well what is few and walks an index well what is many; it chooses badly between the two when a filter and an
order are unrelated (2 s were measured for ``ORDER BY … LIMIT`` beside a rare prefix). So the choice is made here: first at most 10,001
candidates, in no order; when that is all, they are sorted. Otherwise matches are dense, and a window of the order's index
holds a page of them; only when it does not (a filter that contradicts the order), all matches are sorted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Invalid
from prm.core.keyset import KeysetPage, Order, keyset_page, keyset_window
from prm.core.text import text_key
from prm.partners.models import Company, CompanyWord, OfferCarried, Partner, TerritoryArea, VendorCarried
from prm.partners.models.company import FACT_FIELDS

CAP = 10_000
WINDOW = 20_000

ORDERS = {
    "name": Order("name_key"),
    "employees": Order("employees", nullable=True),
    "revenue": Order("revenue_reporting", nullable=True),
    "growth": Order("growth", nullable=True),
    "known": Order("known_count"),
    "updated": Order("updated_at"),
}
NOT_PARTNER = "none"

Range = tuple[Decimal | None, Decimal | None]


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

    ``filters``: typology, country, region, territory, lifecycle, vendor, offer (tuples of keys), employees, revenue, growth, known
    (ranges; shares in per cent), partner, archived (bool). ``sort`` is a key of ``ORDERS``, falling with ``-``. At most 4 queries.
    Raises Denied; Invalid for an unknown sort, filter or cursor.
    """
    authorize(actor, "partners.company:view")
    order = _order(sort)
    chosen = dict(filters or {})
    matches = Company.objects.visible_to(actor).filter(merged_into__isnull=True)
    condition = company_filter(chosen)
    searched = text_key(q).split()
    if not searched and not chosen:
        page = keyset_page(_with_partner(matches.filter(archived_at__isnull=True)), order, cursor=cursor, limit=limit)
        return _page(page, *_count(matches.filter(archived_at__isnull=True)))
    few = _matching(matches.filter(condition), searched)
    total, capped = _count(few)
    if searched or not capped:
        sorted_few = matches.filter(pk__in=few.values("pk")[: CAP + 1])
        return _page(keyset_page(_with_partner(sorted_few), order, cursor=cursor, limit=limit), total, capped)
    many = matches.filter(condition)
    return _page(_dense_page(matches, many, order, cursor, limit), total, capped)


def company_rows(*, actor: Actor, q: str = "", filters: Mapping[str, Any] | None = None) -> QuerySet[Company]:
    """The same companies as ``company_list`` shows, all of them and in no order: for exports and acts on a whole selection."""
    authorize(actor, "partners.company:view")
    matches = Company.objects.visible_to(actor).filter(merged_into__isnull=True).filter(company_filter(dict(filters or {})))
    return _with_partner(_matching(matches, text_key(q).split()))


def company_filter(filters: Mapping[str, Any]) -> Q:
    """The condition behind the filters of the list and of the API. Raises Invalid for one that does not exist."""
    condition = Q() if "archived" in filters else Q(archived_at__isnull=True)
    for key, value in filters.items():
        if key not in _FILTERS:
            raise Invalid("unknown_filter", key, field=key)
        condition &= _FILTERS[key](value)
    return condition


def _choice(field: str) -> Any:
    return lambda values: Q(**{f"{field}__in": list(values)})


def _between(field: str, scale: Decimal = Decimal(1)) -> Any:
    def condition(value: Range) -> Q:
        low, high = value
        found = Q()
        if low is not None:
            found &= Q(**{f"{field}__gte": low * scale})
        if high is not None:
            found &= Q(**{f"{field}__lte": high * scale})
        return found

    return condition


def _carries(values: Any) -> Q:
    return Q(Exists(VendorCarried.objects.filter(company_id=OuterRef("pk"), vendor__code__in=list(values))))


def _offers(values: Any) -> Q:
    return Q(Exists(OfferCarried.objects.filter(company_id=OuterRef("pk"), category__code__in=list(values))))


def _in_lifecycle(values: Any) -> Q:
    stages = [value for value in values if value != NOT_PARTNER]
    condition = Q(Exists(Partner.objects.filter(company_id=OuterRef("pk"), lifecycle__in=stages))) if stages else Q(pk__in=[])
    if NOT_PARTNER in values:
        condition |= ~Q(Exists(Partner.objects.filter(company_id=OuterRef("pk"))))
    return condition


def _is_partner(value: bool) -> Q:
    partner = Q(Exists(Partner.objects.filter(company_id=OuterRef("pk"))))
    return partner if value else ~partner


def _in_territory(codes: Any) -> Q:
    """Companies in the areas of some territories and of all territories below them."""
    areas = TerritoryArea.objects.filter(Q(territory__code__in=list(codes)) | Q(territory__parent__code__in=list(codes)))
    condition = Q(pk__in=[])
    for country, region_key in areas.values_list("country", "region_key").distinct():
        condition |= Q(country=country, region_key=region_key) if region_key else Q(country=country)
    return condition


_FILTERS: dict[str, Any] = {
    "typology": _choice("typology"),
    "country": _choice("country"),
    "region": lambda values: Q(region_key__in=[text_key(value) for value in values]),
    "territory": _in_territory,
    "lifecycle": _in_lifecycle,
    "partner": _is_partner,
    "vendor": _carries,
    "offer": _offers,
    "employees": _between("employees"),
    "revenue": _between("revenue_reporting"),
    "growth": _between("growth", Decimal("0.01")),
    "known": _between("known_count", Decimal(len(FACT_FIELDS)) / 100),
    "stale_before": lambda day: Q(stalest_on__lt=day),
    "archived": lambda value: Q(archived_at__isnull=not value),
}


def _order(sort: str) -> Order:
    name = sort.removeprefix("-")
    if name not in ORDERS:
        raise Invalid("unknown_sort", sort, field="sort")
    base = ORDERS[name]
    return Order(base.field, sort.startswith("-"), base.nullable)


def _matching(matches: QuerySet[Company], words: list[str]) -> QuerySet[Company]:
    """Companies with, for each of ``words``, a word that begins with it. The longest is looked up, the others are checked."""
    if not words:
        return matches
    first, *others = sorted(dict.fromkeys(words), key=len, reverse=True)
    hits = CompanyWord.objects.filter(_begins(first)).values("company_id")
    matches = matches.filter(pk__in=hits)
    for word in others:
        matches = matches.filter(search_key__contains=f" {word}")
    return matches


def _begins(word: str) -> Q:
    """One range of the word index; "C" collation makes the upper end the next code point."""
    return Q(word__gte=word, word__lt=word[:-1] + chr(ord(word[-1]) + 1))


def _count(matches: QuerySet[Company]) -> tuple[int, bool]:
    found = matches.order_by().values("pk")[: CAP + 1].count()
    return min(found, CAP), found > CAP


def _dense_page(
    everything: QuerySet[Company], many: QuerySet[Company], order: Order, cursor: str, limit: int
) -> KeysetPage[Company]:
    """A page of many matches: from a window of the order's index if that holds it, else by sorting all matches."""
    window = keyset_window(everything, order, cursor=cursor, width=WINDOW).values("pk")
    inside = keyset_page(_with_partner(many.filter(pk__in=window)), order, cursor=cursor, limit=limit)
    # A full page with more behind it is the same page that the whole order would give.
    if inside.next and (inside.previous or not cursor):
        return inside
    return keyset_page(_with_partner(many), order, cursor=cursor, limit=limit)


def _with_partner(companies: QuerySet[Company]) -> QuerySet[Company]:
    return companies.select_related("partner").annotate(lifecycle=F("partner__lifecycle"))


def _page(page: KeysetPage[Company], total: int, capped: bool) -> CompanyPage:
    carried: dict[Any, list[tuple[str, str]]] = {row.pk: [] for row in page.rows}
    links = VendorCarried.objects.filter(company_id__in=carried).order_by(F("share_of_business").desc(nulls_last=True), "id")
    for company_id, name, relation in links.values_list("company_id", "vendor__name", "vendor__relation"):
        carried[company_id].append((name, relation))
    for row in page.rows:
        row.carried = carried[row.pk]  # type: ignore[attr-defined]
    return CompanyPage(page.rows, page.next, page.previous, total, capped)
