"""Streams the rows of a spreadsheet (XLSX), typed cells as they are. Pure. Bounded before anything is unpacked (zip bombs)."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.styles.numbers import is_date_format

from prm.imports.reading import MAX_CELL_CHARS, MAX_COLUMNS, Row, Unreadable
from prm.imports.rules_currencies import find_currency

#: A spreadsheet unpacks to some ten times its size; a bomb to a thousand.
MAX_UNPACKED = 2 * 1024**3
MAX_RATIO = 150
#: Below this much unpacked content no ratio is suspicious.
RATIO_FROM = 64 * 1024**2
#: The texts of a workbook are held in memory while its sheet is read.
MAX_SHARED_TEXTS = 192 * 1024**2
MAX_PARTS = 5_000
#: Elements that the library reads in time that grows with their square: a spreadsheet holds at most 65,490 cell formats.
_MANY = ((re.compile(rb"<(?:\w+:)?xf[\s/>]"), 70_000), (re.compile(rb"<(?:\w+:)?sheet\s"), 1_000))
#: What is neither cells nor texts nor drawn from them is read as a whole.
_CONTENT = ("xl/worksheets/", "xl/sharedStrings", "xl/pivotCache/", "xl/drawings/", "xl/charts/")
MAX_FURNITURE = 64 * 1024**2
_BLANK_RUN = 5_000


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
            if any(part.filename.endswith("sharedStrings.xml") and part.file_size > MAX_SHARED_TEXTS for part in parts):
                raise Unreadable("file_too_many_texts", megabytes=MAX_SHARED_TEXTS // 1024**2)
            _check_furniture(archive, parts)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
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


def sheets(path: Path) -> list[Sheet]:
    """The worksheets, in order; charts and dialogs are left out."""
    book = _open(path)
    try:
        found = []
        for sheet in book.worksheets:
            found.append(Sheet(sheet.title, sheet.sheet_state == "visible", sheet.max_row or 0, sheet.max_column or 0))
    finally:
        book.close()
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
    book = _open(path)
    try:
        if sheet_name not in book.sheetnames:
            raise Unreadable("sheet_missing", sheet=sheet_name)
        sheet = book[sheet_name]
        sheet.reset_dimensions()  # the file's own claim is often wrong
        blank_run = 0
        for number, values in enumerate(_guarded(sheet.iter_rows(values_only=True)), start=1):
            cells = [_cell(value) for value in values]
            while cells and (cells[-1] is None or cells[-1] == ""):
                cells.pop()
            if not cells:
                blank_run += 1
                if blank_run > _BLANK_RUN:
                    return  # formatting dragged down to the last row of the sheet
            else:
                blank_run = 0
            if len(cells) > MAX_COLUMNS:
                raise Unreadable("too_many_columns", row=number, columns=len(cells), limit=MAX_COLUMNS)
            yield Row(number, cells)
    finally:
        book.close()


def column_formats(path: Path, sheet_name: str, *, first_row: int, limit: int = 50) -> dict[int, ColumnFormat]:
    """Per cent and currency formats by column index, from the first rows of data (0-based ``first_row``)."""
    book = _open(path)
    found: dict[int, ColumnFormat] = {}
    try:
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
    finally:
        book.close()
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


def _open(path: Path) -> Any:
    check_archive(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and validations that do not matter here
            return load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except Unreadable:
        raise
    except Exception:
        # A damaged workbook fails in as many ways as it has parts; to the person it is one.
        raise Unreadable("file_damaged") from None


def _guarded(rows: Iterator[Any]) -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except Exception:
                raise Unreadable("file_damaged") from None
            yield row
