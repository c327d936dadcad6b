"""How a job ends: done, failed or cancelled; each once, with its event."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from prm.access.actors import Actor, system_actor
from prm.access.roles import as_role, as_system
from prm.events.publishing import publish
from prm.jobs.events import JobCancelled, JobDone, JobFailed
from prm.jobs.kinds import KINDS
from prm.jobs.models import OPEN_STATES, Job, JobLine, JobState
from prm.jobs.runner.notes import note

log = logging.getLogger(__name__)
_REASON = "long work"


def job_done(job: Job, result: dict[str, Any] | None, *, actor: Actor) -> bool:
    """Marks it done with its result; False when it is not running any more. Publishes JobDone."""
    with as_system(_REASON):
        now = timezone.now()
        marked = Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(
            state=JobState.DONE, result=result, finished_at=now, error="", error_code="", updated_at=now
        )
        if marked:
            publish(JobDone(subject_id=job.pk, kind=job.kind), actor=actor)
    return bool(marked)


def job_failed(job: Job, code: str, text: str) -> None:
    """Marks it failed with the reason, in words. Publishes JobFailed; the kind tidies up."""
    with as_system(_REASON):
        now = timezone.now()
        marked = Job.objects.filter(pk=job.pk, state__in=OPEN_STATES).update(
            state=JobState.FAILED, finished_at=now, error_code=code[:60], error=text[:2000], updated_at=now
        )
        if marked:
            note(job, text, level=JobLine.Level.ERROR)
            actor = system_actor(f"job {job.kind} failed")
            publish(JobFailed(subject_id=job.pk, kind=job.kind, code=code[:60]), actor=actor)
            if job.kind in KINDS:
                tidy(job, KINDS.get(job.kind).on_fail, actor)


def job_cancelled(job: Job, *, actor: Actor) -> None:
    """Marks it cancelled. Publishes JobCancelled."""
    with as_system(_REASON):
        now = timezone.now()
        marked = Job.objects.filter(pk=job.pk, state__in=OPEN_STATES).update(
            state=JobState.CANCELLED, finished_at=now, updated_at=now
        )
        if marked:
            publish(JobCancelled(subject_id=job.pk, kind=job.kind), actor=actor)


def tidy(job: Job, act: Callable[[Job, Actor], None], actor: Actor) -> None:
    """Runs a kind's own tidying up; that it fails must not keep the job from ending."""
    try:
        with transaction.atomic(), as_role(actor):
            act(job, actor)
    except Exception as error:
        log.exception("job %s (%s): tidying up failed", job.pk, job.kind)
        note(job, f"{type(error).__name__}: {error}", level=JobLine.Level.ERROR)
