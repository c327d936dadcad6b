"""Streams the rows of a spreadsheet (XLSX), typed cells as they are. Pure. Bounded before anything is unpacked (zip bombs)."""

from __future__ import annotations

import datetime as dt
import logging
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from traceback import format_tb
from typing import Any

from openpyxl import load_workbook
from openpyxl.packaging.manifest import Manifest
from openpyxl.styles.numbers import is_date_format
from openpyxl.xml.constants import ARC_CONTENT_TYPES, SHARED_STRINGS
from openpyxl.xml.functions import fromstring

from prm.core.currencies import find_currency
from prm.imports.reading.text import MAX_CELL_CHARS, MAX_COLUMNS, Row, Unreadable, kept_cells

log = logging.getLogger(__name__)
#: A spreadsheet unpacks to some ten times its size; a bomb to a thousand.
MAX_UNPACKED = 2 * 1024**3
MAX_RATIO = 150
#: Below this much unpacked content no ratio is suspicious.
RATIO_FROM = 64 * 1024**2
#: The texts of a workbook are held in memory while its sheet is read.
MAX_SHARED_TEXTS = 192 * 1024**2
#: A million rows of four texts of their own; each costs some 70 bytes and 10 µs.
MAX_TEXTS = 4_000_000
MAX_PARTS = 5_000
#: Elements that the library reads in time that grows with their square: a spreadsheet holds at most 65,490 cell formats.
_MANY = ((re.compile(rb"<(?:\w+:)?xf[\s/>]"), 70_000), (re.compile(rb"<(?:\w+:)?sheet\s"), 1_000))
#: What is neither cells nor texts nor drawn from them is read as a whole.
_CONTENT = ("xl/worksheets/", "xl/sharedStrings", "xl/pivotCache/", "xl/drawings/", "xl/charts/")
MAX_FURNITURE = 64 * 1024**2
#: After so many blank rows it is asked whether any other follows: formatting is often dragged down to the last row of the sheet.
_BLANK_RUN = 5_000
#: The last row that a worksheet can have. One that says it has more would be read, blank after blank, for days.
MAX_ROWS = 1_048_576
#: A formula whose result nobody has reckoned; one that gives an empty text has it (``t="str"``).
_NO_RESULT = re.compile(
    rb'<c r="([A-Z]{1,3}\d{1,7})"(?![^>]*\bt="str")[^>]*><f(?:\s[^>]*)?(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>'
)
_ROW_OR_VALUE = re.compile(rb'<row\b[^>]*?\br="(\d+)"|<(?:v|t)(?:\s[^>]*)?>[^<]')
_SCAN_BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: its name, whether it is shown, and its size as the file claims it (0 when it does not)."""

    name: str
    is_visible: bool
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class ColumnFormat:
    """What the cells' number formats say of a column."""

    is_percent: bool = False
    currency: str | None = None


def check_archive(path: Path) -> None:
    """Raises ``Unreadable`` when unpacking the file could exhaust the machine, or it is damaged or locked."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            total = sum(part.file_size for part in parts)
            packed = sum(part.compress_size for part in parts) or 1
            if any(part.flag_bits & 1 for part in parts):
                raise Unreadable("file_locked")
            if len(parts) > MAX_PARTS or total > MAX_UNPACKED or (total > RATIO_FROM and total / packed > MAX_RATIO):
                raise Unreadable("file_bomb", megabytes=total // 1024**2)
            _check_furniture(archive, parts)
            _check_texts(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError, SyntaxError, ValueError):
        raise Unreadable("file_damaged") from None


def _check_furniture(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Looks at the parts that describe the workbook: a few kilobytes of repeated formats would keep a processor busy for hours."""
    described = [part for part in parts if part.filename.endswith(".xml") and not part.filename.startswith(_CONTENT)]
    if sum(part.file_size for part in described) > MAX_FURNITURE:
        raise Unreadable("file_too_many_formats")
    for part in described:
        content = archive.read(part)
        if any(len(pattern.findall(content)) > most for pattern, most in _MANY):
            raise Unreadable("file_too_many_formats")


def _check_texts(archive: zipfile.ZipFile) -> None:
    """Looks at the texts that cells share, in whatever part the workbook says they are: all of them are kept in memory."""
    described = Manifest.from_tree(fromstring(archive.read(ARC_CONTENT_TYPES)))
    for part in described.Override:
        name = part.PartName[1:]  # as the library that reads the file takes it, whatever stands there
        if part.ContentType != SHARED_STRINGS or name not in archive.NameToInfo:
            continue
        if archive.getinfo(name).file_size > MAX_SHARED_TEXTS:
            raise Unreadable("file_too_many_texts", megabytes=MAX_SHARED_TEXTS // 1024**2)
        texts = 0
        with archive.open(name) as handle:
            while block := handle.read(_SCAN_BLOCK):
                texts += block.count(b"<si") + block.count(b":si")
                if texts > MAX_TEXTS:
                    raise Unreadable("file_too_many_texts", megabytes=MAX_SHARED_TEXTS // 1024**2)


def sheets(path: Path) -> list[Sheet]:
    """The worksheets, in order; charts and dialogs are left out."""
    with _open(path) as book:
        found = [
            Sheet(sheet.title, sheet.sheet_state == "visible", sheet.max_row or 0, sheet.max_column or 0)
            for sheet in book.worksheets
        ]
    if not found:
        raise Unreadable("file_no_sheet")
    return found


def likeliest_sheet(found: list[Sheet]) -> str:
    """The sheet that holds the table: shown, and the largest; the first among equals."""
    return max(
        found, key=lambda sheet: (sheet.is_visible, sheet.rows * sheet.columns > 1, sheet.rows * max(1, sheet.columns))
    ).name


def read_xlsx(path: Path, sheet_name: str) -> Iterator[Row]:
    """Every row of a sheet: texts, numbers, booleans and dates as typed; blank rows as empty lists; the result kept with a formula."""
    with _open(path) as book:
        if sheet_name not in book.sheetnames:
            raise Unreadable("sheet_missing", sheet=sheet_name)
        sheet = book[sheet_name]
        sheet.reset_dimensions()  # the file's own claim is often wrong
        blank_run, last_row = 0, None
        for number, values in enumerate(_guarded(sheet.iter_rows(values_only=True)), start=1):
            if number > MAX_ROWS:
                raise Unreadable("file_damaged")
            cells = [_cell(value) for value in values]
            while cells and (cells[-1] is None or cells[-1] == ""):
                cells.pop()
            if not cells:
                blank_run += 1
                if blank_run > _BLANK_RUN:
                    last_row = _last_filled_row(book, sheet_name) if last_row is None else last_row
                    if number > last_row:
                        return
            else:
                blank_run = 0
            yield Row(number, kept_cells(cells), "row_too_wide") if len(cells) > MAX_COLUMNS else Row(number, cells)


def _check_formulas(book: Any, sheet_name: str) -> None:
    """Raises ``Unreadable`` at a formula without its result, which programs write and spreadsheets do not: it would be read as a
    blank."""
    for block in _blocks(book, sheet_name):
        if found := _NO_RESULT.search(block):
            raise Unreadable("file_formulas", cell=found.group(1).decode(), sheet=sheet_name)


def _last_filled_row(book: Any, sheet_name: str) -> int:
    """The number of the last row that holds a value."""
    row = last = 0
    for block in _blocks(book, sheet_name):
        for found in _ROW_OR_VALUE.finditer(block):
            if found.group(1):
                row = int(found.group(1))
            else:
                last = max(last, row)
    return last


def _blocks(book: Any, sheet_name: str) -> Iterator[bytes]:
    """A sheet as it is stored, in blocks of whole cells."""
    rest = b""
    try:
        with book._archive.open(book[sheet_name]._worksheet_path) as handle:
            while block := handle.read(_SCAN_BLOCK):
                whole, mark, rest = (rest[-_SCAN_BLOCK:] + block).rpartition(b"</c>")
                yield whole + mark
        yield rest
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError):
        raise Unreadable("file_damaged") from None


def column_formats(path: Path, sheet_name: str, *, first_row: int, limit: int = 50) -> dict[int, ColumnFormat]:
    """Per cent and currency formats by column index, from the first rows of data (0-based ``first_row``). Raises ``Unreadable`` at a
    formula without its result."""
    found: dict[int, ColumnFormat] = {}
    with _open(path) as book:
        _check_formulas(book, sheet_name)
        sheet = book[sheet_name]
        sheet.reset_dimensions()
        for row in islice(_guarded(sheet.iter_rows(min_row=first_row + 1)), limit):
            for index, cell in enumerate(row):
                form = getattr(cell, "number_format", None)
                if (
                    index in found
                    or not form
                    or form == "General"
                    or not isinstance(cell.value, (int, float))
                    or is_date_format(form)
                ):
                    continue
                plain = re.sub(r"\[\$([^\]\-]*)(?:-[0-9A-Fa-f]+)?\]", r"\1", form).replace('"', "").replace("\\", "")
                found[index] = ColumnFormat("%" in plain, find_currency(plain)[0] if "%" not in plain else None)
    return found


def cell_text(value: Any) -> str:
    """A cell as a person reads it: for previews, errors and rejected rows."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= MAX_CELL_CHARS else value[:MAX_CELL_CHARS]
    if value is None or isinstance(value, (bool, int, float, dt.datetime, dt.date)):
        return value
    return str(value)


@contextmanager
def _open(path: Path) -> Iterator[Any]:
    """The workbook, read whatever its file is called: an upload is kept under a name of ours."""
    check_archive(path)
    with path.open("rb") as handle:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # styles and validations that do not matter here
                book = load_workbook(handle, read_only=True, data_only=True, keep_links=False)
        except Exception as fault:
            raise _damaged(fault) from None
        try:
            yield book
        finally:
            book.close()


def _guarded(rows: Iterator[Any]) -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except Exception as fault:
                raise _damaged(fault) from None
            yield row


def _damaged(fault: Exception) -> Unreadable:
    """A damaged workbook fails in as many ways as it has parts; to the person it is one. The log says which and where, lest a fault of
    ours hide behind it, but not in the fault's own words: they quote the cell."""
    log.info("a workbook could not be read: %s\n%s", type(fault).__name__, "".join(format_tb(fault.__traceback__)))
    return Unreadable("file_damaged")
