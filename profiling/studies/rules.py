"""Pure rules of studies: how the universe is cut, which runs are kept."""

from __future__ import annotations

from collections.abc import Sequence

CHUNK_ROWS = 65_536
KEPT_RUNS = 20
MOST_RESULTS = 10_000


def chunk_bounds(rows: int, size: int = CHUNK_ROWS) -> list[tuple[int, int]]:
    """The universe cut in pieces: (start, stop) of each; at least one, also of an empty universe.

    >>> chunk_bounds(5, 2)
    [(0, 2), (2, 4), (4, 5)]
    """
    return [(start, min(start + size, rows)) for start in range(0, max(rows, 1), size)]


def runs_to_drop(runs: Sequence[tuple[int, bool]], keep: int = KEPT_RUNS) -> list[int]:
    """Numbers of the runs whose results may go: all but the last ``keep`` and those pinned or cited (number, is kept)."""
    newest = sorted((number for number, _kept in runs), reverse=True)[:keep]
    return sorted(number for number, kept in runs if not kept and number not in newest)
