"""Channel ranking: what each company could sell of each product, how sure that is, and why.

Pure arithmetic over arrays. The way through: `Companies` → `estimate` (the `Parameters`, shown and overridable with
`with_values`) → `rank_chunk` for each chunk → `best_by_line`, `waterfalls`. docs/methods/ranking.md.
"""

from .beta import beta_between
from .companies import Companies, Corrected, Correction
from .drivers import STEPS, waterfalls
from .estimate import estimate, total_actual, yearly_business
from .parameters import BySegment, Mix, Origin, Parameter, Parameters, Share
from .potential import (
    Amounts,
    CapacityFrom,
    PotentialChunk,
    best_by_line,
    capacity_of,
    capacity_terms,
    fit_of,
    rank_chunk,
    share_of,
)
from .territories import by_territory

__all__ = [
    "STEPS",
    "Amounts",
    "BySegment",
    "CapacityFrom",
    "Companies",
    "Corrected",
    "Correction",
    "Mix",
    "Origin",
    "Parameter",
    "Parameters",
    "PotentialChunk",
    "Share",
    "best_by_line",
    "beta_between",
    "by_territory",
    "capacity_of",
    "capacity_terms",
    "estimate",
    "fit_of",
    "rank_chunk",
    "share_of",
    "total_actual",
    "waterfalls",
    "yearly_business",
]
