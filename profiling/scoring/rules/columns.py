"""One criterion of many companies beside the references' table: similarities by lookup, O(1) a company."""

from __future__ import annotations

import threading

import numpy as np

from .criteria import Criterion, Kind
from .frame import F32, I64, Frame, Mask
from .profile import CountTable, NumberTable, PlaceTable, Table
from .survey import bin_of


class _Summed(threading.local):
    """Label sums of the stretch that a thread works on; `start` is its first row."""

    start: int = 0
    shared: F32 = np.zeros(0, dtype=np.float32)


class CriterionColumn:
    """A criterion's column of `chunk`, its table turned to the chunk's vocabulary; similarities come multiplied by
    `weight`."""

    def __init__(self, criterion: Criterion, table: Table, chunk: Frame, weight: float = 1.0) -> None:
        self.criterion, self.table, self.chunk = criterion, table, chunk
        self.weight = np.float32(weight)
        self.summed = _Summed()
        self.counts = np.zeros(0, dtype=np.int64)
        self.whole = np.float32(0)  # what the references cover together, whatever labels this chunk has
        if isinstance(table, NumberTable):
            lookup: F32 = table.similarity
        elif isinstance(table, PlaceTable):
            lookup = _placed(table, chunk.codes(criterion.key).values)
        else:
            column = chunk.codes if criterion.kind is Kind.CATEGORY else chunk.labels
            self.counts = _aligned(table, column(criterion.key).values)
            of = table.reference_counts.sum() if criterion.kind is Kind.LABELS else table.references
            lookup = np.asarray(self.counts / of, dtype=np.float32)
            self.whole = np.float32(table.reference_counts.sum() / table.references)
        self.lookup = lookup
        # The last entry is for the unknown: the code −1, or the bin after the last one.
        self.weighted = np.append(lookup * self.weight, np.float32(0))

    @property
    def is_set(self) -> bool:
        """Whether a company has any number of values here."""
        return self.criterion.kind in (Kind.LABELS, Kind.TERRITORY)

    def prepare(self, start: int, stop: int) -> None:
        """Sum the labels of rows start..stop at once; a worker thread keeps its own sums."""
        if self.is_set:
            sets = self.chunk.labels(self.criterion.key)
            self.summed.start, self.summed.shared = start, sets.dot(start, stop, self.lookup)

    def compare(self, start: int, stop: int) -> tuple[F32, Mask]:
        """Similarity times weight (0 where unknown) and known, rows start..stop, which were prepared."""
        key, table = self.criterion.key, self.table
        if isinstance(table, NumberTable):
            values = self.chunk.number(key)[start:stop]
            return self.weighted.take(bin_of(table.scale, values)), ~np.isnan(values)
        if not self.is_set:
            codes = self.chunk.codes(key).codes[start:stop]
            return self.weighted.take(codes), codes >= 0
        sets = self.chunk.labels(key)
        shared: F32 = self.summed.shared[start - self.summed.start : stop - self.summed.start]
        if self.criterion.kind is Kind.TERRITORY:
            carried = np.diff(sets.indptr[start : stop + 1]).astype(np.float32)
            shared = np.divide(shared, carried + (self.whole - shared), dtype=np.float32)
        shared = np.minimum(shared, np.float32(1))  # an unknown row has no label, so no sum
        shared *= self.weight
        return shared, sets.known[start:stop]

    def without_itself(self, rows: I64, similarity: F32, known: Mask) -> tuple[F32, Mask]:
        """Similarity of references (rows of the chunk) to the other references only, from their `similarity` to all;
        unknown when no other reference knows the fact."""
        table, others = self.table, self.table.references - 1
        if others == 0:
            return np.zeros_like(similarity), np.zeros_like(known)
        if isinstance(table, CountTable) and self.is_set:
            sets = self.chunk.labels(self.criterion.key)
            # Whole numbers below 2²⁴: exact in float32.
            common = sets.dot(0, len(self.chunk), (self.counts - 1).astype(np.float32))[rows].astype(np.float64)
            carried = np.diff(sets.indptr)[rows].astype(np.float64)
            left = table.reference_counts.sum() - carried
            whole = left if self.criterion.kind is Kind.LABELS else carried * others + left - common
            return np.asarray(common / np.maximum(whole, 1), dtype=np.float32), known & (left > 0)
        once = (similarity.astype(np.float64) * table.references - 1.0) / others
        return np.asarray(np.clip(once, 0.0, 1.0), dtype=np.float32), known


def _aligned(table: CountTable, values: tuple[object, ...]) -> I64:
    """The references' counts in the order of a chunk's vocabulary; a value that no profile knows counts 0."""
    if values == table.values:
        return table.reference_counts
    at = {value: i for i, value in enumerate(table.values)}
    return np.array([table.reference_counts[at[v]] if v in at else 0 for v in map(str, values)], dtype=np.int64)


def _placed(table: PlaceTable, values: tuple[object, ...]) -> F32:
    """The nearness of a chunk's places. Raises ValueError for a place outside the universe of the profile."""
    degrees = np.array(values, dtype=np.float64).reshape(-1, 2)
    if np.array_equal(degrees, table.values):
        return table.similarity
    at = {(float(a), float(b)): i for i, (a, b) in enumerate(table.values)}
    try:
        return np.array([table.similarity[at[float(a), float(b)]] for a, b in degrees], dtype=np.float32)
    except KeyError as missing:
        raise ValueError(f"the profile was fitted on a universe without the place {missing.args[0]}") from None
