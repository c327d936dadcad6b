"""Opens an uploaded file, whatever it is, and streams its rows. Pure: bytes in, rows out, with clear refusals.

Rows are counted as a spreadsheet counts them: from 1, title and blank rows included, a row with a line break inside a cell being
one row. Memory does not grow with the file.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from prm.imports.rules.encoding import Encoding, detect_encoding
from prm.imports.rules.layout import Dialect

BLOCK = 1024 * 1024
#: So much of a text file is cut into rows at once where nothing in it is quoted.
PLAIN_BLOCK = 128 * 1024
#: A record may span this many lines and characters; more is a quotation mark that was never closed.
MAX_RECORD_LINES = 200
MAX_RECORD_CHARS = 256 * 1024
MAX_CELL_CHARS = 32 * 1024
MAX_COLUMNS = 500
#: So much is kept of a cell of a row that is longer than this or wider than ``MAX_COLUMNS``.
KEPT_CELL_CHARS = 4 * 1024


class Unreadable(Exception):
    """The file cannot be imported. ``code`` says why; ``messages`` turns it into words."""

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code)
        self.code, self.data = code, data


@dataclass(slots=True)
class Row:
    """One row of the file: its number there, its cells, and the code of what is wrong with it as a whole, if anything."""

    number: int
    cells: list[Any]
    fault: str | None = None


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


def plain_starts(path: Path, encoding: Encoding, dialect: Dialect, size: int) -> list[tuple[int, int]]:
    """(rows before, byte offset) of places about ``size`` bytes apart at which a file may be entered; empty where a line need not be a
    row: something is quoted, or lines cannot be told by their bytes."""
    marks = tuple(mark.encode() for mark in (dialect.quote, dialect.escape) if mark)
    starts, rows, offset = [(0, 0)], 0, encoding.bom_bytes
    if encoding.name not in _BY_BYTES:
        return []
    with path.open("rb") as handle:
        handle.seek(offset)
        while block := handle.read(size):
            while block:
                block += handle.readline(BLOCK)
                if any(mark in block for mark in marks) or block.count(b"\r") != block.count(b"\r\n"):
                    return []
                rows, offset = rows + block.count(b"\n"), offset + len(block)
                # A line longer than any row is passed over in pieces.
                block = b"" if block.endswith(b"\n") else handle.read(BLOCK)
            starts.append((rows, offset))
    return starts[:-1]


class CsvRows:
    """Every row of a text file, blank ones as empty lists; an iterator of ``Row``.

    ``width`` is that of the table, when known: a row that a stray quotation mark glued together with its followers is then cut
    loose, told as ``quote_unclosed``, and the followers are read. ``offset`` is where the next row begins, so that reading can go on there
    (``start=(rows before it, offset)``); it is 0 for encodings and line ends that cannot be entered in the middle: then the rows
    before are read again and passed over.
    """

    def __init__(
        self, path: Path, encoding: Encoding, dialect: Dialect, *, width: int | None = None, start: tuple[int, int] = (0, 0)
    ) -> None:
        self._handle = path.open("rb")
        self._number, offset = start if start[1] else (0, 0)
        self._pass_over = start[0]
        self._handle.seek(offset or encoding.bom_bytes)
        self._lines = _Lines(self._handle, encoding.name, offset or encoding.bom_bytes)
        self._dialect, self._width = dialect, width
        self._marks = tuple(mark.encode() for mark in ("\x00", dialect.quote, dialect.escape) if mark)
        self._options: dict[str, Any] = {
            "delimiter": dialect.delimiter, "quotechar": dialect.quote, "escapechar": dialect.escape, "doublequote": True,
        }  # fmt: skip
        csv.field_size_limit(MAX_RECORD_CHARS + 16)
        self._reader = csv.reader(self._lines, **self._options)
        if dialect.skip_first_line and not self._number:
            next(self._lines, None)
            self._number = 1
        #: The lines of the plain block at hand, as bytes, and the number of the row before it.
        self._block: list[bytes] = []
        self._before_block = 0
        self._rows = self._all()

    @property
    def offset(self) -> int:
        """Where the next row begins, in bytes; 0 when it cannot be told."""
        return self._lines.offset - sum(map(len, self._block[self._number - self._before_block :]))

    def __iter__(self) -> CsvRows:
        return self

    def __next__(self) -> Row:
        return next(self._rows)

    def _all(self) -> Iterator[Row]:
        """Block after block: plain ones all at once, others row by row until the next block begins."""
        while True:
            for cells in self._plain_block():
                self._number += 1
                row = self._row(cells)
                if row.number > self._pass_over:
                    yield row
            self._block, end = [], self._lines.offset + PLAIN_BLOCK
            while not self._lines.can_be_blocks or self._lines.offset < end:
                try:
                    row = self._next()
                except StopIteration:
                    self._handle.close()
                    return
                if row.number > self._pass_over:
                    yield row

    def _plain_block(self) -> Iterator[list[str]]:
        """The cells of the lines ahead, as long as these have no quotation mark: most files have none, and cutting them needs no care."""
        lines = self._lines
        while lines.can_be_blocks and (block := lines.block(PLAIN_BLOCK)):
            ends = block.count(b"\r")
            if any(mark in block for mark in self._marks) or ends != block.count(b"\r\n"):
                return
            self._block, self._before_block = block.splitlines(keepends=True), self._number
            if max(map(len, self._block)) > MAX_RECORD_CHARS:
                return
            lines.take(len(block))
            text = block.decode(lines.encoding, "replace")
            if ends:
                text = text.replace("\r\n", "\n")
            delimiter = self._dialect.delimiter
            for line in text.removesuffix("\n").split("\n"):
                yield line.split(delimiter)

    def _row(self, cells: list[str]) -> Row:
        if len(cells) > MAX_COLUMNS:
            return Row(self._number, kept_cells(cells), "row_too_wide")
        if not cells or not (cells[0].strip() or any(cell.strip() for cell in cells)):
            cells = []
        return Row(self._number, cells)

    def _next(self) -> Row:
        lines, width = self._lines, self._width
        lines.begin()
        cells: list[str] | None
        try:
            cells = next(self._reader)
        except (_Overflow, csv.Error):
            cells = None
        self._number += 1
        several = len(lines.taken) > 1
        if cells is None or (
            width is not None and (self._is_glued(cells, width) if several else self._is_open(cells, width))
        ):
            first = lines.push_back()
            self._reader = csv.reader(lines, **self._options)
            is_one_line = cells is None and not several
            return Row(self._number, _loose_cells(first, self._dialect), "row_too_long" if is_one_line else "quote_unclosed")
        return self._row(cells)

    def _is_open(self, cells: Sequence[str], width: int) -> bool:
        """Whether the last line of the file ends inside a quotation that it began."""
        if len(cells) == width or not self._lines.is_over or self._dialect.escape:
            return False
        return self._lines.taken[-1].count(self._dialect.quote) % 2 == 1

    def _is_glued(self, cells: Sequence[str], width: int) -> bool:
        """Whether a record of several lines is rather a row with a stray quotation mark and the good rows that it swallowed."""
        lines = self._lines.taken
        inner = [line for line in lines[1:] if line.strip()][:20]
        rows = sum(1 for line in inner if self._width_of(line) == width)
        if not rows:
            return False
        if len(cells) != width:
            return True
        if len(inner) > 1 and rows >= len(inner) - 1:
            return True
        try:
            next(csv.reader(lines, strict=True, **self._options))
        except csv.Error:
            return True
        return False

    def _width_of(self, line: str) -> int:
        try:
            return len(next(csv.reader([line], **self._options), []))
        except csv.Error:  # a carriage return in its middle
            return 0


def read_csv(path: Path, encoding: Encoding, dialect: Dialect, *, width: int | None = None) -> Iterator[Row]:
    """All rows from the beginning."""
    return CsvRows(path, encoding, dialect, width=width)


class _Overflow(Exception):
    """One record took too many lines."""


#: Encodings in which a line feed is the byte 10 and nothing else is: lines are cut before they are decoded, and counted in bytes.
_BY_BYTES = frozenset(
    {"utf-8", "cp1252", "iso-8859-15", "mac-roman", "cp850", "cp1250", "cp1251", "cp1253", "cp1254", "latin-1", "koi8_r"}
)


class _Lines:
    """Lines of a text, remembered since the record began, so that a broken record can be taken back."""

    def __init__(self, handle: BinaryIO, encoding: str, offset: int) -> None:
        self._again: deque[tuple[str, int]] = deque()
        self.taken: list[str] = []
        self._sizes: list[int] = []
        self._chars = 0
        self.is_over = False
        self.encoding = encoding
        head = handle.read(BLOCK)
        handle.seek(-len(head), io.SEEK_CUR)
        # Old Macintosh files end their lines with a carriage return alone.
        self._by_bytes = encoding in _BY_BYTES and (b"\n" in head or b"\r" not in head)
        self._offset = offset
        self._handle = handle
        self._text = io.TextIOWrapper(handle, encoding=encoding, errors="replace", newline="") if not self._by_bytes else None

    @property
    def offset(self) -> int:
        """Bytes taken so far; 0 when lines are not counted in bytes."""
        if not self._by_bytes:
            return 0
        return self._offset - sum(size for _line, size in self._again)

    @property
    def can_be_blocks(self) -> bool:
        """Whether what comes next may be taken as a block of whole lines."""
        return self._by_bytes and not self._again

    def block(self, size: int) -> bytes:
        """The whole lines within the next ``size`` bytes, not taken yet; empty where a line is longer, and at the end."""
        block = self._handle.read(size)
        self._handle.seek(-len(block), io.SEEK_CUR)
        return block if len(block) < size else block[: block.rfind(b"\n") + 1]

    def take(self, size: int) -> None:
        """Takes ``size`` bytes of whole lines that were seen."""
        self._handle.seek(size, io.SEEK_CUR)
        self._offset += size

    def begin(self) -> None:
        """A new record starts here."""
        self.taken, self._sizes = [], []
        self._chars = 0

    def push_back(self) -> str:
        """Gives back all lines of this record but its first, which is returned."""
        rest = list(zip(self.taken, self._sizes, strict=True))[1:]
        self._again.extendleft(reversed(rest))
        return self.taken[0]

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        size = 0
        if self._again:
            line, size = self._again.popleft()
        elif self._text is not None:
            line = self._text.readline(MAX_RECORD_CHARS + 1)
            if not line:
                self.is_over = True
                raise StopIteration
            more = line
            while len(more) > MAX_RECORD_CHARS and not more.endswith(("\n", "\r")):
                more = self._text.readline(MAX_RECORD_CHARS + 1)
        else:
            raw = self._handle.readline(4 * MAX_RECORD_CHARS + 1)
            if not raw:
                self.is_over = True
                raise StopIteration
            size, rest = len(raw), raw
            while len(rest) > 4 * MAX_RECORD_CHARS and not rest.endswith(b"\n"):
                # Longer than any row of a table: its beginning is told, the rest is passed over.
                rest = self._handle.readline(4 * MAX_RECORD_CHARS + 1)
                size += len(rest)
            self._offset += size
            line = raw.decode(self.encoding, "replace")
            if "\r" in (body := line.rstrip("\r\n")):  # a break inside a cell, in a file whose lines end otherwise
                line = body.replace("\r", " ") + line[len(body) :]
        if "\x00" in line:
            line = line.replace("\x00", "")
        self._chars += len(line)
        self.taken.append(line)
        self._sizes.append(size)
        if self._chars > MAX_RECORD_CHARS or len(self.taken) > MAX_RECORD_LINES:
            raise _Overflow
        return line


def _loose_cells(line: str, dialect: Dialect) -> list[str]:
    """The cells of a broken line, its quotation marks taken as they stand."""
    return kept_cells([cell.strip(dialect.quote) for cell in line.rstrip("\r\n").split(dialect.delimiter, MAX_COLUMNS)])


def kept_cells(cells: Sequence[Any]) -> list[Any]:
    """What is kept of a row that cannot be one: as many cells as a table may have, and the beginning of each."""
    return [
        f"{cell[:KEPT_CELL_CHARS]}…" if isinstance(cell, str) and len(cell) > KEPT_CELL_CHARS else cell
        for cell in cells[:MAX_COLUMNS]
    ]
