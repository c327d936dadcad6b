"""Figures and dates as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.utils import translation

from prm.ui import formats

NB, THIN = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ("1,234,568", "38\u202f%", "€84,000", "€2.84\u00a0M", "€331\u00a0k", "−22\u202f%")),
        (
            "fr",
            (
                "1\u202f234\u202f568",
                "38\u202f%",
                "84\u202f000\u00a0€",
                "2,84\u00a0M\u202f€",
                "331\u00a0k\u202f€",
                "−22\u202f%",
            ),
        ),
    ],
)
def test_figures_are_written_the_language_s_way(language: str, expected: tuple[str, ...]) -> None:
    with translation.override(language):
        got = (
            formats.number(1234567.8),
            formats.percent(0.38),
            formats.money(Decimal("84000")),
            formats.money(Decimal("2841000"), short=True),
            formats.money(Decimal("331200"), short=True),
            formats.percent(-0.22),
        )
    assert got == expected


def test_unknown_is_said_and_never_zero() -> None:
    for write in (
        formats.number,
        formats.percent,
        formats.money,
        formats.day,
        formats.month,
        formats.moment,
        formats.duration,
    ):
        assert write(None) == "Not known"


def test_large_amounts_keep_three_figures() -> None:
    assert [formats.money(n, short=True) for n in (999, 1500, 48_600_000, 2_400_000_000)] == [
        "€999",
        "€1.5\u00a0k",
        "€48.6\u00a0M",
        "€2.4\u00a0bn",
    ]
    assert formats.money(-36000, short=True) == "−€36\u00a0k"


def test_a_currency_of_letters_stands_apart_from_its_figure() -> None:
    assert formats.money(Decimal("1730000"), "CHF", short=True) == "CHF\u00a01.73\u00a0M"
    assert formats.money(Decimal("538.94"), "CHF", digits=2) == "CHF\u00a0538.94"


def test_the_sign_of_a_currency_stands_alone() -> None:
    assert [formats.symbol(code) for code in ("EUR", "CHF", "GBP")] == ["€", "CHF", "£"]


def test_thousands_are_named_the_language_s_way() -> None:
    assert formats.thousands("EUR") == "€k"
    with translation.override("fr"):
        assert formats.thousands("EUR") == "k€"


@time_machine.travel(datetime(2026, 5, 19, 7, 20, tzinfo=UTC))
def test_dates_drop_what_is_obvious() -> None:
    assert formats.day(date(2026, 5, 18)) == f"18{NB}May"
    assert formats.day(date(2024, 5, 18)) == f"18{NB}May 2024"
    assert formats.when(datetime(2026, 5, 19, 7, 2, tzinfo=UTC)) == "09:02"
    assert formats.when(datetime(2026, 5, 18, 7, 2, tzinfo=UTC)) == "Mon"
    assert formats.when(datetime(2026, 3, 12, 7, 2, tzinfo=UTC)) == f"12{NB}Mar"
    with translation.override("fr"):
        assert formats.day(date(2026, 6, 1)).startswith("1")
        assert formats.clock(datetime(2026, 5, 19, 9, 30, tzinfo=UTC)) == f"11{NB}h{NB}30"


def test_initials_come_from_first_and_last_word() -> None:
    assert [formats.initials(n) for n in ("Kerlan Systèmes", "Vendelis", "", "Marie-Claire de Wit")] == ["KS", "V", "?", "MW"]


def test_every_country_is_named_and_sorted_as_the_reader_writes() -> None:
    named = dict(formats.countries())
    assert len(named) == 250  # ISO 3166-1, and Kosovo
    assert (named["SE"], named["CI"]) == ("Sweden", "Côte d’Ivoire")
    assert not {"EU", "UN", "ZZ", "XA"} & set(named)
    with translation.override("fr"):
        codes = [code for code, _name in formats.countries() if code in {"EG", "AE", "EE", "ES", "ET"}]
        assert codes == ["EG", "AE", "ES", "EE", "ET"]  # Égypte, Émirats, Espagne, Estonie, Éthiopie
        assert formats.country_name("SE") == "Suède"
    assert (formats.country_name(None), formats.country_name("QX")) == (None, "QX")
