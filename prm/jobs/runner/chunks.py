"""Handing chunks out and marking them done: the one place where a chunk changes its state."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from prm.access.roles import as_system
from prm.core.locks import let_go, try_hold
from prm.jobs.kinds import ChunkPlan
from prm.jobs.models import ChunkState, Job, JobChunk
from prm.jobs.rules import retry_pause

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 10
UNDONE = (ChunkState.WAITING, ChunkState.RUNNING)
_REASON = "long work"


class ChunkLost(Exception):
    """Another worker took the chunk over; what this one did is not to be kept."""


class WorkerLost(Exception):
    """The chunk's worker died each time: it is not handed out any more."""


def chunks_add(job: Job, plans: Sequence[ChunkPlan]) -> int:
    """Adds planned chunks after those that exist; the units they add up to."""
    first = job.chunks.count()
    JobChunk.objects.bulk_create(
        (
            JobChunk(job=job, number=first + i, step=plan.step, payload=plan.payload, units=plan.units)
            for i, plan in enumerate(plans)
        ),
        batch_size=1000,
    )
    return sum(plan.units for plan in plans)


def chunk_claim(job: Job, *, ignore_pauses: bool = False) -> JobChunk | None:
    """The next chunk for this process, marked running and locked by its database session; None when there is none.

    First a waiting one, then one whose worker died. Raises WorkerLost for a chunk that has killed too many workers.
    """
    with as_system(_REASON):
        waiting = JobChunk.objects.filter(job=job, state=ChunkState.WAITING)
        if not ignore_pauses:
            waiting = waiting.filter(due_at__lte=timezone.now())
        chunk = waiting.order_by("number").select_for_update(skip_locked=True).first()
        if chunk is not None:
            return _take(chunk) if try_hold(chunk.pk) else None
    with as_system(_REASON):
        for pk in list(JobChunk.objects.filter(job=job, state=ChunkState.RUNNING).values_list("pk", flat=True)):
            if not try_hold(pk):
                continue
            # Only now is it certain that the row says what came of it.
            chunk = JobChunk.objects.filter(pk=pk, state=ChunkState.RUNNING).select_for_update(skip_locked=True).first()
            if chunk is None:
                let_go(pk)
                continue
            if chunk.attempts >= MAX_ATTEMPTS:
                let_go(pk)
                raise WorkerLost
            log.info("job %s chunk %s: its worker died, handed out again", job.pk, chunk.number)
            return _take(chunk)
    return None


def _take(chunk: JobChunk) -> JobChunk:
    chunk.state = ChunkState.RUNNING
    chunk.attempts += 1
    chunk.started_at = timezone.now()
    chunk.save(update_fields=["state", "attempts", "started_at", "updated_at"])
    return chunk


def chunk_done(job: Job, chunk: JobChunk, result: dict[str, Any] | None) -> None:
    """The done mark, in the caller's transaction. Raises ChunkLost when the chunk is no longer this attempt's."""
    with as_system(_REASON):
        marked = JobChunk.objects.filter(pk=chunk.pk, state=ChunkState.RUNNING, attempts=chunk.attempts).update(
            state=ChunkState.DONE,
            finished_at=timezone.now(),
            result=result,
            file_name=chunk.file_name,
            error="",
            updated_at=timezone.now(),
        )
        if not marked:
            raise ChunkLost
        # Last, because other workers wait for this row until the transaction ends.
        Job.objects.filter(pk=job.pk).update(
            units_done=F("units_done") + chunk.units, step=chunk.step, updated_at=timezone.now()
        )


def chunk_failed(chunk: JobChunk, error: str, *, is_final: bool) -> None:
    """Notes an error; the chunk waits for its next attempt unless this was the last."""
    with as_system(_REASON):
        JobChunk.objects.filter(pk=chunk.pk, state=ChunkState.RUNNING, attempts=chunk.attempts).update(
            state=ChunkState.FAILED if is_final else ChunkState.WAITING,
            failures=F("failures") + 1,
            due_at=timezone.now() + (timedelta(0) if is_final else retry_pause(chunk.failures + 1)),
            error=error[:2000],
            updated_at=timezone.now(),
        )


def chunk_stopped(chunk: JobChunk) -> None:
    """A chunk that noticed the cancel and kept nothing."""
    with as_system(_REASON):
        JobChunk.objects.filter(pk=chunk.pk, attempts=chunk.attempts).update(
            state=ChunkState.CANCELLED, updated_at=timezone.now()
        )
