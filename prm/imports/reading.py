"""Opens an uploaded file, whatever it is, and streams its rows. Pure: bytes in, rows out, with clear refusals.

Rows are counted as a spreadsheet counts them: from 1, title and blank rows included, a row with a line break inside a cell being
one row. Memory does not grow with the file.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from prm.imports.rules_encoding import Encoding, detect_encoding, has_binary_bytes
from prm.imports.rules_layout import Dialect

BLOCK = 1024 * 1024
#: A record may span this many lines and characters; more is a quotation mark that was never closed.
MAX_RECORD_LINES = 200
MAX_RECORD_CHARS = 256 * 1024
MAX_CELL_CHARS = 32 * 1024
MAX_COLUMNS = 500


class Unreadable(Exception):
    """The file cannot be imported. ``code`` says why; ``messages`` turns it into words."""

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code)
        self.code, self.data = code, data


@dataclass(slots=True)
class Row:
    """One row of the file: its number there, its cells, and the code of what is wrong with it as a whole, if anything."""

    number: int
    cells: list
    fault: str | None = None


_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_old_excel"),
    (b"%PDF", "file_pdf"),
    (b"\x89PNG", "file_image"),
    (b"\xff\xd8\xff", "file_image"),
    (b"GIF8", "file_image"),
    (b"\x1f\x8b", "file_compressed"),
    (b"7z\xbc\xaf", "file_compressed"),
    (b"Rar!", "file_compressed"),
    (b"BZh", "file_compressed"),
    (b"\xfd7zXZ", "file_compressed"),
    (b"PAR1", "file_binary"),
    (b"SQLite format 3", "file_binary"),
    (b"\x7fELF", "file_binary"),
    (b"MZ\x90", "file_binary"),
    (b"{\\rtf", "file_binary"),
)


def file_kind(path: Path) -> str:
    """``"csv"`` or ``"xlsx"``, from the content and never from the name. Raises ``Unreadable`` for anything else."""
    if path.stat().st_size == 0:
        raise Unreadable("file_empty")
    with path.open("rb") as handle:
        head = handle.read(65_536)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(path)
    for magic, code in _MAGIC:
        if head.startswith(magic):
            raise Unreadable(code)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml", b"<head", b"<meta")):
        raise Unreadable("file_html" if b"html" in head[:2000].lower() or b"<table" in head[:2000].lower() else "file_xml")
    if start.startswith((b"{", b"[{", b"[\n", b"[\r")) and b'"' in start:
        raise Unreadable("file_json")
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise Unreadable("file_empty")
    if has_binary_bytes(head):
        raise Unreadable("file_binary")
    return "csv"


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names or any(n.startswith("xl/worksheets/") for n in names):
                return "xlsx"
            if "mimetype" in names and b"opendocument" in archive.read("mimetype")[:80]:
                raise Unreadable("file_opendocument")
            if "xl/workbook.bin" in names:
                raise Unreadable("file_xlsb")
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        raise Unreadable("file_damaged") from None
    raise Unreadable("file_compressed")


def file_encoding(path: Path) -> Encoding:
    """The encoding of a text file; every byte of it is looked at."""
    with path.open("rb") as handle:
        return detect_encoding(iter(lambda: handle.read(BLOCK), b""))


def first_text(path: Path, encoding: Encoding, *, limit: int = 65_536) -> str:
    """The beginning of a text file, cut at its last whole line."""
    with path.open("rb") as handle:
        handle.seek(encoding.bom_bytes)
        text = handle.read(limit).decode(encoding.name, errors="replace")
    if path.stat().st_size - encoding.bom_bytes > limit:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text
    return text.replace("\x00", "")


def read_csv(path: Path, encoding: Encoding, dialect: Dialect, *, width: int | None = None) -> Iterator[Row]:
    """Every row of a text file, blank ones as empty lists. ``width`` is that of the table, when known: a row that a stray quotation
    mark glued together with its followers is then cut loose, told as ``quote_unclosed``, and the followers are read."""
    with path.open("rb") as handle:
        handle.seek(encoding.bom_bytes)
        text = io.TextIOWrapper(handle, encoding=encoding.name, errors="replace", newline="")
        yield from _records(_Lines(text), dialect, width)


class _Overflow(Exception):
    """One record took too many lines."""


class _Lines:
    """Lines of a text, remembered since the record began, so that a broken record can be taken back."""

    def __init__(self, text: io.TextIOBase) -> None:
        self._text, self._again = text, deque()  # type: ignore[var-annotated]
        self.taken: list[str] = []
        self._chars = 0

    def begin(self) -> None:
        """A new record starts here."""
        self.taken = []
        self._chars = 0

    def push_back(self) -> str:
        """Gives back all lines of this record but its first, which is returned."""
        first, rest = self.taken[0], self.taken[1:]
        self._again.extendleft(reversed(rest))
        return first

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self._again:
            line = self._again.popleft()
        else:
            line = self._text.readline(MAX_RECORD_CHARS + 1)
            if not line:
                raise StopIteration
        if "\x00" in line:
            line = line.replace("\x00", "")
        self._chars += len(line)
        self.taken.append(line)
        if self._chars > MAX_RECORD_CHARS or len(self.taken) > MAX_RECORD_LINES:
            raise _Overflow
        return line


def _records(lines: _Lines, dialect: Dialect, width: int | None) -> Iterator[Row]:
    options = {"delimiter": dialect.delimiter, "quotechar": dialect.quote, "escapechar": dialect.escape, "doublequote": True}
    csv.field_size_limit(MAX_RECORD_CHARS + 16)
    reader = csv.reader(lines, **options)  # type: ignore[arg-type]
    number = 0
    if dialect.skip_first_line:
        next(lines, None)
        number = 1
    while True:
        lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (_Overflow, csv.Error):
            if len(lines.taken) == 1:
                # One line longer than any row of a table.
                raise Unreadable("line_too_long", row=number + 1) from None
            cells = None
        number += 1
        several = len(lines.taken) > 1
        if cells is None or (several and width is not None and len(cells) != width and _cut_is_better(lines, options, width)):
            first = lines.push_back()
            reader = csv.reader(lines, **options)  # type: ignore[arg-type]
            yield Row(number, _loose_cells(first, dialect), "quote_unclosed")
            continue
        if cells and not any(cells) and not any(cell.strip() for cell in cells):
            cells = []
        fault = None
        if len(cells) > MAX_COLUMNS:
            raise Unreadable("too_many_columns", row=number, columns=len(cells), limit=MAX_COLUMNS)
        yield Row(number, cells, fault)


def _cut_is_better(lines: _Lines, options: dict, width: int) -> bool:
    """Whether the lines after the first of a glued record are good rows by themselves."""
    rest = [line for line in lines.taken[1:] if line.strip()]
    good = sum(1 for line in rest[:20] if len(next(csv.reader([line], **options), [])) == width)
    return good > 0


def _loose_cells(line: str, dialect: Dialect) -> list[str]:
    """The cells of a broken line, its quotation marks taken as they stand."""
    return [cell.strip(dialect.quote) for cell in line.rstrip("\r\n").split(dialect.delimiter)][:MAX_COLUMNS]


def open_binary(path: Path) -> BinaryIO:
    """The file, for readers of other formats."""
    return path.open("rb")
