"""Every number that the potential formula rests on, with its unit and where it comes from.

Nothing is hidden: what no data of this installation supports is a stand-in and says so; what was estimated tells
from how many companies; what a person has set stays set.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from profiling.studies.rules import RuleFault


class Origin(StrEnum):
    """Where a parameter's value comes from."""

    STAND_IN = "stand_in"  # an assumption, to be replaced by knowledge
    ESTIMATED = "estimated"  # from this installation's own companies and sales
    SET = "set"  # by a person


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value. `evidence` is the number of companies it was estimated from (0 for a stand-in)."""

    value: float
    unit: str
    origin: Origin = Origin.STAND_IN
    evidence: int = 0

    def __post_init__(self) -> None:
        if not math.isfinite(self.value) or self.value < 0:
            raise RuleFault("not_a_number")


@dataclass(frozen=True, slots=True)
class BySegment:
    """A parameter with its value for all companies and, where they differ, for segments."""

    overall: Parameter
    segments: Mapping[str, Parameter] = field(default_factory=dict)

    def of(self, segment: str | None) -> Parameter:
        """The segment's value, or the overall one."""
        return self.segments.get(segment, self.overall) if segment is not None else self.overall


@dataclass(frozen=True, slots=True)
class Share:
    """Part of a company's business that one vendor gets: Beta(alpha, beta) over comparable companies."""

    alpha: float
    beta: float
    origin: Origin = Origin.STAND_IN
    evidence: int = 0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.alpha) and math.isfinite(self.beta) and self.alpha > 0 and self.beta > 0):
            raise RuleFault("share_not_above_zero")

    @property
    def mean(self) -> float:
        """The mean share."""
        return self.alpha / (self.alpha + self.beta)


@dataclass(frozen=True, slots=True)
class Mix:
    """Part of a company's business that each product family takes (sums to 1), by product."""

    shares: Mapping[str, float]
    origin: Origin = Origin.STAND_IN
    evidence: int = 0


CURRENCY_PER_PERSON_YEAR = "currency/person/year"
CURRENCY_PER_DAY = "currency/day"
CURRENCY_PER_CUSTOMER_YEAR = "currency/customer/year"
DAYS_PER_YEAR = "days/person/year"
CURRENCY_PER_YEAR = "currency/year"
RATIO = "ratio"
LOG_SD = "sd of ln"
COMPANIES = "companies"


@dataclass(frozen=True)
class Parameters:
    """All parameters of a ranking run. Money is in the reporting currency, a year's worth.

    `share_quantile`: which quantile of the share in its segment counts as potential (0.8: what the best fifth of
    comparable companies give a vendor). `dilution`: how a vendor's share falls where a company can sell more than is
    typical of its segment, share ∝ (typical / C)^dilution; 0 not at all, 1 so much that size adds nothing.
    `headroom`: what a company can sell next to what it sells today, where its yearly revenue is known.
    `typical_capacity`: of the segment, and used where nothing about a company's capacity is known. `error_*`: standard
    deviations of the logarithm of each factor. `shrinkage`: how many comparable companies weigh as much as a segment's
    parent (k).
    """

    quota: BySegment = BySegment(Parameter(400_000.0, CURRENCY_PER_PERSON_YEAR))
    billable_days: Parameter = Parameter(180.0, DAYS_PER_YEAR)
    day_rate: BySegment = BySegment(Parameter(650.0, CURRENCY_PER_DAY))
    basket: BySegment = BySegment(Parameter(8_000.0, CURRENCY_PER_CUSTOMER_YEAR))
    headroom: Parameter = Parameter(1.0, RATIO)
    typical_capacity: BySegment = BySegment(Parameter(1_000_000.0, CURRENCY_PER_YEAR))
    share: Share = Share(1.0, 4.0)
    segment_shares: Mapping[str, Share] = field(default_factory=dict)
    share_quantile: Parameter = Parameter(0.8, RATIO)
    dilution: Parameter = Parameter(0.0, RATIO)
    mix: Mix = Mix({})
    segment_mixes: Mapping[str, Mix] = field(default_factory=dict)
    shrinkage: Parameter = Parameter(20.0, COMPANIES)
    error_capacity: Parameter = Parameter(0.35, LOG_SD)
    error_capacity_unknown: Parameter = Parameter(0.9, LOG_SD)
    error_fit: Parameter = Parameter(0.3, LOG_SD)
    error_share: Parameter = Parameter(0.4, LOG_SD)
    error_corrected: Parameter = Parameter(0.1, LOG_SD)

    def items(self) -> Iterator[tuple[str, Parameter]]:
        """Every single value under its key: "quota", "quota:<segment>", "share:alpha", "share:<segment>:beta",
        "mix:<product>", "mix:<segment>:<product>"…; what a page lists and `with_values` takes."""
        for name in _SINGLE:
            yield name, getattr(self, name)
        for name in _BY_SEGMENT:
            factor: BySegment = getattr(self, name)
            yield name, factor.overall
            for segment, parameter in factor.segments.items():
                yield f"{name}:{segment}", parameter
        for prefix, share in [("share", self.share), *((f"share:{s}", v) for s, v in self.segment_shares.items())]:
            yield f"{prefix}:alpha", Parameter(share.alpha, RATIO, share.origin, share.evidence)
            yield f"{prefix}:beta", Parameter(share.beta, RATIO, share.origin, share.evidence)
        for prefix, mix in [("mix", self.mix), *((f"mix:{s}", v) for s, v in self.segment_mixes.items())]:
            for product, value in mix.shares.items():
                yield f"{prefix}:{product}", Parameter(value, RATIO, mix.origin, mix.evidence)

    def with_values(self, values: Mapping[str, float]) -> Parameters:
        """The parameters with some set by a person, by the keys of `items`; a segment that had no value of its own
        gets one. Product mixes are brought back to a sum of 1. Raises RuleFault for an unknown key or an unusable
        value."""
        changed = self
        mixes: dict[str, dict[str, float]] = {}
        for key, value in values.items():
            name, _, rest = key.partition(":")
            single: dict[str, Any] = {}
            if name in _SINGLE and not rest:
                old: Parameter = getattr(changed, name)
                single[name] = Parameter(float(value), old.unit, Origin.SET)
            elif name in _BY_SEGMENT:
                factor: BySegment = getattr(changed, name)
                new = Parameter(float(value), factor.overall.unit, Origin.SET)
                segments = {**factor.segments, rest: new} if rest else factor.segments
                single[name] = BySegment(factor.overall if rest else new, segments)
            elif name == "share" and rest.rpartition(":")[2] in ("alpha", "beta"):
                changed = changed._with_share(rest, float(value))
            elif name == "mix" and rest:
                segment, _, product = rest.rpartition(":")
                mixes.setdefault(segment, {})[product] = float(value)
            else:
                raise RuleFault("unknown_parameter", name=key)
            changed = replace(changed, **single)
        if not 0 < changed.share_quantile.value < 1:
            raise RuleFault("quantile_out_of_range")
        if changed.dilution.value > 1:
            raise RuleFault("dilution_out_of_range")
        for segment, shares in mixes.items():
            changed = changed._with_mix(segment, shares)
        return changed

    def _with_share(self, rest: str, value: float) -> Parameters:
        segment, _, which = rest.rpartition(":")
        old = self.segment_shares.get(segment, self.share) if segment else self.share
        new = Share(value, old.beta, Origin.SET) if which == "alpha" else Share(old.alpha, value, Origin.SET)
        if segment:
            return replace(self, segment_shares={**self.segment_shares, segment: new})
        return replace(self, share=new)

    def _with_mix(self, segment: str, shares: Mapping[str, float]) -> Parameters:
        old = self.segment_mixes.get(segment, self.mix) if segment else self.mix
        unknown = set(shares) - set(self.mix.shares)
        if unknown:
            raise RuleFault("unknown_product", name=", ".join(sorted(unknown)))
        merged = {**old.shares, **shares}
        total = sum(merged.values())
        if total <= 0 or any(v < 0 or not math.isfinite(v) for v in merged.values()):
            raise RuleFault("empty_mix")
        new = Mix({product: value / total for product, value in merged.items()}, Origin.SET)
        if segment:
            return replace(self, segment_mixes={**self.segment_mixes, segment: new})
        return replace(self, mix=new)

    def to_dict(self) -> dict[str, Any]:
        """The parameters as JSON-able data."""
        return {
            "values": {k: [p.value, p.unit, p.origin.value, p.evidence] for k, p in self.items()},
            "products": list(self.mix.shares),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Parameters:
        """The parameters that `to_dict` gave."""
        given = {k: Parameter(float(v), u, Origin(o), int(n)) for k, (v, u, o, n) in data["values"].items()}
        made: dict[str, Any] = {name: given[name] for name in _SINGLE}
        for name in _BY_SEGMENT:
            own = {k.partition(":")[2]: p for k, p in given.items() if k.startswith(f"{name}:")}
            made[name] = BySegment(given[name], own)
        shares: dict[str, Share] = {}
        mixes: dict[str, dict[str, float]] = {}
        origin: dict[str, Parameter] = {}
        for key, p in given.items():
            name, _, rest = key.partition(":")
            segment, _, last = rest.rpartition(":")
            if name == "share" and last == "alpha":
                shares[segment] = Share(p.value, given[key.removesuffix("alpha") + "beta"].value, p.origin, p.evidence)
            elif name == "mix":
                mixes.setdefault(segment, {})[last] = p.value
                origin[segment] = p
        made_mixes = {s: Mix(m, origin[s].origin, origin[s].evidence) for s, m in mixes.items()}
        return cls(
            **made,
            share=shares.pop(""),
            segment_shares=shares,
            mix=made_mixes.pop("", Mix({})),
            segment_mixes=made_mixes,
        )


_SINGLE = (
    "billable_days",
    "headroom",
    "share_quantile",
    "dilution",
    "shrinkage",
    "error_capacity",
    "error_capacity_unknown",
    "error_fit",
    "error_share",
    "error_corrected",
)
_BY_SEGMENT = ("quota", "day_rate", "basket", "typical_capacity")
