"""Telling workers to look at a job. Losing the message loses nothing: the sweep looks at Postgres."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.utils import timezone

from prm.access.roles import as_system
from prm.jobs.models import Job

log = logging.getLogger(__name__)
FAN_OUT = 8
POLL = "prm.jobs.poll"  # by name: the task stands above this package


def wake(job: Job, *, workers: int = 1) -> None:
    """After commit, sends "look at this job" to its queue, ``workers`` times (at most ``FAN_OUT``)."""
    Job.objects.filter(pk=job.pk).update(woken_at=timezone.now())
    transaction.on_commit(lambda: send(job.pk, job.queue, times=min(workers, FAN_OUT)))


def wake_again(job_id: UUID) -> None:
    """Lines a job up once more, whose worker gives others a turn."""
    with as_system("long work"):
        queue = Job.objects.filter(pk=job_id).values_list("queue", flat=True).first()
    if queue:
        send(job_id, queue)


def send(job_id: UUID, queue: str, *, times: int = 1) -> None:
    """Sends the message now. With Redis down the work waits for the sweep; whoever asked for it is not kept waiting."""
    try:
        for _time in range(times):
            current_app.send_task(POLL, args=[str(job_id)], queue=queue, retry=False)
    except Exception as error:
        # Whatever the broker's client raises: the row in Postgres is what counts.
        log.warning("job %s: no worker could be woken (%s); the sweep will", job_id, error)
