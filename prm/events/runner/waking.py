"""Telling a worker to look. Losing the message loses nothing: a worker looks once a second anyway."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from celery import current_app

log = logging.getLogger(__name__)
POLL, QUEUE = "prm.events.poll", "delivery"  # by name: the task stands above this package
# Many commits in a row need no message each: the look that the first one asked for finds the others too.
AT_MOST_EVERY = 0.05
# With Redis away whoever writes is not kept waiting for it again and again.
QUIET_AFTER_FAILURE = 5.0


@dataclass
class _Next:
    """When this process may send again, on its monotonic clock."""

    at: float = 0.0


_next = _Next()


def wake() -> None:
    """Sends "look now". Called after commit."""
    now = time.monotonic()
    if now < _next.at:
        return
    _next.at = now + AT_MOST_EVERY
    try:
        current_app.send_task(POLL, queue=QUEUE, retry=False, expires=10)
    except Exception as error:
        # Whatever the broker's client raises: the row in Postgres is what counts.
        _next.at = time.monotonic() + QUIET_AFTER_FAILURE
        log.warning("no worker could be woken (%s); events wait for the next look", error)
