"""Arrays and scales as JSON-able data that keeps every bit."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .scale import NumberScale


def pack_array(array: NDArray[Any]) -> dict[str, Any]:
    """Type, shape and bytes, little-endian whatever the machine."""
    plain = np.ascontiguousarray(array)
    little = plain.astype(plain.dtype.newbyteorder("<"))
    return {
        "dtype": little.dtype.str,
        "shape": list(plain.shape),
        "base64": base64.b64encode(little.tobytes()).decode("ascii"),
    }


def unpack_array(data: Mapping[str, Any]) -> NDArray[Any]:
    """The array that `pack_array` was given."""
    raw = np.frombuffer(base64.b64decode(data["base64"]), dtype=np.dtype(data["dtype"]))
    return raw.reshape(data["shape"]).astype(raw.dtype.newbyteorder("="))


def pack_scale(scale: NumberScale) -> list[Any]:
    """A scale as a list."""
    return [scale.low, scale.high, scale.log, scale.scale, scale.base, scale.shift, pack_array(scale.positions)]


def unpack_scale(data: Sequence[Any]) -> NumberScale:
    """The scale that `pack_scale` was given."""
    low, high, log, scale, base, shift, positions = data
    return NumberScale(low, high, bool(log), scale, int(base), int(shift), unpack_array(positions))
