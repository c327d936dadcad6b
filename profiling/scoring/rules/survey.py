"""What a universe looks like, criterion by criterion: the part of a profile that does not depend on the references.

One pass, O(N) per criterion. A survey belongs to a snapshot and may be kept and shared by every run that reads it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .criteria import Criterion, Kind, Plan
from .frame import F32, F64, I64, Codes, Frame, LabelSets

BINS = 1024  # positions of a number; half a bin is 0.0005 of its range
WINSOR = 0.01  # values beyond the lowest and highest per cent count as these
SKEWED = 3.0  # compared in logs when the upper tail is this many times longer than the lower one
BANDS = (0.2, 0.4, 0.6, 0.8)  # fifths of the universe, in which lifts of numbers are told


@dataclass(frozen=True, slots=True)
class NumberScale:
    """How a number becomes a bin.

    `low` and `high` are the winsorised limits in the number's own unit; `log` tells whether distance is measured on
    log(1 + x). Linear: bin = round((x − low) · `scale`). Log: the bits of the float32 1 + x, which rise with it,
    less `base`, shifted right by `shift`: comparisons of whole numbers only, so every machine finds the same bin.
    `positions` (bins,) is each bin's place between low (0) and high (1).
    """

    low: float
    high: float
    log: bool
    scale: float
    base: int
    shift: int
    positions: F64


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
    values: tuple[object, ...]
    counts: I64


Survey = Mapping[str, NumberSurvey | CountSurvey]


def describe(universe: Frame, plan: Plan) -> Survey:
    """Survey every criterion of `plan` over `universe` (rows in any order give the same survey)."""
    found: dict[str, NumberSurvey | CountSurvey] = {}
    for c in plan.criteria:
        column = universe.columns[c.key]
        if c.kind is Kind.NUMBER:
            found[c.key] = _number(universe.number(c.key), c)
        elif isinstance(column, Codes):
            counts = np.bincount(column.codes + 1, minlength=len(column.values) + 1)
            found[c.key] = CountSurvey(int(counts[1:].sum()), column.values, counts[1:].astype(np.int64))
        elif isinstance(column, LabelSets):
            first, last = int(column.indptr[0]), int(column.indptr[-1])
            counts = np.bincount(column.indices[first:last], minlength=len(column.values))
            found[c.key] = CountSurvey(int(column.known.sum()), column.values, counts.astype(np.int64))
        else:
            raise TypeError(f"the column of {c.key} does not fit its kind, {c.kind}")
    return found


def _number(column: F32, criterion: Criterion) -> NumberSurvey:
    values = column[~np.isnan(column)]
    n = len(values)
    if n == 0:
        return NumberSurvey(0, None, np.zeros(4), np.zeros(5, dtype=np.int64))
    at = [math.floor(WINSOR * (n - 1)), *(round(q * (n - 1)) for q in (*BANDS, 0.5)), math.ceil((1 - WINSOR) * (n - 1))]
    lowest, highest = float(values.min()), float(values.max())
    values.partition(sorted(set(at)))
    low, *cuts, middle, high = (float(values[i]) for i in at)
    if low == high:  # nearly all alike: what differs is in the tails
        low, high = lowest, highest
    edges = np.array(cuts)
    below = np.searchsorted(edges, values, side="left") if n < 50_000 else None
    counts = np.bincount(below, minlength=5) if below is not None else _band_counts(values, edges)
    log = criterion.log if criterion.log is not None else (high - middle) > SKEWED * (middle - low)
    scale = None if low == high else make_scale(low, high, log and lowest >= 0)
    return NumberSurvey(n, scale, edges, counts.astype(np.int64))


def _band_counts(values: F32, edges: F64) -> I64:
    reached = [int(np.count_nonzero(values <= np.float32(edge))) for edge in edges]
    return np.asarray(np.diff(np.array([0, *reached, len(values)])), dtype=np.int64)


def make_scale(low: float, high: float, log: bool) -> NumberScale:
    """The scale between two limits, low < high; with `log`, low must not be negative."""
    if not log:
        positions = np.arange(BINS, dtype=np.float64) / (BINS - 1)
        return NumberScale(low, high, False, (BINS - 1) / (high - low), 0, 0, positions)
    bottom = int(np.float32(low + 1).view(np.int32))
    top = int(np.float32(high + 1).view(np.int32))
    shift = max((top - bottom).bit_length() - 12, 0)  # between 2,048 and 4,096 bins over the range
    half = (1 << shift) >> 1
    bins = ((top - bottom + half) >> shift) + 1
    centres = (bottom + (np.arange(bins, dtype=np.int64) << shift)).astype(np.int32).view(np.float32).astype(np.float64)
    span = math.log(float(np.float32(high + 1))) - math.log(float(np.float32(low + 1)))
    positions = np.clip((np.log(centres) - math.log(float(np.float32(low + 1)))) / span, 0.0, 1.0)
    return NumberScale(low, high, True, 0.0, bottom - half, shift, positions)


def bin_of(scale: NumberScale, values: F32) -> I64:
    """The bin of each value; a value beyond the limits counts as the limit, NaN falls in the first bin."""
    if scale.log:
        bits = np.fmax(values + np.float32(1), np.float32(scale.low + 1)).view(np.int32)
        bits -= np.int32(scale.base)
        bits >>= np.int32(scale.shift)
        return np.minimum(bits, len(scale.positions) - 1).astype(np.int64)
    spot = values - np.float32(scale.low)
    spot *= np.float32(scale.scale)
    spot += np.float32(0.5)
    np.fmax(spot, np.float32(0), out=spot)
    np.minimum(spot, np.float32(len(scale.positions) - 1), out=spot)
    return spot.astype(np.int64)


def position_of(scale: NumberScale, values: F64) -> F64:
    """The exact place of each value between the limits, 0 to 1 (no bins)."""
    clipped = np.clip(values, scale.low, scale.high)
    if scale.log:
        return (np.log1p(clipped) - math.log1p(scale.low)) / (math.log1p(scale.high) - math.log1p(scale.low))
    return (clipped - scale.low) / (scale.high - scale.low)
