"""Writes rows as CSV or XLSX files, whatever they are rows of. The interface other features use.

A feature declares its columns once and hands in any iterable of rows (model instances, tuples, dicts)::

    from prm.exports.writers import Column, export_response, write_table

    COMPANY_COLUMNS = (
        Column("id", _("Id"), lambda c: c.typeid),
        Column("name", _("Name"), attrgetter("name"), width=32),
        Column("employees", _("Employees"), attrgetter("employees"), kind="number"),
    )

    # in a page or an API view (the rows come from a selector, so they are what the actor may see):
    return export_response(
        rows=company_list(actor=actor, filters=filters).iterator(2000), columns=COMPANY_COLUMNS,
        stem=_("Companies"), file_format=request.GET.get("format", "csv"), language=actor.language,
    )

    # in a job or a command:
    with open(path, "wb") as out:
        written = write_table(out, rows=rows, columns=COMPANY_COLUMNS, file_format="xlsx", language="fr")

Promises: one pass over the rows, memory independent of their number (rows go to a temporary file once they outgrow
2 MB); heads in the reader's language, or the machine names with ``heads="names"`` so that a file can be imported again;
text that a spreadsheet would run as a formula is neutralised, and genuine numbers stay numbers; unknown
is an empty cell, never 0; a column of a CSV file for people has the same decimals in every row (two; four of a share), written with the
comma or point of the language, while worksheets and files for programs keep every digit; instants show the vendor's clock. More rows
than ``limit`` raise ``TooManyRows``: ask for a narrower selection. CSV is UTF-8, with a byte-order mark unless ``bom=False``, since
spreadsheets read it as Latin-1 otherwise.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from operator import itemgetter
from typing import IO, Any, Literal

from django.http import FileResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from prm.exports.rules import csv_value, safe_filename, xlsx_value

FileFormat = Literal["csv", "xlsx"]
Kind = Literal["text", "number", "decimal", "percent", "rate", "date", "datetime", "boolean"]

#: What one page request may write; beyond it the export is a job.
PAGE_LIMIT = 50_000
#: What a worksheet can hold, its head included.
XLSX_LIMIT = 1_048_575
MEMORY_BYTES = 2 * 1024 * 1024

CONTENT_TYPES: dict[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_NUMBER_FORMATS: dict[str, str] = {
    "decimal": "#,##0.00",
    "number": "#,##0",
    "percent": "0.0%",
    "rate": "0.0000######",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
}
#: Decimals of a column of a CSV file for people, the same in every row; a worksheet and a file for programs keep every digit.
_PLACES: dict[str, int] = {"decimal": 2, "percent": 4}


class TooManyRows(Exception):
    """There are more rows than ``limit``; nothing was sent."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} rows")
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export.

    ``name`` is its machine name (stable, for files that are imported again), ``label`` its translated head,
    ``value`` takes a row and answers a plain value (str, int, float, Decimal, date, datetime, bool, list of these, or
    None for unknown). ``kind`` only chooses how a spreadsheet shows it; a percent is a share between 0 and 1.
    """

    name: str
    label: Any
    value: Callable[[Any], Any]
    kind: Kind = "text"
    width: int = 16


@dataclass(frozen=True, slots=True)
class CsvStyle:
    """How a CSV file is written. ``for_language`` gives what a spreadsheet set to that language opens by a double click;
    ``for_programs`` what a parser expects: no byte-order mark, instants in RFC 3339."""

    delimiter: str = ","
    decimal_mark: str = "."
    bom: bool = True
    local: bool = True

    @classmethod
    def for_programs(cls) -> CsvStyle:
        """Commas, points, no byte-order mark, UTC."""
        return cls(bom=False, local=False)

    @classmethod
    def for_language(cls, language: str) -> CsvStyle:
        """Semicolons and decimal commas in French, commas and points otherwise."""
        return cls(";", ",") if language.split("-", maxsplit=1)[0] == "fr" else cls()


def write_table(
    out: IO[bytes],
    *,
    rows: Iterable[Any],
    columns: Sequence[Column],
    file_format: FileFormat = "csv",
    language: str = "en",
    heads: Literal["labels", "names"] = "labels",
    style: CsvStyle | None = None,
    title: str = "",
    limit: int | None = None,
    about: Sequence[tuple[str, Any]] = (),
) -> int:
    """Write the rows into a binary file object and answer how many. A workbook gets ``about``, name and value, on a sheet of its own.
    Raises ``TooManyRows`` past ``limit``."""
    with translation.override(language):
        titles = [column.name if heads == "names" else str(column.label) for column in columns]
        if file_format == "csv":
            return _write_csv(out, rows, columns, titles, style or CsvStyle(), limit)
        if file_format == "xlsx":
            bound = XLSX_LIMIT if limit is None else min(limit, XLSX_LIMIT)
            return _write_xlsx(out, rows, columns, titles, title, bound, about)
    raise ValueError(f"unknown file format: {file_format!r}")


def write_part(
    out: IO[bytes], *, rows: Iterable[Any], columns: Sequence[Column], file_format: str, style: CsvStyle | None = None
) -> int:
    """Some rows of a file that several workers write; ``join_parts`` makes the file of them. How many they were.

    A part of a CSV file is CSV without heads; one of a worksheet is a line of JSON a row, dates marked.
    """
    if file_format == "csv":
        return _write_csv(out, rows, columns, None, style or CsvStyle(), None)
    readers = [column.value for column in columns]
    zone = timezone.get_default_timezone()
    written = 0
    for row in rows:
        written += 1
        out.write(
            json.dumps([_packed(xlsx_value(read(row), zone=zone)) for read in readers], separators=(",", ":")).encode()
            + b"\n"
        )
    return written


def join_parts(
    out: IO[bytes],
    *,
    parts: Iterable[IO[bytes]],
    columns: Sequence[Column],
    file_format: str,
    heads: Literal["labels", "names"] = "labels",
    style: CsvStyle | None = None,
    title: str = "",
    about: Sequence[tuple[str, Any]] = (),
) -> None:
    """The file of which ``write_part`` wrote the parts, given in order. One pass, memory independent of their size."""
    titles = [column.name if heads == "names" else str(column.label) for column in columns]
    if file_format == "csv":
        _write_csv(out, [], columns, titles, style or CsvStyle(), None)
        for part in parts:
            shutil.copyfileobj(part, out, 1024 * 1024)
        return
    places = range(len(columns))
    plain = [replace(column, value=itemgetter(place)) for column, place in zip(columns, places, strict=True)]
    rows = ([_unpacked(value) for value in json.loads(line)] for part in parts for line in part)
    _write_xlsx(out, rows, plain, titles, title, XLSX_LIMIT, about)


def _packed(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)  # a worksheet's numbers are no finer
    if isinstance(value, dt.datetime):
        return {"at": value.isoformat()}
    if isinstance(value, dt.date):
        return {"on": value.isoformat()}
    return value.isoformat() if isinstance(value, dt.time) else value


def _unpacked(value: Any) -> Any:
    if isinstance(value, dict):
        return dt.datetime.fromisoformat(value["at"]) if "at" in value else dt.date.fromisoformat(value["on"])
    return value


def export_response(
    *,
    rows: Iterable[Any],
    columns: Sequence[Column],
    stem: Any,
    file_format: str = "csv",
    language: str = "en",
    heads: Literal["labels", "names"] = "labels",
    style: CsvStyle | None = None,
    limit: int = PAGE_LIMIT,
    day: dt.date | None = None,
) -> FileResponse:
    """The rows as a file to download: attachment, nosniff, never cached.

    The file is complete before the answer starts, so the rows are read inside the request's role transaction and an
    error is an error page, never a cut file. Raises ``TooManyRows`` and ``ValueError`` (unknown format).
    """
    if file_format not in CONTENT_TYPES:
        raise ValueError(f"unknown file format: {file_format!r}")
    spool = tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES)  # closed by the response  # noqa: SIM115
    try:
        with translation.override(language):
            words = str(stem)
        write_table(
            spool,
            rows=rows,
            columns=columns,
            file_format=file_format,  # type: ignore[arg-type]
            language=language,
            heads=heads,
            style=style,
            title=words,
            limit=limit,
        )
    except BaseException:
        spool.close()
        raise
    spool.seek(0)
    return file_answer(spool, words, file_format, day=day)


def file_answer(file: IO[bytes], title: str, file_format: str, *, day: dt.date | None = None) -> FileResponse:
    """A file to download: attachment, nosniff, kept by no cache."""
    response = FileResponse(
        file,
        as_attachment=True,
        filename=safe_filename(title, file_format, day=day),
        content_type=CONTENT_TYPES[file_format],
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _write_csv(  # noqa: PLR0917  called once, by place, as all writers are
    out: IO[bytes],
    rows: Iterable[Any],
    columns: Sequence[Column],
    titles: list[str] | None,
    style: CsvStyle,
    limit: int | None,
) -> int:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=style.delimiter, lineterminator="\r\n")
    if titles is not None:
        if style.bom:
            out.write(b"\xef\xbb\xbf")
        writer.writerow([csv_value(title) for title in titles])
    mark = style.decimal_mark
    zone = timezone.get_default_timezone() if style.local else None
    readers = [(column.value, _PLACES.get(column.kind) if style.local else None) for column in columns]
    written = 0
    for row in rows:
        written += 1
        if limit is not None and written > limit:
            raise TooManyRows(limit)
        writer.writerow([csv_value(read(row), decimal_mark=mark, places=places, zone=zone) for read, places in readers])
        if buffer.tell() > 65_536:
            out.write(buffer.getvalue().encode())
            buffer.seek(0)
            buffer.truncate()
    out.write(buffer.getvalue().encode())
    return written


def _write_xlsx(  # noqa: PLR0917  called once, by place, as all writers are
    out: IO[bytes],
    rows: Iterable[Any],
    columns: Sequence[Column],
    titles: list[str],
    title: str,
    limit: int,
    about: Sequence[tuple[str, Any]] = (),
) -> int:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title=_sheet_title(title))
    for number, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.freeze_panes = "A2"
    bold = Font(bold=True)
    heads = []
    for text in titles:
        cell = _text_cell(sheet, xlsx_value(text))
        cell.font = bold
        heads.append(cell)
    sheet.append(heads)
    formats = [_NUMBER_FORMATS.get(column.kind) for column in columns]
    zone = timezone.get_default_timezone()
    readers = [column.value for column in columns]
    written = 0
    for row in rows:
        written += 1
        if written > limit:
            raise TooManyRows(limit)
        cells: list[Any] = []
        for read, number_format in zip(readers, formats, strict=True):
            value = xlsx_value(read(row), zone=zone)
            if isinstance(value, str):
                # Typed as text, so that "=1+1" is shown and never run.
                cells.append(_text_cell(sheet, value) if value[:1] == "=" else value)
            elif value is not None and number_format:
                cell = WriteOnlyCell(sheet, value=value)
                cell.number_format = number_format
                cells.append(cell)
            else:
                cells.append(value)
        sheet.append(cells)
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(columns), 1))}{written + 1}"
    if about:
        _write_about(book, about)
    book.save(out)
    return written


def _write_about(book: Workbook, about: Sequence[tuple[str, Any]]) -> None:
    """A second sheet: what the rows answer, so that the file can stand alone."""
    sheet = book.create_sheet(title=_sheet_title(_("About")))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 32, 96
    for name, value in about:
        head = _text_cell(sheet, xlsx_value(name))
        head.font = Font(bold=True)
        sheet.append([head, _text_cell(sheet, xlsx_value(str(value)))])


def _text_cell(sheet: Any, value: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"
    return cell


def _sheet_title(title: str) -> str:
    """A worksheet's name: at most 31 characters, none of ``[]:*?/\\``."""
    return "".join(c for c in title if c not in "[]:*?/\\")[:31].strip("'") or "Export"
