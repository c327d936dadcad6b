"""Cells that are numbers: whole, decimal, shares, money, years, positions. Pure; each reader by a field and its column's style."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from prm.core.numbers import Number, NumberStyle, read_number
from prm.imports.fields import FieldSpec, Kind
from prm.imports.rules.cells import CellError, Read
from prm.imports.rules.dates import DateStyle, read_date
from prm.imports.rules.styles import ColumnStyle

_LIMIT = Decimal(10) ** 15


def _numbers(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    """Number or error, scaled and bounded; percent points become shares."""
    number = NumberStyle(style.decimal_mark)
    scale, is_share, points = style.scale, spec.kind is Kind.PERCENT, style.percent_points
    low, high = spec.minimum, spec.maximum

    def read(cell: Any) -> Any:
        found = _typed_number(cell) if type(cell) is not str else read_number(cell, number)
        if isinstance(found, str):
            return CellError(found)
        value = found.value
        if is_share:
            if found.is_percent or points:
                value = value / 100
        elif found.is_percent:
            return CellError("percent_unexpected")
        elif scale != 1 and not found.is_scaled:
            value = value * scale
        if value == 0 and spec.zero_is_unknown:
            return None
        if low is not None and value < low:
            return CellError("too_small", {"limit": _plain(low, is_share)})
        if high is not None and value > high:
            return CellError("too_large", {"limit": _plain(high, is_share)})
        if not -_LIMIT < value < _LIMIT:
            return CellError("too_large", {"limit": "10¹⁵"})
        return Number(value, found.currency)

    return read


def _typed_number(cell: Any) -> Number | str:
    if isinstance(cell, bool) or not isinstance(cell, (int, float, Decimal)):
        return "not_number"
    if math.isnan(cell) or cell in (float("inf"), float("-inf")):
        return "not_number"
    return Number(Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell))


def _decimal(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    read = _numbers(spec, style)

    def convert(cell: Any) -> Any:
        found = read(cell)
        return found.value if found.__class__ is Number else found

    return convert


def _integer(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    read = _numbers(spec, style)

    def convert(cell: Any) -> Any:
        if type(cell) is dt.datetime and spec.kind is Kind.YEAR:
            return cell.year
        found = read(cell)
        if found.__class__ is not Number:
            if spec.kind is Kind.YEAR and type(cell) is str:
                day = read_date(cell, DateStyle(style.date_order))  # type: ignore[arg-type]
                return day.year if isinstance(day, dt.date) else CellError("not_year")
            return found
        if found.value != found.value.to_integral_value():
            return CellError("not_whole")
        value = int(found.value)
        if spec.kind is Kind.YEAR and not 1000 <= value <= 2200:
            return CellError("not_year")
        return value

    return convert


def _money(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
    read = _numbers(spec, style)

    def convert(cell: Any) -> Any:
        found = read(cell)
        if found.__class__ is not Number:
            return found
        return (found.value, found.currency or style.currency)

    return convert


def _position(bound: int) -> Callable[[FieldSpec, ColumnStyle], Callable[[Any], Any]]:
    def build(spec: FieldSpec, style: ColumnStyle) -> Callable[[Any], Any]:
        read = _numbers(spec, style)

        def convert(cell: Any) -> Any:
            found = read(cell)
            if found.__class__ is not Number:
                return found
            value = float(found.value)
            if not -bound <= value <= bound:
                return CellError("position_range", {"limit": bound})
            return value or None

        return convert

    return build


def _plain(limit: float, is_share: bool = False) -> str:
    if is_share:
        return f"{_plain(limit * 100)} %"
    return str(int(limit)) if float(limit).is_integer() else str(limit)


NUMBER_READERS: dict[Kind, Callable[[FieldSpec, ColumnStyle], Read]] = {
    Kind.INTEGER: _integer,
    Kind.YEAR: _integer,
    Kind.DECIMAL: _decimal,
    Kind.PERCENT: _decimal,
    Kind.MONEY: _money,
    Kind.LATITUDE: _position(90),
    Kind.LONGITUDE: _position(180),
}
