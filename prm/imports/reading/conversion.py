"""Turns rows of cells into rows of values for the staging table, or into rejected rows with their errors. Pure; column by column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prm.imports.fields import FieldSpec, Kind
from prm.imports.reading.text import Row
from prm.imports.rules.bulk import column_converter
from prm.imports.rules.cells import CellError
from prm.imports.rules.layout import is_total, says_total
from prm.imports.rules.styles import ColumnStyle
from prm.imports.targets import Derived, ImportTarget


@dataclass(slots=True)
class RejectedRow:
    """A row that stays outside, and why: each error names a column index (None: the row as a whole), a field and a code."""

    number: int
    cells: list[Any]
    errors: list[dict[str, Any]]


@dataclass(slots=True)
class _Mapped:
    index: int
    spec: FieldSpec
    convert: Callable[[Sequence[Any]], list[Any]]


class RowConverter:
    """Converts rows by a mapping. ``columns`` are the staging columns that it fills, in the order of its values."""

    def __init__(
        self,
        target: ImportTarget,
        mapping: Mapping[int, str],
        styles: Mapping[int, ColumnStyle],
        *,
        width: int,
        accept_short_rows: bool,
        currency: str,
    ) -> None:
        self._width, self._accept_short = width, accept_short_rows
        self._currency = currency
        self._mapped = [
            _Mapped(index, target.field(name), column_converter(target.field(name), styles.get(index, ColumnStyle())))
            for index, name in sorted(mapping.items())
        ]
        self._named = [(m.index, m.spec.name) for m in self._mapped if m.spec.required and m.spec.kind is Kind.TEXT]
        by_field = {mapped.spec.name: mapped for mapped in self._mapped}
        self._money = [m.spec.name for m in self._mapped if m.spec.kind is Kind.MONEY]
        absorbed = {f"{name}_currency" for name in self._money}
        self.columns: list[str] = []
        for mapped in self._mapped:
            if mapped.spec.name not in absorbed:
                self.columns += mapped.spec.staging_columns()
        self._row_currency = {name: self._currency_field(name, by_field) for name in self._money}
        available = set(self.columns)
        self._derived: list[Derived] = []
        for derived in target.derived:
            if available.issuperset(derived.columns):
                self._derived.append(derived)
                self.columns.append(derived.name)
                available.add(derived.name)

    @staticmethod
    def _currency_field(name: str, by_field: Mapping[str, _Mapped]) -> str | None:
        """The mapped field that says the currency of a row's amounts: its own, else any."""
        own = f"{name}_currency"
        if own in by_field:
            return own
        return next((field for field, mapped in by_field.items() if mapped.spec.kind is Kind.CURRENCY), None)

    def convert(self, rows: Sequence[Row]) -> tuple[list[tuple[Any, ...]], list[RejectedRow]]:
        """(row number, value, value, …) of the good rows, and the rejected ones, both in the file's order."""
        errors = self._row_errors(rows)
        values: dict[str, list[Any]] = {}
        columns = self._columns(rows)
        for mapped in self._mapped:
            column = mapped.convert(columns[mapped.index])
            values[mapped.spec.name] = column
            if CellError not in set(map(type, column)):
                continue
            for position, value in enumerate(column):
                if value.__class__ is CellError and not (position in errors and errors[position][0]["column"] is None):
                    errors.setdefault(position, []).append(_error(mapped.index, mapped.spec.name, value))
        self._split_money(values)
        keep = [position for position in range(len(rows)) if position not in errors] if errors else range(len(rows))
        for derived in self._derived:
            values[derived.name] = _derive(derived, values)
        wanted = [values[name] for name in self.columns]
        numbers = [row.number for row in rows]
        good = (
            [(numbers[p], *[column[p] for column in wanted]) for p in keep]
            if errors
            else list(zip(numbers, *wanted, strict=True))
        )
        rejected = [RejectedRow(rows[p].number, list(rows[p].cells), errors[p]) for p in sorted(errors)]
        return good, rejected

    def _row_errors(self, rows: Sequence[Row]) -> dict[int, list[dict[str, Any]]]:
        """Position → what is wrong with a row as a whole: its length, its quotation marks, or that it sums up the others."""
        errors: dict[int, list[dict[str, Any]]] = {}
        width, named = self._width, self._named
        for position, row in enumerate(rows):
            length = len(row.cells)
            for index, name in named:
                cell = row.cells[index] if index < length else None
                if cell.__class__ is str and says_total(cell) and is_total(row.cells):
                    errors[position] = [_error(index, name, CellError("row_total"))]
            if row.fault is None and length == width:
                continue
            if row.fault:
                errors[position] = [_error(None, "", CellError(row.fault))]
            elif length > width and any(_filled(cell) for cell in row.cells[width:]):
                errors[position] = [_error(None, "", CellError("row_long", {"cells": length, "columns": width}))]
            elif length < width and not self._accept_short:
                errors[position] = [_error(None, "", CellError("row_short", {"cells": length, "columns": width}))]
        return errors

    def _columns(self, rows: Sequence[Row]) -> list[Sequence[Any]]:
        """The cells column by column; short rows are filled up, long ones cut."""
        width = self._width
        cells = [row.cells if len(row.cells) == width else [*row.cells, *[None] * width][:width] for row in rows]
        return list(zip(*cells, strict=True)) if cells else [()] * width

    def _split_money(self, values: dict[str, list[Any]]) -> None:
        """(amount, currency named beside it) → two columns; the row's currency column, then the import's, fills the second."""
        for name in self._money:
            row_currency = values.get(self._row_currency[name] or "")
            amounts, currencies = [], []
            for position, value in enumerate(values[name]):
                if value.__class__ is tuple:
                    amounts.append(value[0])
                    given = row_currency[position] if row_currency else None
                    currencies.append(value[1] or (given if given.__class__ is str else None) or self._currency)
                else:
                    amounts.append(value)
                    currencies.append(None)
            values[name], values[f"{name}_currency"] = amounts, currencies


def _derive(derived: Derived, values: Mapping[str, list[Any]]) -> list[Any]:
    """Computes a derived column, once per distinct value."""
    compute = derived.compute
    columns = [values[name] for name in derived.columns]
    if len(columns) == 1:
        try:
            found = {
                value: compute(value) or None
                for value in set(columns[0])
                if value is not None and value.__class__ is not CellError
            }
            return [found.get(value) for value in columns[0]]
        except TypeError:  # lists cannot be looked up
            pass
    answers = []
    for parts in zip(*columns, strict=True):
        known = [None if part.__class__ is CellError else part for part in parts]
        answers.append(None if all(part is None for part in known) else compute(*known) or None)
    return answers


def _filled(cell: Any) -> bool:
    return cell is not None and bool(str(cell).strip())


def _error(column: int | None, field: str, error: CellError) -> dict[str, Any]:
    return {"column": column, "field": field, "code": error.code, "data": error.data}
