"""What a universe looks like, criterion by criterion: the part of a profile that does not depend on the references.

One pass, O(N) per criterion. A survey belongs to a snapshot and may be kept and shared by every run that reads it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from profiling.studies.rules.arrays import F32, F64, I32, I64

from .criteria import Criterion, Kind, Plan
from .frame import Codes, Frame, LabelSets
from .scale import NumberScale, make_scale

MANY = 200_000  # rows from which quantiles are read from a histogram
WINSOR = 0.01  # values beyond the lowest and highest per cent count as these
SKEWED = 3.0  # compared in logs when the upper tail is this many times longer than the lower one
BANDS = (0.2, 0.4, 0.6, 0.8)  # fifths of the universe, in which lifts of numbers are told


@dataclass(frozen=True, slots=True)
class NumberSurvey:
    """A number in the universe: how many are known, its scale (None when all are equal), and its fifths: `cuts`
    (4,) in the number's unit and `counts` (5,) of companies between them."""

    known: int
    scale: NumberScale | None
    cuts: F64
    counts: I64


@dataclass(frozen=True, slots=True)
class CountSurvey:
    """A category, label, territory or place in the universe: known companies, and companies per value."""

    known: int
    values: tuple[str, ...] | F64
    counts: I64


Survey = Mapping[str, NumberSurvey | CountSurvey]


def describe(universe: Frame, plan: Plan) -> Survey:
    """Survey every criterion of `plan` over `universe` (rows in any order give the same survey)."""
    found: dict[str, NumberSurvey | CountSurvey] = {}
    for c in plan.criteria:
        column = universe.columns[c.key]
        if c.kind is Kind.NUMBER:
            found[c.key] = _number(universe.number(c.key), c)
        elif isinstance(column, Codes | LabelSets):
            found[c.key] = CountSurvey(int(column.known.sum()), column.values, column.counts())
        else:
            raise TypeError(f"the column of {c.key} does not fit its kind, {c.kind}")
    return found


def _number(column: F32, criterion: Criterion) -> NumberSurvey:
    order = Sorted(column) if len(column) < MANY else Histogram(column)
    n = order.known
    if n == 0:
        return NumberSurvey(0, None, np.zeros(4), np.zeros(5, dtype=np.int64))
    low, high = order.at(math.floor(WINSOR * (n - 1))), order.at(math.ceil((1 - WINSOR) * (n - 1)))
    middle = order.at(round(0.5 * (n - 1)))
    cuts = np.array([order.at(round(q * (n - 1))) for q in BANDS])
    if low == high:  # nearly all alike: what differs is in the tails
        low, high = order.lowest, order.highest
    log = criterion.log if criterion.log is not None else (high - middle) > SKEWED * (middle - low)
    scale = None if low == high else make_scale(low, high, log and order.lowest >= 0)
    upto = [int(np.count_nonzero(column <= np.float32(cut))) for cut in cuts]
    return NumberSurvey(n, scale, cuts, np.diff(np.array([0, *upto, n])).astype(np.int64))


class Sorted:
    """Known values in order: exact."""

    def __init__(self, column: F32) -> None:
        self.values = np.sort(column[~np.isnan(column)])
        self.known = len(self.values)
        self.lowest, self.highest = (float(self.values[0]), float(self.values[-1])) if self.known else (0.0, 0.0)

    def at(self, rank: int) -> float:
        """The value at a rank, 0 the lowest."""
        return float(self.values[rank])


class Histogram:
    """Known values counted by the upper half of their float32 bits, in one pass without sorting and whatever the order
    of rows. The value at a rank comes with these bits only: within 0.8 % of itself, exact for whole numbers to 256."""

    def __init__(self, column: F32) -> None:
        counts = np.zeros(1 << 16, dtype=np.int64)
        for start in range(0, len(column), 65_536):
            counts += np.bincount(_upper_half(column[start : start + 65_536]), minlength=1 << 16)
        counts[:128] = 0  # NaN, which may carry a sign
        counts[65_408:] = 0
        self.sums = np.cumsum(counts)
        self.known = int(self.sums[-1])
        self.lowest, self.highest = (self.at(0), self.at(self.known - 1)) if self.known else (0.0, 0.0)

    def at(self, rank: int) -> float:
        """The value at a rank, 0 the lowest."""
        key = int(np.searchsorted(self.sums, rank, side="right")) - 32_768
        bits = key << 16 if key >= 0 else ((key << 16) | 0xFFFF) ^ 0x7FFFFFFF
        return float(np.array([bits], dtype=np.int64).astype(np.int32).view(np.float32)[0])


def _upper_half(values: F32) -> I32:
    """Whole numbers 0..65,535 in the order of the floats."""
    bits = np.ascontiguousarray(values).view(np.int32)
    key = bits >> np.int32(31)
    key &= np.int32(0x7FFFFFFF)
    key ^= bits
    key >>= np.int32(16)
    key += np.int32(32_768)
    return key
