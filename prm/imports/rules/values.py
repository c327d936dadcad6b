"""Turns the cells of one column into values or coded errors, by the column's kind and its detected style. Pure.

Every converter answers the value, ``None`` for "not known", or a ``CellError``; it never raises and never guesses past its style.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prm.imports.fields import FieldSpec
from prm.imports.rules.blanks import is_blank
from prm.imports.rules.cells import CellError
from prm.imports.rules.styles import ColumnStyle
from prm.imports.rules.values_numbers import NUMBER_READERS
from prm.imports.rules.values_texts import TEXT_READERS

_READERS = NUMBER_READERS | TEXT_READERS
_MEMO = 20_000


def converter(spec: FieldSpec, style: ColumnStyle, *, default_currency: str = "EUR") -> Callable[[Any], Any]:
    """A function from a cell (text, or a typed cell of a spreadsheet) to its value, None or ``CellError``. It remembers what it has read,
    since columns repeat themselves. A MONEY field answers (amount, currency or None)."""
    read = _READERS[spec.kind](spec, style)
    extra = frozenset(word.casefold() for word in spec.blank_words)
    has_codes, as_text, required = style.has_codes, spec.as_text, spec.required
    missing = CellError("required")
    memo: dict[Any, Any] = {}

    def convert(cell: Any) -> Any:
        kind = type(cell)
        if cell is None:
            return missing if required else None
        if kind is str:
            try:
                return memo[cell]
            except KeyError:
                pass
            text = cell.strip()
            if not text or (is_blank(text, has_codes=has_codes, extra=extra) and not (as_text and text.isalpha())):
                value = missing if required else None
            elif "\ufffd" in text:
                value = CellError("damaged_text")
            else:
                value = read(text)
                if value is None and required:
                    value = missing
            if len(memo) >= _MEMO:
                memo.clear()
            memo[cell] = value
            return value
        value = read(cell)
        return missing if value is None and required else value

    return convert
