"""The Beta distribution that two known quantiles determine."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import betaincinv


def beta_between(low: float, high: float, low_at: float, high_at: float) -> tuple[float, float]:
    """Alpha and beta of the Beta whose quantiles at `low_at` and `high_at` are `low` and `high` (0 < low < high < 1), by
    bisection; two that are equal, or as far apart as no such Beta has them, give the nearest one in reach."""

    def alpha_of(beta: float) -> float:
        """The alpha with which `low` is where it has to be."""
        return _bisected(lambda alpha: float(betaincinv(alpha, beta, low_at)) < low, 0.01, 1e5)

    beta = _bisected(lambda b: float(betaincinv(alpha_of(b), b, high_at)) > high, 0.01, 1e7)
    return alpha_of(beta), beta


def _bisected(is_below: Callable[[float], bool], low: float, high: float) -> float:
    """Where a condition that holds below ends, by halving the ratio of the bounds."""
    for _ in range(50):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return float(np.sqrt(low * high))
