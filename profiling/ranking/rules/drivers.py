"""Why a potential is what it is: from a typical company to this one, step by step, adding up exactly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from prm.core.rounding import round_rows
from profiling.studies.rules.arrays import I64

from .companies import Companies
from .parameters import Parameters
from .potential import PotentialChunk, by_segment, fit_of, share_of

STEPS = ("start", "capacity", "fit", "share", "correction")


def waterfalls(parameters: Parameters, companies: Companies, result: PotentialChunk, products: Sequence[int]) -> I64:
    """The drivers of many companies (the rows of `companies` and of `result` are the same) for some products together, columns of
    `result`: (rows, STEPS) in whole units of currency, of which each row adds up to its potential as shown.

    `start` is a typical company's potential, the rest what this company's capacity, fit, share and the manager's correction of the
    potential itself add or take. The order is fixed: each step is the change when this factor goes from the typical company's
    value to this company's, the earlier ones already changed.
    """
    typical = typical_company(companies)
    c0, s0 = float(by_segment(parameters.typical_capacity, typical)[0]), float(share_of(parameters, typical)[0])
    typical_fit = fit_of(parameters, typical)[0]
    levels = np.zeros((len(result), len(STEPS)))
    for at in products:
        f0, fit = float(typical_fit[at]), result.fit[:, at].astype(np.float64)
        levels[:, 0] += c0 * f0 * s0
        levels[:, 1] += result.capacity * f0 * s0
        levels[:, 2] += result.capacity * fit * s0
        levels[:, 3] += result.capacity * fit * result.share
        levels[:, 4] += result.p50[:, at]
    steps = np.diff(np.concatenate([np.zeros((len(result), 1)), levels], axis=1), axis=1)
    units, _totals = round_rows(steps, 0, np.rint(levels[:, -1]).astype(np.int64))
    return units


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
