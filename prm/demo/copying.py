"""Many rows at once: COPY into a temporary table, then one INSERT … SELECT.

Postgres refuses COPY into a table with row security; the INSERT runs under the role of the surrounding transaction, so that
grants and row security hold as for any other write.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

_ESCAPE = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, now: datetime | None = None
) -> int:
    """Inserts ``rows`` (values in the order of ``columns``, names of database columns) into the model's table.

    Gives their number. None is NULL, a list is an array, a dict is JSON. ``now`` fills created_at and updated_at. Must run
    inside a transaction.
    """
    table = model._meta.db_table
    stamped = [*columns, *(["created_at", "updated_at"] if now else [])]
    tail = [now, now] if now else []
    text, count = io.StringIO(), 0
    for row in rows:
        text.write("\t".join(_plain(value) for value in (*row, *tail)) + "\n")
        count += 1
    text.seek(0)
    listed = ", ".join(f'"{name}"' for name in stamped)
    stage = f"demo_{table}"
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(f'CREATE TEMPORARY TABLE "{stage}" ON COMMIT DROP AS SELECT {listed} FROM "{table}" LIMIT 0')  # noqa: S608  columns of our own
        cursor.copy_expert(f'COPY "{stage}" ({listed}) FROM STDIN', text)
        cursor.execute(f'INSERT INTO "{table}" ({listed}) SELECT {listed} FROM "{stage}"')  # noqa: S608  columns of our own
        cursor.execute(f'DROP TABLE "{stage}"')
    return count


def _plain(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124  NaN is the only value that differs from itself
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, default=str).translate(_ESCAPE)
    if isinstance(value, (list, tuple)):
        return "{" + ",".join('"' + str(item).replace('"', '\\\\"') + '"' for item in value) + "}"
    return str(value).translate(_ESCAPE)
