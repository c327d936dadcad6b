"""Reading a plain text file in spans that any worker can take: lines without a quotation mark can be entered anywhere.

A span may be read again after a kill: each of its transactions first clears what it is about to stage. Counts are taken from the tables
when all spans are read (``count_read``). Files that are not plain are read in one go, by ``check.read_rows``.
"""

from __future__ import annotations

from itertools import islice, takewhile
from pathlib import Path

from django.db.models import Max

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.core.errors import Invalid
from prm.core.memory import uncollected
from prm.imports.messages import error_words
from prm.imports.models import ImportBatch, ImportRejectedRow
from prm.imports.reading.detection import FileSettings, RowsOfData
from prm.imports.reading.text import plain_starts
from prm.imports.rules.encoding import Encoding
from prm.imports.rules.layout import Dialect
from prm.imports.runner.check import (
    MAX_REJECTED,
    READ_ROWS,
    as_corrected,
    corrections_of,
    import_target,
    keep_rejected,
    row_converter,
)
from prm.imports.runner.staging import StagingTable, cursor

#: A span is worth a chunk of its own from so many bytes.
SPAN_BYTES = 2 * 1024 * 1024


def spans_of(batch: ImportBatch) -> list[tuple[int, int]]:
    """(rows before it, byte offset) of each span; empty when the file must be read in one go."""
    settings = FileSettings.from_json(batch.settings)
    if settings.kind != "csv":
        return []
    dialect = Dialect(settings.delimiter, settings.quote, settings.escape, settings.skip_first_line)
    starts = plain_starts(Path(batch.file.path), Encoding(settings.encoding, settings.bom_bytes), dialect, SPAN_BYTES)
    return starts if len(starts) > 1 else []


@uncollected()
def read_span(*, actor: Actor, batch: ImportBatch, start: tuple[int, int], up_to: int | None) -> int:
    """Converts and stages the rows after ``start`` up to row ``up_to`` (None: the end). Answers how many rejected rows the import has
    so far. Raises Invalid when nearly everything is rejected."""
    converter, table = row_converter(batch), StagingTable(batch, import_target(batch))
    rows = RowsOfData(Path(batch.file.path), FileSettings.from_json(batch.settings), start=start)
    wanted = takewhile(lambda row: up_to is None or row.number <= up_to, rows)
    with as_role(actor):
        corrected = corrections_of(batch)
    count = 0
    while part := list(islice(wanted, READ_ROWS)):
        good, rejected = converter.convert(as_corrected(part, corrected))
        with as_role(actor):
            with cursor() as sql:
                sql.execute(f"DELETE FROM {table.name} WHERE row_no BETWEEN %s AND %s", [part[0].number, part[-1].number])
            table.copy_in(converter.columns, good)
            keep_rejected(batch, rejected)
            count = ImportRejectedRow.objects.filter(batch=batch, is_fixed=False).count()
            if count > MAX_REJECTED and len(rejected) > len(good) and count > table.count():
                raise Invalid("import_all_rejected", error_words("import_all_rejected", {"rows": count + table.count()}))
    return count


def count_read(*, actor: Actor, batch: ImportBatch) -> None:
    """Once after the last span: how many rows there are, good and rejected, and the number of the last."""
    with as_role(actor):
        batch.refresh_from_db()
        if batch.last_row:
            return
        rejected = ImportRejectedRow.objects.filter(batch=batch, is_fixed=False)
        last = rejected.aggregate(last=Max("row_no"))["last"] or 0
        with cursor() as sql:
            sql.execute(f"SELECT count(*), coalesce(max(row_no), 0) FROM {StagingTable(batch, import_target(batch)).name}")
            good, last_good = sql.fetchone()
        batch.rows_good, batch.rows_rejected, batch.last_row = good, rejected.count(), max(last, last_good)
        batch.rows_total = batch.rows_good + batch.rows_rejected
        batch.save(update_fields=["last_row", "rows_total", "rows_good", "rows_rejected", "updated_at"])
