"""Advisory locks. Those of a session are held by a worker's database connection, so that they end at the very moment the worker does.

A lock is taken before the row that it guards says "running", and let go after the row says what came of it. Hence a running
row that nobody holds belongs to a dead worker.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from uuid import UUID

from django.db import Error, connection


def lock_number(key: UUID) -> int:
    """The advisory lock of a row: 64 signed bits. Two rows that share one by chance only wait for each other."""
    return int.from_bytes(blake2b(key.bytes, digest_size=8).digest(), "big", signed=True)


def wait_in_turn(key: UUID) -> None:
    """Waits until no other transaction works on the same thing, and keeps others waiting until this one ends. For rows that do not exist
    yet, or that the role may not lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_number(key)])


def try_hold(key: UUID) -> bool:
    """Takes the lock of a row for this session if nobody else has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock_number(key)])
        return bool(cursor.fetchone()[0])


def let_go(key: UUID) -> None:
    """Gives the lock back. A connection that broke has lost it already."""
    if connection.connection is None or connection.needs_rollback:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [lock_number(key)])
    except Error:
        connection.close()


@contextmanager
def held(key: UUID) -> Iterator[bool]:
    """Gives whether the lock was obtained; lets it go at the end."""
    obtained = try_hold(key)
    try:
        yield obtained
    finally:
        if obtained:
            let_go(key)


def held_numbers() -> set[int]:
    """The numbers of all locks that living sessions of this database hold."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1"
            " AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return {row[0] for row in cursor.fetchall()}
