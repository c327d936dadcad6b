"""What the processes of the outbox benchmark share: an event, its subscribers, the peer's task, the publisher. Workers run it as their
Celery app.

Effects are rows of tables without any uniqueness, so that a double one shows.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm.settings.dev")
django.setup()

from celery import shared_task  # noqa: E402  the models need Django
from django.db import DatabaseError, connection  # noqa: E402

from prm.access.actors import Actor  # noqa: E402
from prm.access.roles import as_system  # noqa: E402
from prm.celery import app  # noqa: E402
from prm.core.ids import uuid7  # noqa: E402
from prm.events.publishing import Event, publish  # noqa: E402
from prm.events.received import Received  # noqa: E402
from prm.events.subscribing import subscriber  # noqa: E402

SUBJECTS = 300
TABLES = (
    "CREATE TABLE staging.bench_effect (place bigint GENERATED ALWAYS AS IDENTITY, event_id uuid, subject_id uuid, n int)",
    "CREATE TABLE staging.bench_peer (n int)",
)
FOLDER = Path(os.environ.get("PRM_BENCH_FOLDER", "."))


class BenchHappened(Event, subject="bench", sentence="happened"):
    """Number ``n`` of the run."""

    n: int


@subscriber("bench.inside", BenchHappened)
def inside(happened: Received, *, actor: Actor) -> None:
    """An effect in the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO staging.bench_effect (event_id, subject_id, n) VALUES (%s, %s, %s)",
            [happened.id, happened.subject_id, happened.data["n"]],
        )


@subscriber("bench.outside", BenchHappened, outside=True)
def outside(happened: Received, *, actor: Actor) -> None:
    """An effect outside of it: a line, written at once, that carries the event's id."""
    line = f"{happened.id} {happened.subject_id} {happened.data['n']}\n"
    descriptor = os.open(FOLDER / "outside.txt", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)


@shared_task(  # type: ignore[untyped-decorator]  # Celery has no types
    name="bench.peer", queue="peer", acks_late=True, reject_on_worker_lost=True,
    autoretry_for=(DatabaseError,), retry_backoff=1, retry_backoff_max=10, max_retries=20,
)  # fmt: skip
def peer(n: int) -> None:
    """What one does without an outbox: a task sent after commit, acknowledged late, tried again when the database is away."""
    with as_system("the benchmark's peer"), connection.cursor() as cursor:
        cursor.execute("INSERT INTO staging.bench_peer (n) VALUES (%s)", [n])


def publish_all_of_them(first: int, last: int, per_second: float, seed: int) -> None:
    """Publishes ``first`` to ``last`` at a pace, each until its commit was acknowledged, which it writes down."""
    rng = random.Random(seed)
    subjects = [uuid7() for _n in range(SUBJECTS)]
    began = time.monotonic()
    with (
        (FOLDER / f"acknowledged-{first}.txt").open("w", buffering=1) as told,
        (FOLDER / f"peer-{first}.txt").open("w") as sent,
    ):
        for n in range(first, last):
            time.sleep(max(0.0, began + (n - first) / per_second - time.monotonic()))
            subject = rng.choice(subjects)
            while True:
                try:
                    with as_system("the benchmark") as actor:
                        publish(BenchHappened(subject_id=subject, n=n), actor=actor)
                    break
                except DatabaseError:
                    connection.close()
                    time.sleep(0.2)
            told.write(f"{n}\n")
            try:
                peer.apply_async(args=[n])
            except Exception:
                sent.write(f"{n}\n")  # nobody else remembers it
                sent.flush()


def prepare() -> None:
    """The tables of the effects."""
    with as_system("the benchmark"), connection.cursor() as cursor:
        for statement in TABLES:
            cursor.execute(statement)


__all__ = ["app"]
