"""A universe of companies as arrays, ready for arithmetic.

Unknown is unknown: a number is NaN, a category's code is −1, a set of labels has `known` False (an empty set that
is known means "none"), a place's code is −1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .criteria import Kind, Plan

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Mask = NDArray[np.bool_]

PLACE_DEGREES = 0.01  # places are told apart to about one kilometre: a town, not a doorstep


@dataclass(frozen=True, slots=True)
class Codes:
    """One value a company: `codes` (rows,) into `values`; −1 is unknown. For places `values` are (lat, lon) pairs."""

    codes: I32
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class LabelSets:
    """Any number of values a company: row i has `values[indices[indptr[i]:indptr[i+1]]]`; `known` (rows,) is False
    where nothing is known. `ones` is a float32 buffer of the length of `indices`, shared by slices."""

    indptr: I32
    indices: I32
    known: Mask
    values: tuple[str, ...]
    ones: F32

    def dot(self, start: int, stop: int, vector: F32) -> F32:
        """Sum of `vector` (one number a label) over the labels of rows start..stop."""
        first, last = int(self.indptr[start]), int(self.indptr[stop])
        rows = csr_array(
            (self.ones[first:last], self.indices[first:last], self.indptr[start : stop + 1] - np.int32(first)),
            shape=(stop - start, len(self.values)),
            copy=False,
        )
        return np.asarray(rows @ vector, dtype=np.float32)

    def of_row(self, row: int) -> I32:
        """The label codes of one row."""
        return self.indices[int(self.indptr[row]) : int(self.indptr[row + 1])]


Column = F32 | Codes | LabelSets


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
        stop = min(stop, len(self))
        cut: dict[str, Column] = {}
        for key, column in self.columns.items():
            if isinstance(column, Codes):
                cut[key] = Codes(column.codes[start:stop], column.values)
            elif isinstance(column, LabelSets):
                cut[key] = LabelSets(
                    column.indptr[start : stop + 1],
                    column.indices,
                    column.known[start:stop],
                    column.values,
                    column.ones,
                )
            else:
                cut[key] = column[start:stop]
        return Frame(self.ids[start:stop], cut, self.offset + start)

    def chunks(self, rows: int) -> Iterator[Frame]:
        """The frame cut in pieces of `rows`."""
        for start in range(0, len(self), rows):
            yield self.slice(start, start + rows)

    def take(self, rows: NDArray[np.integer]) -> Frame:
        """The named rows, in that order. The result stands alone: its offset is 0."""
        picked: dict[str, Column] = {}
        for key, column in self.columns.items():
            if isinstance(column, Codes):
                picked[key] = Codes(column.codes[rows], column.values)
            elif isinstance(column, LabelSets):
                picked[key] = _take_labels(column, rows)
            else:
                picked[key] = column[rows]
        return Frame(self.ids[rows], picked)

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
    known = np.array([row is not None for row in rows], dtype=bool)
    return LabelSets(indptr, indices, known, values, np.ones(len(indices), dtype=np.float32))


def category(rows: Sequence[str | None]) -> Codes:
    """A category from Python values; None is unknown."""
    values = tuple(sorted({v for v in rows if v is not None}))
    code = {v: i for i, v in enumerate(values)}
    return Codes(np.array([-1 if v is None else code[v] for v in rows], dtype=np.int32), values)


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
    pairs = zip((keys // 1_000_000).tolist(), (keys % 1_000_000 - 500_000).tolist(), strict=True)
    return Codes(codes, tuple((x / steps, y / steps) for x, y in pairs))


def frame_from_table(table: pa.Table, plan: Plan, *, id_column: str = "id", offset: int = 0) -> Frame:
    """The columns of an Arrow table that `plan` reads, as a frame.

    Numbers may be of any numeric or decimal type; categories are strings or dictionaries; labels and territories are
    lists of strings; a null is unknown. `offset` is the universe's row at which the table begins. Raises KeyError
    when a column is missing.
    """
    columns: dict[str, Column] = {}
    for c in plan.criteria:
        if c.kind is Kind.NUMBER:
            columns[c.key] = _numbers(table.column(c.columns[0]), np.float32)
        elif c.kind is Kind.CATEGORY:
            columns[c.key] = _category_column(table.column(c.columns[0]))
        elif c.kind is Kind.PLACE:
            latitude, longitude = (_numbers(table.column(name), np.float64) for name in c.columns)
            columns[c.key] = places(latitude, longitude)
        else:
            columns[c.key] = _label_column(table.column(c.columns[0]))
    return Frame(encode_ids(table.column(id_column).to_pylist()), columns, offset)


def _numbers(column: pa.ChunkedArray, dtype: Any) -> Any:
    return pc.cast(column, pa.float64(), safe=False).to_numpy().astype(dtype)


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
    return Codes(codes, names)


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
    return LabelSets(indptr, codes, known, names, np.ones(len(codes), dtype=np.float32))


def _take_labels(column: LabelSets, rows: NDArray[np.integer]) -> LabelSets:
    start, stop = column.indptr[rows], column.indptr[np.asarray(rows) + 1]
    length = stop - start
    indptr = np.concatenate([[0], np.cumsum(length)]).astype(np.int32)
    at = np.repeat(start - indptr[:-1], length) + np.arange(int(indptr[-1]), dtype=np.int64)
    indices = column.indices[at]
    return LabelSets(indptr, indices, column.known[rows], column.values, np.ones(len(indices), dtype=np.float32))
