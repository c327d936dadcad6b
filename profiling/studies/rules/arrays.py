"""Types of arrays, and whole numbers kept short."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Mask = NDArray[np.bool_]
Unsigned = NDArray[np.unsignedinteger[Any]]


def small(codes: NDArray[np.integer], largest: int) -> Unsigned:
    """Codes in the smallest unsigned type that holds `largest`: what is looked up a million times should be short."""
    return codes.astype(np.min_scalar_type(max(largest, 1)))
