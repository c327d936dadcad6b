"""Weighing: from similarities and what is known to contributions, resemblance and known share (P8).

A criterion's part of its group is one whole number: the weight that is known in the upper 32 bits, that weight times the
similarity in the lower ones, 0 where nothing is known. Adding these numbers adds both sums at once, exactly, whatever the order.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np

from profiling.studies.rules.arrays import F32, I64, Mask

from .criteria import Criterion, Plan
from .profile import Profile

ONE = 1 << 30  # the whole weight of a group: sums stay below 2³¹
FAR = np.float32(1e20)  # makes any known weight larger than the largest group weight
LOWER = 0 if sys.byteorder == "little" else 1


class Evidence:
    """How the usable criteria of a profile are weighed under a plan.

    `criteria` are those that carry weight; `weight` is each one's part of its group (they add up to 1); `group_weight`
    (plan's groups) adds up to 1 over the groups that have such a criterion; `members` are each group's criteria.
    """

    def __init__(self, profile: Profile, plan: Plan) -> None:
        group = {g.key: g.weight for g in plan.groups}
        self.criteria: tuple[Criterion, ...] = tuple(
            c for c in plan.criteria if c.key in profile.tables and c.weight > 0 and group[c.group] > 0
        )
        total: dict[str, float] = {}
        for c in self.criteria:
            total[c.group] = total.get(c.group, 0.0) + c.weight
        whole = sum(g.weight for g in plan.groups if g.key in total)
        self.weight = {c.key: c.weight / total[c.group] for c in self.criteria}
        self.group_weight = [g.weight / whole if g.key in total else 0.0 for g in plan.groups]
        self.members = [tuple(c for c in self.criteria if c.group == g.key) for g in plan.groups]

    def packed(self, criterion: Criterion, similarity: F32, known: Mask) -> I64:
        """A criterion's part of its group, for vocabulary entries or companies alike: see the module."""
        weight = self._units(criterion)
        similar = np.rint(similarity.astype(np.float64) * weight).astype(np.int64)
        return np.where(known, (weight << 32) | similar, 0)

    def _units(self, criterion: Criterion) -> int:
        return max(round(self.weight[criterion.key] * ONE), 1)

    def finish(self, totals: Sequence[I64 | None], contributions: F32, resemblance: F32, known_share: F32) -> None:
        """From each group's `totals` (rows,), None for a group without criteria: write `contributions` (groups, rows; NaN
        where unknown), `resemblance` (rows,), their sum (NaN without any), and `known_share` (rows,)."""
        resemblance[:], known_share[:] = 0, 0
        rested = np.zeros_like(resemblance)
        whole = np.float32(0)
        with np.errstate(invalid="ignore", divide="ignore"):
            for at, total in enumerate(totals):
                if total is None:
                    contributions[at] = np.nan
                    continue
                weight, unit = np.float32(self.group_weight[at]), np.float32(self.group_weight[at] / ONE)
                halves = total.view(np.int32).reshape(-1, 2)
                known = halves[:, 1 - LOWER].astype(np.float32)
                np.divide(halves[:, LOWER].astype(np.float32), known, out=contributions[at])  # 0 / 0 where unknown
                contributions[at] *= weight
                resemblance += np.fmax(contributions[at], np.float32(0))
                known_share += known * unit
                whole += np.float32(sum(map(self._units, self.members[at]))) * unit
                known *= FAR
                rested += np.minimum(known, weight, out=known)
            np.divide(np.float32(1), rested, out=rested)
            resemblance *= rested
            contributions *= rested
        np.minimum(resemblance, 1, out=resemblance)
        known_share /= whole
