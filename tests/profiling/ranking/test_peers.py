"""The plain estimates that the ranking's benchmark stands beside: they must be good ones."""

import numpy as np
import pytest

from tests.benchmarks.peers.quantiles import coverage, linear_predict, linear_quantile, pinball, segment_quantiles


def test_pinball_charges_falling_short_by_the_quantile_and_exceeding_by_the_rest():
    assert pinball(np.array([10.0, 10.0]), np.array([6.0, 14.0]), 0.8).tolist() == pytest.approx([3.2, 0.8])


def test_coverage_counts_the_bounds_in():
    assert coverage(np.array([1.0, 2, 3, 4]), np.full(4, 2.0), np.full(4, 3.0)) == 0.5


def test_segment_quantiles_are_shrunk_to_all():
    values, segments = np.array([0.0, 0, 0, 10]), np.array([0, 0, 0, 1])
    found = segment_quantiles(values, segments, 0.5, 2, shrinkage=1)
    assert found.tolist() == [0, 5, 0]


def test_linear_quantile_regression_finds_the_line_that_a_share_lies_under():
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 10, (400, 1))
    y = 3 + 2 * x[:, 0] + rng.exponential(1, 400)
    found = linear_quantile(x, y, 0.8)
    assert np.mean(y <= linear_predict(found, x)) == pytest.approx(0.8, abs=0.01)
    assert found[1] == pytest.approx(2, abs=0.15)
