"""Whole columns at once: the plain cases by one pattern over many cells, the rest cell by cell. Pure; same answers as ``converter``.

Most cells of most files are plain: text without anything to repair, numbers of digits. A block of cells joined into one text is
searched once for anything else; only blocks that hold something else go through the careful reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from prm.imports.fields import FieldSpec, Kind
from prm.imports.rules.blanks import blank_words, is_blank
from prm.imports.rules.styles import ColumnStyle
from prm.imports.rules.values import converter

BLOCK = 128
#: Joins cells; a cell that holds it is not plain.
_SEP = "\x1e"
#: Anything that ``clean_text`` would change, or ``convert`` refuse, apart from blanks and length.
_NOT_PLAIN_TEXT = re.compile(
    "[\x00-\x1d\x1f\x7f-\xa0\xad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufffd]|&[#a-zA-Z]|  |(?:^|\x1e)[' ]| (?:\x1e|$)|[ÃÂÅÄ]|â€|ï»¿"
    "|[0-9]E\\+"
)
_WHOLE = r"\d{1,15}"
_ALL_WHOLE = re.compile(rf"(?:-?{_WHOLE}\x1e)*-?{_WHOLE}\Z")
_ALL_POINT = re.compile(rf"(?:-?{_WHOLE}(?:\.\d{{1,12}})?\x1e)*-?{_WHOLE}(?:\.\d{{1,12}})?\Z")
_ALL_COMMA = re.compile(r"(?:-?\d{1,12}(?:,\d{1,12})?\x1e)*-?\d{1,12}(?:,\d{1,12})?\Z")
#: One plain cell of a kind, and what makes its value of it; anything else is read with care.
_PLAIN_FORMS: dict[Kind, tuple[str, Callable[[str], Any]]] = {
    Kind.URL: (r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}(?:/[!-+\--:<-{}~]{0,200})?", str),
    Kind.PHONE: (r"\+?\d(?:[ ()./-]{0,2}\d){4,20}", str),
    Kind.DATE: (r"\d{4}-\d\d-\d\d", date.fromisoformat),
}
#: A column whose cells repeat less than this is not remembered.
_WORTH = 0.3


def column_converter(spec: FieldSpec, style: ColumnStyle) -> Callable[[Sequence[Any]], list[Any]]:
    """A function from the cells of one column to their values, as ``values.converter`` would read each."""
    single = converter(spec, style)
    if spec.kind is Kind.TEXT:
        return _texts(spec, style, single)
    if spec.kind in {Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.LATITUDE, Kind.LONGITUDE, Kind.YEAR}:
        return _numbers(spec, style, single)
    if spec.kind in _PLAIN_FORMS and not spec.blank_words:
        return _forms(spec, single)
    return _remembered(single)


def _forms(spec: FieldSpec, single: Callable[[Any], Any]) -> Callable[[Sequence[Any]], list[Any]]:
    """Blocks of cells that all have the kind's plain form."""
    form, make = _PLAIN_FORMS[spec.kind]
    pattern = re.compile(rf"(?:{form}{_SEP})*{form}\Z")
    limit = min(spec.max_length, 38) if spec.kind is Kind.PHONE else spec.max_length
    remembered = _remembered(single)

    def block_of(cells: Sequence[Any]) -> list[Any] | None:
        try:
            if pattern.match(_SEP.join(cells)) and max(map(len, cells)) <= limit:
                values = list(map(make, cells))
                return values if spec.kind is not Kind.DATE or 1800 <= min(values).year <= max(values).year <= 2200 else None
        except (TypeError, ValueError):
            pass
        return None

    def convert(cells: Sequence[Any]) -> list[Any]:
        found: list[Any] = []
        for start in range(0, len(cells), BLOCK):
            block = cells[start : start + BLOCK]
            values = block_of(block)
            found += values if values is not None else remembered(block)
        return found

    return convert


def _remembered(single: Callable[[Any], Any]) -> Callable[[Sequence[Any]], list[Any]]:
    """Each distinct text once."""

    def convert(cells: Sequence[Any]) -> list[Any]:
        try:
            distinct = set(cells)
        except TypeError:
            return [single(cell) for cell in cells]
        # 1, 1.0 and True are equal and not the same cell: only texts are looked up.
        if len(distinct) > len(cells) * (1 - _WORTH) or set(map(type, distinct)) - {str, type(None)}:
            return [single(cell) for cell in cells]
        found = {cell: single(cell) for cell in distinct}
        return [found[cell] for cell in cells]

    return convert


def _texts(spec: FieldSpec, style: ColumnStyle, single: Callable[[Any], Any]) -> Callable[[Sequence[Any]], list[Any]]:
    extra = frozenset(word.casefold() for word in spec.blank_words)
    has_codes, limit = style.has_codes, spec.max_length
    blanks = blank_words(has_codes=has_codes) | extra
    remembered = _remembered(single)
    plain_only = limit <= 300  # longer texts may keep their line breaks

    def block_of(cells: Sequence[Any]) -> list[Any]:
        try:
            joined = _SEP.join(cells)
        except TypeError:
            return [single(cell) for cell in cells]
        if joined.count(_SEP) != len(cells) - 1 or _NOT_PLAIN_TEXT.search(joined) or max(map(len, cells)) > limit:
            return [single(cell) for cell in cells]
        if blanks.isdisjoint(map(str.casefold, cells)):
            return list(cells)
        return [
            cell if len(cell) > 24 or not is_blank(cell, has_codes=has_codes, extra=extra) else single(cell) for cell in cells
        ]

    def convert(cells: Sequence[Any]) -> list[Any]:
        if not plain_only:
            return remembered(cells)
        try:
            if len(set(cells)) < len(cells) * (1 - _WORTH):
                return remembered(cells)
        except TypeError:
            pass
        found: list[Any] = []
        for start in range(0, len(cells), BLOCK):
            found += block_of(cells[start : start + BLOCK])
        return found

    return convert


def _numbers(spec: FieldSpec, style: ColumnStyle, single: Callable[[Any], Any]) -> Callable[[Sequence[Any]], list[Any]]:
    """Blocks of digits are read by one call; the careful reader bounds, scales and refuses the rest."""
    make: Callable[[str], Any]
    if spec.kind in {Kind.INTEGER, Kind.YEAR}:
        pattern, make = _ALL_WHOLE, int
    else:
        pattern = _ALL_COMMA if style.decimal_mark == "," else _ALL_POINT
        make = Decimal if spec.kind in {Kind.DECIMAL, Kind.MONEY} else float
    low, high = spec.minimum, spec.maximum
    if spec.kind is Kind.YEAR:
        low, high = max(low or 1000, 1000), min(high or 2200, 2200)
    if spec.kind in {Kind.LATITUDE, Kind.LONGITUDE}:
        bound = 90 if spec.kind is Kind.LATITUDE else 180
        low, high = max(-bound, low if low is not None else -bound), min(bound, high if high is not None else bound)
    is_plain = style.scale == 1
    zero_unknown = spec.zero_is_unknown or spec.kind in {Kind.LATITUDE, Kind.LONGITUDE}
    is_money, currency = spec.kind is Kind.MONEY, style.currency
    remembered = _remembered(single)

    def block_of(cells: Sequence[Any]) -> list[Any] | None:
        try:
            joined = _SEP.join(cells)
        except TypeError:
            return None
        if not pattern.match(joined):
            return None
        if style.decimal_mark == ",":
            joined = joined.replace(",", ".")
        values: list[Any] = list(map(make, joined.split(_SEP)))
        if len(values) != len(cells) or (low is not None and min(values) < low) or (high is not None and max(values) > high):
            return None
        if zero_unknown and 0 in values:
            return None
        return [(value, currency) for value in values] if is_money else values

    def convert(cells: Sequence[Any]) -> list[Any]:
        if not is_plain:
            return remembered(cells)
        found: list[Any] = []
        for start in range(0, len(cells), BLOCK):
            block = cells[start : start + BLOCK]
            values = block_of(block)
            found += values if values is not None else [single(cell) for cell in block]
        return found

    return convert
