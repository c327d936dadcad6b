"""A database as an earlier version left it: taken back to some migrations, and brought up to date again whatever happens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from prm.access import rowsecurity


@contextmanager
def taken_back(owner: BaseDatabaseWrapper, *names: tuple[str, str], emptied: Sequence[str]) -> Iterator[None]:
    """Inside, the tables stand as after the migrations named; afterwards as today, those named in ``emptied`` without a row."""
    try:
        MigrationExecutor(owner).migrate(list(names))
        yield
    finally:
        executor = MigrationExecutor(owner)
        executor.migrate(executor.loader.graph.leaf_nodes())
        with owner.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(emptied)} CASCADE")
        rowsecurity.apply(owner)
