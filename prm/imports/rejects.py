"""The rejected rows of an import as a table to download: its own cells, and in the last column why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.exports.writers import Column, CsvStyle, export_response
from prm.imports.messages import error_words
from prm.imports.models import ImportBatch, ImportRejectedRow
from prm.imports.rules.rejects import ERROR_HEAD, ROW_HEAD
from prm.imports.selectors import rejected_rows

FORMATS = ("csv", "xlsx")
#: More rejected rows than this are given as CSV, whatever was asked for.
WORKBOOK_ROWS = 100_000


def rejected_columns(batch: ImportBatch) -> list[Column]:
    """Row number, the file's columns under their own heads, and the reasons: correct the file and import it again."""
    names = [column["name"] for column in batch.columns]
    columns = [Column("row", ROW_HEAD, lambda row: row.row_no, kind="number", width=8)]
    columns += [Column(name, name, _cell(index)) for index, name in enumerate(names)]
    columns.append(Column("error", ERROR_HEAD, lambda row: reasons(row, names), width=48))
    return columns


def rejected_answer(*, actor: Actor, batch: ImportBatch, file_format: str) -> HttpResponseBase:
    """All rejected rows as a file; beyond ``WORKBOOK_ROWS`` as CSV, whatever was asked for."""
    is_workbook = file_format == "xlsx" and batch.rows_rejected <= WORKBOOK_ROWS
    return export_response(
        rows=rejected_rows(actor=actor, batch=batch).iterator(chunk_size=2000),
        columns=rejected_columns(batch),
        stem=_("Rejected rows of %(file)s") % {"file": batch.file_name.rpartition(".")[0]},
        file_format="xlsx" if is_workbook else "csv",
        language=actor.language,
        style=csv_style(batch, actor.language),
        limit=max(batch.rows_total, WORKBOOK_ROWS),
    )


def reasons(row: ImportRejectedRow, names: Sequence[str]) -> str:
    """Everything that is wrong with a row, in one line, and its cells that stand under no head."""
    told = "; ".join(reason(error, names) for error in row.errors)
    beyond = [cell for cell in row.cells[len(names) :] if cell.strip()]
    return f"{told} (+ {' | '.join(beyond)})" if beyond else told


def reason(error: dict[str, Any], names: Sequence[str]) -> str:
    """One error, with the head of its column."""
    words = error_words(error["code"], error["data"])
    column = error["column"]
    if column is None or column >= len(names):
        return words
    return _("%(column)s: %(words)s") % {"column": names[column], "words": words}


def csv_style(batch: ImportBatch, language: str) -> CsvStyle:
    """As the language's spreadsheets open it, but parted by what parts the file itself, a comma or a semicolon."""
    style, delimiter = CsvStyle.for_language(language), batch.settings.get("delimiter")
    own = batch.file_kind == "csv" and delimiter in {",", ";"}
    return replace(style, delimiter=delimiter) if own else style


def _cell(index: int) -> Any:
    return lambda row: row.cells[index] if index < len(row.cells) else None
