"""Whole columns say what single cells say, for every kind and any mixture of cells."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prm.imports.fields import FieldSpec, Kind
from prm.imports.rules.bulk import column_converter
from prm.imports.rules.cells import CellError
from prm.imports.rules.styles import ColumnStyle
from prm.imports.rules.values import converter

CELLS = [
    "", "-", "n/a", "NC", "Kerlan Systèmes", "  spaced  ", "double  space", "A &amp; B", "SociÃ©tÃ©", "'=1+1", "x" * 400, "tab\there", "12", "-3",
    "1 200", "1,5", "1.5", "18.3 MM", "1,2 M€", "€ 3.4bn", "(1 200)", "45 %", "99999999999999999999", "0", "0.0", "2024-05-31", "2024-02-31",
    "31/05/2024", "05/31/2024", "http://www.siemens.com", "https://kerlan.example/fr/a?b=c", "www.kerlan.example", "not a url", "https://A.Example/",
    "+33 2 40 11 22 33", "123", "yes", "non", "France", "FR", "Neverland", "a@b.example", "91.5", "181", "a|b", "a;b", "1850", "999", "\ufffd",
    "line\nbreak", "nul\x00", "\u200bzero", "NULL", None,
]  # fmt: skip
TYPED = [1, 1.0, True, 2.5, dt.datetime(2024, 5, 31), 1974]


def same_value(one: Any, other: Any) -> bool:
    """Whether two conversions say the same; errors by their code."""
    if isinstance(one, CellError) or isinstance(other, CellError):
        return isinstance(one, CellError) and isinstance(other, CellError) and one.code == other.code
    return bool(one == other) and type(one) is type(other)


def both(kind: Kind, cells: list, **options) -> None:
    style = options.pop("style", ColumnStyle())
    spec = FieldSpec(name="x", label="x", kind=kind, choices={"a": ("A",), "b": ()}, **options)
    single = converter(spec, style)
    expected = [single(cell) for cell in cells]
    found = column_converter(spec, style)(tuple(cells))
    assert len(found) == len(expected)
    wrong = [(c, e, f) for c, e, f in zip(cells, expected, found, strict=True) if not same_value(e, f)]
    assert not wrong


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize(
    "style", [ColumnStyle(), ColumnStyle(decimal_mark=","), ColumnStyle(scale=1000, currency="USD", has_codes=True)]
)
def test_a_column_is_read_like_its_cells(kind, style):
    both(kind, CELLS * 3, style=style)
    both(kind, [cell for cell in CELLS for _ in range(40)], style=style)
    both(kind, CELLS + TYPED, style=style)


@pytest.mark.parametrize("kind", [Kind.INTEGER, Kind.MONEY, Kind.LATITUDE, Kind.YEAR, Kind.DECIMAL])
def test_plain_numbers_are_bounded_like_any(kind):
    for cells in (
        ["12"] * 300,
        [str(n) for n in range(300)],
        [f"{n}.5" for n in range(300)],
        [f"{n},5" for n in range(300)],
        ["1000"] * 130,
    ):
        both(kind, cells)
        both(kind, cells, style=ColumnStyle(decimal_mark=","), minimum=3, maximum=200)
        both(kind, cells, zero_is_unknown=True, required=True)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(Kind)), st.lists(st.one_of(st.sampled_from(CELLS), st.text(max_size=12)), max_size=40))
def test_any_text_is_read_the_same_both_ways(kind, cells):
    both(kind, cells)
