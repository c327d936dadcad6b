"""The arithmetic behind the vendor's home."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prm.partners.rules import sales as rules


def test_spans_of_a_day_in_the_second_quarter() -> None:
    spans = rules.spans_of(date(2026, 5, 19))
    assert spans.quarter == (date(2026, 4, 1), date(2026, 5, 19))
    assert spans.quarter_before == (date(2025, 4, 1), date(2025, 5, 19))
    assert spans.quarter_before_whole == (date(2025, 4, 1), date(2025, 6, 30))
    assert spans.lately == (date(2026, 2, 19), date(2026, 5, 19))
    assert spans.quarter_number == 2


@given(st.dates(date(2004, 1, 1), date(2090, 12, 31)))
def test_spans_fit_together_on_any_day(today: date) -> None:
    spans = rules.spans_of(today)
    assert spans.quarter[0].day == 1
    assert (today - spans.quarter[0]).days < 92
    assert spans.quarter_before_whole[0] <= spans.quarter_before[1] <= spans.quarter_before_whole[1]
    assert (spans.year[1] - spans.year[0]).days == (spans.year_before[1] - spans.year_before[0]).days == 364
    assert (spans.year[0] - spans.year_before[1]).days == 1
    assert spans.first <= spans.year_before[0]
    assert len(rules.months_back(today, 24)) == 24
    assert rules.months_back(today, 24)[-1] < today.replace(day=1)


def test_leap_day_is_compared_with_the_28th() -> None:
    assert rules.year_ago(date(2028, 2, 29)) == date(2027, 2, 28)


def test_change_with_nothing_before_is_unknown() -> None:
    assert rules.change(Decimal(3), Decimal(0)) is None
    assert rules.change(Decimal(112), Decimal(100)) == pytest.approx(0.12)


def test_leaders_and_the_one_that_rose_most() -> None:
    families = {
        "Switching": [Decimal(9), Decimal(4)],
        "Firewall": [Decimal(1), Decimal(5)],
        "Voice": [Decimal(0), Decimal(1)],
    }
    assert rules.leaders(families) == ("Firewall", "Switching")
    name, before, now = rules.risen_most(families)
    assert (name, before, now) == ("Firewall", pytest.approx(0.1), pytest.approx(0.5))
    assert rules.leaders({}) == ("", "")
    assert rules.risen_most({})[0] == ""


def test_five_largest_share() -> None:
    assert rules.five_largest([Decimal(n) for n in (5, 4, 3, 2, 1, 5)]) == pytest.approx(0.95)
    assert rules.five_largest([]) is None


def test_movement_compares_halves() -> None:
    assert rules.moved([Decimal(1)] * 6 + [Decimal(2)] * 6) == pytest.approx(1.0)
    assert rules.moved([Decimal(0)] * 12) is None
