"""Reads of the vendor's home: studies that nobody acted on, lists that wait, and the potential that is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from prm.access.actors import Actor
from profiling.studies.models import Study, StudyRun
from profiling.studies.selectors import potential_run
from profiling.targets.models import TargetList, TargetListEntry


@dataclass(frozen=True)
class Potential:
    """What the last finished ranking found for all its companies and product families, in the reporting currency."""

    finished_at: datetime
    companies: int
    potential: float
    actual: float


def runs_not_acted_on(*, actor: Actor, since: datetime, person_id: UUID | None = None) -> list[StudyRun]:
    """The last finished run of each study since a moment, of which no company is on a target list. One query."""
    later = StudyRun.objects.filter(study=OuterRef("study"), finished_at__isnull=False, number__gt=OuterRef("number"))
    used = TargetListEntry.objects.visible_to(actor).filter(run__study=OuterRef("study"))
    rows = StudyRun.objects.visible_to(actor).filter(
        ~Exists(later), ~Exists(used), finished_at__gte=since, study__archived_at=None
    )
    if person_id is not None:
        rows = rows.filter(Q(study__owner_id=person_id) | Q(started_by_id=person_id))
    return list(rows.select_related("study").order_by("-finished_at", "-id")[:50])


@dataclass(frozen=True)
class WaitingList:
    """A target list with companies that are no partner yet: ``size`` in all, ``left`` of them untouched."""

    found: TargetList
    size: int
    left: int


def lists_waiting(*, actor: Actor, person_id: UUID | None = None) -> list[WaitingList]:
    """The target lists that nobody has worked through, the last touched first. One query."""
    rows = TargetList.objects.visible_to(actor).filter(archived_at=None)
    if person_id is not None:
        rows = rows.filter(owner_id=person_id)
    rows = rows.annotate(
        size=Count("entries", filter=Q(entries__removed_at=None), distinct=True),
        left=Count("entries", filter=Q(entries__company__partner__isnull=True, entries__removed_at=None), distinct=True),
    )
    rows = rows.filter(left__gt=0).order_by("-updated_at", "-id")[:50]
    return [WaitingList(row, row.size, row.left) for row in rows]


def potential_known(*, actor: Actor) -> Potential | None:
    """The potential of the ranking in use (the pinned one, else the last), from its summary; None without one. One query."""
    run = potential_run(actor=actor)
    lines = run.summary.get("lines") or [] if run else []
    potential = sum(float(line.get("potential") or 0) for line in lines)
    if run is None or run.finished_at is None or not potential:
        return None
    return Potential(
        run.finished_at,
        run.kept_count or run.universe_count or 0,
        potential,
        sum(float(line.get("actual") or 0) for line in lines),
    )


def study_names(*, actor: Actor, ids: list[UUID]) -> dict[UUID, str]:
    """Study id → title."""
    return dict(Study.objects.visible_to(actor).filter(pk__in=ids).values_list("id", "title"))


def target_list_names(*, actor: Actor, ids: list[UUID]) -> dict[UUID, str]:
    """Target list id → name."""
    return dict(TargetList.objects.visible_to(actor).filter(pk__in=ids).values_list("id", "name"))


def has_studies(*, actor: Actor) -> bool:
    """Whether anybody has asked a question yet."""
    return Study.objects.visible_to(actor).exists()
