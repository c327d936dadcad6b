"""What a look-alike found: how many of the best are both alike and worth it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

BEST = 60
ALIKE = 60
THIN = "potential_too_little"  # a mark: the potential rests on less than half of its evidence, or on no fact of the company


def finding_of(best: Sequence[tuple[Decimal | None, Decimal | None]]) -> dict[str, Any]:
    """Of the first 60 of (score, potential): ``worth``, a round figure that half of those with a potential reach (None where not
    half of them have one that rests on enough), and ``count``, how many score 60 or more and reach it; ``rows`` is how many there
    are, ``largest`` the largest potential."""
    best = best[:BEST]
    known = sorted(float(p50) for _score, p50 in best if p50 is not None)
    if not known or 2 * len(known) < len(best):
        return {"rows": len(best), "worth": None, "count": 0}
    worth = _round_figure(known[len(known) // 2])
    count = sum(score is not None and score >= ALIKE and p50 is not None and float(p50) >= worth for score, p50 in best)
    return {"rows": len(best), "worth": worth, "count": count, "largest": known[-1]}


def _round_figure(value: float) -> float:
    """A threshold that people would choose: one or two significant figures."""
    if value <= 0:
        return 0.0
    size = 10.0 ** (len(str(int(value))) - 1)
    return max(round(value / size * 2) / 2 * size, size / 2)
