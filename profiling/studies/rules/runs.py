"""How the universe is cut, which runs are kept, how two runs compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

CHUNK_ROWS = 65_536
KEPT_RUNS = 20
MOST_RESULTS = 10_000
ROSE, FELL, NEW, OUT, SAME = MOVES = ("rose", "fell", "new", "out", "same")


def move_of(row: Mapping[str, Any]) -> str:
    """What became of a company of a comparison (``runs_compared``): rose, fell, new, out or same."""
    if row["rank"] is None:
        return OUT
    if row["other_rank"] is None:
        return NEW
    return ROSE if row["moved"] > 0 else FELL if row["moved"] < 0 else SAME


def compared_in_order(rows: Sequence[Mapping[str, Any]], sort: str) -> list[Mapping[str, Any]]:
    """Rows of a comparison by ``rank`` or by places ``moved``, ``-`` for falling; whoever has none comes last either way.

    >>> [row["moved"] for row in compared_in_order([{"moved": 1}, {"moved": None}, {"moved": 4}], "-moved")]
    [4, 1, None]
    """
    name, falling = sort.removeprefix("-"), sort.startswith("-")
    known = [row for row in rows if row[name] is not None]
    return sorted(known, key=lambda row: row[name], reverse=falling) + [row for row in rows if row[name] is None]


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
