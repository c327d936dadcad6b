"""Celery's side: "look for events to deliver". Losing any of these messages loses nothing."""

from __future__ import annotations

from celery import shared_task

from prm.events.runner.waking import POLL, QUEUE
from prm.events.runner.work import deliver

# After this a worker gives other messages of its queue a turn.
TURN_SECONDS = 10.0


@shared_task(name=POLL, ignore_result=True)
def poll() -> None:
    """Delivers what is due for one turn, then lines up again if something is left. Sent after each commit and by the beat."""
    if deliver(seconds=TURN_SECONDS):
        poll.apply_async(queue=QUEUE, retry=False, expires=10)
