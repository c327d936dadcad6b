"""A universe of companies as arrays, ready for arithmetic.

What can be told apart is a code: a small whole number into a vocabulary, whose length itself is the code of the unknown.
Numbers are NaN where unknown, until they are coded too (`coding.py`). An empty set of labels that is known means "none".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import csr_array

from prm.core.arrow import ids_to_bytes
from profiling.studies.rules.arrays import F32, F64, I32, I64, Mask, Unsigned, small

from .criteria import Criterion, Kind, Plan
from .scale import NumberScale

PLACE_DEGREES = 0.01  # places are told apart to about one kilometre: a town, not a doorstep


@dataclass(frozen=True, slots=True)
class Codes:
    """One value a company: `codes` (rows,) into `values`, of the smallest unsigned type. `values` are texts in order, or
    for places degrees (places, 2)."""

    codes: Unsigned
    values: tuple[str, ...] | F64

    @classmethod
    def of(cls, codes: NDArray[np.integer], values: tuple[str, ...] | F64) -> Codes:
        """From codes in which −1 is unknown."""
        return cls(small(np.where(codes < 0, len(values), codes), len(values)), values)

    @property
    def unknown(self) -> int:
        """The code of the unknown."""
        return len(self.values)

    @property
    def known(self) -> Mask:
        """Where the value is known, (rows,)."""
        return np.asarray(self.codes < self.unknown)

    def counts(self) -> I64:
        """How many companies have each value, (values,)."""
        return np.bincount(self.codes, minlength=self.unknown + 1)[: self.unknown].astype(np.int64)


@dataclass(frozen=True, slots=True)
class LabelSets:
    """Any number of values a company. Companies with the same values share a set: `codes` (rows,) into the sets, of
    which set i is `values[indices[indptr[i]:indptr[i + 1]]]`, its indices rising."""

    codes: Unsigned
    indptr: I32
    indices: I32
    values: tuple[str, ...]

    @property
    def unknown(self) -> int:
        """The code of the unknown: how many different sets there are."""
        return len(self.indptr) - 1

    @property
    def known(self) -> Mask:
        """Where it is known, (rows,)."""
        return np.asarray(self.codes < self.unknown)

    @property
    def lengths(self) -> I64:
        """How many labels each set has, (sets,)."""
        return np.diff(self.indptr).astype(np.int64)

    def sums(self, numbers: NDArray[np.number[Any]]) -> F64:
        """For each set the sum of `numbers` (one a label), (sets,); whole numbers are summed exactly."""
        sets = csr_array(
            (np.ones(len(self.indices)), self.indices, self.indptr), shape=(self.unknown, len(self.values)), copy=False
        )
        return np.asarray(sets @ numbers.astype(np.float64), dtype=np.float64)

    def counts(self) -> I64:
        """How many companies carry each label, (labels,)."""
        times = np.bincount(self.codes, minlength=self.unknown + 1)[: self.unknown]
        used = np.flatnonzero(times)
        length = self.lengths[used]
        first = np.cumsum(length) - length
        at = np.repeat(self.indptr[used] - first, length) + np.arange(int(length.sum()))
        carried = np.bincount(self.indices[at], weights=np.repeat(times[used], length), minlength=len(self.values))
        return carried.astype(np.int64)

    def of_row(self, row: int) -> I32:
        """The label codes of one row, none where unknown."""
        code = int(self.codes[row])
        return self.indices[int(self.indptr[code]) : int(self.indptr[code + 1])] if code < self.unknown else self.indices[:0]


@dataclass(frozen=True, slots=True)
class Bins:
    """Numbers as positions of a scale: `codes` (rows,) into `scale.positions`."""

    codes: Unsigned
    scale: NumberScale

    @property
    def unknown(self) -> int:
        """The code of the unknown."""
        return len(self.scale.positions)


Column = F32 | Codes | LabelSets | Bins


@dataclass(frozen=True)
class Frame:
    """Companies by row. `ids` (rows,) are bytes (UTF-8), unique; `columns` maps a criterion's key to its column;
    `offset` is the row of the whole universe at which this frame begins."""

    ids: NDArray[np.bytes_]
    columns: Mapping[str, Column]
    offset: int = 0

    def __len__(self) -> int:
        return len(self.ids)

    def number(self, key: str) -> F32:
        """The numbers of a criterion, NaN where unknown."""
        column = self.columns[key]
        if not isinstance(column, np.ndarray):
            raise TypeError(f"{key} is not a number")
        return column

    def codes(self, key: str) -> Codes:
        """The codes of a category or place."""
        column = self.columns[key]
        if not isinstance(column, Codes):
            raise TypeError(f"{key} is not a category or place")
        return column

    def labels(self, key: str) -> LabelSets:
        """The label sets of a criterion."""
        column = self.columns[key]
        if not isinstance(column, LabelSets):
            raise TypeError(f"{key} is not a set of labels")
        return column

    def slice(self, start: int, stop: int) -> Frame:
        """Rows start..stop, without copying values; `offset` moves along."""
        return self._picked(np.s_[start : min(stop, len(self))], self.offset + start)

    def chunks(self, rows: int) -> Iterator[Frame]:
        """The frame cut in pieces of `rows`."""
        for start in range(0, len(self), rows):
            yield self.slice(start, start + rows)

    def take(self, rows: NDArray[np.integer]) -> Frame:
        """The named rows, in that order. The result stands alone: its offset is 0."""
        return self._picked(rows, 0)

    def _picked(self, rows: Any, offset: int) -> Frame:
        columns = {
            key: column[rows] if isinstance(column, np.ndarray) else replace(column, codes=column.codes[rows])
            for key, column in self.columns.items()
        }
        return Frame(self.ids[rows], columns, offset)

    def rows_of(self, ids: Sequence[str]) -> I64:
        """Rows of the companies with these ids, in their order; those not in the frame are left out."""
        order = np.argsort(self.ids, kind="stable")
        asked = encode_ids(ids)
        if not len(order) or not len(asked):
            return np.zeros(0, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.ids, asked, sorter=order), len(order) - 1)
        rows = order[at]
        return np.asarray(rows[self.ids[rows] == asked], dtype=np.int64)


def encode_ids(ids: Sequence[str]) -> NDArray[np.bytes_]:
    """Ids as bytes: they compare and sort as their text does by code point."""
    return np.array([i.encode() for i in ids], dtype=np.bytes_) if len(ids) else np.zeros(0, dtype="S1")


def label_sets(rows: Sequence[Sequence[str] | None]) -> LabelSets:
    """Label sets from Python lists; None is unknown, an empty list is "none". Repeated labels count once."""
    values = tuple(sorted({v for row in rows if row for v in row}))
    code = {v: i for i, v in enumerate(values)}
    sets = [sorted({code[v] for v in row}) if row else [] for row in rows]
    indptr = np.concatenate([[0], np.cumsum([len(s) for s in sets])]).astype(np.int32)
    indices = np.array([i for s in sets for i in s], dtype=np.int32)
    return sets_shared(indptr, indices, np.array([row is not None for row in rows], dtype=bool), values)


def sets_shared(indptr: I32, indices: I32, known: Mask, values: tuple[str, ...]) -> LabelSets:
    """Label sets from each row's own labels (CSR, rising inside a row) and where they are known: equal sets once.

    A row's labels are taken as a string of bytes, so that Arrow finds the different ones.
    """
    width = np.int32(np.dtype(np.int32).itemsize)
    buffers = [None, pa.py_buffer(indptr * width), pa.py_buffer(indices)]
    found = pc.dictionary_encode(pa.Array.from_buffers(pa.binary(), len(known), buffers))
    sets = len(found.dictionary)
    _valid, ends, labels = found.dictionary.buffers()
    ends = np.frombuffer(ends, dtype=np.int32)[: sets + 1] // width if sets else np.zeros(1, dtype=np.int32)
    labels = np.frombuffer(labels, dtype=np.int32)[: ends[-1]] if ends[-1] else np.zeros(0, dtype=np.int32)
    return LabelSets(small(np.where(known, found.indices.to_numpy(), sets), sets), ends, labels, values)


def category(rows: Sequence[str | None]) -> Codes:
    """A category from Python values; None is unknown."""
    values = tuple(sorted({v for v in rows if v is not None}))
    code = {v: i for i, v in enumerate(values)}
    return Codes.of(np.array([-1 if v is None else code[v] for v in rows], dtype=np.int32), values)


def places(latitude: NDArray[np.floating], longitude: NDArray[np.floating]) -> Codes:
    """Places from degrees, rounded to PLACE_DEGREES; unknown where either is NaN or outside the globe."""
    lat, lon = np.asarray(latitude, dtype=np.float64), np.asarray(longitude, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        known = (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
    steps = round(1 / PLACE_DEGREES)
    a = np.rint(np.where(known, lat, 0) * steps).astype(np.int64)
    b = np.rint(np.where(known, lon, 0) * steps).astype(np.int64)
    keys, inverse = np.unique((a * 1_000_000 + b + 500_000)[known], return_inverse=True)
    codes = np.full(len(lat), -1, dtype=np.int32)
    codes[known] = inverse.astype(np.int32)
    return Codes.of(codes, np.column_stack([keys // 1_000_000, keys % 1_000_000 - 500_000]) / steps)


def frame_from_table(table: pa.Table, plan: Plan, *, id_column: str = "id", offset: int = 0) -> Frame:
    """The columns of an Arrow table that `plan` reads, as a frame.

    Numbers may be of any numeric or decimal type; categories are strings or dictionaries; labels and territories are
    lists of strings; a null is unknown. `offset` is the universe's row at which the table begins. Raises KeyError
    when a column is missing.
    """
    columns: dict[str, Column] = {}
    for c in plan.criteria:
        if c.kind is Kind.NUMBER:
            columns[c.key] = numbers_of(table, c)
        elif c.kind is Kind.CATEGORY:
            columns[c.key] = _category_column(table.column(c.columns[0]))
        elif c.kind is Kind.PLACE:
            latitude, longitude = (_numbers(table.column(name), np.float64) for name in c.columns)
            columns[c.key] = places(latitude, longitude)
        else:
            columns[c.key] = _label_column(table.column(c.columns[0]))
    return Frame(ids_to_bytes(table.column(id_column)), columns, offset)


def numbers_of(table: pa.Table, criterion: Criterion) -> F32:
    """The numbers of one criterion, NaN where unknown, (rows,)."""
    return _numbers(table.column(criterion.columns[0]), np.float32)


def _numbers(column: pa.ChunkedArray, dtype: Any) -> Any:
    with np.errstate(over="ignore"):
        values = pc.cast(column, pa.float64(), safe=False).to_numpy().astype(dtype)
    return np.where(np.isfinite(values), values, dtype(np.nan))  # what is not finite is no fact


def _recode(values: Sequence[str]) -> tuple[tuple[str, ...], I32]:
    """Sorted values, and for each old code its new one: vocabularies never depend on the order of rows."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    new = np.empty(len(values), dtype=np.int32)
    new[order] = np.arange(len(values), dtype=np.int32)
    return tuple(values[i] for i in order), new


def _encoded(values: pa.ChunkedArray | pa.Array) -> tuple[tuple[str, ...], I32]:
    """Vocabulary and codes (−1 for null) of strings or dictionaries."""
    array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks)
    if pa.types.is_dictionary(array.type):
        array = pc.cast(array, array.type.value_type)
    coded = pc.dictionary_encode(array)
    names, new = _recode(coded.dictionary.to_pylist())
    old = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
    return names, np.concatenate([new, np.array([-1], dtype=np.int32)])[old].astype(np.int32)


def _category_column(column: pa.ChunkedArray) -> Codes:
    names, codes = _encoded(column)
    return Codes.of(codes, names)


def _label_column(column: pa.ChunkedArray) -> LabelSets:
    array = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], type=column.type)
    known = np.asarray(pc.is_valid(array).to_numpy(zero_copy_only=False), dtype=bool)
    length = np.asarray(pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False), dtype=np.int64)
    names, codes = _encoded(pc.list_flatten(array))
    rows = np.repeat(np.arange(len(known), dtype=np.int64), length)
    kept = codes >= 0
    pairs = rows[kept] * max(len(names), 1) + codes[kept]
    if len(pairs) and not np.all(pairs[1:] > pairs[:-1]):  # lists that come sorted, as a snapshot's do, need no sorting
        pairs.sort()
        pairs = pairs[np.concatenate([[True], pairs[1:] != pairs[:-1]])]
    rows, codes = pairs // max(len(names), 1), (pairs % max(len(names), 1)).astype(np.int32)
    indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(known)))]).astype(np.int32)
    return sets_shared(indptr, codes, known, names)
