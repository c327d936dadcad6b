"""How a table lies in a file: its delimiter, its quoting, where its head is, what stands above and under it. Pure."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from prm.core.numbers import Number, NumberStyle, read_number
from prm.core.text import text_key
from prm.core.units import is_unit
from prm.imports.rules.dates import looks_like_date

DELIMITERS = (",", ";", "\t", "|")
#: Taken only where every row has the same cells by it and none of the usual ones parts the file.
_SELDOM = ("^", "~", "¦")
_SEP_LINE = re.compile(r"sep=(.)\s*\Z", re.I)
#: What a row of units says of columns that are no amounts.
_FORM = re.compile(r"[(\[]?\s*(?:nb|nbr|nombre|number|count|text|texte|date|n°|#|days|jours|years|ans|fte|etp|iso|url|code|"
                   r"dd/mm/yyyy|jj/mm/aaaa|yyyy-mm-dd|aaaa-mm-jj|yes/no|oui/non|y/n|o/n)\s*[)\]]?\Z", re.I)  # fmt: skip
_YEAR = re.compile(r"(?:19|20)\d\d")
#: So much of a cell can be the name of a column.
HEAD_LENGTH = 200
#: What the sum under a table is called; as text keys.
_TOTALS = frozenset(
    "total|totals|totaux|grand total|total general|total generale|sous total|subtotal|sub total|somme|sum|summe|gesamt|gesamtsumme|ensemble".split(
        "|"
    )
)
_DECIMAL = re.compile(r"(?<=\d),(?=\d+(?:\D|\Z))")
SEARCH_ROWS = 40


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells of a text file are parted."""

    delimiter: str = ","
    quote: str = '"'
    escape: str | None = None
    skip_first_line: bool = False  # the "sep=;" line that spreadsheets write


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the table is: ``head_row`` (0-based among all rows of the file; None: it has no head), its column names, the row of units
    under it if any, and the first row of data."""

    head_row: int | None
    names: tuple[str, ...]
    first_row: int
    units: tuple[str, ...] = ()
    accept_short_rows: bool = False

    @property
    def width(self) -> int:
        """How many columns the table has."""
        return len(self.names)


def detect_dialect(text: str) -> Dialect:
    """The dialect of the first lines of a file (some 64 kB are enough)."""
    first, _, rest = text.partition("\n")
    if found := _SEP_LINE.match(first.strip('\r\ufeff"')):
        return Dialect(delimiter=found[1], skip_first_line=True, escape=_escape(rest, found[1]))
    best = max(DELIMITERS, key=lambda delimiter: _consistency(text, delimiter))
    if _consistency(text, best) <= 0:
        lines = [line for line in text.splitlines() if line.strip()][:200]
        counts = {mark: {line.count(mark) for line in lines} for mark in _SELDOM}
        best = next((mark for mark, found in counts.items() if len(lines) > 1 and len(found) == 1 and found != {0}), ",")
    return Dialect(delimiter=best, escape=_escape(text, best))


def _escape(text: str, delimiter: str) -> str | None:
    """A backslash before quotes, as some databases write it."""
    return "\\" if text.count('\\"') > 0 and text.count('""') <= text.count('\\"') and f'\\"{delimiter}' not in text else None


def _consistency(text: str, delimiter: str) -> float:
    if delimiter not in text:
        return 0.0
    lines = text.splitlines(keepends=True)[:400]
    if len(lines) > 3 and len(text) > 4096:
        lines = lines[:-1]
    try:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if any(cell.strip() for cell in row)]
    except csv.Error:
        return 0.0
    if not rows:
        return 0.0
    widths = Counter(len(row) for row in rows)
    width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    if width < 2:
        return 0.0
    share = count / len(rows)
    # Parts of numbers and of sentences are poor cells: "1,5;2,5" splits at the comma into "5;2"; words follow ", " with a space.
    sample = [cell for row in rows[:60] if len(row) == width for cell in row[1:]]
    spaced = sum(1 for cell in sample if cell[:1] == " " and len(cell) > 1) / max(1, len(sample))
    # The comma of "12,5" between semicolons is that of a number.
    foreign = sum(
        1 for cell in sample if any(other in _DECIMAL.sub("", cell) for other in DELIMITERS if other not in (delimiter, "|"))
    ) / max(1, len(sample))
    return share * share * (1 + min(width, 20) / 20) - (0.5 * spaced if delimiter in ",;" else 0) - 0.6 * foreign


def detect_layout(rows: Sequence[Sequence[str]], *, known_heads: Collection[str] = frozenset()) -> Layout:
    """The layout of a table from its first rows (a hundred are enough). ``known_heads`` are text keys of heads that mean something."""
    filled = [[cell.strip() for cell in row] for row in rows]
    width = _table_width(filled)
    best: tuple[float, int] | None = None
    full_above = 0
    for number, row in enumerate(filled[:SEARCH_ROWS]):
        score = _head_score(row, filled[number + 1 : number + 12], width, known_heads)
        # Titles stand above a head, rows of the table do not.
        if score is not None and (best is None or score - 0.3 * full_above > best[0]):
            best = (score - 0.3 * full_above, number)
        full_above += _count(row) >= max(1, width * 0.6)
    if best is None or best[0] < 0.55:
        first = next((n for n, row in enumerate(filled) if _count(row) >= max(1, width * 0.5)), 0)
        return Layout(None, column_names([""] * width), first, accept_short_rows=_habitually_short(filled[first:], width))
    head_row = best[1]
    head = list(rows[head_row])
    while len(head) > 1 and not head[-1].strip() and len(head) > _widest(filled[head_row + 1 :]):
        head.pop()
    first = head_row + 1
    units: tuple[str, ...] = ()
    below = next((n for n in range(first, len(filled)) if _count(filled[n])), None)
    if below is not None and _is_units_row(filled[below], filled[below + 1 : below + 12]):
        units = tuple(filled[below]) + ("",) * (len(head) - len(filled[below]))
        first = below + 1
    return Layout(head_row, column_names(head), first, units, _habitually_short(filled[first:], len(head)))


def says_total(cell: str) -> bool:
    """Whether a cell is a word for a sum: asked of every row, and rarely true."""
    return text_key(cell) in _TOTALS


def is_total(cells: Sequence[Any]) -> bool:
    """Whether a row is the sum under a table, not a record: a word for it, and for the rest numbers only, at least one.

    >>> is_total(["", "Total", "300"]), is_total(["T1", "Total", "300"]), is_total(["", "Total", ""])
    (True, False, False)
    """
    filled = [cell for cell in (c.strip() if isinstance(c, str) else c for c in cells) if cell not in (None, "")]
    words = [cell for cell in filled if isinstance(cell, str) and says_total(cell)]
    rest = [cell for cell in filled if cell not in words]
    return bool(words and rest) and all(
        isinstance(cell, (int, float)) or isinstance(read_number(str(cell), NumberStyle()), Number) for cell in rest
    )


def column_names(head: Sequence[str]) -> tuple[str, ...]:
    """Names that can be told apart: blanks become "Column 3", repeated ones get a number."""
    names: list[str] = []
    seen: Counter[str] = Counter()
    for number, cell in enumerate(head, start=1):
        name = " ".join(cell.replace("\x00", "").split())[:HEAD_LENGTH] or f"Column {number}"
        seen[name] += 1
        while seen[name] > 1 and f"{name} ({seen[name]})" in seen:
            seen[name] += 1
        if seen[name] > 1:
            name = f"{name} ({seen[name]})"
            seen[name] += 1
        names.append(name)
    return tuple(names)


def head_signature(names: Sequence[str]) -> str:
    """What a remembered mapping is found by: the heads as keys, in their order."""
    return "|".join(text_key(name) or name for name in names)


def _count(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell)


def _widest(rows: Sequence[Sequence[str]]) -> int:
    return max((len(row) - next((i for i, cell in enumerate(reversed(row)) if cell), len(row)) for row in rows), default=0)


def _table_width(rows: Sequence[Sequence[str]]) -> int:
    """The number of columns of most rows; trailing blank cells (spreadsheets) do not count when no row fills them."""
    widths = Counter(len(row) for row in rows if _count(row) > 0)
    if not widths:
        return 0
    width, _ = max(widths.items(), key=lambda item: (item[1] if item[0] > 1 else item[1] * 0.4, item[0]))
    same = [row for row in rows if len(row) == width]
    return max(1, min(width, _widest(same)) or width)


def _is_value(cell: str) -> bool:
    """Whether a cell is data by its form: a number, a date, an address of the web or a mailbox."""
    if cell[:1].isdigit() or cell[:1] in "-+(€$£":
        return isinstance(read_number(cell, NumberStyle()), Number) or looks_like_date(cell)
    return "@" in cell or "://" in cell or looks_like_date(cell)


def _head_score(row: Sequence[str], below: Sequence[Sequence[str]], width: int, known: Collection[str]) -> float | None:
    cells = [cell for cell in row if cell]
    if not cells or len(cells) < (1 if width <= 2 else max(2, width * 0.5)):
        return None
    values = sum(1 for cell in cells if _is_value(cell) and not _YEAR.fullmatch(cell))
    if values > len(cells) * 0.3:
        return None
    distinct = len({text_key(cell) or cell for cell in cells}) / len(cells)
    short = sum(1 for cell in cells if len(cell) <= 60) / len(cells)
    hits = sum(1 for cell in cells if text_key(re.sub(r"[(\[].*?[)\]]", "", cell[:HEAD_LENGTH])) in known) / len(cells)
    fill = min(1.0, len(cells) / max(1, width))
    # Under a head the columns look different from it: numbers, dates, codes; or at least repeat other words than it.
    contrast, compared = 0.0, 0
    for index, cell in enumerate(row):
        column = [other[index] for other in below if index < len(other) and other[index]]
        if not cell or not column:
            continue
        compared += 1
        if any(_is_value(other) for other in column):
            # A number above numbers is a row of the table, unless it is the year of a column.
            contrast += -1.0 if _is_value(cell) and not _YEAR.fullmatch(cell) else 1.0
        elif cell in column:
            contrast -= 0.5
        else:
            lengths = sorted(len(other) for other in column)
            contrast += 0.35 if abs(len(cell) - lengths[len(lengths) // 2]) > 4 else 0.15
    contrast = contrast / compared if compared else 0.2
    if not below and not hits:
        contrast = 0.3
    return (
        0.28 * fill + 0.17 * distinct + 0.1 * short + 0.3 * min(1.0, contrast * 1.4) + 0.6 * hits - 0.2 * values / len(cells)
    )


def _is_units_row(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the row under a head says in what the columns are written. A word that is no known unit counts as one where it stands
    above numbers and the row has no other words: what it means is asked, not lost."""
    cells = [(index, cell) for index, cell in enumerate(row) if cell]
    if not cells or not below:
        return False
    over = {index for index, _cell in cells if _numbers_below(index, below)}
    known = [cell for index, cell in cells if _FORM.match(cell) or (index in over and is_unit(cell))]
    above_numbers = [cell for index, cell in cells if index in over and cell not in known and not _is_value(cell)]
    if len(known) + len(above_numbers) < len(cells) and len(known) < max(1, len(cells) * 0.5):
        return False
    # A row of data whose cells happen to be short words repeats further down; units do not.
    repeated = any(cell in other for _index, cell in cells for other in below)
    return not repeated if above_numbers else (len(known) == len(cells) or len(cells) >= 3 or not repeated)


def _numbers_below(index: int, below: Sequence[Sequence[str]]) -> bool:
    column = [other[index] for other in below if index < len(other) and other[index]]
    return bool(column) and sum(_is_value(cell) for cell in column) > len(column) / 2


def _habitually_short(rows: Sequence[Sequence[str]], width: int) -> bool:
    """Whether leaving out trailing blank cells is this file's habit (a fifth of its rows), not a fault of single rows."""
    filled = [row for row in rows if _count(row)]
    short = sum(1 for row in filled if 1 < len(row) < width)
    return short >= 3 and short >= len(filled) * 0.2
