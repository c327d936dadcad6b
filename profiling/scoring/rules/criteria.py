"""What a company is compared on: criteria, their groups and weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from profiling.studies.rules import RuleFault


class Kind(StrEnum):
    """How a criterion's values are compared."""

    NUMBER = "number"  # 1 − distance / range, in logs where skewed; see Compare
    CATEGORY = "category"  # one value a company: share of the references that have it
    LABELS = "labels"  # any number of values: share of the references' labels that it carries
    TERRITORY = "territory"  # any number of values: overlap (weighted Jaccard) with the references' coverage
    PLACE = "place"  # latitude and longitude: exp(−km / scale), mean over the references


class Compare(StrEnum):
    """When a number differs from a reference's."""

    NEAR = "near"  # more and less count alike: 1 − |x − i| / range
    AT_LEAST = "at_least"  # only less counts: 1 − max(0, i − x) / range; for proofs, such as certifications


@dataclass(frozen=True, slots=True)
class Criterion:
    """One fact on which companies are compared.

    `key` names it; `columns` are the table's columns it reads (the key itself unless told; two for a place:
    latitude, longitude in degrees). `weight` is its weight inside its group. `log`: compare numbers by order of
    magnitude (True), as they are (False), or by how skewed the universe is (None). `compare`: whether a higher number
    than a reference's is a difference (NEAR) or not (AT_LEAST). `scale_km` is the distance at
    which nearness has fallen to 37 %.
    """

    key: str
    kind: Kind
    group: str
    weight: float = 1.0
    columns: tuple[str, ...] = ()
    log: bool | None = None
    compare: Compare = Compare.NEAR
    scale_km: float = 150.0

    def __post_init__(self) -> None:
        if not self.key or not self.group:
            raise ValueError("a criterion needs a key and a group")
        if not math.isfinite(self.weight) or self.weight < 0:
            raise ValueError(f"weight of {self.key} must be a number, zero or more")
        if not math.isfinite(self.scale_km) or self.scale_km <= 0:
            raise ValueError(f"scale_km of {self.key} must be above zero")
        wanted = 2 if self.kind is Kind.PLACE else 1
        if not self.columns:
            names = (f"{self.key}_latitude", f"{self.key}_longitude") if wanted == 2 else (self.key,)
            object.__setattr__(self, "columns", names)
        if len(self.columns) != wanted:
            raise ValueError(f"{self.key} reads {wanted} column(s), got {len(self.columns)}")


@dataclass(frozen=True, slots=True)
class Group:
    """Criteria that are weighed together; `weight` is relative to the other groups (any unit)."""

    key: str
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not math.isfinite(self.weight) or self.weight < 0:
            raise ValueError(f"weight of group {self.key} must be a number, zero or more")


@dataclass(frozen=True, slots=True)
class Weights:
    """A change of weights: group → weight and criterion → weight inside its group; what is not named keeps its own."""

    groups: Mapping[str, float] = field(default_factory=dict)
    criteria: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """The criteria of a study, in order, with the groups they belong to.

    Groups are listed in the order in which results show them. Raises ValueError when a key is used twice, a
    criterion's group is not listed, RuleFault ``no_weight`` when no weight is above zero.
    """

    criteria: tuple[Criterion, ...]
    groups: tuple[Group, ...]

    def __post_init__(self) -> None:
        keys = [c.key for c in self.criteria]
        names = [g.key for g in self.groups]
        if len(set(keys)) != len(keys) or len(set(names)) != len(names):
            raise ValueError("two criteria or two groups share a key")
        unlisted = {c.group for c in self.criteria} - set(names)
        if unlisted:
            raise ValueError(f"groups not listed: {', '.join(sorted(unlisted))}")
        weight = {g.key: g.weight for g in self.groups}
        if not any(c.weight > 0 and weight[c.group] > 0 for c in self.criteria):
            raise RuleFault("no_weight")

    @classmethod
    def of(cls, *criteria: Criterion, groups: Mapping[str, float] | None = None) -> Plan:
        """A plan with the groups that the criteria name, in order of appearance, equal unless `groups` says."""
        given = groups or {}
        names = dict.fromkeys(c.group for c in criteria)
        return cls(tuple(criteria), tuple(Group(n, given.get(n, 1.0)) for n in names))

    def with_weights(self, weights: Weights) -> Plan:
        """The same plan with other weights. Raises ValueError when a name is unknown."""
        unknown = (set(weights.groups) - {g.key for g in self.groups}) | (
            set(weights.criteria) - {c.key for c in self.criteria}
        )
        if unknown:
            raise ValueError(f"no such group or criterion: {', '.join(sorted(unknown))}")
        return Plan(
            tuple(replace(c, weight=float(weights.criteria.get(c.key, c.weight))) for c in self.criteria),
            tuple(replace(g, weight=float(weights.groups.get(g.key, g.weight))) for g in self.groups),
        )

    def equal(self) -> Plan:
        """The same plan with every group equal, and every criterion equal inside its group (the default)."""
        return Plan(tuple(replace(c, weight=1.0) for c in self.criteria), tuple(replace(g, weight=1.0) for g in self.groups))

    def columns(self) -> tuple[str, ...]:
        """Every column of the universe that the plan reads, once, in order."""
        return tuple(dict.fromkeys(name for c in self.criteria for name in c.columns))

    def to_dict(self) -> dict[str, Any]:
        """The plan as JSON-able data."""
        return {
            "groups": [{"key": g.key, "weight": g.weight} for g in self.groups],
            "criteria": [
                {
                    "key": c.key,
                    "kind": c.kind.value,
                    "group": c.group,
                    "weight": c.weight,
                    "columns": list(c.columns),
                    "log": c.log,
                    "compare": c.compare.value,
                    "scale_km": c.scale_km,
                }
                for c in self.criteria
            ],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Plan:
        """The plan that `to_dict` gave. Raises ValueError, RuleFault or KeyError when it is not one."""
        return cls(
            tuple(
                Criterion(
                    key=c["key"],
                    kind=Kind(c["kind"]),
                    group=c["group"],
                    weight=float(c.get("weight", 1.0)),
                    columns=tuple(c.get("columns", ())),
                    log=c.get("log"),
                    compare=Compare(c.get("compare", Compare.NEAR)),
                    scale_km=float(c.get("scale_km", 150.0)),
                )
                for c in data["criteria"]
            ),
            tuple(Group(g["key"], float(g.get("weight", 1.0))) for g in data["groups"]),
        )
