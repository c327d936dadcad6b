"""Celery's side: "look at job N", and the beat's sweep. Losing any of these messages loses nothing."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from celery import shared_task
from celery.signals import worker_ready

from prm.jobs.runner.periodic import run_due
from prm.jobs.runner.sweeping import sweep
from prm.jobs.runner.waking import wake_again
from prm.jobs.runner.work import advance

# After this a worker gives other jobs of its queue a turn.
TURN_SECONDS = 10.0


@shared_task(name="prm.jobs.poll")
def poll(job_id: str) -> None:
    """Works on a job for one turn, then lines up again if work is left."""
    key = UUID(job_id)
    if advance(key, seconds=TURN_SECONDS):
        wake_again(key)


@shared_task(name="prm.jobs.tick", expires=30)
def tick() -> None:
    """The beat, every few seconds: hands out what nobody is doing and runs what comes round."""
    sweep()
    run_due()


@worker_ready.connect
def _look_round(**_arguments: Any) -> None:
    """A worker that comes up looks for work at once, instead of waiting for the beat."""
    with suppress(Exception):  # with Redis down the beat will say it again
        tick.delay()
