"""Chance that can be repeated: one independent stream of random numbers per part of the world.

Each part draws from a stream of its own, named after it, so that adding a part never changes the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray


def stream(seed: int, part: str) -> np.random.Generator:
    """The random numbers of one part; the same seed and name always give the same ones, on every machine."""
    digest = hashlib.sha256(f"{seed}/{part}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


def choose(rng: np.random.Generator, values: Sequence[Any], weights: Sequence[float], size: int) -> NDArray[Any]:
    """``size`` values drawn by weight (any unit, sum above zero)."""
    share = np.asarray(weights, dtype=float)
    return np.asarray(values, dtype=object)[rng.choice(len(values), size=size, p=share / share.sum())]


def choose_rows(rng: np.random.Generator, weights: NDArray[np.floating]) -> NDArray[np.int64]:
    """One column index for each row of ``weights`` (rows × columns, not negative), drawn by the row's weights."""
    total = np.cumsum(weights, axis=1)
    draw = rng.random(len(weights))[:, None] * total[:, -1:]
    return np.minimum((draw >= total).sum(axis=1), weights.shape[1] - 1)


def keys(seed: int, table: str, count: int, moment_ms: int) -> list[UUID]:
    """``count`` UUIDv7 of a table, in order: the same on every run, stamped with ``moment_ms`` (Unix milliseconds)."""
    rng = stream(seed, f"keys/{table}")
    low = rng.integers(0, 2**62, size=count, dtype=np.int64)
    head = moment_ms << 80 | 0x7 << 76 | 0b10 << 62
    # The twelve bits behind the version and the stamp count the rows, so that keys of one table keep its order.
    return [UUID(int=head + ((i >> 12) << 80) + ((i & 0xFFF) << 64) + int(tail)) for i, tail in enumerate(low)]
