"""The dry run: reads the file in steps that can be resumed, stages good rows, keeps rejected ones, then asks the database the rest.

Every step is one transaction under the actor's role, committed together with how far it came (``ImportBatch.last_row`` and
``settings["offset"]``): a killed check goes on where it stopped. The public functions are called by the job (``tasks``) and by the command.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.core.errors import Invalid
from prm.core.memory import uncollected
from prm.imports.messages import error_words
from prm.imports.models import ImportBatch, ImportRejectedRow, ImportState
from prm.imports.reading.conversion import RejectedRow, RowConverter
from prm.imports.reading.detection import FileSettings, RowsOfData
from prm.imports.reading.text import Row
from prm.imports.reading.xlsx import cell_text
from prm.imports.rules.styles import ColumnStyle
from prm.imports.runner.comparing import count_cells, looked_at, repeats
from prm.imports.runner.matching import (
    Refusal,
    find_matches,
    mark_repeats,
    number_rows,
    reset_rows,
    resolve_references,
    run_checks,
)
from prm.imports.runner.staging import Chunk, StagingTable, cursor
from prm.imports.targets import TARGETS, ImportTarget

#: Rows converted and staged in one transaction; that one transaction writes; of one step of reading; that one question to the database
#: covers.
READ_ROWS = 10_000
CHUNK_ROWS = 5_000
STEP_ROWS = 50_000
ASK_ROWS = 50_000
#: More rejected rows than this, and more than half of all: the mapping is wrong, not the rows.
MAX_REJECTED = 50_000


def estimated_rows(batch: ImportBatch) -> int:
    """How many rows the file has, roughly: for progress only."""
    if batch.file_kind == "xlsx":
        return max(1, batch.file_size // 60)
    with Path(batch.file.path).open("rb") as handle:
        head = handle.read(256 * 1024)
    lines = head.count(b"\n") or head.count(b"\r") or 1
    return max(1, round(batch.file_size * lines / max(1, len(head))) - int(batch.settings.get("first_row", 0)))


def reading_steps(batch: ImportBatch) -> list[tuple[int | None, int]]:
    """(up to which row, how many rows that will be, roughly) of each step of reading in one go; the last goes to the end."""
    rows = estimated_rows(batch)
    ends: list[int | None] = [*range(STEP_ROWS, rows, STEP_ROWS), None]
    return [(end, min(STEP_ROWS, max(1, rows - n * STEP_ROWS))) for n, end in enumerate(ends)]


def import_target(batch: ImportBatch) -> ImportTarget:
    """The target of an import."""
    return TARGETS.get(batch.target)


def row_converter(batch: ImportBatch) -> RowConverter:
    """The converter by an import's mapping and styles."""
    settings = FileSettings.from_json(batch.settings)
    styles = {i: ColumnStyle.from_json(column.get("style") or {}) for i, column in enumerate(batch.columns)}
    return RowConverter(
        import_target(batch), batch.mapped_fields, styles,
        width=len(settings.names), accept_short_rows=settings.accept_short_rows, currency=batch.currency,
    )  # fmt: skip


def begin_check(*, actor: Actor, batch: ImportBatch) -> None:
    """A fresh start: an empty staging table, no rejected rows; corrections made by hand are kept and used again."""
    with as_role(actor):
        StagingTable(batch, import_target(batch)).create()
        ImportRejectedRow.objects.filter(batch=batch, is_fixed=False).delete()
        batch.settings = {**batch.settings, "offset": 0}
        batch.last_row = batch.rows_total = batch.rows_good = batch.rows_rejected = 0
        batch.forecast, batch.error_kinds, batch.state = {}, [], ImportState.CHECKING
        batch.failure = ""
        batch.save()


@uncollected()
def read_rows(*, actor: Actor, batch: ImportBatch, up_to: int | None = None) -> bool:
    """Reads, converts and stages from where the check stands up to row ``up_to`` (None: the end). Answers whether the end is reached.

    May be called again after a kill: what is committed is not read twice. Raises Invalid when nearly everything is rejected.
    """
    with as_role(actor):
        batch.refresh_from_db()
    settings = FileSettings.from_json(batch.settings)
    converter = row_converter(batch)
    rows = RowsOfData(Path(batch.file.path), settings, start=(batch.last_row, batch.settings.get("offset", 0)))
    with as_role(actor):
        corrected = corrections_of(batch)
    while up_to is None or batch.last_row < up_to:
        part = list(islice(rows, READ_ROWS))
        if not part:
            return True
        good, rejected = converter.convert(as_corrected(part, corrected))
        with as_role(actor):
            StagingTable(batch, import_target(batch)).copy_in(converter.columns, good)
            keep_rejected(batch, rejected)
            batch.last_row, offset = rows.position
            batch.settings = {**batch.settings, "offset": offset}
            batch.rows_total += len(part)
            batch.rows_good += len(good)
            batch.rows_rejected += len(rejected)
            batch.save(update_fields=["last_row", "settings", "rows_total", "rows_good", "rows_rejected", "updated_at"])
        if batch.rows_rejected > MAX_REJECTED and batch.rows_rejected > batch.rows_total / 2:
            raise Invalid("import_all_rejected", error_words("import_all_rejected", {"rows": batch.rows_total}))
    return False


def corrections_of(batch: ImportBatch, *, among: Iterable[int] | None = None) -> dict[int, list[Any]]:
    """Row number → its cells as somebody corrected them; of the rows ``among`` alone, when given."""
    rows = ImportRejectedRow.objects.filter(batch=batch, is_fixed=True)
    return dict((rows if among is None else rows.filter(row_no__in=among)).values_list("row_no", "cells"))


def as_corrected(rows: list[Row], corrected: Mapping[int, Sequence[Any]]) -> list[Row]:
    """Rows of the file, those that somebody corrected as they are now."""
    return [Row(r.number, list(corrected[r.number])) if r.number in corrected else r for r in rows] if corrected else rows


def keep_rejected(batch: ImportBatch, rejected: Sequence[RejectedRow]) -> None:
    """Keeps rows that stay outside; one that was kept before is replaced."""
    ImportRejectedRow.objects.bulk_create(
        [
            ImportRejectedRow(
                batch=batch, row_no=row.number, cells=[_storable(cell) for cell in row.cells], errors=row.errors
            )
            for row in rejected
        ],
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=["batch", "row_no"],
        update_fields=["cells", "errors", "is_fixed"],
    )


def _storable(cell: Any) -> str:
    return cell_text(cell).replace("\x00", "")


def ask_database(*, actor: Actor, batch: ImportBatch, is_dry_run: bool = True) -> None:
    """References, checks, matches and repetitions over all staged rows; fills ``forecast`` and ``error_kinds``; state ``checked``, which
    lets people in, unless the same work goes on to write."""
    target = import_target(batch)
    table = StagingTable(batch, target)
    with as_role(actor):
        batch.refresh_from_db()
        table.analyze()
    found: list[Refusal] = []
    cells: Counter[str] = Counter()
    for first in range(1, batch.last_row + 1, ASK_ROWS):
        with as_role(actor):
            chunk = Chunk(table, actor, first=first, last=first + ASK_ROWS - 1)
            long_statements()
            reset_rows(chunk)
            found += resolve_references(chunk)
            number_rows(chunk)
            found += run_checks(chunk)
            find_matches(chunk)
    with as_role(actor):
        long_statements()
        if found:
            refuse_staged(batch, found)
        told = forecast(Chunk(table, actor, first=1, last=max(1, batch.last_row)))
    updates = 0
    for first in range(1, batch.last_row + 1, ASK_ROWS):
        with as_role(actor):
            long_statements()
            chunk = looked_at(Chunk(table, actor, first=first, last=first + ASK_ROWS - 1))
            counted, changed = count_cells(chunk, chunk.rows(extra="match_id IS NOT NULL"))
            cells, updates = cells + counted, updates + changed
    with as_role(actor):
        batch.forecast = {**told, "cells": dict(cells), "updates": updates}
        if is_dry_run:
            batch.state = ImportState.CHECKED
        count_errors(batch)
        batch.save()


def forecast(chunk: Chunk) -> dict[str, Any]:
    """What writing would do: records that are new, rows known by each key, ambiguous, and that repeat an earlier row of the file (which
    are counted nowhere else)."""
    mark_repeats(chunk)
    told = with_rows({}, kinds_of_rows(chunk))
    return {**told, "repeats": [list(repeat) for repeat in repeats(chunk)] if told["repeated"] else []}


def kinds_of_rows(chunk: Chunk, numbers: Sequence[int] | None = None) -> list[tuple[str, bool, int]]:
    """(name of the key that the rows were recognised by or "", whether they repeat an earlier one, how many), of the rows ``numbers``
    alone when given."""
    among = "" if numbers is None else " WHERE s.row_no = ANY(%(numbers)s)"
    return chunk.fetch(
        f"SELECT coalesce(match_on, ''), again, count(*) FROM {{rows}} s{among} GROUP BY 1, 2",
        {"numbers": list(numbers or ())},
    )


def with_rows(told: Mapping[str, Any], kinds: Iterable[tuple[str, bool, int]], *, sign: int = 1) -> dict[str, Any]:
    """What was foretold, with more rows counted in it, or fewer."""
    known = Counter(told.get("known", {}))
    counts = Counter({name: told.get(name, 0) for name in ("new", "ambiguous", "repeated")})
    for on, again, n in kinds:
        if on and not again and not on.startswith("?"):
            known[on] += sign * n
        else:
            counts["ambiguous" if on.startswith("?") else "repeated" if again else "new"] += sign * n
    return {**told, **counts, "known": {on: n for on, n in known.items() if n}}


def refuse_staged(batch: ImportBatch, refusals: Iterable[Refusal], *, count: bool = True) -> int:
    """Keeps staged rows that were refused later as rejected rows, their cells read from the file once more. Answers how many rows."""
    by_row: dict[int, list[Refusal]] = {}
    for refusal in refusals:
        by_row.setdefault(refusal.row_no, []).append(refusal)
    column_of = {name: index for index, name in batch.mapped_fields.items()}
    rejected: list[RejectedRow] = []
    wanted = set(by_row)
    corrected = corrections_of(batch, among=wanted)
    for row in RowsOfData(Path(batch.file.path), FileSettings.from_json(batch.settings)):
        if row.number in wanted:
            wanted.discard(row.number)
            errors = [
                {"column": column_of.get(r.field), "field": r.field, "code": r.code, "data": r.data}
                for r in by_row[row.number]
            ]
            rejected.append(RejectedRow(row.number, corrected.get(row.number, row.cells), errors))
            if not wanted:
                break
    keep_rejected(batch, rejected)
    if count:
        batch.rows_good -= len(rejected)
        batch.rows_rejected += len(rejected)
    return len(rejected)


def count_errors(batch: ImportBatch) -> None:
    """``error_kinds``: how many rows have which error in which column, the most frequent first, with the commonest values."""
    kinds: Counter[tuple[Any, str, str]] = Counter()
    values: dict[tuple[Any, str, str], Counter[str]] = {}
    rows = ImportRejectedRow.objects.filter(batch=batch, is_fixed=False).values_list("cells", "errors")
    for cells, errors in rows.iterator(chunk_size=2_000):
        for error in errors:
            key = (error["column"], error["field"], error["code"])
            kinds[key] += 1
            column = error["column"]
            # A value is offered for correction everywhere as a whole, or not at all.
            if column is not None and column < len(cells) and len(cells[column]) <= 120:
                seen = values.setdefault(key, Counter())
                if cells[column] in seen or len(seen) < 500:
                    seen[cells[column]] += 1
    batch.error_kinds = [
        {
            "column": column, "field": field, "code": code, "rows": n,
            "values": [[v, c] for v, c in values.get((column, field, code), Counter()).most_common(5)],
        }
        for (column, field, code), n in kinds.most_common(200)
    ]  # fmt: skip


def long_statements() -> None:
    """Lets this transaction's statements take minutes: they are over whole files, in the background."""
    with cursor() as sql:
        sql.execute("SET LOCAL statement_timeout = '10min'")


def staged_is_whole(*, actor: Actor, batch: ImportBatch) -> bool:
    """Whether the staging table still holds every good row (an unclean stop of the database empties it)."""
    with as_role(actor), transaction.atomic():
        table = StagingTable(batch, import_target(batch))
        return table.exists() and table.count() >= batch.rows_good


def mark_state(*, actor: Actor, import_id: Any, state: str, failure: str = "") -> None:
    """Where the import stands now, what of it is written, and why it stopped. A finished one stays finished, whatever becomes of its
    job."""
    with as_role(actor):
        batch = (
            ImportBatch.objects.select_for_update(no_key=True).exclude(state=ImportState.DONE).filter(pk=import_id).first()
        )
        if batch is None:
            return
        batch.state = state
        batch.failure = failure[:60] or batch.failure
        batch.count_written()
        batch.save()
