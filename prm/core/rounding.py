"""Rounding that adds up: the largest-remainder method (Hamilton's), for money and for figures on a page.

Shown parts must sum to the shown whole. Each part is rounded down, and the units still missing go to the parts
with the largest remainders; equal remainders go to the earlier part, so the result never depends on chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

_UNUSABLE = "weights must be finite and not negative, and at least one must be above zero"


def split_amount(amount: Decimal, weights: Sequence[Decimal | int | float], exponent: int = 2) -> list[Decimal]:
    """Split `amount` in proportion to `weights` so that the parts sum to it exactly.

    `amount` is first rounded half-even to `exponent` decimals (2 = cents). Weights are pure numbers, not negative,
    with a sum above zero. A negative amount is split like its opposite. Raises ValueError on unusable weights.
    """
    exact = [Fraction(w) for w in weights if np.isfinite(float(w))]
    if len(exact) != len(weights) or any(w < 0 for w in exact) or sum(exact) <= 0:
        raise ValueError(_UNUSABLE)
    unit = Decimal(1).scaleb(-exponent)
    units = int(amount.quantize(unit, ROUND_HALF_EVEN).scaleb(exponent))
    sign, units, whole = (-1 if units < 0 else 1), abs(units), sum(exact)
    quotas = [w * units / whole for w in exact]
    parts = [int(q) for q in quotas]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - quotas[i], i))
    for i in by_remainder[: units - sum(parts)]:
        parts[i] += 1
    return [Decimal(sign * p).scaleb(-exponent) for p in parts]


def round_rows(
    parts: NDArray[np.floating], decimals: int = 1, totals: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Round each row of `parts` (rows × parts) to `decimals`, keeping every row's sum.

    Returns `(units, totals)` as whole numbers of 10**-decimals (tenths by default), with
    `units.sum(axis=1) == totals` for every row. `totals` is the row's sum rounded half-even unless given (a whole
    that was already shown, in the same units). Parts that are not a number count as nothing. Parts may be
    negative (a waterfall). A given total further than one unit a part from the sum raises ValueError.
    """
    scaled = np.nan_to_num(np.asarray(parts, dtype=np.float64), nan=0.0) * 10.0**decimals
    if scaled.ndim != 2:
        raise ValueError("parts must have two dimensions, rows × parts")
    # Noise of float32 inputs must not decide which side of a unit a part falls on.
    scaled = np.round(scaled, 6)
    units = np.floor(scaled).astype(np.int64)
    wanted = np.rint(scaled.sum(axis=1)).astype(np.int64) if totals is None else np.asarray(totals, dtype=np.int64)
    missing = wanted - units.sum(axis=1)
    width = scaled.shape[1]
    if np.any(np.abs(missing) > max(width, 1)):
        raise ValueError("a given total is too far from the sum of its parts")
    if width:
        order = np.argsort(units - scaled, axis=1, kind="stable")
        place = np.empty_like(order)
        np.put_along_axis(place, order, np.arange(width)[None, :], axis=1)
        units += place < missing[:, None]
        units -= place >= width + missing[:, None]
    elif np.any(missing):
        raise ValueError("a row without parts cannot make up a total")
    return units, wanted
