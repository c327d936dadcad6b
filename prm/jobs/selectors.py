"""Reading long work: lists, one job with its progress and what somebody has to be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.utils import timezone

from prm.access.actors import Actor
from prm.accounts.selectors.persons import person_names
from prm.jobs.kinds import KINDS, JobKind
from prm.jobs.models import OPEN_STATES, ChunkState, Job, JobChunk, JobLine, JobState, PeriodicSlot
from prm.jobs.rules import percent_of, seconds_left


@dataclass(frozen=True)
class StepProgress:
    """One step: ``state`` is done, active, failed or waiting; ``note`` is the figure at its right."""

    key: str
    label: str
    state: str
    note: str
    seconds: float | None


@dataclass(frozen=True)
class JobProgress:
    """What the job page shows. ``percent``, ``total`` and ``seconds_left`` are None while unknown."""

    job: Job
    kind_label: str
    unit: str
    percent: int | None
    done: int
    total: int | None
    seconds_left: int | None
    seconds: float | None
    steps: list[StepProgress]
    lines: list[JobLine]
    chunks_failed: list[JobChunk]
    owner_name: str
    result_url: str
    may_cancel: bool
    may_retry: bool


def job_list(
    *,
    actor: Actor,
    mine: bool = False,
    states: Sequence[str] = (),
    kinds: Sequence[str] = (),
    subject_id: UUID | None = None,
    q: str = "",
) -> QuerySet[Job]:
    """Jobs that the actor sees, newest first; a query, for paging. Bounded by an index on time."""
    jobs = Job.objects.visible_to(actor)
    if mine:
        jobs = jobs.filter(owner_id=actor.user_id, owner_id__isnull=False)
    if states:
        jobs = jobs.filter(state__in=states)
    if kinds:
        jobs = jobs.filter(kind__in=kinds)
    if subject_id is not None:
        jobs = jobs.filter(subject_id=subject_id)
    if q:
        jobs = jobs.filter(title__icontains=q[:100])
    return jobs.order_by("-created_at", "-id")


def job_get(*, actor: Actor, job_id: UUID | str) -> Job:
    """One job by key or public id. Raises NotFound, also for one outside the actor's scope."""
    job: Job = Job.objects.visible_to(actor).one(job_id)
    return job


def job_titles(*, actor: Actor, job_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Job id → what it is called, for those that ``actor`` sees."""
    return dict(Job.objects.visible_to(actor).filter(pk__in=job_ids).values_list("pk", "title"))


def job_owner(*, actor: Actor, job_id: UUID) -> UUID | None:
    """The account that started a job; None for the product itself and for a job that is gone."""
    return Job.objects.visible_to(actor).filter(pk=job_id).values_list("owner_id", flat=True).first()


def job_progress(*, actor: Actor, job: Job) -> JobProgress:
    """How far a job is; five queries whatever its size."""
    kind = KINDS.get(job.kind) if job.kind in KINDS else None
    names = person_names(actor=actor, user_ids=[job.owner_id]) if job.owner_id else {}
    end = job.finished_at or timezone.now()
    elapsed = end - job.started_at if job.started_at else None
    running = job.state == JobState.RUNNING
    counted = kind.counted(job) if kind and job.state == JobState.DONE else None
    return JobProgress(
        job=job,
        kind_label=kind.words(job) if kind else job.kind,
        unit=str(kind.unit) if kind else "",
        percent=percent_of(job.units_done, job.units_total, is_done=job.state == JobState.DONE),
        done=job.units_done if counted is None else counted,
        total=job.units_total if counted is None else counted,
        seconds_left=seconds_left(job.units_done, job.units_total, elapsed) if running and elapsed else None,
        seconds=elapsed.total_seconds() if elapsed is not None else None,
        steps=_steps(job, kind) if kind else [],
        lines=list(JobLine.objects.visible_to(actor).filter(job=job).order_by("-id")[:50]),
        chunks_failed=list(JobChunk.objects.visible_to(actor).filter(job=job).exclude(error="").order_by("number")[:10]),
        owner_name=names.get(job.owner_id, "") if job.owner_id else "",
        result_url=kind.result_url(job) if kind and job.state == JobState.DONE else "",
        may_cancel=job.is_open and job.state != JobState.CANCELLING and _may(actor, job, "cancel"),
        may_retry=job.state in {JobState.FAILED, JobState.CANCELLED}
        and kind is not None
        and kind.can_retry(job)
        and _may(actor, job, "retry"),
    )


def jobs_open_count(*, actor: Actor) -> int:
    """How many of the actor's own jobs are not over, for the badge beside the menu."""
    return Job.objects.visible_to(actor).filter(owner_id=actor.user_id, state__in=OPEN_STATES).count()


def jobs_to_tell(*, actor: Actor) -> list[Job]:
    """The actor's jobs that ended in the last day without their being told; the newest five."""
    since = timezone.now() - timedelta(days=1)
    ended = Job.objects.visible_to(actor).filter(
        owner_id=actor.user_id, told_at__isnull=True, finished_at__gte=since, created_at__gte=since - timedelta(days=1)
    )
    return list(ended.exclude(state=JobState.CANCELLED).order_by("-created_at")[:5])


def _may(actor: Actor, job: Job, verb: str) -> bool:
    return Job.objects.visible_to(actor, verb).filter(pk=job.pk).exists()


def _steps(job: Job, kind: JobKind) -> list[StepProgress]:
    found: dict[str, Any] = {
        row["step"]: row
        for row in job.chunks.order_by()
        .values("step")
        .annotate(
            chunks=Count("pk"),
            done=Count("pk", filter=Q(state=ChunkState.DONE)),
            failed=Count("pk", filter=Q(state=ChunkState.FAILED)),
            units=Sum("units"),
            begun=Min("started_at"),
            ended=Max("finished_at"),
        )
    }
    return [_step(job, step.key, str(step.label), found.get(step.key)) for step in kind.steps_of(job)]


def _step(job: Job, key: str, label: str, row: dict[str, Any] | None) -> StepProgress:
    note = job.step_notes.get(key, "")
    if row is None:
        return StepProgress(key, label, "done" if job.state == JobState.DONE else "waiting", note, None)
    if row["done"] == row["chunks"]:
        return StepProgress(key, label, "done", note, (row["ended"] - row["begun"]).total_seconds())
    begun = row["begun"] is not None and job.is_open
    return StepProgress(key, label, "failed" if row["failed"] else "active" if begun else "waiting", note, None)


def periodic_last(*, actor: Actor, task: str) -> PeriodicSlot | None:
    """The last time that something came round; None when it never did, or was forgotten since."""
    return PeriodicSlot.objects.visible_to(actor).filter(task=task).order_by("-claimed_at").first()


def chunks_waiting_since(*, actor: Actor) -> datetime | None:
    """Since when the oldest work that could be done waits for a worker."""
    due = JobChunk.objects.visible_to(actor).filter(state=ChunkState.WAITING, due_at__lte=timezone.now())
    return due.filter(job__state__in=OPEN_STATES).aggregate(oldest=Min("due_at"))["oldest"]
