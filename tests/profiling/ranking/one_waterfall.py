"""The drivers of a potential as the method describes them: one company, one product, no arrays. What the fast form is held against."""

from __future__ import annotations

import numpy as np

from prm.core.rounding import round_rows
from profiling.ranking.rules import STEPS, Companies, Parameters, PotentialChunk, fit_of, share_of
from profiling.ranking.rules.drivers import typical_company
from profiling.ranking.rules.potential import by_segment


def one_waterfall(
    parameters: Parameters, companies: Companies, result: PotentialChunk, row: int, product: str, *, decimals: int = 0
) -> dict[str, int]:
    """Step → what it adds, in whole units of 10**−`decimals`; the steps add up to the potential as shown."""
    at = result.products.index(product)
    typical = typical_company(companies)
    c0 = float(by_segment(parameters.typical_capacity, typical)[0])
    f0, s0 = float(fit_of(parameters, typical)[0, at]), float(share_of(parameters, typical)[0])
    c, s = float(result.capacity[row]), float(result.share[row])
    f = float(result.fit[row, at])
    levels = [c0 * f0 * s0, c * f0 * s0, c * f * s0, c * f * s, float(result.p50[row, at])]
    parts = np.diff(np.array([0.0, *levels]))[None, :]
    total = np.array([round(levels[-1] * 10**decimals)], dtype=np.int64)
    units, _totals = round_rows(parts, decimals, total)
    return dict(zip(STEPS, (int(u) for u in units[0]), strict=True))
