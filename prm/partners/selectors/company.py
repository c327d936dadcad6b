"""One company, whole: its facts with where they come from, what hangs on it, its sales (P1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.accounts.models import Person
from prm.core.errors import NotFound
from prm.core.text import text_key
from prm.events.models import OutboxEvent
from prm.events.selectors import histories_rows, history_told
from prm.events.telling import HistoryLine
from prm.partners.facts.noted import Noted
from prm.partners.facts.values import FACT_COLUMNS, as_json
from prm.partners.models import (
    Company,
    CompanyExternalId,
    CompanyFact,
    CompanyMeasure,
    CustomerMix,
    FactSource,
    MarketShare,
    OfferCarried,
    Partner,
    Sale,
    Site,
    SiteKind,
    Territory,
    Vendor,
    VendorCarried,
)
from prm.partners.models.company import FACT_FIELDS
from prm.partners.rules.websites import domain_of
from prm.partners.selectors.facts import sources_of


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a fact comes from: the source's kind and name, the day it was true of (either may be unknown), whose word it is."""

    kind: str
    name: str
    as_of: date | None
    person: str = ""

    @classmethod
    def of(cls, noted: Noted, source: FactSource | None) -> Provenance | None:
        """From what is noted beside a value and its source, read with its person; None where nobody noted one."""
        if source is None:
            return None
        return cls(source.kind, source.name, noted.as_of, source.person.name if source.person else "")


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


def company_get(*, actor: Actor, company_id: UUID | str) -> Company:
    """A company by key or TypeID, with its partner row, if any. Raises NotFound outside what the actor sees."""
    authorize(actor, "partners.company:view")
    rows = Company.objects.visible_to(actor).select_related("partner__account_manager")
    company: Company = rows.annotate(lifecycle=F("partner__lifecycle")).one(company_id)
    return company


def company_facts(*, actor: Actor, company: Company) -> dict[str, Fact]:
    """The counted facts of a company that was read, by field, each with its provenance. One query."""
    authorize(actor, "partners.company:view")
    sources = sources_of(actor=actor, companies=[company])
    noted = {field: company.noted(field) for field in FACT_FIELDS}
    return {
        field: Fact(field, getattr(company, field), Provenance.of(one, sources.get(one.source_id)))
        for field, one in noted.items()
    }


@dataclass(frozen=True, slots=True)
class FactEntry:
    """One value that a fact has or had. ``status`` "" is the current one; ``until`` is when another took its place."""

    value: Any
    status: str
    kind: str
    source: str
    as_of: date | None
    person: str
    until: datetime | None


def fact_history(*, actor: Actor, company: Company, fact: str) -> list[FactEntry]:
    """The values of one fact, the current one first, then the former and the proposed ones, newest first. At most 3 queries.

    Raises Denied; NotFound for what is no fact.
    """
    authorize(actor, "partners.company:view", company)
    if fact not in FACT_COLUMNS:
        raise NotFound("not_found", _("There is no fact of this name."))
    found = []
    if getattr(company, fact) is not None:
        noted = company.noted(fact)
        source = FactSource.objects.visible_to(actor).filter(pk=noted.source_id).first() if noted.source_id else None
        people = Person.objects.visible_to(actor).filter(pk=noted.person_id)
        person = people.values_list("name", flat=True).first() if noted.person_id else ""
        found.append(FactEntry(
            as_json(company, fact), "", source.kind if source else "", source.name if source else "", noted.as_of, person or "",
            None,
        ))  # fmt: skip
    rows = CompanyFact.objects.visible_to(actor).filter(company=company, field=fact).select_related("source", "person")
    return found + [
        FactEntry(
            row.value, row.status, row.source.kind if row.source else "", row.source.name if row.source else "", row.as_of,
            row.person.name if row.person else "", row.created_at,
        )
        for row in rows.order_by("-id")[:100]
    ]  # fmt: skip


def fact_list(*, actor: Actor, company_id: UUID) -> QuerySet[CompanyFact]:
    """Former, proposed and withdrawn values of a company's facts, newest first. Raises NotFound, Denied."""
    authorize(actor, "partners.company_fact:view")
    company = company_get(actor=actor, company_id=company_id)
    return CompanyFact.objects.visible_to(actor).filter(company=company).select_related("source", "person").order_by("-id")


@dataclass(frozen=True, slots=True)
class Twin:
    """Another company that may be the same, and what both have: ``registration``, ``domain`` or ``name``."""

    company: Company
    by: str


def company_twins(
    *, actor: Actor, name: str = "", country: str = "", website: str = "", registration_number: str = "",
    besides: UUID | None = None, limit: int = 5,
) -> list[Twin]:  # fmt: skip
    """Living companies with the very same registration number, domain, or name in the same country. One query over three indexes.

    Raises Denied.
    """
    authorize(actor, "partners.company:view")
    living = Company.objects.visible_to(actor).filter(archived_at__isnull=True, merged_into__isnull=True).exclude(pk=besides)
    number, domain, key = text_key(registration_number).replace(" ", ""), domain_of(website), text_key(name)[:300]
    alike = Q(pk__in=[])
    if number:
        alike |= Q(registration_key=number)
    if domain:
        alike |= Q(domain=domain)
    if key:
        alike |= Q(name_key=key, country=country) if country else Q(name_key=key)
    found = living.filter(alike).order_by("id")[:limit]
    return [
        Twin(
            c,
            "registration"
            if number and c.registration_key == number
            else "domain"
            if domain and c.domain == domain
            else "name",
        )
        for c in found
    ]


def company_sites(*, actor: Actor, company: Company) -> list[Site]:
    """Sites, headquarters first."""
    return list(
        Site.objects.visible_to(actor)
        .filter(company=company)
        .order_by(Case(When(kind=SiteKind.HEADQUARTERS, then=0), default=1), "city", "id")
    )


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


def company_history_rows(*, actor: Actor, company: Company) -> QuerySet[OutboxEvent]:
    """What happened to a company that was read and, where it is a partner, to the relationship, and to what became part of it where
    that was read too; newest first. A query, for paging."""
    authorize(actor, "partners.company:view")
    partner = getattr(company, "partner", None)
    subjects = {"company": [company.pk, *getattr(company, "merged_ids", ())]}
    if actor.may("partners.partner:view"):
        subjects["partner"] = [*([partner.pk] if partner else []), *getattr(company, "merged_partners", ())]
    return histories_rows(actor=actor, subjects=subjects)


def company_history(*, actor: Actor, company: Company, limit: int = 30) -> list[HistoryLine]:
    """The last of it, as lines. Two queries."""
    return history_told(actor=actor, rows=company_history_rows(actor=actor, company=company)[:limit])


def company_shares(*, actor: Actor, company: Company) -> list[MarketShare]:
    """Its shares of markets, the latest year first."""
    shares = MarketShare.objects.visible_to(actor).filter(company=company).select_related("industry", "territory")
    return list(shares.order_by(F("year").desc(nulls_last=True), "-share"))


def company_ids(*, actor: Actor, company: Company) -> list[CompanyExternalId]:
    """The ids that other systems know it by."""
    return list(CompanyExternalId.objects.visible_to(actor).filter(company=company).order_by("source", "external_id"))


def partner_sales_by_month(*, actor: Actor, partner: Partner, since: date) -> list[SalesMonth]:
    """Sales to a partner by month and product family from ``since`` on; lines without a rate are left out. One query."""
    sales = Sale.objects.visible_to(actor).filter(partner=partner, sold_on__gte=since, amount_reporting__isnull=False)
    rows = (
        sales.annotate(month=TruncMonth("sold_on"))
        .values_list("month", "product__family__name", "product__family__names")
        .annotate(total=Sum("amount_reporting"))
        .order_by("month")
    )
    own = actor.language[:2]
    return [SalesMonth(month, (names or {}).get(own) or family or "", total) for month, family, names, total in rows]


def vendor_options(*, actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of the vendors that companies carry, for filters."""
    return [(v.code, v.name_in(actor.language)) for v in Vendor.objects.visible_to(actor).filter(archived_at__isnull=True)]


def territory_options(*, actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of the territories in use, for filters."""
    return [(t.code, t.name_in(actor.language)) for t in Territory.objects.visible_to(actor).filter(archived_at__isnull=True)]
