"""Reading corrections, and what the potential of today rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from prm.access.actors import Actor
from prm.core.text import text_key
from prm.partners.models import Company, ProductFamily, Territory
from profiling.ranking.models import Correction
from profiling.ranking.rules import Corrected
from profiling.ranking.rules import Correction as CorrectedValue
from profiling.studies.models import RunResult, StudyRun
from profiling.studies.selectors import latest_run_of_kind

RANKING = "ranking"


def correction_list(*, actor: Actor, company_id: UUID | None = None, in_force: bool = True) -> QuerySet[Correction]:
    """Corrections in force, or those that are not any more, newest first, with company and author."""
    corrections = Correction.objects.visible_to(actor).select_related("company", "author").order_by("-id")
    if company_id is not None:
        corrections = corrections.filter(company_id=company_id)
    return corrections.filter(withdrawn_at__isnull=in_force)


def correction_get(*, actor: Actor, correction_id: UUID) -> Correction:
    """A correction, in force or not. Raises NotFound."""
    found: Correction = Correction.objects.visible_to(actor).select_related("company", "author").one(correction_id)
    return found


def corrections_of(*, actor: Actor, company_ids: Iterable[UUID]) -> dict[UUID, list[Correction]]:
    """Company → its corrections in force, newest first."""
    found: dict[UUID, list[Correction]] = {}
    for correction in correction_list(actor=actor).filter(company_id__in=list(company_ids)):
        found.setdefault(correction.company_id, []).append(correction)
    return found


def region_names(*, actor: Actor) -> dict[str, str]:
    """Region key, as companies carry it → its name in the actor's language, of the regions that are territories of ours."""
    territories = Territory.objects.visible_to(actor).only("code", "name", "names")
    return {text_key(t.name): t.name_in(actor.language) for t in territories}


def corrections_in_force(*, actor: Actor) -> list[CorrectedValue]:
    """The corrections as the formula takes them, in order of company, so that runs do not depend on who was first."""
    rows = correction_list(actor=actor).order_by("company_id", "what", "line")
    return [CorrectedValue(str(r.company_id), Corrected(r.what), float(r.value), r.line or None) for r in rows]


def ranking_run_in_use(*, actor: Actor) -> StudyRun | None:
    """The ranking whose parameters hold for potentials shown elsewhere: the last finished one, pinned ones first."""
    return latest_run_of_kind(actor=actor, kind=RANKING)


def potential_of_company(*, actor: Actor, company: Company) -> RunResult | None:
    """What the last ranking says of a company over all products; None when it is not among its rows. Two queries."""
    run = ranking_run_in_use(actor=actor)
    if run is None:
        return None
    rows = RunResult.objects.visible_to(actor).filter(run=run, line="", company=company)
    return rows.select_related("run__study").first()


def product_names(*, actor: Actor) -> dict[str, str]:
    """Family code → name in the actor's language."""
    families = ProductFamily.objects.visible_to(actor).only("code", "name", "names")
    return {f.code.replace(":", "·"): f.name_in(actor.language) for f in families}


@dataclass(frozen=True)
class Potential:
    """What the last finished ranking found for all its companies and product families, in the reporting currency."""

    companies: int
    potential: float
    actual: float


def potential_known(*, actor: Actor) -> Potential | None:
    """The potential of the ranking in use (the pinned one, else the last), from its summary; None without one. One query."""
    run = ranking_run_in_use(actor=actor)
    lines = run.summary.get("lines") or [] if run else []
    potential = sum(float(line.get("potential") or 0) for line in lines)
    if run is None or not potential:
        return None
    return Potential(
        run.kept_count or run.universe_count or 0,
        potential,
        sum(float(line.get("actual") or 0) for line in lines),
    )
