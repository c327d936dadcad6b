"""Similarities of a whole vocabulary: what a company scores is then read by its code, O(1) whatever the references."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from profiling.studies.rules.arrays import F32, F64, I64, Mask, small

from .criteria import Criterion, Kind
from .frame import Bins, Codes, Column, LabelSets
from .profile import CountTable, NumberTable, PlaceTable, Table
from .scale import bin_of

Coded = Codes | LabelSets | Bins


def coded(column: Column, table: Table) -> Coded:
    """The column as codes: raw numbers take the bins of the table's scale. Raises ValueError for bins of another scale."""
    scale = table.scale if isinstance(table, NumberTable) else None
    if isinstance(column, np.ndarray):
        if scale is None:
            raise TypeError("the column holds numbers, the profile something else")
        return Bins(small(bin_of(scale, column), len(scale.positions)), scale)
    if isinstance(column, Bins) and column.scale != scale:
        raise ValueError("the numbers were put in bins by another survey than the profile's")
    return column


def lookup(criterion: Criterion, table: Table, column: Coded) -> F32:
    """s_j of every entry of the column's vocabulary (bins, values, places or sets of labels), (entries,) 0..1."""
    if isinstance(table, NumberTable):
        return table.similarity
    if isinstance(table, PlaceTable):
        assert isinstance(column, Codes)
        return _placed(table, np.asarray(column.values, dtype=np.float64).reshape(-1, 2))
    assert not isinstance(column, Bins)
    counts = _aligned(table, [str(v) for v in column.values])
    if isinstance(column, Codes):
        return np.asarray(counts / table.references, dtype=np.float32)
    shared, whole = column.sums(counts), float(table.reference_counts.sum())
    of = column.lengths * table.references + whole - shared if criterion.kind is Kind.TERRITORY else whole
    return np.asarray(np.minimum(shared / of, 1.0), dtype=np.float32)


def similarity_to_others(criterion: Criterion, table: Table, column: Coded, similarity: F32, known: Mask) -> tuple[F32, Mask]:
    """Similarity of references, the rows of `column`, to the other references only, from their `similarity` to all;
    unknown when no other reference knows the fact."""
    others = table.references - 1
    if others == 0:
        return np.zeros_like(similarity), np.zeros_like(known)
    if isinstance(table, CountTable) and isinstance(column, LabelSets):
        codes = np.where(known, column.codes, 0)
        common = column.sums(_aligned(table, column.values) - 1)[codes]  # each of its labels is had by one fewer
        carried = column.lengths[codes].astype(np.float64)
        left = table.reference_counts.sum() - carried
        whole = left if criterion.kind is Kind.LABELS else carried * others + left - common
        known = known & (left > 0)
        return np.asarray(np.where(known, common / np.maximum(whole, 1), 0), dtype=np.float32), known
    once = (similarity.astype(np.float64) * table.references - 1.0) / others
    return np.asarray(np.where(known, np.clip(once, 0.0, 1.0), 0), dtype=np.float32), known


def _aligned(table: CountTable, values: Sequence[str]) -> I64:
    """The references' counts in the order of another vocabulary; a value that no profile knows counts 0."""
    if tuple(values) == table.values:
        return table.reference_counts
    at = {value: i for i, value in enumerate(table.values)}
    return np.array([table.reference_counts[at[v]] if v in at else 0 for v in values], dtype=np.int64)


def _placed(table: PlaceTable, degrees: F64) -> F32:
    """The nearness of places, (places, 2) in degrees. Raises ValueError for one outside the universe of the profile."""
    if np.array_equal(degrees, table.values):
        return table.similarity
    at = {(a, b): i for i, (a, b) in enumerate(table.values.tolist())}
    try:
        return np.array([table.similarity[at[a, b]] for a, b in degrees.tolist()], dtype=np.float32)
    except KeyError as missing:
        raise ValueError(f"the profile was fitted on a universe without the place {missing.args[0]}") from None
