"""Starting, stopping and retrying long work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.access.roles import as_system
from prm.core.errors import Conflict
from prm.events.publishing import publish
from prm.jobs.actors import actor_snapshot, correlation_of_job
from prm.jobs.events import JobRetried, JobStarted
from prm.jobs.kinds import KINDS
from prm.jobs.models import FINAL_STATES, ChunkState, Job, JobState, Queue
from prm.jobs.runner.settling import job_cancelled, tidy
from prm.jobs.runner.waking import wake

_REASON = "long work"


def job_start(
    *,
    actor: Actor,
    kind: str,
    title: str,
    parameters: dict[str, Any] | None = None,
    subject_id: UUID | None = None,
    queue: Queue | None = None,
) -> Job:
    """Asks for long work; a worker is woken when the surrounding transaction commits.

    ``parameters`` is JSON (ids, codes, numbers; no personal text); ``subject_id`` is the record it belongs to, for finding it
    again. Raises Denied without the kind's permission, KeyError for an unknown kind. Publishes JobStarted.
    """
    spec = KINDS.get(kind)
    authorize(actor, spec.permission)
    with as_system(_REASON):
        job = Job.objects.create(
            kind=kind,
            title=title[:300],
            queue=queue or spec.queue,
            parameters=parameters or {},
            subject_id=subject_id,
            owner_id=actor.user_id,
            actor=actor_snapshot(actor),
        )
        publish(JobStarted(subject_id=job.pk, kind=kind, correlation_id=correlation_of_job(job)), actor=actor)
        wake(job)
    return job


def job_cancel(*, actor: Actor, job: Job) -> Job:
    """Stops a job: chunks that wait are not begun, running ones end as soon as they notice.

    What a transactional chunk has committed stays; undoing it is the kind's act (``on_cancel``). Raises NotFound, Denied,
    Conflict when it is over already. Publishes JobCancelled once it stands still.
    """
    authorize(actor, "jobs.job:cancel", job)
    with as_system(_REASON):
        fresh = Job.objects.visible_to(actor, "cancel").select_for_update().one(job.pk)
        if fresh.state in FINAL_STATES:
            raise Conflict("job_over", _("This has ended already."), state=fresh.state)
        if fresh.planned_at is None and fresh.state == JobState.QUEUED:
            # Nobody has begun; a worker that is planning right now will find that its plan is not wanted.
            if fresh.kind in KINDS:
                tidy(fresh, KINDS.get(fresh.kind).on_cancel, actor)
            job_cancelled(fresh, actor=actor)
        else:
            fresh.chunks.filter(state=ChunkState.WAITING).update(state=ChunkState.CANCELLED, updated_at=timezone.now())
            Job.objects.visible_to(actor).filter(pk=fresh.pk).update(state=JobState.CANCELLING, updated_at=timezone.now())
            wake(fresh)
        fresh.refresh_from_db()
    return fresh


def job_retry(*, actor: Actor, job: Job) -> Job:
    """Lets a failed or cancelled job go on where it stopped: done chunks stay done.

    Raises NotFound, Denied, Conflict when it is not over, is done, or must fail again. Publishes JobRetried.
    """
    authorize(actor, "jobs.job:retry", job)
    with as_system(_REASON):
        fresh = Job.objects.visible_to(actor, "retry").select_for_update().one(job.pk)
        if fresh.state not in {JobState.FAILED, JobState.CANCELLED} or not _can_retry(fresh):
            raise Conflict("job_not_retryable", _("This cannot be started again."), state=fresh.state)
        undone = fresh.chunks.exclude(state=ChunkState.DONE)
        undone.update(state=ChunkState.WAITING, attempts=0, failures=0, due_at=timezone.now(), error="", started_at=None)
        # What a chunk has counted before its end (``part_done``) stays counted.
        left = undone.aggregate(units=Sum("units"))["units"] or 0
        Job.objects.visible_to(actor).filter(pk=fresh.pk).update(
            state=JobState.RUNNING if fresh.planned_at else JobState.QUEUED,
            finished_at=None,
            told_at=None,
            failures=0,
            units_done=(fresh.units_total or left) - left,
            error="",
            error_code="",
            updated_at=timezone.now(),
        )
        publish(JobRetried(subject_id=fresh.pk, kind=fresh.kind), actor=actor)
        fresh.refresh_from_db()
        wake(fresh)
    return fresh


def jobs_told(*, actor: Actor, jobs: list[Job]) -> None:
    """Notes that the owner has been told how these ended, so that each is told once."""
    with as_system(_REASON):
        mine = [job.pk for job in jobs if job.owner_id == actor.user_id]
        Job.objects.visible_to(actor).filter(pk__in=mine, told_at__isnull=True).update(told_at=timezone.now())


def _can_retry(job: Job) -> bool:
    return job.kind in KINDS and KINDS.get(job.kind).can_retry(job)
