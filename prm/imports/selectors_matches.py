"""Reads of a checked file's rows beside the records that they meet, and beside each other; from its staging table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prm.access.actors import Actor
from prm.imports.models import ImportBatch, ImportState
from prm.imports.runner.check import import_target
from prm.imports.runner.comparing import Match, called, looked_at, matched_rows, matches_of
from prm.imports.runner.staging import Chunk, StagingTable
from prm.imports.selectors import import_get


@dataclass(frozen=True, slots=True)
class Repeat:
    """A row that means the same record as an earlier one of the file, and the match key by which it does."""

    row_no: int
    called: str
    of_row_no: int
    of_called: str
    match_on: str


def match_rows_list(*, actor: Actor, batch: ImportBatch, after: int = 0, limit: int = 1_000) -> list[int]:
    """Numbers of the first rows after row ``after`` that meet a known record; none once the file is written."""
    chunk = _staged(actor, batch)
    return matched_rows(chunk, after=after, limit=limit) if chunk and batch.forecast.get("known") else []


def match_list(*, actor: Actor, batch: ImportBatch, rows: Sequence[int]) -> list[Match]:
    """Those rows with the records that they meet and every cell that differs. Two queries."""
    chunk = _staged(actor, batch)
    return matches_of(looked_at(chunk), rows) if chunk else []


def repeat_list(*, actor: Actor, batch: ImportBatch) -> list[Repeat]:
    """Rows that repeat an earlier one, the first ones that the check kept."""
    found = batch.forecast.get("repeats", [])
    chunk = _staged(actor, batch) if found else None
    names = called(chunk, {number for row, of, _on in found for number in (row, of)}) if chunk else {}
    return [Repeat(row, names.get(row, ""), of, names.get(of, ""), on) for row, of, on in found]


def apart_list(*, actor: Actor, batch: ImportBatch) -> list[tuple[int, str]]:
    """(row, what it calls its record) of the rows that a person said are records of their own."""
    chunk = _staged(actor, batch) if batch.apart else None
    names = called(chunk, batch.apart) if chunk else {}
    return [(number, names.get(number, "")) for number in batch.apart]


def _staged(actor: Actor, batch: ImportBatch) -> Chunk | None:
    """All staged rows of a checked file; None where there are none to look at."""
    fresh = import_get(actor=actor, import_id=batch.pk)
    table = StagingTable(fresh, import_target(fresh))
    if fresh.state != ImportState.CHECKED or not table.exists():
        return None
    return Chunk(table, actor, first=1, last=max(1, fresh.last_row))
