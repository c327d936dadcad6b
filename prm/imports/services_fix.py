"""What a person decides between dry run and writing: corrections of rejected rows (one cell, a row, the same value wherever it is wrong),
and which row is not the known record that it meets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Conflict, Invalid, NotFound
from prm.imports.models import ImportBatch, ImportRejectedRow, ImportState
from prm.imports.reading.text import Row
from prm.imports.runner.check import (
    count_errors,
    forecast,
    import_target,
    kinds_of_rows,
    long_statements,
    row_converter,
    with_rows,
)
from prm.imports.runner.comparing import count_cells, looked_at
from prm.imports.runner.matching import find_matches, meets_others, number_rows, reset_rows, resolve_references, run_checks
from prm.imports.runner.staging import Chunk, StagingTable
from prm.imports.selectors import import_get, rejected_row_get, rejected_rows

#: Rows that one correction may touch at once.
MANY = 5_000


class ValueFix(NamedTuple):
    """What one value put everywhere did: rows that may now come in, and rows where it is right but something else is not."""

    fixed: int
    elsewhere: int


@transaction.atomic
def import_row_fix(*, actor: Actor, batch: ImportBatch, row_no: int, cells: Mapping[int, str]) -> ImportRejectedRow:
    """Puts new texts into cells (column index → text) of a rejected row and checks it again; ``is_fixed`` says whether it
    may now come in."""
    fresh = _checked_import(actor, batch)
    row = rejected_row_get(actor=actor, batch=fresh, row_no=row_no)
    _fix(actor, fresh, [row], cells)
    row.refresh_from_db()
    return row


@transaction.atomic
def import_value_fix(*, actor: Actor, batch: ImportBatch, column: int, code: str, old: str, new: str) -> ValueFix:
    """Replaces a wrong value by another in every rejected row that has it in ``column``."""
    fresh = _checked_import(actor, batch)
    rows = [
        row
        for row in rejected_rows(actor=actor, batch=fresh, code=code, column=column)[:MANY]
        if column < len(row.cells) and row.cells[column] == old
    ]
    fixed = _fix(actor, fresh, rows, {column: new})
    elsewhere = sum(1 for row in rows if row.errors and all(error["column"] != column for error in row.errors))
    return ValueFix(fixed, elsewhere)


@transaction.atomic
def import_row_apart(*, actor: Actor, batch: ImportBatch, row_no: int, apart: bool = True) -> ImportBatch:
    """Says that a row is not the known record that it meets, so that it becomes one of its own; ``apart=False`` takes that back.

    Raises Conflict unless checked; NotFound for a row that meets no record; Invalid for one that was recognised by a key of which there
    can be one record only.
    """
    fresh = _checked_import(actor, batch)
    if apart == (row_no in fresh.apart):
        return fresh
    target = import_target(fresh)
    chunk = Chunk(StagingTable(fresh, target), actor, first=row_no, last=row_no)
    if apart:
        found = chunk.fetch("SELECT match_on FROM {rows} s WHERE match_id IS NOT NULL")
        if not found:
            raise NotFound("not_found", _("This row meets no known record."), field="row")
        key = next(key for key in target.match_keys if key.name == found[0][0])
        if key.unique:
            words = _("%(key)s: there can be one record only that has it.") % {"key": key.label}
            raise Invalid("match_certain", words, field="row")
    _count_cells(fresh.forecast, chunk, -1)
    before = kinds_of_rows(chunk)
    fresh.apart = sorted({*fresh.apart, row_no} if apart else {*fresh.apart} - {row_no})
    chunk.params["apart"] = fresh.apart
    reset_rows(chunk)
    find_matches(chunk)
    _count_cells(fresh.forecast, chunk, 1)
    fresh.forecast = with_rows(with_rows(fresh.forecast, before, sign=-1), kinds_of_rows(chunk))
    fresh.save()
    return fresh


def _checked_import(actor: Actor, batch: ImportBatch) -> ImportBatch:
    fresh = import_get(actor=actor, import_id=batch.pk, lock=True)
    authorize(actor, "imports.import:edit", fresh)
    if fresh.state != ImportState.CHECKED:
        raise Conflict("import_not_checked", _("Rows are corrected between check and import."), state=fresh.state)
    return fresh


def _fix(actor: Actor, batch: ImportBatch, rows: Sequence[ImportRejectedRow], cells: Mapping[int, str]) -> int:
    converter = row_converter(batch)
    table = StagingTable(batch, import_target(batch))
    width = len(batch.columns)
    fixed: list[int] = []
    for row in rows:
        texts = list(row.cells)
        if any(error["column"] is None for error in row.errors):
            # A row that was cut or torn is put right as a whole.
            texts = (texts + [""] * width)[: max(width, len(texts))]
        for index, text in cells.items():
            if 0 <= index < width:
                texts += [""] * (index + 1 - len(texts))
                texts[index] = text.replace("\x00", "")
        while len(texts) > width and not texts[-1].strip():
            texts.pop()
        errors = _check_row(actor, batch, table, converter, Row(row.row_no, texts))
        row.cells, row.errors, row.is_fixed = texts, errors, not errors
        row.save()
        fixed += [] if errors else [row.row_no]
    batch.rows_good += len(fixed)
    batch.rows_rejected -= len(fixed)
    count_errors(batch)
    if fixed:
        _count_rows(actor, batch, fixed)
    batch.save()
    return len(fixed)


def _check_row(actor: Actor, batch: ImportBatch, table: StagingTable, converter: Any, row: Row) -> list[dict[str, Any]]:
    """Converts and stages one row; answers its errors, with nothing staged when there are any."""
    good, rejected = converter.convert([row])
    if rejected:
        return list(rejected[0].errors)
    chunk = Chunk(table, actor, first=row.number, last=row.number)
    chunk.execute(f"DELETE FROM {table.name} WHERE row_no = {row.number:d}")
    table.copy_in(converter.columns, good)
    refusals = resolve_references(chunk)
    number_rows(chunk)
    refusals += run_checks(chunk)
    if refusals:
        chunk.execute(f"DELETE FROM {table.name} WHERE row_no = {row.number:d}")
        column_of = {name: index for index, name in batch.mapped_fields.items()}
        return [{"column": column_of.get(r.field), "field": r.field, "code": r.code, "data": r.data} for r in refusals]
    find_matches(chunk)
    _count_cells(batch.forecast, chunk, 1)
    return []


def _count_rows(actor: Actor, batch: ImportBatch, numbers: Sequence[int]) -> None:
    """Adds rows that may come in now to what the dry run foretold. Only where one of them meets another row of the file is all of it told
    anew: of two that repeat each other the earlier counts."""
    long_statements()
    whole = Chunk(StagingTable(batch, import_target(batch)), actor, first=1, last=max(1, batch.last_row))
    told = forecast(whole) if meets_others(whole, numbers) else with_rows(batch.forecast, kinds_of_rows(whole, numbers))
    batch.forecast = {**batch.forecast, **told}


def _count_cells(told: dict[str, Any], chunk: Chunk, sign: int) -> None:
    """Adds the cells of one staged row to what the dry run foretold, or takes them away."""
    counted, changed = count_cells(looked_at(chunk), chunk.rows(extra="match_id IS NOT NULL"))
    cells = told.setdefault("cells", {})
    for what, n in counted.items():
        cells[what] = cells.get(what, 0) + sign * n
    told["updates"] = told.get("updates", 0) + sign * changed
