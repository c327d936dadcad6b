"""The two probes: ``/healthz`` (the process is alive) and ``/readyz`` (it can do its work); and what the health page tells.

They are answered by ``ProbeMiddleware`` before anything else looks at the request: orchestrators ask by IP address, over
plain HTTP, without a session. They say nothing that an outsider could use.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import redis
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from prm.core.heartbeat import beating_workers, redis_client
from prm.core.registry import Registry

logger = logging.getLogger(__name__)


class Failed(Exception):
    """A check does not hold; the text is shown."""


def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process answers; touches neither database nor Redis."""
    return _answer({"status": "ok"}, 200)


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every check holds, else 503; ``{"status": …, "checks": {name: {"status": …, "detail": …}}}``."""
    results: dict[str, dict[str, str]] = {}
    for name, check in CHECKS.items():
        try:
            results[name] = {"status": "ok", "detail": check()}
        except Failed as failure:
            results[name] = {"status": "failed", "detail": str(failure)}
            logger.warning("Not ready: %s: %s", name, failure)
    ready = all(result["status"] == "ok" for result in results.values())
    return _answer({"status": "ok" if ready else "failed", "checks": results}, 200 if ready else 503)


class ProbeMiddleware:
    """Answers the probes; passes everything else on. The first of the chain."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        probe = PROBES.get(request.path) if request.method in {"GET", "HEAD"} else None
        return probe(request) if probe else self.get_response(request)


def _check_database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        raise Failed("the database cannot be reached") from error
    return "reachable"


def _check_migrations() -> str:
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except DatabaseError as error:
        raise Failed("the database cannot be asked") from error
    waiting = sorted(f"{app}.{name}" for app, name in _last_migrations() if (app, name) not in applied)
    if waiting:
        raise Failed(f"{len(waiting)} apps wait for manage.py migrate")
    return "applied"


@cache
def _last_migrations() -> frozenset[tuple[str, str]]:
    # The files do not change while the process runs.
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


def _check_redis() -> str:
    try:
        redis_client().ping()
    except redis.RedisError as error:
        raise Failed("Redis cannot be reached") from error
    return "reachable"


def _check_worker() -> str:
    try:
        workers = beating_workers(redis_client())
    except redis.RedisError as error:
        raise Failed("Redis cannot be asked") from error
    if not workers:
        raise Failed("no worker has shown its pulse lately")
    return f"{len(workers)} alive"


def _answer(content: dict[str, object], status: int) -> JsonResponse:
    response = JsonResponse(content, status=status)
    response["Cache-Control"] = "no-store"
    return response


CHECKS: dict[str, Callable[[], str]] = {
    "database": _check_database,
    "migrations": _check_migrations,
    "redis": _check_redis,
    "worker": _check_worker,
}


@dataclass(frozen=True)
class Reading:
    """How one thing is: in words, with what it means; ``tone`` is ok, wa (worth a look) or no."""

    value: str
    tone: str = "ok"
    about: str = ""


@dataclass(frozen=True)
class Vital:
    """Something that the operator's health page tells. ``read`` is asked each time, in the reader's language."""

    key: str
    label: Any
    read: Callable[[Any], Reading]
    order: int = 100


VITALS: Registry[Vital] = Registry("vitals", key=lambda vital: vital.key, order=lambda vital: vital.order)


def readings(actor: Any) -> list[tuple[Vital, Reading]]:
    """All of them, in order."""
    return [(vital, vital.read(actor)) for vital in VITALS]


PROBES: dict[str, Callable[[HttpRequest], JsonResponse]] = {"/healthz": healthz, "/readyz": readyz}
