"""What makes the references alike: facts that they share more than the universe does (P8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .profile import CountTable, NumberTable, Profile

HALF = 0.5  # half a company with the universe's own mix is added to the references, so that few do not shout


@dataclass(frozen=True, slots=True)
class Likeness:
    """A fact that the references share more (or less) than the universe does.

    `value` is the category or label; for a number its fifth of the universe, "1" lowest to "5" highest, with
    `low`/`high` its limits in the number's unit (None at the open ends). Shares, 0..1, are of the companies that know
    the fact; `lift` is reference share / universe share, smoothed; `references` is how many of them have it.
    """

    key: str
    value: str
    reference_share: float
    universe_share: float
    lift: float
    references: int
    low: float | None = None
    high: float | None = None

    @property
    def telling(self) -> float:
        """How much it tells: its share times the logarithm of its lift."""
        return self.reference_share * float(np.log(self.lift))


def alike(profile: Profile, *, at_least: float = 0.2, limit: int | None = None) -> tuple[Likeness, ...]:
    """p_S / p_universe per criterion and value, the most telling first.

    Values that fewer than `at_least` of the references have are left out. Places are not told (a map shows them).
    """
    found = [one for key, table in profile.tables.items() for one in _of_table(key, table, at_least)]
    found.sort(key=lambda f: (-f.telling, f.key, f.value))
    return tuple(found[:limit])


def _of_table(key: str, table: object, at_least: float) -> Iterator[Likeness]:
    if isinstance(table, CountTable):
        counts, universe, known = table.reference_counts, table.universe_counts, table.universe_known
        limits: list[tuple[float | None, float | None]] = [(None, None)] * len(table.values)
        names: tuple[str, ...] = table.values
    elif isinstance(table, NumberTable):
        counts, universe, known = table.reference_bands, table.universe_bands, table.universe_known
        edges: list[float | None] = [None, *map(float, table.cuts), None]
        limits = list(pairwise(edges))
        names = tuple(str(band + 1) for band in range(len(counts)))
    else:
        return
    references = table.references
    for i in np.flatnonzero(counts >= max(at_least * references, 1)):
        in_universe = (universe[i] + HALF) / (known + HALF)
        in_references = (counts[i] + HALF * in_universe) / (references + HALF)
        yield Likeness(
            key,
            names[i],
            float(counts[i] / references),
            float(universe[i] / max(known, 1)),
            float(in_references / in_universe),
            int(counts[i]),
            *limits[i],
        )
