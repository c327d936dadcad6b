"""Doing the work: plan, chunk after chunk, finish. Any process may call ``advance`` at any time, on any machine."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from prm.access.actors import Actor, system_actor
from prm.access.roles import as_role, as_system
from prm.core.correlation import correlated
from prm.core.errors import Denied, DomainError
from prm.core.locks import held, held_numbers, let_go, lock_number
from prm.jobs.actors import actor_of_job, correlation_of_job
from prm.jobs.kinds import KINDS, JobKind
from prm.jobs.models import FINAL_STATES, ChunkState, Job, JobChunk, JobState
from prm.jobs.runner.chunks import (
    UNDONE,
    ChunkLost,
    WorkerLost,
    chunk_claim,
    chunk_done,
    chunk_failed,
    chunk_stopped,
    chunks_add,
)
from prm.jobs.runner.settling import job_cancelled, job_done, job_failed, tidy
from prm.jobs.runner.waking import wake

log = logging.getLogger(__name__)
_REASON = "long work"


class JobStopped(Exception):
    """Raised inside a chunk by ``stop_if_cancelled``."""


class _Elsewhere(Exception):
    """The job changed hands or state meanwhile: nothing of this attempt is kept."""


def stop_if_cancelled(job: Job) -> None:
    """For long chunks: ends the chunk when somebody cancelled the job. Costs one small query."""
    with as_system(_REASON):
        if not Job.objects.filter(pk=job.pk, state=JobState.RUNNING).exists():
            raise JobStopped


def run_inline(job: Job, *, wait_seconds: float = 600) -> Job:
    """Works on ``job`` in this process until it is over, without pauses between attempts; gives it fresh.

    When other workers hold its last chunks it waits for them, at most ``wait_seconds`` (TimeoutError).
    """
    deadline = time.monotonic() + wait_seconds
    while True:
        advance(job.pk, ignore_pauses=True)
        with as_system(_REASON):
            fresh = Job.objects.get(pk=job.pk)
        if fresh.state in FINAL_STATES:
            return fresh
        if time.monotonic() > deadline:
            raise TimeoutError(f"{fresh} is still open")
        time.sleep(0.1)


def advance(job_id: UUID, *, seconds: float | None = None, ignore_pauses: bool = False) -> bool:
    """Does what can be done on a job now, for at most about ``seconds``. True when the time was up and work is left.

    Safe to call at any time and from many processes: rows and locks decide who does what.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    while True:
        with as_system(_REASON):
            job = Job.objects.filter(pk=job_id).first()
        if job is None or not job.is_open:
            return False
        if job.kind not in KINDS:
            log.error("job %s: this installation knows no kind %r", job.pk, job.kind)
            return False
        with correlated(correlation_of_job(job)):
            goes_on = _one_step(job, KINDS.get(job.kind), ignore_pauses=ignore_pauses)
        if not goes_on:
            return False
        if deadline is not None and time.monotonic() > deadline:
            return True


def _one_step(job: Job, kind: JobKind, *, ignore_pauses: bool) -> bool:
    """One plan, chunk, finish or cancel. False when there is nothing for this process to do."""
    if job.state == JobState.CANCELLING:
        return _alone(job, kind, _cancel)
    if job.planned_at is None:
        return _alone(job, kind, _plan)
    try:
        chunk = chunk_claim(job, ignore_pauses=ignore_pauses)
    except WorkerLost:
        job_failed(job, "worker_lost", _("The worker died each time at the same place."))
        return False
    if chunk is not None:
        _run(job, kind, chunk)
        return True
    with as_system(_REASON):
        if job.chunks.filter(state__in=UNDONE).exists():
            return False
    return _alone(job, kind, _finish)


def _alone(job: Job, kind: JobKind, act: Callable[[Job, JobKind], bool]) -> bool:
    """Runs ``act`` when no other worker is doing the same for this job; its errors are counted on the job."""
    with held(job.pk) as obtained:
        if not obtained:
            return False
        with translation.override(job.actor.get("language") or "en"):
            try:
                return act(job, kind)
            except _Elsewhere:
                return True
            except DomainError as refusal:
                job_failed(job, refusal.code, str(refusal.message))
            except (InterfaceError, OperationalError) as error:
                _reraise_when_the_database_left(error)
                return _counted(job, kind, error)
            except Exception as error:
                return _counted(job, kind, error)
    return False


def _counted(job: Job, kind: JobKind, error: Exception) -> bool:
    log.exception("job %s (%s): planning or finishing failed", job.pk, job.kind)
    with as_system(_REASON):
        job.failures += 1
        Job.objects.filter(pk=job.pk).update(failures=job.failures)
    if job.failures >= kind.max_failures:
        job_failed(job, "crashed", f"{type(error).__name__}: {error}")
    return False


def _plan(job: Job, kind: JobKind) -> bool:
    actor = actor_of_job(job, kind)
    with as_system(_REASON):
        with as_role(actor):
            _limits(kind)
            plans = list(kind.plan(job, actor))
        units = chunks_add(job, plans)
        now = timezone.now()
        if not Job.objects.filter(pk=job.pk, state=JobState.QUEUED, planned_at__isnull=True).update(
            state=JobState.RUNNING,
            planned_at=now,
            started_at=job.started_at or now,
            units_total=units,
            step=plans[0].step if plans else "",
            updated_at=now,
        ):
            raise _Elsewhere
        if len(plans) > 1:
            wake(job, workers=len(plans) - 1)
    return True


def _run(job: Job, kind: JobKind, chunk: JobChunk) -> None:
    with translation.override(job.actor.get("language") or "en"):
        try:
            _run_chunk(job, kind, chunk)
        except JobStopped:
            chunk_stopped(chunk)
        except ChunkLost:
            log.warning("job %s chunk %s: taken over by another worker", job.pk, chunk.number)
        except DomainError as refusal:
            chunk_failed(chunk, str(refusal.message), is_final=True)
            job_failed(job, refusal.code, str(refusal.message))
        except (InterfaceError, OperationalError) as error:
            _reraise_when_the_database_left(error)
            _chunk_error(job, kind, chunk, error)
        except Exception as error:
            _chunk_error(job, kind, chunk, error)
        finally:
            let_go(chunk.pk)


def _run_chunk(job: Job, kind: JobKind, chunk: JobChunk) -> None:
    actor = actor_of_job(job, kind)
    if kind.transactional:
        with as_role(actor):
            _limits(kind)
            chunk_done(job, chunk, kind.run_chunk(job, chunk, actor))
    else:
        chunk_done(job, chunk, kind.run_chunk(job, chunk, actor))


def _chunk_error(job: Job, kind: JobKind, chunk: JobChunk, error: Exception) -> None:
    log.exception("job %s (%s) chunk %s failed", job.pk, job.kind, chunk.number)
    text = f"{type(error).__name__}: {error}"
    is_final = chunk.failures + 1 >= kind.max_failures
    chunk_failed(chunk, text, is_final=is_final)
    if is_final:
        job_failed(job, "crashed", text)


def _finish(job: Job, kind: JobKind) -> bool:
    actor = actor_of_job(job, kind)
    chunks = JobChunk.objects.filter(job=job).order_by("number")
    with as_system(_REASON):
        running = Job.objects.filter(pk=job.pk, state=JobState.RUNNING)
        if not running.exists() or chunks.filter(state__in=UNDONE).exists():
            raise _Elsewhere
        with as_role(actor):
            _limits(kind)
            more = list(kind.plan_more(job, chunks.filter(state=ChunkState.DONE), actor))
            result = None if more else kind.finish(job, chunks.filter(state=ChunkState.DONE), actor)
        if more:
            units = chunks_add(job, more)
            if not running.update(units_total=(job.units_total or 0) + units, step=more[0].step):
                raise _Elsewhere
            wake(job, workers=len(more) - 1)
        elif not job_done(job, result, actor=actor):
            raise _Elsewhere
    return True


def _cancel(job: Job, kind: JobKind) -> bool:
    with as_system(_REASON):
        living = held_numbers()
        running = JobChunk.objects.filter(job=job, state=ChunkState.RUNNING)
        if any(lock_number(pk) in living for pk in running.values_list("pk", flat=True)):
            return False  # their workers come here when they notice
        running.update(state=ChunkState.CANCELLED, updated_at=timezone.now())
        actor = _actor_or_system(job, kind)
        tidy(job, kind.on_cancel, actor)
        job_cancelled(job, actor=actor)
    return False


def _actor_or_system(job: Job, kind: JobKind) -> Actor:
    try:
        return actor_of_job(job, kind)
    except Denied:
        return system_actor(f"tidying up after job {job.kind}")


def _limits(kind: JobKind) -> None:
    """A chunk may take longer than a page: its statements and its silences get the kind's bound."""
    bound = f"{kind.chunk_seconds}s"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true), set_config('idle_in_transaction_session_timeout', %s, true)",
            [bound, bound],
        )


def _reraise_when_the_database_left(error: Exception) -> None:
    """A broken connection cannot note anything, and has let go of its locks: the sweep hands the work out again."""
    if connection.in_atomic_block or connection.is_usable():
        return
    connection.close()
    raise error
