"""How a number becomes one of about a thousand bins between its limits."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from profiling.studies.rules.arrays import F32, F64, I32

BINS = 1024  # positions of a number; half a bin is 0.0005 of its range
ROUNDER = 8_388_608.0  # 2²³: a float32 from here on has no fraction
ROUNDER_BITS = int(np.float32(ROUNDER).view(np.int32))


@dataclass(frozen=True, slots=True)
class NumberScale:
    """How a number becomes a bin.

    `low` and `high` are the winsorised limits in the number's own unit; `log` tells whether distance is measured on
    log(1 + x). The bin is read from the bits of a float32, which rise with it: of 1 + x in the log case, of
    (x − low) · `scale` + 2²³ otherwise (whose last bits are the rounded whole number), less `base`, shifted right by
    `shift`. No logarithm, no conversion of NaN: every machine finds the same bin. `positions` (bins,)
    is each bin's place between low (0) and high (1).
    """

    low: float
    high: float
    log: bool
    scale: float
    base: int
    shift: int
    positions: F64 = field(compare=False)


def make_scale(low: float, high: float, log: bool) -> NumberScale:
    """The scale between two limits, low < high; with `log`, low must not be negative."""
    if not log:
        positions = np.arange(BINS, dtype=np.float64) / (BINS - 1)
        return NumberScale(low, high, False, (BINS - 1) / (high - low), ROUNDER_BITS, 0, positions)
    bottom = int(np.float32(low + 1).view(np.int32))
    top = int(np.float32(high + 1).view(np.int32))
    shift = max((top - bottom).bit_length() - 12, 0)  # between 2,048 and 4,096 bins over the range
    half = (1 << shift) >> 1
    bins = ((top - bottom + half) >> shift) + 1
    centres = (bottom + (np.arange(bins, dtype=np.int64) << shift)).astype(np.int32).view(np.float32).astype(np.float64)
    span = math.log(float(np.float32(high + 1))) - math.log(float(np.float32(low + 1)))
    positions = np.clip((np.log(centres) - math.log(float(np.float32(low + 1)))) / span, 0.0, 1.0)
    return NumberScale(low, high, True, 0.0, bottom - half, shift, positions)


def bin_of(scale: NumberScale, values: F32) -> I32:
    """The bin of each value; a value beyond the limits counts as the limit. NaN gets the bin after the last one."""
    spot = np.clip(values, np.float32(scale.low), np.float32(scale.high))  # NaN stays NaN
    if scale.log:
        spot += np.float32(1)
    else:
        spot -= np.float32(scale.low)
        spot *= np.float32(scale.scale)
        spot += np.float32(ROUNDER)
    bits = spot.view(np.int32)
    bits &= np.int32(0x7FFFFFFF)  # a NaN may carry a sign; its bits are above those of any number
    bits -= np.int32(scale.base)
    if scale.shift:
        bits >>= np.int32(scale.shift)
    return np.minimum(bits, np.int32(len(scale.positions)), out=bits)


def position_of(scale: NumberScale, values: F64) -> F64:
    """The exact place of each value between the limits, 0 to 1 (no bins)."""
    clipped = np.clip(values, scale.low, scale.high)
    if scale.log:
        return (np.log1p(clipped) - math.log1p(scale.low)) / (math.log1p(scale.high) - math.log1p(scale.low))
    return (clipped - scale.low) / (scale.high - scale.low)
