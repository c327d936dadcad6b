"""What is made of scores: the best, percentiles, figures as shown, and the reasons for one company."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prm.core.rounding import round_rows
from profiling.studies.rules import ENOUGH_KNOWN
from profiling.studies.rules.arrays import F32, I64

from .criteria import Kind
from .evidence import Evidence
from .frame import Frame
from .profile import CountTable, Profile
from .score import ChunkResult, combine, similarities

MISSING_LABELS = 8  # how many of the references' labels that a company lacks are told


@dataclass(frozen=True, slots=True)
class Best:
    """The best companies, best first: `rows` of the universe, with the fields of ChunkResult for these rows."""

    rows: I64
    ids: NDArray[np.bytes_]
    groups: tuple[str, ...]
    resemblance: F32
    known_share: F32
    contributions: F32
    is_reference: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.rows)


def best_of(results: Iterable[ChunkResult], k: int, *, references: bool = False, enough_known_first: bool = False) -> Best:
    """The k highest resemblances over all chunks; equal ones by id, so that neither the order of chunks nor their
    size matters. References are left out unless asked for. Companies without a result never appear. With
    `enough_known_first`, those resting on less than half of their evidence come after all others.
    """
    merged: Best | None = None
    for result in results:
        merged = _first(_candidates(result, k, references, enough_known_first), k, enough_known_first, merged)
    if merged is None:
        raise ValueError("there is no result to choose from")
    return merged


def _candidates(result: ChunkResult, k: int, references: bool, enough_first: bool) -> Best:
    eligible = ~np.isnan(result.resemblance)
    if not references:
        eligible &= ~result.is_reference
    rows = np.flatnonzero(eligible)
    if len(rows) > k:
        # Everything at or above the k-th value: ties at the border are settled by id afterwards.
        value = result.resemblance[rows] + (result.enough_known[rows] * np.float32(2) if enough_first else np.float32(0))
        border = np.partition(value, len(rows) - k)[len(rows) - k]
        rows = rows[value >= border]
    return Best(
        rows + result.offset,
        result.ids[rows],
        result.groups,
        result.resemblance[rows],
        result.known_share[rows],
        result.contributions[rows],
        result.is_reference[rows],
    )


def _first(new: Best, k: int, enough_first: bool, old: Best | None) -> Best:
    both = (
        new
        if old is None
        else Best(
            np.concatenate([old.rows, new.rows]),
            np.concatenate([old.ids, new.ids]),
            new.groups,
            np.concatenate([old.resemblance, new.resemblance]),
            np.concatenate([old.known_share, new.known_share]),
            np.concatenate([old.contributions, new.contributions]),
            np.concatenate([old.is_reference, new.is_reference]),
        )
    )
    keys: list[NDArray[np.generic]] = [both.ids, -both.resemblance]
    if enough_first:
        keys.append(both.known_share < ENOUGH_KNOWN)
    order = np.lexsort(keys)[:k]
    return Best(
        both.rows[order],
        both.ids[order],
        both.groups,
        both.resemblance[order],
        both.known_share[order],
        both.contributions[order],
        both.is_reference[order],
    )


def percentiles(resemblance: F32) -> F32:
    """For each company, the share (0..100) of the companies with a result that it stands above, equal ones counting
    half; NaN stays NaN."""
    known = ~np.isnan(resemblance)
    ordered = np.sort(resemblance[known])
    below = np.searchsorted(ordered, resemblance[known], side="left")
    upto = np.searchsorted(ordered, resemblance[known], side="right")
    out = np.full(len(resemblance), np.nan, dtype=np.float32)
    out[known] = 50.0 * (below + upto) / max(len(ordered), 1)
    return out


def shown(contributions: F32) -> tuple[I64, I64]:
    """Figures as shown: `(parts, scores)` in tenths of a point out of 100 (873 is 87.3), parts (rows, groups).

    Every row's parts add up to its score exactly; an unknown group's part is 0 (say "not known" beside it).
    """
    return round_rows(np.asarray(contributions, dtype=np.float64) * 100, decimals=1)


@dataclass(frozen=True, slots=True)
class Reason:
    """One criterion of one company. `similarity` 0..1, None where unknown; `points` in tenths out of 100, its exact
    part of the score; `weight` its share of all weight; `missing` the references' labels that the company lacks,
    each with the share of references that have it, most common first."""

    key: str
    group: str
    similarity: float | None
    points: int
    weight: float
    missing: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a company scores what it does. `score` and `groups` are tenths out of 100, None for an unknown group (or
    score); groups add up to the score, and each group's reasons to the group. `unknown` are the criteria that would
    raise the known share, heaviest first."""

    id: str
    score: int | None
    known_share: float
    enough_known: bool
    groups: tuple[tuple[str, int | None], ...]
    reasons: tuple[Reason, ...]
    unknown: tuple[str, ...]


def explain(profile: Profile, universe: Frame, row: int) -> Explanation:
    """The reasons for one row of `universe` (or of a chunk of it), adding up exactly to the score as shown."""
    similarity, known = similarities(profile, universe, np.array([row], dtype=np.int64))
    parts, resemblance, share = combine(profile, similarity, known)
    plan, evidence = profile.plan, Evidence(profile, profile.plan)
    inside = evidence.weight
    tenths, scores = shown(parts.T)
    groups: list[tuple[str, int | None]] = []
    points: dict[str, int] = {}
    for at, g in enumerate(plan.groups):
        unknown_group = bool(np.isnan(parts[at, 0]))
        groups.append((g.key, None if unknown_group else int(tenths[0, at])))
        members = [j for j, c in enumerate(plan.criteria) if c.group == g.key and known[j, 0] and inside.get(c.key)]
        if unknown_group or not members:
            continue
        raw = np.array([[inside[plan.criteria[j].key] * float(similarity[j, 0]) for j in members]])
        scaled = raw * (float(parts[at, 0]) * 100 / raw.sum() if raw.sum() > 0 else 0.0)
        units, _ = round_rows(scaled, totals=tenths[0, at : at + 1])
        points.update({plan.criteria[j].key: int(u) for j, u in zip(members, units[0], strict=True)})
    group_weight = {g.key: weight for g, weight in zip(plan.groups, evidence.group_weight, strict=True)}
    reasons = tuple(
        Reason(
            c.key,
            c.group,
            float(similarity[j, 0]) if known[j, 0] else None,
            points.get(c.key, 0),
            group_weight[c.group] * inside.get(c.key, 0.0),
            _missing(profile, universe, row, j) if known[j, 0] else (),
        )
        for j, c in enumerate(plan.criteria)
        if c.key in profile.tables
    )
    lacking = sorted((r for r in reasons if r.similarity is None and r.weight > 0), key=lambda r: (-r.weight, r.key))
    return Explanation(
        universe.ids[row].decode(),
        None if np.isnan(resemblance[0]) else int(scores[0]),
        float(share[0]),
        bool(share[0] >= ENOUGH_KNOWN),
        tuple(groups),
        reasons,
        tuple(r.key for r in lacking),
    )


def _missing(profile: Profile, universe: Frame, row: int, j: int) -> tuple[tuple[str, float], ...]:
    criterion = profile.plan.criteria[j]
    table = profile.tables[criterion.key]
    if criterion.kind not in (Kind.LABELS, Kind.TERRITORY) or not isinstance(table, CountTable):
        return ()
    sets = universe.labels(criterion.key)
    has = {sets.values[int(code)] for code in sets.of_row(row)}
    order = np.lexsort([np.arange(len(table.values)), -table.reference_counts])
    lacked = [i for i in order if table.reference_counts[i] > 0 and table.values[i] not in has][:MISSING_LABELS]
    return tuple((table.values[i], float(table.reference_counts[i] / table.references)) for i in lacked)
