"""The pulse of Celery's workers: each writes a key to Redis that expires soon after the worker has stopped turning.

It is written from the worker's own event loop, so a worker that hangs loses its pulse as one that died does.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import redis
from celery import bootsteps
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from prm.local.addresses import redis_client_url

EVERY_SECONDS = 5.0
# Three beats may be missed: a worker that loads a large study is busy, not dead.
EXPIRES_SECONDS = 20
PREFIX = "prm:worker:"
logger = logging.getLogger(__name__)


def redis_client(seconds: float = 2.0) -> redis.Redis:
    """A client of the installation's Redis that gives up after ``seconds`` instead of waiting for it."""
    client: redis.Redis = redis.Redis.from_url(
        redis_client_url(settings.REDIS_URL),
        socket_timeout=seconds,
        socket_connect_timeout=seconds,
        retry=Retry(NoBackoff(), 0),
    )
    return client


def beating_workers(client: redis.Redis) -> list[str]:
    """The names of the workers whose pulse was felt in the last ``EXPIRES_SECONDS``. Raises ``redis.RedisError``."""
    return sorted(key.decode().removeprefix(PREFIX) for key in client.scan_iter(match=f"{PREFIX}*", count=1_000))


def queued(client: redis.Redis, queues: Iterable[str]) -> dict[str, int]:
    """How many messages lie in each queue. Raises ``redis.RedisError``."""
    return {name: int(client.llen(name)) for name in queues}


def beat(client: redis.Redis, worker: str) -> None:
    """Renew the pulse of ``worker``; a Redis that is away is logged, and tried again at the next beat."""
    try:
        client.set(f"{PREFIX}{worker}", "1", ex=EXPIRES_SECONDS)
    except redis.RedisError as error:
        logger.warning("The worker's pulse could not be written: %s", error)


class WorkerHeartbeat(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery has no types
    """The step of Celery's worker that keeps its pulse; removed from Redis at an orderly end."""

    requires = {"celery.worker.components:Timer"}

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.client = redis_client()
        self.timer: Any = None

    def start(self, parent: Any) -> None:
        beat(self.client, parent.hostname)
        self.timer = parent.timer.call_repeatedly(EVERY_SECONDS, beat, (self.client, parent.hostname), priority=10)

    def stop(self, parent: Any) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        try:
            self.client.delete(f"{PREFIX}{parent.hostname}")
        except redis.RedisError:
            logger.warning("The worker's pulse was left to expire")
