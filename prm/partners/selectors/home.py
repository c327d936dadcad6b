"""Reads of the vendor's home: how the channel does, what is stuck, what is known. Amounts in the reporting currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, Exists, Max, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.cached_figures import kept, renew
from prm.partners.models import Company, Lifecycle, Partner, Sale, VendorCarried, VendorRelation
from prm.partners.models.company import FACT_FIELDS
from prm.partners.rules.sales import months_back, spans_of

SELLING = (Lifecycle.ACTIVE, Lifecycle.EXTENDED, Lifecycle.EXITING)


@dataclass(frozen=True, slots=True)
class ChannelPartner:
    """What the home says of one partner: of thousands, so not as model instances."""

    pk: UUID
    company_id: UUID
    lifecycle: str
    lifecycle_since: datetime
    name: str
    name_key: str
    typology: str
    city: str
    known_count: int
    stalest_on: date | None


@dataclass(frozen=True)
class PartnerSales:
    """What one partner bought in each span; ``first_on`` and ``last_on`` are its first and last
    order within them, None when it never ordered."""

    quarter: Decimal
    quarter_before: Decimal
    quarter_before_whole: Decimal
    year: Decimal
    year_before: Decimal
    lately: int
    lately_before: int
    last_on: date | None
    first_on: date | None = None


@dataclass(frozen=True)
class Knowledge:
    """How much is known of companies: those known by half or more, mean known share (0 to 1) of all and of partners."""

    companies: int
    profiled: int
    known: float | None
    partners_known: float | None


@dataclass(frozen=True)
class RegionCoverage:
    """Companies of a region of which some vendor carried is known, and how many of them carry each vendor (by name)."""

    region: str
    companies: int
    carriers: dict[str, int]


def channel_partners(*, actor: Actor, person_id: UUID | None = None) -> list[ChannelPartner]:
    """The partners by name of company, of one account manager or all; without those that left. One query."""
    rows = _mine(Partner.objects.visible_to(actor), person_id, "account_manager_id").exclude(lifecycle=Lifecycle.EXITED)
    of_company = ("name", "name_key", "typology", "city", "known_count", "stalest_on")
    found = rows.order_by("company__name_key", "id").values_list(
        "pk", "company_id", "lifecycle", "lifecycle_since", *(f"company__{name}" for name in of_company)
    )
    return [ChannelPartner(*row) for row in found]


def partner_sales(*, actor: Actor, today: date, person_id: UUID | None = None) -> dict[UUID, PartnerSales]:
    """Partner id → its sales in the spans of ``rules.sales.spans_of(today)``. One query."""
    spans = spans_of(today)
    rows = _mine(Sale.objects.visible_to(actor), person_id).filter(sold_on__gte=spans.first, sold_on__lte=today)

    def bought(span: str) -> Sum:
        start, end = getattr(spans, span)
        return Sum("amount_reporting", filter=Q(sold_on__gte=start, sold_on__lte=end))

    def orders(span: str) -> Count:
        start, end = getattr(spans, span)
        return Count("id", filter=Q(sold_on__gte=start, sold_on__lte=end))

    found = rows.order_by().values("partner_id").annotate(
        quarter=bought("quarter"), quarter_before=bought("quarter_before"), whole=bought("quarter_before_whole"),
        year=bought("year"), year_before=bought("year_before"),
        lately=orders("lately"), lately_before=orders("lately_before"), last_on=Max("sold_on"), first_on=Min("sold_on"),
    )  # fmt: skip
    zero = Decimal(0)
    return {
        row["partner_id"]: PartnerSales(
            row["quarter"] or zero, row["quarter_before"] or zero, row["whole"] or zero, row["year"] or zero,
            row["year_before"] or zero, row["lately"], row["lately_before"], row["last_on"], row["first_on"],
        )
        for row in found
    }  # fmt: skip


def monthly_sales(*, actor: Actor, today: date, months: int = 12, person_id: UUID | None = None) -> dict[UUID, list[Decimal]]:
    """Partner id → sales of each of the last ``months`` whole months, oldest first. One query."""
    starts = months_back(today, months)
    rows = _mine(Sale.objects.visible_to(actor), person_id).filter(sold_on__gte=starts[0], sold_on__lt=today.replace(day=1))
    grouped = (
        rows.order_by()
        .annotate(month=TruncMonth("sold_on"))
        .values_list("partner_id", "month")
        .annotate(Sum("amount_reporting"))
    )
    found: dict[UUID, list[Decimal]] = {}
    place = {start: n for n, start in enumerate(starts)}
    for partner_id, month, amount in grouped:
        found.setdefault(partner_id, [Decimal(0)] * months)[place[month]] = amount or Decimal(0)
    return found


def family_sales(*, actor: Actor, today: date, months: int = 24, person_id: UUID | None = None) -> dict[str, list[Decimal]]:
    """Product family (name in the actor's language; "" without one) → sales by whole month, oldest first. One query."""
    starts = months_back(today, months)
    rows = _mine(Sale.objects.visible_to(actor), person_id).filter(sold_on__gte=starts[0], sold_on__lt=today.replace(day=1))
    grouped = (
        rows.order_by()
        .annotate(month=TruncMonth("sold_on"))
        .values_list("product__family__name", "product__family__names", "month")
        .annotate(Sum("amount_reporting"))
    )
    found: dict[str, list[Decimal]] = {}
    place = {start: n for n, start in enumerate(starts)}
    for name, names, month, amount in grouped:
        word = (names or {}).get(actor.language[:2]) or name or ""
        found.setdefault(word, [Decimal(0)] * months)[place[month]] += amount or Decimal(0)
    return found


def knowledge_of_companies(*, actor: Actor) -> Knowledge:
    """How much is known of the companies that are not archived. One query, or none where it is kept (``core.cached_figures``)."""
    authorize(actor, "partners.company:view")
    return kept("partners.knowledge", lambda: _knowledge(actor))


def coverage_by_region(*, actor: Actor) -> tuple[str, list[str], list[RegionCoverage]]:
    """Our own vendor ("" when not listed), the two most carried competitors, who is carried where. Two queries, or none where it is
    kept."""
    authorize(actor, "partners.company:view")
    return kept("partners.coverage", lambda: _coverage(actor))


def figures_renew(*, actor: Actor) -> None:
    """Reads both anew, for pages that find them kept."""
    authorize(actor, "partners.company:view")
    renew("partners.knowledge", lambda: _knowledge(actor))
    renew("partners.coverage", lambda: _coverage(actor))


def _knowledge(actor: Actor) -> Knowledge:
    rows = Company.objects.visible_to(actor).filter(archived_at=None, merged_into=None)
    half = (len(FACT_FIELDS) + 1) // 2
    found = rows.aggregate(
        companies=Count("id"),
        profiled=Count("id", filter=Q(known_count__gte=half)),
        known=Avg("known_count"),
        partners=Avg("known_count", filter=Q(partner__isnull=False)),
    )
    whole = len(FACT_FIELDS)
    return Knowledge(
        found["companies"],
        found["profiled"],
        None if found["known"] is None else float(found["known"]) / whole,
        None if found["partners"] is None else float(found["partners"]) / whole,
    )


def _coverage(actor: Actor, rivals: int = 2) -> tuple[str, list[str], list[RegionCoverage]]:
    living = Company.objects.visible_to(actor).filter(archived_at=None, merged_into=None, region__isnull=False)
    of_some = living.filter(Exists(VendorCarried.objects.visible_to(actor).filter(company_id=OuterRef("pk"))))
    known = dict(of_some.order_by().values_list("region").annotate(Count("id")))
    carried = VendorCarried.objects.visible_to(actor).filter(
        company__archived_at=None, company__merged_into=None, company__region__isnull=False
    )
    rows = list(
        carried.order_by()
        .filter(vendor__relation__in=[VendorRelation.OURS, VendorRelation.COMPETING])
        .values_list("company__region", "vendor__name", "vendor__relation")
        .annotate(Count("company_id"))
    )
    total: dict[str, int] = {}
    for _region, vendor, relation, count in rows:
        if relation == VendorRelation.COMPETING:
            total[vendor] = total.get(vendor, 0) + count
    top = sorted(total, key=lambda vendor: (-total[vendor], vendor))[:rivals]
    ours = next((vendor for _region, vendor, relation, _count in rows if relation == VendorRelation.OURS), "")
    by_region: dict[str, dict[str, int]] = {}
    for region, vendor, _relation, count in rows:
        by_region.setdefault(region, {})[vendor] = count
    coverage = [RegionCoverage(region, count, by_region.get(region, {})) for region, count in known.items()]
    return ours, top, sorted(coverage, key=lambda c: (-c.companies, c.region))


def company_names(*, actor: Actor, ids: list[UUID]) -> dict[UUID, str]:
    """Company id → name."""
    return dict(Company.objects.visible_to(actor).filter(pk__in=ids).values_list("id", "name"))


def partner_companies(*, actor: Actor, ids: list[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Partner id → its company's id and name."""
    rows = Partner.objects.visible_to(actor).filter(pk__in=ids).values_list("id", "company_id", "company__name")
    return {partner_id: (company_id, name) for partner_id, company_id, name in rows}


def has_companies(*, actor: Actor) -> bool:
    """Whether there is any company yet."""
    return Company.objects.visible_to(actor).exists()


def has_partners(*, actor: Actor) -> bool:
    """Whether any company is a partner yet."""
    return Partner.objects.visible_to(actor).exists()


def _mine(rows: QuerySet[Any], person_id: UUID | None, field: str = "partner__account_manager_id") -> QuerySet[Any]:
    return rows if person_id is None else rows.filter(**{field: person_id})
