"""What the filters of companies mean to the rows, in two forms that agree row by row.

*Finding* starts from an index of the filter (the companies that carry a vendor). *Testing* looks at one company at hand (does it carry
the vendor?), for walks in the order of the sort. Postgres would turn either into the other when it guesses wrong; a scalar
subquery stays a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Invalid
from prm.core.text import text_key
from prm.partners.models import (
    Company,
    CompanyWord,
    Lifecycle,
    OfferCarried,
    OfferCategory,
    Partner,
    Territory,
    TerritoryArea,
    Vendor,
    VendorCarried,
)
from prm.partners.models.company import FACT_FIELDS
from prm.partners.rules.websites import domain_of

Rows = models.QuerySet[Company]
Bounds = tuple[Any, Any]
#: A company without a relationship, among the lifecycles.
NOT_PARTNER = "none"
#: A word is indexed to this length.
WORD_LENGTH = 40
MOST_WORDS = 10
_PERCENT = Decimal("0.01")
#: Range filters: key → (column, factor from what people write to what is stored, whether only whole numbers are).
RANGES: dict[str, tuple[str, Decimal | None, bool]] = {
    "employees": ("employees", None, True),
    "sales_people": ("sales_people", None, True),
    "engineers": ("engineers", None, True),
    "revenue": ("revenue_reporting", None, False),
    "growth": ("growth", _PERCENT, False),
    "known": ("known_count", _PERCENT * len(FACT_FIELDS), True),
    "stale": ("stalest_on", None, False),
    "updated": ("updated_at", None, False),
}


def narrowed(rows: Rows, *, actor: Actor, q: str, filters: Mapping[str, Any], testing: bool = False) -> Rows:
    """``rows`` with, for each word of ``q``, a word that begins with it, and as ``filters`` say; living ones unless asked otherwise.
    A ``q`` that is an address on the web finds whose website is there, too.

    Raises Invalid for a filter that does not exist.
    """
    wanted = Q() if "archived" in filters else Q(archived_at__isnull=True)
    for key, value in filters.items():
        if key in COLUMNS:
            wanted &= COLUMNS[key](actor, value)
        elif key not in RELATIONS:
            raise Invalid("unknown_filter", key, field=key)
    rows = rows.filter(wanted)
    words, domain = search_words(q), domain_of(q)
    if q.strip() and not words:
        return rows.none()  # only signs: no word begins with them
    if testing:
        told = Q(*(Q(search_key__contains=f" {word}") for word in words))
        rows = rows.filter(told | Q(domain=domain) if domain else told)
    elif words:
        found = _with_words(actor, words, filters)
        rows = rows.filter(pk__in=found.union(_with_domain(actor, domain)) if domain else found)
    for key, value in filters.items():
        if key in RELATIONS:
            rows = RELATIONS[key](actor, rows, value, testing)
    return rows


def are_many(*, actor: Actor, q: str, filters: Mapping[str, Any], cap: int, count: bool) -> bool:
    """Whether more than ``cap`` companies are meant, where that is seen cheaply: at all, or by the one word searched for.

    Twice as many words as ``cap`` are read, since a company may have two that begin alike. False: not seen. Without ``count`` all of
    them pass for many: their page is the beginning of the order's index, however few they are.
    """
    words = search_words(q)
    if filters or domain_of(q) or len(words) > 1 or (q.strip() and not words):
        return False
    if not words and not count:
        return True
    if not words:
        living = Company.objects.visible_to(actor).filter(archived_at__isnull=True, merged_into__isnull=True)
        return living.order_by().values("pk")[: cap + 1].count() > cap
    hits = _with_word(actor, words[0]).order_by()[: 2 * cap]
    return int(hits.aggregate(n=models.Count("company_id", distinct=True))["n"]) > cap


def by_links(*, q: str, filters: Mapping[str, Any]) -> bool:
    """Whether the rows are best found by following one link's index row by row: one relation, and no words. Two relations are sets to
    be joined: few companies may have both, though each has many."""
    return not search_words(q) and sum(key in RELATIONS for key in filters) <= 1


def search_words(q: str) -> list[str]:
    """The words of a search, as keys, longest first: the longest is the rarest. One that begins another says nothing more; beyond the
    ``MOST_WORDS`` longest, what somebody pasted is no search."""
    found = sorted({word[:WORD_LENGTH] for word in text_key(q).split()}, key=lambda w: (-len(w), w))
    return [w for n, w in enumerate(found) if not any(longer.startswith(w) for longer in found[:n])][:MOST_WORDS]


def _with_words(actor: Actor, words: list[str], filters: Mapping[str, Any]) -> models.QuerySet[Any]:
    """The companies that have words beginning with each of ``words``; as ``filters`` say as far as the index of words tells.

    Ranges of one index are laid over each other, each read once: planned as a join, each company that has one word may be looked for
    through the whole range of the next, which is what a planner does that has not yet heard of many new words.
    """
    told = Q()
    for key in ("country", "typology"):
        if key in filters:
            told &= _any(key, filters[key])
    first, *others = (_with_word(actor, word).filter(told).order_by() for word in words)
    return first.intersection(*others) if others else first


def _with_domain(actor: Actor, domain: str) -> models.QuerySet[Any]:
    """The companies whose website has a domain: a few entries of the index on it."""
    return Company.objects.visible_to(actor).filter(domain=domain).exclude(domain="").order_by().values("pk")


def _with_word(actor: Actor, word: str) -> models.QuerySet[Any]:
    """One range of the word index; in "C" order it ends before the next code point."""
    following = word[:-1] + chr(ord(word[-1]) + 1)
    return CompanyWord.objects.visible_to(actor).filter(word__gte=word, word__lt=following).values("company_id")


def _any(column: str, values: Iterable[Any]) -> Q:
    """The rows whose ``column`` is one of ``values``; none when there are none."""
    found = list(values)
    return Q(**{column: found[0]}) if len(found) == 1 else Q(**{f"{column}__in": found})


def bounds_of(column: str, filters: Mapping[str, Any]) -> Bounds | None:
    """The range that ``filters`` ask of ``column`` as stored; None when they ask none."""
    for key, (name, scale, whole) in RANGES.items():
        if name == column and key in filters:
            low, high = filters[key]
            return (
                None if low is None else _stored(low, scale, ROUND_CEILING if whole else ""),
                None if high is None else _stored(high, scale, ROUND_FLOOR if whole else ""),
            )
    return None


def _stored(bound: Any, scale: Decimal | None, rounding: str) -> Any:
    """A bound as people write it, as the column holds it."""
    value = bound * scale if scale is not None else bound
    return int(Decimal(value).to_integral_value(rounding)) if rounding else value


def _between(key: str) -> Callable[[Actor, Bounds], Q]:
    """The condition of one of ``RANGES``."""
    column = RANGES[key][0]

    def condition(_actor: Actor, value: Bounds) -> Q:
        low, high = bounds_of(column, {key: value}) or (None, None)
        wanted = Q() if low is None else Q(**{f"{column}__gte": low})
        return wanted if high is None else wanted & Q(**{f"{column}__lte": high})

    return condition


def _territory(actor: Actor, codes: Iterable[str]) -> Q:
    """The areas of some territories and of all that lie within them."""
    tree = Territory.objects.visible_to(actor).values_list("id", "code", "parent_id")
    known = {key: (code, parent) for key, code, parent in tree}
    wanted = {key for key, (code, _parent) in known.items() if code in set(codes)}
    grown = True
    while grown:
        more = {key for key, (_code, parent) in known.items() if parent in wanted} - wanted
        wanted |= more
        grown = bool(more)
    within = TerritoryArea.objects.visible_to(actor).filter(territory_id__in=wanted)
    areas = set(within.values_list("country", "region_key"))
    whole = {country for country, region in areas if not region}
    condition = _any("country", sorted(whole)) if whole else Q(pk__in=[])
    for country in sorted({country for country, region in areas if region} - whole):
        condition |= Q(country=country) & _any("region_key", sorted(r for c, r in areas if c == country))
    return condition


#: Filters on the company's own columns: key → condition of (actor, value).
COLUMNS: dict[str, Callable[[Actor, Any], Q]] = {
    "typology": lambda _actor, values: _any("typology", values),
    "country": lambda _actor, values: _any("country", values),
    "region": lambda _actor, values: _any("region_key", [text_key(value) for value in values]),
    "territory": _territory,
    **{key: _between(key) for key in RANGES},
    "stale_before": lambda _actor, day: Q(stalest_on__lt=day),
    "archived": lambda _actor, value: Q(archived_at__isnull=not value),
}


def _related(rows: Rows, found: models.QuerySet[Any], *, testing: bool, absent: bool = False) -> Rows:
    """``rows`` that have (``absent``: have not) one of the rows ``found``."""
    if not testing:
        there = Exists(found.filter(company_id=OuterRef("pk"))) if absent else Q(pk__in=found.values("company_id"))
        return rows.exclude(there) if absent else rows.filter(there)
    name = f"has_{found.model.__name__.lower()}_{len(rows.query.annotations)}"
    rows = rows.alias(**{name: Subquery(found.filter(company_id=OuterRef("pk")).order_by().values("pk")[:1])})
    return rows.filter(**{f"{name}__isnull": absent})


def _carries(actor: Actor, rows: Rows, codes: Iterable[str], testing: bool) -> Rows:
    keys = list(Vendor.objects.visible_to(actor).filter(code__in=list(codes)).values_list("id", flat=True))
    return _related(rows, VendorCarried.objects.visible_to(actor).filter(_any("vendor_id", keys)), testing=testing)


def _offers(actor: Actor, rows: Rows, codes: Iterable[str], testing: bool) -> Rows:
    keys = list(OfferCategory.objects.visible_to(actor).filter(code__in=list(codes)).values_list("id", flat=True))
    return _related(rows, OfferCarried.objects.visible_to(actor).filter(_any("category_id", keys)), testing=testing)


def _relationship(rows: Rows, wanted: Q, *, testing: bool, absent: bool = False) -> Rows:
    """By the relationship, which a company's own record tells: whoever sees the company knows where it stands."""
    return _related(rows, Partner.objects.filter(wanted), testing=testing, absent=absent)


def _in_lifecycle(_actor: Actor, rows: Rows, values: Iterable[str], testing: bool) -> Rows:
    stages = [value for value in values if value != NOT_PARTNER]
    if NOT_PARTNER in values:
        others = [stage for stage in Lifecycle.values if stage not in stages]
        return _relationship(rows, Q(lifecycle__in=others), testing=testing, absent=True)
    return _relationship(rows, Q(lifecycle__in=stages), testing=testing)


def _is_partner(_actor: Actor, rows: Rows, value: bool, testing: bool) -> Rows:
    return _relationship(rows, Q(), testing=testing, absent=not value)


def _of_manager(actor: Actor, rows: Rows, keys: Iterable[Any], testing: bool) -> Rows:
    """Who looks after a partner is told by the relationship, not by the company. Raises Denied."""
    authorize(actor, "partners.partner:view")
    return _relationship(rows, Q(account_manager_id__in=list(keys)), testing=testing)


#: Filters on what hangs on the company: key → narrowing (actor, rows, value, testing).
RELATIONS: dict[str, Callable[[Actor, Rows, Any, bool], Rows]] = {
    "vendor": _carries,
    "offer": _offers,
    "lifecycle": _in_lifecycle,
    "partner": _is_partner,
    "manager": _of_manager,
}
