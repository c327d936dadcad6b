"""Ids between Arrow and numpy without a Python object for each: a million of them cost nothing."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


def ids_to_bytes(column: pa.ChunkedArray | pa.Array) -> NDArray[np.bytes_]:
    """A column of texts, none null, as bytes (rows,): they compare and sort as their text does by code point."""
    array = pa.concat_arrays(column.chunks) if isinstance(column, pa.ChunkedArray) and column.num_chunks else column
    if len(array) == 0:
        return np.zeros(0, dtype="S1")
    array = pc.cast(array, pa.string())
    lengths = pc.min_max(pc.binary_length(array)).as_py()
    if lengths["min"] != lengths["max"] or not lengths["min"]:
        return np.array([text.encode() for text in array.to_pylist()], dtype=np.bytes_)
    _valid, ends, data = array.buffers()
    start = int(np.frombuffer(ends, dtype=np.int32)[array.offset])
    return np.frombuffer(data, dtype=f"S{lengths['min']}", count=len(array), offset=start)


def ids_to_arrow(ids: NDArray[np.bytes_]) -> pa.Array:
    """Ids as `ids_to_bytes` gives them, as Arrow texts."""
    width = ids.dtype.itemsize
    if not len(ids) or np.any(np.char.str_len(ids) != width):
        return pa.array([i.decode() for i in ids.tolist()], pa.string())
    ends = np.arange(len(ids) + 1, dtype=np.int32) * np.int32(width)
    return pa.Array.from_buffers(pa.string(), len(ids), [None, pa.py_buffer(ends), pa.py_buffer(np.ascontiguousarray(ids))])
