"""One company, whole: its facts with where they come from, what hangs on it, its sales (P1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import NotFound
from prm.events.selectors import HistoryEntry, history_list
from prm.partners.models import (
    Company,
    CompanyMeasure,
    CustomerMix,
    FactSource,
    OfferCarried,
    Partner,
    Sale,
    Site,
    Territory,
    Vendor,
    VendorCarried,
)
from prm.partners.models.company import FACT_FIELDS


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a fact comes from: the source's kind and name, and the day it was true of (either may be unknown)."""

    kind: str
    name: str
    as_of: date | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a company: field name, value (None: not known), provenance (None: nobody noted it)."""

    field: str
    value: Any
    provenance: Provenance | None


@dataclass(frozen=True, slots=True)
class SalesMonth:
    """What a partner bought of one product family in a month, in the reporting currency."""

    month: date
    family: str
    amount: Decimal


def company_get(*, actor: Actor, company_id: UUID) -> Company:
    """A company with its partner row, if any. Raises NotFound outside what the actor sees."""
    authorize(actor, "partners.company:view")
    found = (
        Company.objects.visible_to(actor)
        .select_related("partner__account_manager")
        .annotate(lifecycle=F("partner__lifecycle"))
        .filter(pk=company_id)
        .first()
    )
    if found is None:
        raise NotFound("not_found", _("This company does not exist, or is not yours to see."))
    return found


def company_facts(*, actor: Actor, company: Company) -> dict[str, Fact]:
    """The counted facts of a company by field, each with its provenance. One query."""
    authorize(actor, "partners.company:view", company)
    noted: dict[str, list[Any]] = company.provenance or {}
    ids = {entry[0] for entry in noted.values() if entry and entry[0]}
    sources = {str(s.pk): s for s in FactSource.objects.visible_to(actor).filter(pk__in=ids)}
    return {field: Fact(field, getattr(company, field), _provenance(noted, field, sources)) for field in FACT_FIELDS}


def company_sites(*, actor: Actor, company: Company) -> list[Site]:
    """Sites, headquarters first."""
    return list(Site.objects.visible_to(actor).filter(company=company).order_by(F("kind").desc(), "city", "id"))


def company_vendors(*, actor: Actor, company: Company) -> list[VendorCarried]:
    """Vendors carried, the largest share first, unknown shares last."""
    carried = VendorCarried.objects.visible_to(actor).filter(company=company).select_related("vendor")
    return list(carried.order_by(F("share_of_business").desc(nulls_last=True), "vendor__name_key"))


def company_offers(*, actor: Actor, company: Company) -> list[OfferCarried]:
    """What the company sells, by category."""
    return list(OfferCarried.objects.visible_to(actor).filter(company=company).select_related("category"))


def company_mix(*, actor: Actor, company: Company) -> list[CustomerMix]:
    """Shares of the company's business by industry, size and territory."""
    mix = CustomerMix.objects.visible_to(actor).filter(company=company).select_related("industry", "territory")
    return list(mix.order_by(F("share").desc(nulls_last=True), "id"))


def company_measures(*, actor: Actor, company: Company) -> list[CompanyMeasure]:
    """What else is measured of the company: references, certifications…"""
    return list(
        CompanyMeasure.objects.visible_to(actor).filter(company=company).select_related("measure").order_by("measure__name")
    )


def company_history(*, actor: Actor, company: Company, limit: int = 30) -> list[HistoryEntry]:
    """What happened to the company, newest first."""
    authorize(actor, "partners.company:view", company)
    return history_list(actor=actor, subject_type="company", subject_id=company.pk, limit=limit)


def partner_sales_by_month(*, actor: Actor, partner: Partner, since: date) -> list[SalesMonth]:
    """Sales to a partner by month and product family from ``since`` on; lines without a rate are left out. One query."""
    sales = Sale.objects.visible_to(actor).filter(partner=partner, sold_on__gte=since, amount_reporting__isnull=False)
    rows = (
        sales.annotate(month=TruncMonth("sold_on"))
        .values_list("month", "product__family__name")
        .annotate(total=Sum("amount_reporting"))
        .order_by("month")
    )
    return [SalesMonth(month, family or "", total) for month, family, total in rows]


def vendor_options(*, actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of the vendors that companies carry, for filters."""
    return list(Vendor.objects.visible_to(actor).filter(archived_at__isnull=True).values_list("code", "name"))


def territory_options(*, actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of the territories in use, for filters."""
    return list(Territory.objects.visible_to(actor).filter(archived_at__isnull=True).values_list("code", "name"))


def _provenance(noted: dict[str, list[Any]], field: str, sources: dict[str, FactSource]) -> Provenance | None:
    entry = noted.get(field) or noted.get("*")
    source = sources.get(str(entry[0])) if entry else None
    if not entry or source is None:
        return None
    as_of = date.fromisoformat(entry[1][:10]) if len(entry) > 1 and entry[1] else None
    return Provenance(source.kind, source.name, as_of)
