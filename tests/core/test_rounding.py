"""Rounded parts add up to the rounded whole."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prm.core.rounding import round_rows, split_amount


def test_ten_euros_in_three_equal_parts_give_the_spare_cent_to_the_first():
    assert split_amount(Decimal("10.00"), [1, 1, 1]) == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]


def test_the_spare_unit_goes_to_the_largest_remainder():
    # 100 in 1 : 2 : 4 is 14.29, 28.57, 57.14: the spare unit goes to 28.57.
    assert split_amount(Decimal(100), [1, 2, 4], exponent=0) == [14, 29, 57]


def test_a_negative_amount_splits_like_its_opposite():
    assert split_amount(Decimal("-10.00"), [1, 1, 1]) == [Decimal("-3.34"), Decimal("-3.33"), Decimal("-3.33")]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [float("nan"), 1], [float("inf")]])
def test_unusable_weights_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        split_amount(Decimal(1), weights)


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=2),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any),
)
def test_parts_of_an_amount_always_sum_to_it_and_stay_within_a_cent_of_their_due(amount, weights):
    parts = split_amount(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(float(part) - float(amount) * weight / sum(weights)) <= 0.01 + 1e-6


def test_thirds_of_a_row_are_shown_as_tenths_that_add_up():
    units, totals = round_rows(np.array([[100 / 3, 100 / 3, 100 / 3]]))
    assert units.tolist() == [[334, 333, 333]]
    assert totals.tolist() == [1000]


def test_a_waterfall_with_steps_down_adds_up():
    units, totals = round_rows(np.array([[10.26, -3.14, 0.04]]))
    assert units.sum() == totals[0] == 72


def test_what_is_not_a_number_counts_as_nothing():
    units, totals = round_rows(np.array([[np.nan, 12.34]]))
    assert units.tolist() == [[0, 123]]
    assert totals.tolist() == [123]


def test_a_total_that_was_already_shown_is_kept():
    units, _ = round_rows(np.array([[1.04, 1.04]]), totals=np.array([21]))
    assert units.tolist() == [[11, 10]]


def test_a_total_far_from_its_parts_is_refused():
    with pytest.raises(ValueError, match="too far"):
        round_rows(np.array([[1.0, 1.0]]), totals=np.array([40]))


@given(st.lists(st.lists(st.floats(-1000, 1000), min_size=4, max_size=4), min_size=1, max_size=20))
def test_every_row_adds_up_and_no_part_moves_by_more_than_a_unit(rows):
    parts = np.array(rows)
    units, totals = round_rows(parts)
    assert (units.sum(axis=1) == totals).all()
    assert (np.abs(units - parts * 10) <= 1 + 1e-5).all()
