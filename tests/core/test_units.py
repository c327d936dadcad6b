"""Units beside numbers: every spelling says the same wherever it stands, and what is not known is told."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prm.core.numbers import Number, NumberStyle, read_number
from prm.core.units import PLAIN, Unit, is_unit, read_unit, unit_in_title, unit_of_column

NAMES = frozenset({"revenue", "ca", "chiffre d affaires", "annual sales", "umsatz"})
SCALES = {
    1: ("€", "EUR", "US$", "£", "euros"),
    10**3: (
        *(
            "k",
            "K",
            "k€",
            "K€",
            "T€",
            "TEUR",
            "T EUR",
            "keuros",
            "kEUR",
            "KEUR",
            "EURk",
            "EUR k",
            "K USD",
            "USD k",
            "kUSD",
            "k-euros",
        ),
        *("'000", "€ '000", "EUR '000", "£'000", "milliers d'euros", "en milliers d’euros", "Tsd.", "Tsd. EUR", "in Tsd. €"),
        *("in thousands", "(in thousands)", "thousands of US dollars", "EUR thousands", "tausend Euro", "miles de euros"),
    ),
    10**6: (
        *(
            "m",
            "M",
            "mn",
            "mio",
            "Mio.",
            "MM",
            "million",
            "millions",
            "millions d'euros",
            "M€",
            "m€",
            "€m",
            "$m",
            "EUR m",
            "m EUR",
            "EUR M",
        ),
        *(
            "EURm",
            "MEUR",
            "Meuros",
            "€ million",
            "in Mio. EUR",
            "Mio €",
            "USD mn",
            "$ MM",
            "million US dollars",
            "mln EUR",
            "milioni di euro",
        ),
    ),
    10**9: ("bn", "€bn", "EUR bn", "Md", "Md€", "Mds €", "Mrd", "Mrd. EUR", "milliards", "milliards d'euros", "billion USD"),
    10**5: ("lakh", "INR lakh", "₹ lakhs"),
    10**7: ("crore", "₹ crore", "INR crores"),
}
SPELLINGS = [(spelling, scale) for scale, spellings in SCALES.items() for spelling in spellings]


def in_a_cell(spelling: str) -> tuple[Decimal, str | None]:
    number = read_number(f"1,5 {spelling}", NumberStyle(","))
    assert isinstance(number, Number), (spelling, number)
    return number.value, number.currency


def in_a_column(head: str, row: str = "") -> tuple[Decimal, str | None]:
    unit, unknown = unit_of_column(head, row, names=NAMES)
    assert not unknown, (head, row, unknown)
    return Decimal("1.5") * unit.scale, unit.currency


@given(
    st.sampled_from(SPELLINGS),
    st.sampled_from(["Revenue", "CA", "Chiffre d’affaires", "annual_sales", "Umsatz 2023", "CA N-1", "Revenue FY24"]),
)
def test_a_spelling_gives_the_same_figure_in_every_place(spelled, head):
    spelling, scale = spelled
    inner = spelling.strip("()")
    figure, currency = in_a_cell(spelling)
    assert figure == Decimal("1.5") * scale
    places = [
        (head, spelling), (head, f"({inner})"), (f"{head} ({inner})", ""), (f"{head} [{inner}]", ""),
        (f"{head} {spelling}", ""), (f"{head}, {spelling}", ""), (f"{head} - {spelling}", ""), (f"{head} in {spelling}", ""),
        (f"{head} {spelling} 2024", ""), (f"{head} HT ({inner})", ""), (f"{head} ({inner})", spelling),
    ]  # fmt: skip
    assert {place: in_a_column(*place) for place in places} == dict.fromkeys(places, (figure, currency))


@pytest.mark.parametrize(("head", "row", "asked"), [
    ("Revenue (zorg)", "", "zorg"), ("Revenue EUR zorg", "", "EUR zorg"), ("Revenue", "EUR zorg", "EUR zorg"), ("Revenue", "zorg", "zorg"),
    ("Revenue (mil)", "", "mil"), ("Revenue T USD", "", "T USD"), ("CA T", "", "T"), ("Revenue (€ zorg, 2023)", "", "€ zorg, 2023"),
    ("CA (k€)", "M€", "CA (k€) / M€"), ("CA (k€) (M€)", "", "CA (k€) (M€)"), ("Revenue (USD)", "EUR", "Revenue (USD) / EUR"),
])  # fmt: skip
def test_what_may_be_a_unit_and_is_not_known_is_told_and_not_dropped(head, row, asked):
    unit, unknown = unit_of_column(head, row, names=NAMES)
    assert (unit.scale, unknown) == (1, asked)


@pytest.mark.parametrize("head", [
    "Revenue", "Annual sales 2023", "CA HT 2023", "CA (estimé)", "Chiffre d'affaires (2023/24)", "Revenue worldwide", "annual_sales",
    "Revenue (last year)",
    "CA consolidé", "Volumen de negocio", "ALL Revenue", "Montant CA", "Umsatz (FY23)",
])  # fmt: skip
def test_words_that_say_what_or_when_are_no_unit(head):
    assert unit_of_column(head, names=NAMES) == (PLAIN, "")


@pytest.mark.parametrize(("head", "expected"), [
    ("Employees (in thousands)", (Unit(1000), "")), ("Employees (France)", (PLAIN, "")), ("Employees M", (PLAIN, "")),
    ("Employees (m)", (PLAIN, "m")),
    ("Store area (m²)", (PLAIN, "")), ("Employees (FTE)", (PLAIN, "")),
])  # fmt: skip
def test_a_letter_beside_a_count_multiplies_nothing_unasked(head, expected):
    assert unit_of_column(head, names={"employees"}, is_money=False) == expected


def test_a_trillion_of_dollars_is_not_read_as_a_thousand():
    assert read_unit("T€") == Unit(1000, "EUR")
    assert read_unit("T USD") is None
    assert read_number("2.3T USD", NumberStyle()) == "not_number"


@pytest.mark.parametrize(
    ("text", "expected"), [("k€", True), ("(in thousands)", True), ("%", True), ("", False), ("Paris", False), ("12", False)]
)
def test_a_text_is_a_unit_only_as_a_whole(text, expected):
    assert is_unit(text) is expected


@pytest.mark.parametrize("sign", ["(", "(a", "[{<"])
def test_a_page_of_text_above_a_table_keeps_nobody_waiting(sign):
    """A cell of brackets took twelve seconds of a web worker, and a file has hundreds of them above its table."""
    began = time.process_time()
    assert unit_in_title(sign * (32_000 // len(sign)) + " in k€") == ""
    assert time.process_time() - began < 0.5
