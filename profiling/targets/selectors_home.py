"""Reads of the vendor's home: runs of which nobody is on a target list, and lists that wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from prm.access.actors import Actor
from profiling.studies.models import StudyRun
from profiling.targets.models import TargetList, TargetListEntry


def runs_not_acted_on(*, actor: Actor, since: datetime, person_id: UUID | None = None) -> list[StudyRun]:
    """The last finished run of each study since a moment, of which no company is on a target list. One query."""
    later = StudyRun.objects.visible_to(actor).filter(
        study=OuterRef("study"), finished_at__isnull=False, number__gt=OuterRef("number")
    )
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


def target_list_names(*, actor: Actor, ids: list[UUID]) -> dict[UUID, str]:
    """Target list id → name."""
    return dict(TargetList.objects.visible_to(actor).filter(pk__in=ids).values_list("id", "name"))
