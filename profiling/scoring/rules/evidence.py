"""Weighing: from similarities and what is known to contributions, resemblance and known share (P8).

Which criteria of a row are known is kept as bits, eight criteria to a byte: what depends on them alone (known weights
and their inverses) is then read from tables of 256 entries instead of being summed criterion by criterion.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .criteria import Criterion, Plan
from .frame import F32, Mask
from .profile import Profile

Bits = NDArray[np.uint8]


class Weighed:
    """Weights of up to any number of keys, and where each key's bit is: `place[key]` is (byte, bit)."""

    def __init__(self, weights: dict[str, float]) -> None:
        keys = list(weights)
        self.place = {key: divmod(at, 8) for at, key in enumerate(keys)}
        self.tables: list[F32] = []
        for first in range(0, len(keys), 8):
            values = np.array([weights[key] for key in keys[first : first + 8]])
            bits = (np.arange(256)[:, None] >> np.arange(len(values))[None, :]) & 1
            self.tables.append((bits * values).sum(axis=1).astype(np.float32))

    def empty(self, rows: int) -> Bits:
        """Bits of some rows about which nothing is known yet."""
        return np.zeros((len(self.tables), rows), dtype=np.uint8)

    def set(self, bits: Bits, key: str, known: Mask) -> None:
        """Set a key's bit where it is known."""
        byte, bit = self.place[key]
        bits[byte] |= known.view(np.uint8) * np.uint8(1 << bit)

    def sum(self, bits: Bits) -> F32:
        """The weight of what is known in each row."""
        total: F32 = self.tables[0].take(bits[0])
        for table, more in zip(self.tables[1:], bits[1:], strict=True):
            total += table.take(more)
        return total


class Evidence:
    """How the usable criteria of a profile are weighed under a plan.

    `criteria` are those that carry weight; `weight` each one's weight inside its group (adding up to 1);
    `group_weight` each group's weight (adding up to 1 over the groups that have such a criterion), in plan order.
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
        self.group_keys = [g.key for g in plan.groups]
        self.group = {c.key: self.group_keys.index(c.group) for c in self.criteria}
        self.inside = {g: Weighed({c.key: self.weight[c.key] for c in self.criteria if c.group == g}) for g in total}
        self.groups = Weighed({g.key: w for g, w in zip(plan.groups, self.group_weight, strict=True) if g.key in total})
        self.all = Weighed({c.key: self.group_weight[self.group[c.key]] * self.weight[c.key] for c in self.criteria})
        self.inverse: dict[str, F32] = {}  # group weight / known weight, 0 where nothing is known; groups of one byte
        for g, weighed in self.inside.items():
            if len(weighed.tables) == 1:
                self.inverse[g] = _inverse(weighed.tables[0], self.group_weight[self.group_keys.index(g)])

    def start(self, rows: int) -> Sums:
        """Empty sums for some rows."""
        return Sums(self, rows)


def _inverse(known: F32, weight: float) -> F32:
    return np.divide(np.float32(weight), known, out=np.zeros_like(known), where=known > 0)


class Sums:
    """Running sums of some rows: weighted similarity by group, and the bits of what is known."""

    def __init__(self, evidence: Evidence, rows: int) -> None:
        self.evidence = evidence
        self.similar = np.zeros((len(evidence.group_keys), rows), dtype=np.float32)
        self.bits = {g: weighed.empty(rows) for g, weighed in evidence.inside.items()}
        self.all_bits = evidence.all.empty(rows)
        self.group_bits = evidence.groups.empty(rows)

    def add(self, key: str, weighted: F32, known: Mask) -> None:
        """Add one criterion: its similarity times its weight, 0 where unknown."""
        evidence, at = self.evidence, self.evidence.group[key]
        self.similar[at] += weighted
        group = evidence.group_keys[at]
        evidence.inside[group].set(self.bits[group], key, known)
        evidence.all.set(self.all_bits, key, known)

    def finish(self, contributions: F32, resemblance: F32, known_share: F32) -> None:
        """Write contributions (groups, rows; NaN where unknown), their sum (NaN without any) and the known share."""
        evidence = self.evidence
        resemblance[:] = 0
        nothing: list[Mask] = []
        for at, group in enumerate(evidence.group_keys):
            bits = self.bits.get(group)
            if bits is None:
                nothing.append(np.ones(len(resemblance), dtype=bool))
                continue
            known = bits[0] > 0
            for more in bits[1:]:
                known |= more > 0
            if group in evidence.inverse:
                inverse = evidence.inverse[group].take(bits[0])
            else:
                inverse = _inverse(evidence.inside[group].sum(bits), evidence.group_weight[at])
            np.multiply(self.similar[at], inverse, out=contributions[at])
            resemblance += contributions[at]
            evidence.groups.set(self.group_bits, group, known)
            nothing.append(~known)
        rested = evidence.groups.sum(self.group_bits)
        np.copyto(rested, np.nan, where=rested == 0)
        np.divide(np.float32(1), rested, out=rested)
        resemblance *= rested
        np.minimum(resemblance, 1, out=resemblance)
        np.minimum(evidence.all.sum(self.all_bits), 1, out=known_share)
        for at, unknown in enumerate(nothing):
            contributions[at] *= rested
            # All bits set is NaN; without branches this takes a fifth of the time of a masked copy.
            contributions[at].view(np.int32)[:] |= -unknown.view(np.uint8).astype(np.int32)
