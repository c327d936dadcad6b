"""Why a potential is what it is: from a typical company to this one, step by step, adding up exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prm.core.rounding import round_rows

from .companies import Companies
from .parameters import Parameters
from .potential import PotentialChunk, by_segment, fit_of, share_of


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Steps in whole units of 10**−`decimals` of currency: `start`, a typical company's potential, then what this
    company's `capacity`, `segment` fit, own `fit`, `share` and the manager's `correction` add or take; they sum to
    `result`, the potential as shown."""

    steps: tuple[tuple[str, int], ...]
    result: int
    decimals: int = 0


STEPS = ("start", "capacity", "fit", "share", "correction")


def waterfall(
    parameters: Parameters, companies: Companies, result: PotentialChunk, row: int, product: str, *, decimals: int = 0
) -> Waterfall:
    """The drivers of one company (`row` of `companies` and `result`, which rank the same rows) for one product.

    The order is fixed: capacity first, then fit, then share, then what a correction of the potential itself changed.
    Each step is the change when this factor goes from the typical company's value to this company's, the earlier
    ones already changed.
    """
    at = result.products.index(product)
    typical = typical_company(companies)
    c0 = float(by_segment(parameters.typical_capacity, typical)[0])
    f0, s0 = float(fit_of(parameters, typical)[0, at]), float(share_of(parameters, typical)[0])
    c, s = float(result.capacity[row]), float(result.share[row])
    f = float(result.fit[row, at])
    levels = [c0 * f0 * s0, c * f0 * s0, c * f * s0, c * f * s, float(result.p50[row, at])]
    parts = np.diff(np.array([0.0, *levels]))[None, :]
    total = np.array([round(levels[-1] * 10**decimals)], dtype=np.int64)
    units, totals = round_rows(parts, decimals, total)
    return Waterfall(tuple(zip(STEPS, (int(u) for u in units[0]), strict=True)), int(totals[0]), decimals)


def typical_company(like: Companies) -> Companies:
    """A company about which nothing is known, with the products of `like`."""
    unknown = np.array([np.nan])
    return Companies(
        np.array([b""], dtype=np.bytes_),
        np.array([-1], dtype=np.int32),
        like.segment_names,
        unknown,
        unknown,
        unknown,
        unknown,
        np.full((1, len(like.products)), np.nan),
        np.zeros(1, dtype=np.int64),
        like.products,
    )
