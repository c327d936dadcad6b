"""Plain estimates of a quantile, beside which the potential formula is measured, and how far off an estimate is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csc_array, hstack, identity

F64 = NDArray[np.float64]


def pinball(actual: F64, predicted: F64, quantile: float) -> F64:
    """Pinball (quantile) loss of each row: quantile · shortfall, or (1 − quantile) · excess; same unit as the data."""
    short = actual - predicted
    return np.asarray(np.maximum(quantile * short, (quantile - 1) * short), dtype=np.float64)


def coverage(actual: F64, low: F64, high: F64) -> float:
    """Share of rows that lie in their interval, bounds included."""
    return float(np.mean((actual >= low) & (actual <= high)))


def segment_quantiles(
    values: F64, segments: NDArray[np.integer], quantile: float, count: int, *, shrinkage: float = 20.0
) -> F64:
    """Quantile of each of `count` segments, small ones drawn towards the quantile of all:
    (n · own + k · all) / (n + k). The last entry, `count`, is the quantile of all (for an unknown segment, −1)."""
    every = float(np.quantile(values, quantile))
    out = np.full(count + 1, every)
    for code in range(count):
        mine = values[segments == code]
        if len(mine):
            out[code] = (len(mine) * float(np.quantile(mine, quantile)) + shrinkage * every) / (len(mine) + shrinkage)
    return out


def linear_quantile(features: F64, values: F64, quantile: float, *, penalty: float = 0.0) -> F64:
    """Coefficients (1 + features,) of linear quantile regression, intercept first, by linear programming (HiGHS).

    `features` (rows, features); `penalty` on the absolute size of the slopes, per row. Raises RuntimeError when the
    program is not solved.
    """
    rows, width = features.shape
    design = np.column_stack([np.ones(rows), features])
    eye = identity(rows, format="csc")
    # design·(b⁺ − b⁻) + u − v = values; cost: quantile·u + (1 − quantile)·v + penalty·|slopes|
    equal = csc_array(hstack([csc_array(design), csc_array(-design), eye, -eye]))
    slopes = np.concatenate([[0.0], np.full(width, penalty * rows)])
    cost = np.concatenate([slopes, slopes, np.full(rows, quantile), np.full(rows, 1 - quantile)])
    solved = linprog(cost, A_eq=equal, b_eq=values, bounds=(0, None), method="highs")
    if not solved.success:
        raise RuntimeError(f"the linear quantile regression was not solved: {solved.message}")
    return np.asarray(solved.x[: width + 1] - solved.x[width + 1 : 2 * width + 2], dtype=np.float64)


def linear_predict(coefficients: F64, features: F64) -> F64:
    """The predictions of `linear_quantile`."""
    return np.asarray(coefficients[0] + features @ coefficients[1:], dtype=np.float64)
