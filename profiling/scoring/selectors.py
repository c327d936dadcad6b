"""What a look-alike study shows beside its rows: names of references, of criteria and of their values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Case, F, QuerySet, When

from prm.access.actors import Actor
from prm.core.ids import typeid_keys
from prm.core.text import text_key
from prm.partners.models import Company, Industry, Lifecycle, Measure, OfferCategory, Partner, Territory, Vendor
from prm.partners.selectors.partners import partners_shown
from profiling.ranking.selectors import region_names
from profiling.studies.models import RunResult, StudyRun

LOOK_ALIKE = "look_alike"

NAMED = {
    "offers": OfferCategory,
    "vendors_complementary": Vendor,
    "vendors_competing": Vendor,
    "customer_industry": Industry,
    "customer_territory": Territory,
}


def references_found(*, actor: Actor, public_ids: Iterable[str]) -> set[str]:
    """Those of the ids that are companies the actor sees and that are not archived."""
    keys = typeid_keys(Company.typeid_prefix, public_ids)
    found = Company.objects.visible_to(actor).filter(pk__in=keys, archived_at__isnull=True).values_list("pk", flat=True)
    return {keys[key] for key in found}


def companies_by_public_id(*, actor: Actor, public_ids: Iterable[str]) -> list[Company]:
    """Companies in the order of their ids; those that are gone are left out."""
    order = {key: place for place, key in enumerate(typeid_keys(Company.typeid_prefix, public_ids))}
    found = Company.objects.visible_to(actor).filter(pk__in=order).select_related("merged_into")
    return sorted(found, key=lambda company: order[company.pk])


def companies_suggested(*, actor: Actor, q: str, limit: int = 8) -> QuerySet[Company]:
    """Companies whose name begins with ``q``, partners first, for adding a reference."""
    key = text_key(q)
    companies = Company.objects.visible_to(actor).filter(archived_at__isnull=True)
    if not key:
        return (
            companies.filter(partner__lifecycle__in=["active", "extended"])
            .select_related("partner")
            .order_by("name_key", "id")[:limit]
        )
    upper = key[:-1] + chr(ord(key[-1]) + 1)
    return (
        companies.filter(name_key__gte=key, name_key__lt=upper).select_related("partner").order_by("name_key", "id")[:limit]
    )


def partners_offered(*, actor: Actor, today: date, limit: int) -> list[Partner]:
    """Partners that sell, those first that bought most in the last twelve whole months (``sales_year``): for choosing references."""
    selling = partners_shown(actor=actor, filters={"lifecycle": ("active", "extended")}, today=today)
    return list(selling.order_by(F("sales_year").desc(nulls_last=True), "pk")[:limit])


def value_names(*, actor: Actor) -> dict[str, dict[str, str]]:
    """Criterion → code → name in the actor's language, for what has codes; a small query for each. A region's code is its key."""
    names: dict[str, dict[str, str]] = {}
    for model in {*NAMED.values()}:
        rows: Any = model.objects.visible_to(actor).only("code", "name", "names")
        mine = {row.code: row.name_in(actor.language) for row in rows}
        names.update({key: mine for key, of in NAMED.items() if of is model})
    names["areas"] = region_names(actor=actor)
    return names


def measure_names(*, actor: Actor) -> dict[str, str]:
    """Measure key → name in the actor's language."""
    return {m.key: m.name_in(actor.language) for m in Measure.objects.visible_to(actor).only("key", "name", "names")}


def lifecycles_of(*, actor: Actor, company_ids: Iterable[Any]) -> dict[Any, str]:
    """Company → where our relationship with it stands, in words, for those that have one."""
    rows = Partner.objects.visible_to(actor).filter(company_id__in=list(company_ids)).values_list("company_id", "lifecycle")
    return {company_id: str(Lifecycle(lifecycle).label) for company_id, lifecycle in rows}


def run_of_company(*, actor: Actor, company: Company) -> StudyRun | None:
    """The finished look-alike that asked for this company's like: of the pinned study if there is one, else of one that asked for it
    alone, else among other references; the last of these."""
    runs = StudyRun.objects.visible_to(actor).filter(
        study__kind=LOOK_ALIKE,
        study__archived_at__isnull=True,
        finished_at__isnull=False,
        parameters__references__contains=[company.public_id],
    )
    alone = Case(When(parameters__references=[company.public_id], then=0), default=1)
    runs = runs.select_related("study__owner").annotate(among=alone)
    return runs.order_by("-study__is_pinned", "among", "-finished_at").first()


def resemblance_of_company(*, actor: Actor, company: Company) -> RunResult | None:
    """The company's own row in the last finished look-alike that holds it, of pinned studies first: how far it is like that study's
    references."""
    rows = RunResult.objects.visible_to(actor).filter(
        company=company, line="", run__study__kind=LOOK_ALIKE, run__study__archived_at__isnull=True,
        run__finished_at__isnull=False,
    )  # fmt: skip
    return rows.select_related("run__study__owner").order_by("-run__study__is_pinned", "-run__finished_at").first()
