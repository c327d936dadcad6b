"""What hangs on companies, read for a whole page of them at once, and the one company that another system's id names (P1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import NotFound
from prm.core.scoping import ScopedQuerySet
from prm.events.models import OutboxEvent
from prm.partners.details import DetailKind
from prm.partners.events import CompanyDetailsChanged
from prm.partners.facts.values import FACT_COLUMNS
from prm.partners.models import (
    Company,
    CompanyExternalId,
    CompanyMeasure,
    FactSource,
    OfferCarried,
    Site,
    VendorCarried,
)
from prm.partners.selectors.company import Provenance
from prm.partners.selectors.facts import sources_of

T = TypeVar("T")
ByCompany = dict[UUID, list[T]]


def companies_provenance(*, actor: Actor, companies: Sequence[Company]) -> dict[UUID, dict[str, Provenance]]:
    """For each company: known fact → where it comes from; a fact whose source nobody noted is left out. One query."""
    sources = sources_of(actor=actor, companies=companies)
    return {company.pk: dict(_noted(company, sources)) for company in companies}


def _noted(company: Company, sources: Mapping[UUID | None, FactSource]) -> Iterable[tuple[str, Provenance]]:
    for fact in FACT_COLUMNS:
        noted = company.noted(fact)
        origin = Provenance.of(noted, sources.get(noted.source_id))
        if origin is not None and getattr(company, fact) is not None:
            yield fact, origin


def companies_external_ids(*, actor: Actor, companies: Sequence[Company]) -> ByCompany[CompanyExternalId]:
    """The ids that other systems know each company by. One query."""
    return _grouped(CompanyExternalId.objects.visible_to(actor), companies, "source", "external_id")


def companies_sites(*, actor: Actor, companies: Sequence[Company]) -> ByCompany[Site]:
    """Sites of each company, oldest first. One query."""
    return _grouped(Site.objects.visible_to(actor).select_related("source"), companies, "id")


def companies_vendors(*, actor: Actor, companies: Sequence[Company]) -> ByCompany[VendorCarried]:
    """Vendors that each company carries, the largest share first. One query."""
    carried = VendorCarried.objects.visible_to(actor).select_related("vendor", "source")
    return _grouped(carried, companies, F("share_of_business").desc(nulls_last=True), "id")


def companies_offers(*, actor: Actor, companies: Sequence[Company]) -> ByCompany[OfferCarried]:
    """Categories of offer of each company, the largest share first. One query."""
    carried = OfferCarried.objects.visible_to(actor).select_related("category", "source")
    return _grouped(carried, companies, F("share_of_business").desc(nulls_last=True), "id")


def companies_measures(*, actor: Actor, companies: Sequence[Company]) -> ByCompany[CompanyMeasure]:
    """What else is measured of each company, by the measure's key. One query."""
    return _grouped(CompanyMeasure.objects.visible_to(actor).select_related("measure"), companies, "measure__key")


def _grouped(rows: QuerySet[Any], companies: Sequence[Company], *order: Any) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows.filter(company_id__in=[company.pk for company in companies]).order_by(*order):
        found[row.company_id].append(row)
    return found


def company_id_of(*, actor: Actor, source: str, external_id: str) -> UUID | None:
    """The company that ``source`` knows by ``external_id``, or the one it was merged into; None when unknown."""
    authorize(actor, "partners.company:view")
    known = CompanyExternalId.objects.visible_to(actor).filter(source=source, external_id=external_id)
    found = known.values_list("company_id", "company__merged_into_id").first()
    return (found[1] or found[0]) if found else None


def detail_list(*, actor: Actor, kind: DetailKind, company_id: UUID) -> ScopedQuerySet:
    """The details of one kind that hang on a company, with what they refer to. Raises Denied; NotFound when the company is outside what
    the actor sees."""
    authorize(actor, f"{kind.policy}:view")
    Company.objects.visible_to(actor).one(company_id)
    referred = [*kind.references, *(["person"] if kind.personal else []), *(["source__person"] if kind.is_sourced else [])]
    return kind.model.objects.visible_to(actor).filter(company_id=company_id).select_related(*referred)


def details_of(*, actor: Actor, kind: DetailKind, company_id: UUID) -> list[Any]:
    """The same as a list, the largest share first, unknown shares last. Raises Denied, NotFound."""
    rows = detail_list(actor=actor, kind=kind, company_id=company_id)
    return list(rows.order_by(F(kind.share).desc(nulls_last=True), "id") if kind.share else rows.order_by("id"))


def detail_get(*, actor: Actor, kind: DetailKind, company_id: UUID, record_id: UUID) -> Any:
    """One detail of one company. Raises NotFound, Denied."""
    return detail_list(actor=actor, kind=kind, company_id=company_id).one(record_id)


def detail_removed(*, actor: Actor, kind: DetailKind, company_id: UUID, record_id: UUID) -> dict[str, Any]:
    """What a removed detail said, with its source and day, as its history keeps it. Raises NotFound."""
    removed = OutboxEvent.objects.visible_to(actor).filter(
        subject_type="company", subject_id=company_id, type=CompanyDetailsChanged.type,
        data__record_id=str(record_id), data__act="removed", data__part=kind.slug,
    )  # fmt: skip
    found: OutboxEvent | None = removed.order_by("-id").first()
    if found is None:
        raise NotFound("not_found", _("There is nothing to bring back."))
    return dict(found.data["before"])
