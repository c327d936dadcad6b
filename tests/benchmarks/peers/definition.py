"""The definition of resemblance, word for word and slow: one company at a time, one reference at a time, no tables.

It is what the fast form is tested against, and the peer of the speed benchmark. Winsorising limits and log choice
come from the same survey, since they are part of the definition.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from profiling.scoring.rules.criteria import Compare, Criterion, Kind, Plan
from profiling.scoring.rules.frame import Codes, Frame
from profiling.scoring.rules.profile import EARTH_KM
from profiling.scoring.rules.scale import NumberScale
from profiling.scoring.rules.survey import NumberSurvey, Survey


@dataclass(frozen=True, slots=True)
class NaiveScore:
    """Resemblance (None without a known fact), known share, and the known groups' contributions by key."""

    resemblance: float | None
    known_share: float
    contributions: dict[str, float]


def naive_score(
    universe: Frame, references: Sequence[int], plan: Plan, survey: Survey, row: int, *, leave_itself_out: bool = True
) -> NaiveScore:
    """Score one row as docs/methods/scoring.md defines it."""
    others = [r for r in dict.fromkeys(references) if r != row] if leave_itself_out else list(dict.fromkeys(references))
    usable = {c.key for c in plan.criteria if naive_is_usable(universe, list(references), c, survey)}
    if not others:
        others = list(references)  # a single reference is compared with itself
    parts: dict[str, tuple[float, float]] = {}
    known_share, all_weight, rested = 0.0, 0.0, 0.0
    for g in plan.groups:
        members = [c for c in plan.criteria if c.group == g.key and c.key in usable and c.weight > 0]
        if not members or g.weight <= 0:
            continue
        total = sum(c.weight for c in members)
        all_weight += g.weight
        pairs = [(c.weight, naive_similarity(universe, others, c, survey, row)) for c in members]
        known = [(w, s) for w, s in pairs if s is not None]
        if known:
            weight = sum(w for w, _ in known)
            parts[g.key] = (g.weight, sum(w * s for w, s in known) / weight)
            known_share += g.weight * weight / total
            rested += g.weight
    if not parts:
        return NaiveScore(None, 0.0, {})
    contributions = {key: weight * value / rested for key, (weight, value) in parts.items()}
    return NaiveScore(sum(contributions.values()), known_share / all_weight, contributions)


def naive_is_usable(universe: Frame, references: Sequence[int], c: Criterion, survey: Survey) -> bool:
    """Whether the criterion tells anything: a reference knows it, and it is not the same for all."""
    facts = survey[c.key]
    if isinstance(facts, NumberSurvey):
        return facts.scale is not None and any(not math.isnan(universe.number(c.key)[r]) for r in references)
    if c.kind in (Kind.CATEGORY, Kind.PLACE):
        some = bool(universe.codes(c.key).known[list(references)].any())
        return some and (c.kind is Kind.PLACE or max(facts.counts) < facts.known)
    sets = universe.labels(c.key)
    return any(sets.known[r] and len(sets.of_row(r)) for r in references)


def naive_similarity(universe: Frame, references: Sequence[int], c: Criterion, survey: Survey, row: int) -> float | None:
    """s_j of one company with the references, None where it or all of them are unknown."""
    if c.kind is Kind.NUMBER:
        facts = survey[c.key]
        assert isinstance(facts, NumberSurvey)
        assert facts.scale is not None
        column = universe.number(c.key)
        mine = float(column[row])
        theirs = [float(column[r]) for r in references if not math.isnan(column[r])]
        if math.isnan(mine) or not theirs:
            return None
        scale = facts.scale
        less = [_spot(scale, other) - _spot(scale, mine) for other in theirs]
        distance = [abs(d) if c.compare is Compare.NEAR else max(0.0, d) for d in less]
        return sum(1 - d for d in distance) / len(theirs)
    if c.kind in (Kind.CATEGORY, Kind.PLACE):
        column_codes = universe.codes(c.key)
        code = int(column_codes.codes[row])
        codes = [int(column_codes.codes[r]) for r in references if column_codes.codes[r] < column_codes.unknown]
        if code == column_codes.unknown or not codes:
            return None
        if c.kind is Kind.CATEGORY:
            return sum(code == other for other in codes) / len(codes)
        here = _degrees(column_codes, code)
        return sum(math.exp(-_km(here, _degrees(column_codes, other)) / c.scale_km) for other in codes) / len(codes)
    sets = universe.labels(c.key)
    known = [set(sets.of_row(r).tolist()) for r in references if sets.known[r]]
    carried = set(sets.of_row(row).tolist())
    if not sets.known[row] or not known:
        return None
    share = {label: sum(label in other for other in known) / len(known) for label in set().union(*known)}
    whole, shared = sum(share.values()), sum(share.get(label, 0.0) for label in carried)
    if whole == 0:
        return None
    return shared / whole if c.kind is Kind.LABELS else shared / (len(carried) + whole - shared)


def _spot(scale: NumberScale, value: float) -> float:
    clipped = min(max(value, scale.low), scale.high)
    if scale.log:
        return (math.log1p(clipped) - math.log1p(scale.low)) / (math.log1p(scale.high) - math.log1p(scale.low))
    return (clipped - scale.low) / (scale.high - scale.low)


def _degrees(column: Codes, code: int) -> tuple[float, float]:
    latitude, longitude = np.asarray(column.values)[code].tolist()
    return latitude, longitude


def _km(a: tuple[float, float], b: tuple[float, float]) -> float:
    (lat1, lon1), (lat2, lon2) = (tuple(np.radians(p)) for p in (a, b))
    half = math.sin((lat1 - lat2) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon1 - lon2) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, half)))
