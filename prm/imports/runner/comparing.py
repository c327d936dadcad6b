"""Rows beside the records that they meet, and beside each other: which cells writing would change, which it leaves and why.

Asked of the staging table once matches are found (``matching``): over the whole file for the counts of the dry run, over a few rows for
people to look at, and by each chunk before it is written, so that the summary says what was not taken.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from prm.imports.runner.matching import usable_keys
from prm.imports.runner.staging import Chunk
from prm.imports.targets import Compared

#: Rows that repeat an earlier one, kept with the import to be looked at.
REPEATS_KEPT = 200
#: What ``cells`` counts as changed; all others are reasons why a cell stays.
CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a known record where the row says something else. ``kept`` is empty when writing takes the file's value, else why it
    stays; ``told_by`` and ``told_on`` then say whose word it is. ``adds``: the new value joins the old."""

    field: str
    before: Any
    after: Any
    kept: str
    told_by: str
    told_on: date | None
    adds: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A row of the file and the known record that it meets; ``is_certain``: by a key of which there can be one record only."""

    row_no: int
    called: str
    match_on: str
    is_certain: bool
    record_id: UUID
    record_name: str
    cells: tuple[Cell, ...]


def looked_at(chunk: Chunk) -> Chunk:
    """The chunk with the parameters that comparing needs before the target's ``begin`` has answered them."""
    record = chunk.table.target.record
    if record and record.params and not chunk.batch.context:
        chunk.params |= record.params(actor=chunk.actor, batch=chunk.batch, params=chunk.params)
    return chunk


def count_cells(chunk: Chunk, rows: str) -> tuple[Counter[str], int]:
    """How many cells of ``rows`` change (``CHANGED``), and how many stay, by reason; and how many of the rows change any, those that
    repeat an earlier one left out."""
    cells = _cells(chunk)
    if not cells or not chunk.fetch(f"SELECT 1 FROM {rows} s LIMIT 1"):
        return Counter(), 0
    found = chunk.fetch(
        f"SELECT coalesce(v.kept, '{CHANGED}'), count(*), count(DISTINCT s.row_no) FILTER (WHERE NOT s.again) FROM {rows} s"
        f" {_beside(chunk, cells)} WHERE v.differs GROUP BY 1"
    )
    return Counter({reason: n for reason, n, _rows in found}), sum(n for reason, _cells, n in found if reason == CHANGED)


def matches_of(chunk: Chunk, numbers: Sequence[int]) -> list[Match]:
    """The rows called ``numbers`` with the records that they meet, in the file's order."""
    record = chunk.table.target.record
    if record is None or not numbers:
        return []
    wanted = {"numbers": list(numbers)}
    rows = "{rows} s"
    found: dict[int, list[Cell]] = {number: [] for number in numbers}
    cells = _cells(chunk)
    if cells:
        for number, place, *values in chunk.fetch(
            f"SELECT s.row_no, v.place, v.old, v.new, coalesce(v.kept, ''), CASE WHEN v.kept IS NOT NULL THEN v.told END,"
            f" CASE WHEN v.kept IS NOT NULL THEN v.since END FROM {rows} {_beside(chunk, cells, told=True)}"
            " WHERE v.differs AND s.row_no = ANY(%(numbers)s) ORDER BY s.row_no, v.place",
            wanted,
        ):
            before, after, kept, told_by, told_on = values
            before, after = (None if value is None else json.loads(value) for value in (before, after))
            found[number].append(Cell(cells[place].field, before, after, kept, told_by or "", told_on, cells[place].adds))
    unique = {key.name for key in chunk.table.target.match_keys if key.unique}
    return [
        Match(number, called or "", on, on in unique, key, name or "", tuple(found[number]))
        for number, called, on, key, name in chunk.fetch(
            f"SELECT s.row_no, {record.called}, s.match_on, {record.key}, {record.name} FROM {rows}"
            f" JOIN {record.table} t ON t.id = s.match_id {record.joins} WHERE s.row_no = ANY(%(numbers)s) ORDER BY s.row_no",
            wanted,
        )
    ]


def matched_rows(chunk: Chunk, *, after: int = 0, limit: int) -> list[int]:
    """Numbers of the first rows after row ``after`` that meet a known record."""
    return [
        number
        for (number,) in chunk.fetch(
            "SELECT s.row_no FROM {rows} s WHERE s.match_id IS NOT NULL AND s.row_no > %(after)s ORDER BY s.row_no LIMIT %(limit)s",
            {"after": after, "limit": limit},
        )
    ]


def called(chunk: Chunk, numbers: Iterable[int]) -> dict[int, str]:
    """Row number → what the row calls its record, where the target says how."""
    record = chunk.table.target.record
    if record is None:
        return {}
    return dict(
        chunk.fetch(
            f"SELECT s.row_no, coalesce({record.called}, '') FROM {{rows}} s WHERE s.row_no = ANY(%(numbers)s)",
            {"numbers": list(numbers)},
        )
    )


def repeats(chunk: Chunk, *, limit: int = REPEATS_KEPT) -> list[tuple[int, int, str]]:
    """(row, the earlier row that it repeats, name of the key that says so), the first ones. A row that has its strongest key repeats only
    what has the same."""
    keys = usable_keys(chunk)
    if not keys:
        return []
    filled = [" AND ".join(f's."{column}" IS NOT NULL' for column in key.columns) for key in keys]
    same = [", ".join(f's."{column}"' for column in key.columns) for key in keys]
    firsts = ", ".join(
        f"CASE WHEN {known} THEN min(s.row_no) OVER (PARTITION BY {columns}, ({known})) END AS f{n}"
        for n, (columns, known) in enumerate(zip(same, filled, strict=True))
    )
    cases = [f"CASE WHEN r.f{n} < r.row_no THEN r.f{n} END" for n in range(len(keys))]
    names = [f"WHEN r.f{n} < r.row_no THEN '{key.name}'" for n, key in enumerate(keys)]
    first = f"CASE WHEN r.f0 IS NOT NULL THEN {cases[0]} ELSE coalesce({', '.join(cases)}) END"
    return [
        (row, of, name)
        for row, of, name in chunk.fetch(
            f"SELECT * FROM (SELECT r.row_no, {first} AS earlier, CASE {' '.join(names)} END FROM"
            f" (SELECT s.row_no, {firsts} FROM {{rows}} s) r) r WHERE r.earlier IS NOT NULL ORDER BY 1 LIMIT {limit:d}"
        )
    ]


def _cells(chunk: Chunk) -> list[Compared]:
    record = chunk.table.target.record
    return [cell for cell in record.cells(chunk) if chunk.has(cell.field) or cell.brought] if record else []


def _beside(chunk: Chunk, cells: Sequence[Compared], *, told: bool = False) -> str:
    """The record of each row, and one row ``v`` for each cell; why a cell stays is asked only where it differs."""
    record = chunk.table.target.record
    assert record is not None
    values = ", ".join(
        f"({place}, {cell.old}, {cell.new}, {cell.brought or f'({cell.new}) IS NOT NULL'},"
        f" {cell.told if told else 'NULL'}, {cell.since if told else 'NULL'})"
        for place, cell in enumerate(cells)
    )
    reasons = " ".join(f"WHEN {place} THEN {cell.kept}" for place, cell in enumerate(cells))
    return (
        f"JOIN {record.table} t ON t.id = s.match_id {record.joins} CROSS JOIN LATERAL (SELECT beside.*, CASE WHEN beside.differs THEN"
        f" CASE beside.place {reasons} END END AS kept FROM (SELECT cell.*, cell.brought AND cell.old IS DISTINCT FROM cell.new AS differs"
        f" FROM (VALUES {values}) AS cell(place, old, new, brought, told, since)) beside) v"
    )
