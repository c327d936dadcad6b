"""Reading studies, their runs and what these answered."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import NotFound
from prm.core.ids import typeid_key
from prm.core.text import text_key
from prm.partners.models import Company
from profiling.studies.kinds import kinds
from profiling.studies.models import RunResult, Study, StudyRun


def study_list(
    *, actor: Actor, kind: str = "", q: str = "", archived: bool = False, owner_id: UUID | None = None
) -> QuerySet[Study]:
    """Studies, the last touched first, each with what its last finished run says (``last_*``) and how far its newest one is
    (``newest_*``)."""
    newest = StudyRun.objects.visible_to(actor).filter(study=OuterRef("pk")).order_by("-number")
    last = newest.filter(finished_at__isnull=False)
    studies = Study.objects.visible_to(actor).filter(archived_at__isnull=not archived).select_related("owner")
    if kind:
        studies = studies.filter(kind=kind)
    if owner_id:
        studies = studies.filter(owner_id=owner_id)
    for word in text_key(q).split():
        studies = studies.filter(title_key__contains=word)
    return studies.annotate(
        last_run_at=Subquery(last.values("finished_at")[:1]),
        last_run_number=Subquery(last.values("number")[:1]),
        last_kept=Subquery(last.values("kept_count")[:1]),
        last_universe=Subquery(last.values("universe_count")[:1]),
        last_finding=Subquery(last.values("summary__finding")[:1]),
        newest_finished_at=Subquery(newest.values("finished_at")[:1]),
        newest_state=Subquery(newest.values("job__state")[:1]),
    ).order_by("-is_pinned", "-updated_at", "-id")


def study_get(*, actor: Actor, study_id: UUID | str, locked: bool = False) -> Study:
    """One study by key or TypeID; ``locked`` keeps it as it is until the transaction ends. Raises NotFound."""
    rows = Study.objects.visible_to(actor).select_related("owner")
    found: Study = (rows.select_for_update(of=("self",), no_key=True) if locked else rows).one(study_id)
    return found


def run_list(*, actor: Actor, study: Study) -> QuerySet[StudyRun]:
    """Runs of a study, newest first."""
    authorize(actor, "profiling.study:view", study)
    return StudyRun.objects.visible_to(actor).filter(study=study).select_related("job", "started_by").order_by("-number")


def run_get(*, actor: Actor, run_id: UUID | str, study: Study | None = None) -> StudyRun:
    """One run by key or TypeID (of ``study`` when given). Raises NotFound."""
    runs = StudyRun.objects.visible_to(actor).select_related("study", "job", "started_by", "snapshot")
    if study is not None:
        runs = runs.filter(study=study)
    found: StudyRun = runs.one(run_id)
    return found


def run_by_number(*, actor: Actor, study: Study, number: int) -> StudyRun:
    """Run ``number`` of a study. Raises NotFound."""
    return _first(run_list(actor=actor, study=study).filter(number=number))


def run_shown(*, actor: Actor, study: Study) -> StudyRun | None:
    """The run that a study's page shows: the last finished one."""
    return run_list(actor=actor, study=study).filter(finished_at__isnull=False).first()


def run_under_way(*, actor: Actor, study: Study) -> StudyRun | None:
    """The newest run, while it is not finished."""
    newest = run_list(actor=actor, study=study).first()
    return newest if newest is not None and not newest.is_finished else None


def result_list(*, actor: Actor, run: StudyRun, line: str = "") -> QuerySet[RunResult]:
    """A run's rows for one line, best first, with their companies."""
    return RunResult.objects.visible_to(actor).filter(run=run, line=line).select_related("company").order_by("rank")


def has_line(*, actor: Actor, run: StudyRun, line: str) -> bool:
    """Whether a run has rows for a line."""
    return RunResult.objects.visible_to(actor).filter(run=run, line=line).exists()


def result_page(
    *, actor: Actor, run: StudyRun, line: str = "", after: int = 0, limit: int = 25, **filters: Any
) -> tuple[list[RunResult], bool]:
    """Rows ranked beyond ``after``, at most ``limit``, and whether more follow: keyset paging over the rank."""
    rows = list(result_list(actor=actor, run=run, line=line).filter(rank__gt=after, **filters)[: limit + 1])
    return rows[:limit], len(rows) > limit


def result_get(*, actor: Actor, run: StudyRun, company_id: UUID | str, line: str = "") -> RunResult:
    """A company's row in a run, by key or TypeID. Raises NotFound when it is not among those kept as rows."""
    key = typeid_key(Company.typeid_prefix, company_id)
    return _first(result_list(actor=actor, run=run, line=line).filter(company_id=key))


def results_of_companies(*, actor: Actor, run: StudyRun, company_ids: list[UUID], line: str = "") -> dict[UUID, RunResult]:
    """Company → its row, for those that have one."""
    rows = result_list(actor=actor, run=run, line=line).filter(company_id__in=company_ids)
    return {row.company_id: row for row in rows}


def run_before(*, actor: Actor, run: StudyRun) -> StudyRun | None:
    """The finished run of the same study before ``run``."""
    return run_list(actor=actor, study=run.study).filter(finished_at__isnull=False, number__lt=run.number).first()


def runs_compared(*, actor: Actor, run: StudyRun, other: StudyRun, line: str = "", limit: int = 200) -> list[dict[str, Any]]:
    """The best of two runs side by side: company, rank and figure in each, and how they moved; best of ``run`` first,
    then those that only ``other`` had among its first."""
    mine = {r.company_id: r for r in result_list(actor=actor, run=run, line=line)[:limit]}
    theirs = {r.company_id: r for r in result_list(actor=actor, run=other, line=line)[:limit]}
    mine_too = results_of_companies(actor=actor, run=run, company_ids=[k for k in theirs if k not in mine], line=line)
    theirs_too = results_of_companies(actor=actor, run=other, company_ids=[k for k in mine if k not in theirs], line=line)
    mine, theirs = {**mine, **mine_too}, {**theirs, **theirs_too}
    figure = kinds.get(run.study.kind).figure.of
    rows = [_pair(mine.get(key), theirs.get(key), figure) for key in {**mine, **theirs}]
    return sorted(rows, key=lambda row: (row["rank"] is None, row["rank"] or 0, row["other_rank"] or 0))


def _pair(new: RunResult | None, old: RunResult | None, figure_of: Callable[[RunResult], Decimal | None]) -> dict[str, Any]:
    some = new or old
    assert some is not None
    figure, other = ((figure_of(r) if r else None) for r in (new, old))
    return {
        "company": some.company,
        "rank": new.rank if new else None,
        "other_rank": old.rank if old else None,
        "moved": old.rank - new.rank if new and old else None,
        "figure": figure,
        "other_figure": other,
        "change": figure - other if figure is not None and other is not None else None,
    }


def study_counts(*, actor: Actor) -> dict[str, int]:
    """How many studies of each kind are not archived, for tabs; under '' all of them, and under ``archived`` those put away."""
    found = list(Study.objects.visible_to(actor).values_list("kind", "archived_at")[:10_001])
    open_ones = [kind for kind, archived_at in found if archived_at is None]
    return {
        "": len(open_ones),
        "archived": len(found) - len(open_ones),
        **{kind.key: open_ones.count(kind.key) for kind in kinds},
    }


def latest_run_of_kind(*, actor: Actor, kind: str) -> StudyRun | None:
    """The newest finished run over all studies of a kind that are not archived, pinned ones first. One query."""
    return _latest_run(actor, [kind])


def potential_run(*, actor: Actor) -> StudyRun | None:
    """The run whose potentials hold wherever else one is shown: the newest finished one of the kinds that give them, pinned ones
    first. One query."""
    return _latest_run(actor, [kind.key for kind in kinds if kind.gives_potential])


def _latest_run(actor: Actor, of: list[str]) -> StudyRun | None:
    runs = StudyRun.objects.visible_to(actor).filter(
        study__kind__in=of, study__archived_at__isnull=True, finished_at__isnull=False
    )
    return runs.select_related("study").order_by(F("is_pinned").desc(), "-finished_at", "-id").first()


def _first(queryset: QuerySet[Any]) -> Any:
    found = queryset.first()
    if found is None:
        raise NotFound
    return found


def study_of_job(*, actor: Actor, job: Any) -> Study | None:
    """The study that a job belongs to, if it is there."""
    return Study.objects.visible_to(actor).filter(pk=job.subject_id).first() if job.subject_id else None


def study_names(*, actor: Actor, ids: list[UUID]) -> dict[UUID, str]:
    """Study id → title."""
    return dict(Study.objects.visible_to(actor).filter(pk__in=ids).values_list("id", "title"))


def has_studies(*, actor: Actor) -> bool:
    """Whether anybody has asked a question yet."""
    return Study.objects.visible_to(actor).exists()
