"""Pure rules of studies, the same for every kind: arrays, which companies are looked at, how a universe is cut, which runs are kept."""

from .faults import RuleFault
from .filters import ACTIVE, ENOUGH_KNOWN, filter_mask, without
from .runs import (
    CHUNK_ROWS,
    FELL,
    KEPT_RUNS,
    MOST_RESULTS,
    MOVES,
    NEW,
    OUT,
    ROSE,
    SAME,
    chunk_bounds,
    compared_in_order,
    move_of,
    runs_to_drop,
)

__all__ = [
    "ACTIVE",
    "CHUNK_ROWS",
    "ENOUGH_KNOWN",
    "FELL",
    "KEPT_RUNS",
    "MOST_RESULTS",
    "MOVES",
    "NEW",
    "OUT",
    "ROSE",
    "SAME",
    "RuleFault",
    "chunk_bounds",
    "compared_in_order",
    "filter_mask",
    "move_of",
    "runs_to_drop",
    "without",
]
