"""Channel ranking: what each company could sell of each product, how sure that is, and why.

Pure arithmetic over arrays. The way through: `Companies` → `estimate` (the `Parameters`, shown and overridable with
`with_values`) → `rank_chunk` for each chunk → `best_by_product`, `waterfall`. docs/methods/ranking.md.
"""

from .beta import beta_between
from .companies import Companies, Corrected, Correction
from .drivers import STEPS, Waterfall, waterfall
from .estimate import estimate, total_actual, yearly_business
from .parameters import BySegment, Mix, Origin, Parameter, Parameters, Share
from .potential import (
    CapacityFrom,
    PotentialChunk,
    best_by_product,
    capacity_of,
    capacity_terms,
    fit_of,
    rank_chunk,
    share_of,
)
from .territories import by_territory

__all__ = [
    "STEPS",
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
    "Waterfall",
    "best_by_product",
    "beta_between",
    "by_territory",
    "capacity_of",
    "capacity_terms",
    "estimate",
    "fit_of",
    "rank_chunk",
    "share_of",
    "total_actual",
    "waterfall",
    "yearly_business",
]
