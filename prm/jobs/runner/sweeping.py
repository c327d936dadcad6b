"""The sweep: finds open work that nobody is doing and wakes workers for it. Whatever Redis lost comes back here."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from prm.access.roles import as_system
from prm.core.locks import held_numbers, lock_number
from prm.jobs.models import OPEN_STATES, ChunkState, Job, JobChunk, JobState
from prm.jobs.runner.chunks import UNDONE
from prm.jobs.runner.waking import wake

PATIENCE = timedelta(seconds=10)
MOST_JOBS = 200


def sweep() -> int:
    """Wakes workers for jobs with work that can be done now and is not; how many jobs. Cheap when nothing is open."""
    now = timezone.now()
    with as_system("sweep of long work"):
        chunks = JobChunk.objects.filter(job=OuterRef("pk"))
        jobs = list(
            Job.objects.filter(state__in=OPEN_STATES)
            .annotate(
                has_due=Exists(chunks.filter(state=ChunkState.WAITING, due_at__lte=now)),
                has_undone=Exists(chunks.filter(state__in=UNDONE)),
            )
            .order_by("created_at")[:MOST_JOBS]
        )
        if not jobs:
            return 0
        abandoned = _abandoned(jobs)
        woken = 0
        for job in jobs:
            is_fresh = job.woken_at is not None and job.woken_at > now - PATIENCE
            idle = job.has_due or not job.has_undone or job.planned_at is None or job.state == JobState.CANCELLING
            if job.pk in abandoned or (idle and not is_fresh):
                wake(job, workers=2 if job.has_due else 1)
                woken += 1
        return woken


def _abandoned(jobs: list[Job]) -> set[object]:
    """Jobs with a chunk that says running while no living session holds its lock."""
    running = list(
        JobChunk.objects.filter(job__in=[job.pk for job in jobs], state=ChunkState.RUNNING).values_list("pk", "job_id")
    )
    living = held_numbers() if running else set()
    return {job_id for pk, job_id in running if lock_number(pk) not in living}
