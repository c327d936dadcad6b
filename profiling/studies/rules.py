"""Pure rules of studies: how the universe is cut, which runs are kept, what a version of the code is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

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


@lru_cache(maxsize=1)
def code_version() -> str:
    """A name for the arithmetic of this installation: the hash of its rules' sources, first 16 hex digits."""
    stage = Path(__file__).resolve().parents[1]
    return source_hash(sorted(p for p in stage.rglob("*.py") if "rules" in p.parts or p.name.startswith("rules")), stage)


def source_hash(files: Iterable[Path], root: Path) -> str:
    """The hash of some source files with their names, first 16 hex digits."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(root)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
