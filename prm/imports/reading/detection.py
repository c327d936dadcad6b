"""From an uploaded file to its settings and columns: everything that is guessed, in one place, and changeable. Pure: no database.

``detect`` looks at the file; what a person chose on the page goes in as ``chosen`` and wins. ``RowsOfData`` then streams the rows of data
by these settings, the same for dry run, writing and the preview.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from prm.core.numbers import has_decimal_evidence
from prm.core.units import unit_in_title
from prm.imports.fields import FieldSpec, Kind
from prm.imports.reading.text import MAX_COLUMNS, CsvRows, Row, Unreadable, file_encoding, first_text
from prm.imports.reading.xlsx import (
    ColumnFormat,
    cell_text,
    column_formats,
    likeliest_sheet,
    read_xlsx,
    sheets,
)
from prm.imports.rules.blanks import is_blank
from prm.imports.rules.cells import CellError
from prm.imports.rules.columns import field_words, guess_columns, known_heads, usable_mapping
from prm.imports.rules.encoding import Encoding, is_encoding
from prm.imports.rules.layout import Dialect, Layout, column_names, detect_dialect, detect_layout, head_signature
from prm.imports.rules.rejects import own_columns
from prm.imports.rules.styles import ColumnStyle, column_style
from prm.imports.rules.values import converter

#: Rows that decide the layout, and rows that decide how each column writes its values.
LAYOUT_ROWS = 120
STYLE_ROWS = 10_000
SAMPLES = 4
#: Cells of a column of numbers that are shown as they are read, and the kinds of which they are.
READ_SHOWN = 3
SHOWN_KINDS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.PERCENT})
#: Faults of what is no row of a table.
_NO_ROW = frozenset({"row_too_long", "row_too_wide"})


@dataclass(frozen=True, slots=True)
class FileSettings:
    """How to read one file. Stored with the import as JSON."""

    kind: str
    encoding: str = "utf-8"
    bom_bytes: int = 0
    broken_bytes: int = 0
    encoding_sure: bool = True
    delimiter: str = ","
    quote: str = '"'
    escape: str | None = None
    skip_first_line: bool = False
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    head_row: int | None = 0  # 0-based among all rows; None: the table has no head
    first_row: int = 1
    accept_short_rows: bool = False
    names: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    unit_above: str = ""  # what a line above the head says of amounts
    formats: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FileSettings:
        """From plain values; unknown names are ignored."""
        known = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        for name in ("sheets", "names", "units"):
            known[name] = tuple(known.get(name, ()))
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: its name, what it is taken for and why, how it writes values, and some of them."""

    name: str
    field: str = ""
    by: str = ""  # "guess", "remembered", "person", or "" when ignored
    style: ColumnStyle = ColumnStyle()  # noqa: RUF009  frozen
    samples: tuple[str, ...] = ()
    filled: float = 0.0
    read: tuple[
        tuple[str, str, str], ...
    ] = ()  # of numbers: some cells, each with its value and the currency told beside it or above

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


def detect(path: Path, kind: str, fields: Sequence[FieldSpec], *, chosen: Mapping[str, Any] | None = None) -> FileSettings:
    """How to read a file. ``chosen`` may fix ``encoding``, ``delimiter``, ``sheet`` and ``head_row`` (None: no head). Raises
    ``Unreadable``."""
    chosen = chosen or {}
    settings: dict[str, Any] = {"kind": kind}
    if kind == "csv":
        encoding = file_encoding(path)
        if name := chosen.get("encoding"):
            if name != encoding.name and not is_encoding(name):
                raise Unreadable("encoding_unknown", encoding=name)
            encoding = Encoding(name, bom_bytes=encoding.bom_bytes if encoding.name == name else 0)
        dialect = detect_dialect(first_text(path, encoding))
        if delimiter := chosen.get("delimiter"):
            dialect = Dialect(delimiter, dialect.quote, dialect.escape, dialect.skip_first_line)
        settings.update(
            encoding=encoding.name, bom_bytes=encoding.bom_bytes, broken_bytes=encoding.broken, encoding_sure=encoding.sure,
            delimiter=dialect.delimiter, quote=dialect.quote, escape=dialect.escape, skip_first_line=dialect.skip_first_line,
        )  # fmt: skip
        settings["sheet"] = ""
    else:
        found = sheets(path)
        names = tuple(sheet.name for sheet in found)
        settings["sheets"] = names
        settings["sheet"] = chosen["sheet"] if chosen.get("sheet") in names else likeliest_sheet(found)
    base = FileSettings(**settings)
    first_rows = list(islice(_all_rows(path, base), LAYOUT_ROWS))
    if not any(row.cells for row in first_rows):
        raise Unreadable("file_empty")
    rows = [[] if row.fault in _NO_ROW else [cell_text(cell) for cell in row.cells] for row in first_rows]
    layout = detect_layout(rows, known_heads=known_heads(fields))
    if "head_row" in chosen:
        layout = _chosen_head(rows, chosen["head_row"], layout)
    _check_rows(kind, first_rows, layout)
    offset = 1 if base.skip_first_line else 0
    settings.update(
        head_row=None if layout.head_row is None else layout.head_row + offset,
        first_row=layout.first_row + offset,
        names=layout.names,
        units=layout.units,
        unit_above=_unit_above(rows[: layout.head_row or 0]),
        accept_short_rows=kind == "xlsx" or layout.accept_short_rows,
    )
    if kind == "xlsx":
        settings["formats"] = {
            str(index): asdict(form)
            for index, form in column_formats(path, settings["sheet"], first_row=layout.first_row).items()
        }
    return FileSettings(**settings)


def _check_rows(kind: str, rows: Sequence[Row], layout: Layout) -> None:
    """Raises ``Unreadable`` when what should be the head, or every row, is longer or wider than any: as it is read, the file is no
    table."""
    data = [row for row in rows[layout.first_row :] if row.cells]
    has_head = layout.head_row is not None
    above = rows[: layout.first_row] if has_head else rows[: layout.first_row + 1]
    if data and all(row.fault in _NO_ROW for row in data):
        has_head, above = False, data
    for row in above:
        if row.fault == "row_too_wide":
            raise Unreadable("too_many_columns" if kind == "csv" else "sheet_too_wide", row=row.number, limit=MAX_COLUMNS)
        if row.fault == "row_too_long" and not has_head:
            raise Unreadable("line_too_long", row=row.number)


def _chosen_head(rows: Sequence[Sequence[str]], head_row: int | None, layout: Any) -> Any:
    if head_row is None:
        width = max(len(row) for row in rows)
        first = next((n for n, row in enumerate(rows) if any(cell.strip() for cell in row)), 0)
        return type(layout)(None, column_names([""] * width), first, (), layout.accept_short_rows)
    if not 0 <= head_row < len(rows) or not any(cell.strip() for cell in rows[head_row]):
        return layout
    again = detect_layout(rows[head_row:], known_heads=frozenset())
    units = again.units if again.head_row == 0 else ()
    first = head_row + (again.first_row if again.head_row == 0 else 1)
    head = list(rows[head_row])
    while len(head) > 1 and not head[-1].strip():
        head.pop()
    return type(layout)(head_row, column_names(head), first, units, layout.accept_short_rows)


def _all_rows(
    path: Path, settings: FileSettings, *, width: int | None = None, start: tuple[int, int] = (0, 0)
) -> Iterator[Row]:
    if settings.kind == "xlsx":
        rows = read_xlsx(path, settings.sheet)
        return (row for row in rows if row.number > start[0]) if start[0] else rows
    encoding = Encoding(settings.encoding, settings.bom_bytes)
    dialect = Dialect(settings.delimiter, settings.quote, settings.escape, settings.skip_first_line)
    return CsvRows(path, encoding, dialect, width=width, start=start)


class RowsOfData:
    """The rows of data, one after the other: after the head, without blank rows and without repetitions of the head (files that were
    joined).

    ``start`` is (number, offset) of the last row already taken, as ``position`` gave it: where to go on later.
    """

    def __init__(self, path: Path, settings: FileSettings, *, start: tuple[int, int] = (0, 0)) -> None:
        self._rows = _all_rows(path, settings, width=len(settings.names), start=start)
        self._first = settings.first_row
        self._head = [name.casefold() for name in settings.names] if settings.head_row is not None else None
        self._number = start[0]

    @property
    def position(self) -> tuple[int, int]:
        """(number of the last row taken, byte at which the next begins or 0)."""
        return self._number, getattr(self._rows, "offset", 0)

    def __iter__(self) -> RowsOfData:
        return self

    def __next__(self) -> Row:
        while True:
            row = next(self._rows)
            self._number = row.number
            if row.number <= self._first or not row.cells:
                continue
            if self._head and len(row.cells) == len(self._head) and self._repeats_head(row.cells):
                continue
            return row

    def _repeats_head(self, cells: Sequence[Any]) -> bool:
        head = self._head or []
        first = cells[0]
        if not isinstance(first, str) or first.strip().casefold() != head[0]:
            return False
        return all(isinstance(cell, str) and cell.strip().casefold() == name for cell, name in zip(cells, head, strict=True))


def signature_of(target: str, names: Sequence[str]) -> str:
    """What a mapping is remembered by; of a file of rejected rows it is that of the file that they came from."""
    own = [names[index] for index in own_columns(names)]
    return hashlib.sha256(f"{target}\n{head_signature(own)}".encode()).hexdigest()


def describe_columns(
    path: Path,
    settings: FileSettings,
    fields: Sequence[FieldSpec],
    *,
    remembered: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
    styles: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[Column]:
    """Each column with its field (given, else remembered, else guessed), style and samples.

    ``given`` and ``remembered`` map heads to field names ("" ignores the column); ``styles`` maps heads to parts of a
    ``ColumnStyle`` that a
    person fixed.
    """
    rows = list(islice(RowsOfData(path, settings), STYLE_ROWS))
    width = len(settings.names)
    cells: list[list[Any]] = [
        [row.cells[i] if i < len(row.cells) else None for row in rows if row.fault is None] for i in range(width)
    ]
    mapping, by = _mapping(settings, [column[:400] for column in cells], fields, remembered, given)
    specs = {spec.name: spec for spec in fields}
    habit = _decimal_habit(settings, cells, mapping, specs)
    styles_found = {
        i: column_style(
            cells[i],
            specs[f].kind,
            *_head(settings, i),
            decimal_habit=habit,
            names=field_words(specs[f]),
            above=settings.unit_above,
        )
        for i, f in mapping.items()
    }
    date_habit = next(
        (
            s.date_order
            for i, s in styles_found.items()
            if _is_date(specs, mapping[i]) and not s.unsure and _needs_order(cells[i])
        ),
        None,
    )
    columns = []
    for index, name in enumerate(settings.names):
        style = styles_found.get(index, ColumnStyle())
        if index in mapping and "date_order" in style.unsure and date_habit:
            style = column_style(cells[index], Kind.DATE, date_habit=date_habit)
        style = _with_format(style, settings.formats.get(str(index)), specs.get(mapping.get(index, "")))
        if styles and (fixed := styles.get(name)):
            style = style.fixed(fixed)
        texts = [cell_text(cell).strip() for cell in cells[index]]
        known = [text for text in texts if text and not is_blank(text, has_codes=True)]
        columns.append(
            Column(
                name=name,
                field=mapping.get(index, ""),
                by=by.get(index, ""),
                style=style,
                samples=tuple(dict.fromkeys(text[:80] for text in known[:400]))[:SAMPLES],
                filled=round(len(known) / len(texts), 4) if texts else 0.0,
                read=_as_read(specs.get(mapping.get(index, "")), style, cells[index]),
            )
        )
    return columns


def _as_read(spec: FieldSpec | None, style: ColumnStyle, cells: Sequence[Any]) -> tuple[tuple[str, str, str], ...]:
    """Cells of a column of numbers beside what they are taken for, so that a wrong unit is seen before anything is written."""
    if spec is None or spec.kind not in SHOWN_KINDS or "unit" in style.unsure:
        return ()
    convert, found = converter(spec, style), {}
    for cell in cells[:400]:
        text = cell_text(cell).strip()
        if not text or text in found or is_blank(text):
            continue
        value = convert(cell)
        if value is None or isinstance(value, CellError):
            continue
        amount, currency = value if isinstance(value, tuple) else (value, None)
        found[text] = (text[:80], format(Decimal(amount).normalize(), "f"), currency or "")
        if len(found) == READ_SHOWN:
            break
    return tuple(found.values())


def _mapping(
    settings: FileSettings,
    cells: list[list[Any]],
    fields: Sequence[FieldSpec],
    remembered: Mapping[str, str] | None,
    given: Mapping[str, str] | None,
) -> tuple[dict[int, str], dict[int, str]]:
    if given is not None:
        mapping = usable_mapping(given, settings.names, fields)
        return mapping, dict.fromkeys(mapping, "person")
    if remembered is not None:
        mapping = usable_mapping(remembered, settings.names, fields)
        return mapping, dict.fromkeys(mapping, "remembered")
    guesses = guess_columns(settings.names, cells, fields)
    mapping = {index: guess.field for index, guess in guesses.items()}
    return mapping, dict.fromkeys(mapping, "guess")


def _unit_above(rows: Sequence[Sequence[str]]) -> str:
    return next((said for row in rows for cell in row if (said := unit_in_title(cell))), "")


def _head(settings: FileSettings, index: int) -> tuple[str, str]:
    return settings.names[index], settings.units[index] if index < len(settings.units) else ""


def _decimal_habit(
    settings: FileSettings, cells: list[list[Any]], mapping: Mapping[int, str], specs: Mapping[str, FieldSpec]
) -> str | None:
    """The decimal mark that some numeric column proves; else the one that goes with semicolons."""
    numeric = {Kind.MONEY, Kind.DECIMAL, Kind.PERCENT, Kind.LATITUDE, Kind.LONGITUDE}
    marks = {
        mark
        for index, name in mapping.items()
        if specs[name].kind in numeric
        for mark in [has_decimal_evidence([c for c in dict.fromkeys(cells[index]) if isinstance(c, str)][:3000])]
        if mark
    }
    if len(marks) == 1:
        return marks.pop()
    return "," if settings.kind == "csv" and settings.delimiter == ";" and not marks else None


def _is_date(specs: Mapping[str, FieldSpec], name: str) -> bool:
    return specs[name].kind is Kind.DATE


def _needs_order(values: Sequence[Any]) -> bool:
    return any(isinstance(value, str) and ("/" in value or "." in value) for value in values[:200])


def _with_format(style: ColumnStyle, form: Mapping[str, Any] | None, spec: FieldSpec | None) -> ColumnStyle:
    """A spreadsheet's formats say more than its bare numbers: 0.45 shown as 45 % is a share."""
    if not form or spec is None:
        return style
    found = ColumnFormat(**form)
    changes: dict[str, Any] = {}
    if spec.kind is Kind.PERCENT and found.is_percent:
        changes["percent_points"] = False
    if spec.kind is Kind.MONEY and found.currency and not style.currency:
        changes["currency"] = found.currency
    return ColumnStyle.from_json({**style.as_json(), **changes}) if changes else style
