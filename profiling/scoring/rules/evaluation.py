"""What a choice of weights is worth: references are put aside, and found again or not (P8).

The figure is lift@1 %: how many times more often a held-out partner stands among the best 1 % than chance would
put it there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from profiling.studies.rules.arrays import F32, F64, I64, Mask

from .criteria import Plan, Weights
from .frame import Codes, Frame, LabelSets
from .profile import Profile, fit
from .scale import position_of
from .score import combine, similarities
from .suggestion import suggest_weights
from .survey import NumberSurvey, Survey, describe

TOP = 0.01


@dataclass(frozen=True, slots=True)
class MethodLift:
    """Mean lift@1 % over the partners and its standard error, which tells the spread of partners (NaN with one)."""

    mean: float
    standard_error: float


@dataclass(frozen=True, slots=True)
class WeightsEvaluation:
    """Lift of the chosen weights beside equal weights, size, the nearest neighbour and chance, on the same partners;
    `gain` is chosen − equal with its paired standard error. `positives` held out in all, among `candidates`."""

    methods: Mapping[str, MethodLift]
    gain: float
    gain_standard_error: float
    positives: int
    candidates: int


def lift_at(score: NDArray[np.floating], positive: Mask, top: float = TOP) -> float:
    """How many times more positives stand in the best `top` share than chance would put there; NaN without positives."""
    lifts = lift_of_each(score, positive, top)
    return float(lifts.mean()) if len(lifts) else float("nan")


def lift_of_each(score: NDArray[np.floating], positive: Mask, top: float = TOP) -> F64:
    """For each positive, 1 / the part of all that counts as best where it stands among them, else 0: the mean is the lift.

    A score that is not known comes last. Where equal scores straddle the border, each of them counts by the chance
    that it falls inside: no order of rows can flatter a method.
    """
    n = len(score)
    if n == 0 or not positive.any():
        return np.zeros(0)
    values = np.where(np.isnan(score), -np.inf, score.astype(np.float64))
    k = max(round(top * n), 1)
    border = np.partition(values, n - k)[n - k]
    chance = (k - np.count_nonzero(values > border)) / np.count_nonzero(values == border)
    inside = np.where(values > border, 1.0, np.where(values == border, chance, 0.0))
    return np.asarray(inside[positive] * n / k, dtype=np.float64)


def evaluate_weights(
    universe: Frame,
    positives: NDArray[np.integer],
    plan: Plan,
    weights: Weights | None = None,
    *,
    size_key: str | None = None,
    seed: int = 0,
    folds: int = 5,
    repeats: int = 1,
    sample: int | None = 20_000,
    survey: Survey | None = None,
    nearest: bool = True,
    suggest: bool = False,
    among: Mask | None = None,
) -> WeightsEvaluation:
    """Compare weights on held-out partners.

    `positives` are rows of `universe` (good partners). They are cut at random into `folds`; each fold is hidden once
    among the other companies and looked for with the rest as references; `repeats` cuts again. `weights` None means
    the plan's own; with `suggest`, each fold is looked for with the weights that its references suggest. `size_key` is
    the number by which "size" ranks (left out when None). `among` (rows,) says which other companies they are hidden among
    (None: all). `sample` limits the other companies to a random share, to
    answer while a slider moves (None: all). Raises ValueError with fewer than two positives a fold's worth, i.e. when
    fewer than `folds` positives or folds < 2 are given.
    """
    rows = np.unique(np.asarray(positives, dtype=np.int64))
    if folds < 2 or len(rows) < folds:
        raise ValueError("there are too few good partners to put some aside")
    rng = np.random.default_rng(seed)
    known = describe(universe, plan) if survey is None else survey
    everybody = np.arange(len(universe), dtype=np.int64) if among is None else np.flatnonzero(among)
    others = np.setdiff1d(everybody, rows)
    if sample is not None and len(others) > sample:
        others = np.sort(rng.choice(others, sample, replace=False))
    chosen = plan if weights is None else plan.with_weights(weights)
    lifts: dict[str, F64] = {}
    for _ in range(repeats):
        for hidden in map(np.sort, np.array_split(rng.permutation(rows), folds)):
            references = np.setdiff1d(rows, hidden)
            candidates = np.concatenate([others, hidden])
            positive = np.isin(candidates, hidden)
            profile = fit(universe, references, plan.equal(), survey=known)
            tried = plan.with_weights(suggest_weights(profile, universe, seed=seed)) if suggest else chosen
            scores = {
                name: method(candidates)
                for name, method in _methods(
                    universe=universe,
                    profile=profile,
                    chosen=tried,
                    survey=known,
                    size_key=size_key,
                    rng=rng,
                    nearest=nearest,
                ).items()
            }
            for name, value in scores.items():
                each = lifts.setdefault(name, np.zeros(len(rows)))
                each[np.searchsorted(rows, hidden)] += lift_of_each(value, positive) / repeats
    methods = {name: mean_lift(values) for name, values in lifts.items()}
    paired = mean_lift(lifts["chosen"] - lifts["equal"])
    return WeightsEvaluation(methods, paired.mean, paired.standard_error, len(rows), len(others) + len(rows))


def mean_lift(each: F64) -> MethodLift:
    """Mean and standard error of the partners' lifts."""
    error = float(each.std(ddof=1) / np.sqrt(len(each))) if len(each) > 1 else float("nan")
    return MethodLift(float(each.mean()), error)


def _methods(
    *,
    universe: Frame,
    profile: Profile,
    chosen: Plan,
    survey: Survey,
    size_key: str | None,
    rng: np.random.Generator,
    nearest: bool,
) -> dict[str, Callable[[I64], F32]]:
    cache: dict[str, tuple[F32, Mask]] = {}

    def compared(candidates: I64) -> tuple[F32, Mask]:
        if "it" not in cache:
            cache["it"] = similarities(profile, universe, candidates)
        return cache["it"]

    methods: dict[str, Callable[[I64], F32]] = {
        "chosen": lambda c: combine(profile, *compared(c), chosen)[1],
        "equal": lambda c: combine(profile, *compared(c), chosen.equal())[1],
        "random": lambda c: rng.random(len(c)).astype(np.float32),
    }
    if size_key is not None:
        methods["size"] = lambda c: universe.number(size_key)[c]
    if nearest:
        references = profile.reference_rows - universe.offset
        methods["nearest"] = lambda c: nearest_reference(universe, c, references, chosen.equal(), survey)
    return methods


def nearest_reference(universe: Frame, rows: I64, references: I64, plan: Plan, survey: Survey) -> F32:
    """1-nearest-neighbour, the peer: for each row its highest similarity to one single reference.

    The pair's similarity is the same formula with one reference (Gower's, groups weighted alike), on the facts both
    know. Cost: rows × references × criteria. A reference is not compared with itself.
    """
    at = {g.key: i for i, g in enumerate(plan.groups)}
    columns = [(c, _Pairs(universe, rows, references, c.key, survey)) for c in plan.criteria]
    best = np.full(len(rows), np.nan, dtype=np.float32)
    for i, reference in enumerate(references):
        similar = np.zeros((len(at), len(rows)), dtype=np.float32)
        known = np.zeros((len(at), len(rows)), dtype=np.float32)
        for c, pairs in columns:
            value, is_known = pairs.with_reference(i)
            similar[at[c.group]] += np.float32(c.weight) * np.where(is_known, value, np.float32(0))
            known[at[c.group]] += np.float32(c.weight) * is_known
        weight = np.array([g.weight for g in plan.groups], dtype=np.float32)[:, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(known > 0, similar / known, 0)
            pair = (weight * mean).sum(axis=0) / (weight * (known > 0)).sum(axis=0)
        pair[rows == reference] = np.nan
        best = np.fmax(best, pair.astype(np.float32))
    return best


class _Pairs:
    """One criterion of some rows, to be compared with one reference at a time."""

    def __init__(self, universe: Frame, rows: I64, references: I64, key: str, survey: Survey) -> None:
        facts = survey[key]
        column = universe.columns[key]
        self.spots: NDArray[np.float64] | None = None
        self.codes: Codes | None = None
        if isinstance(facts, NumberSurvey):
            scale = facts.scale
            both = universe.number(key)
            both = both if scale is not None else np.full(len(both), np.nan, dtype=np.float32)
            if scale is not None:
                self.spots = position_of(scale, both[rows].astype(np.float64))
                self.their_spots = position_of(scale, both[references].astype(np.float64))
            else:
                self.spots, self.their_spots = both[rows].astype(np.float64), both[references].astype(np.float64)
        elif isinstance(column, Codes):
            self.codes, self.their_codes = replace(column, codes=column.codes[rows]), column.codes[references]
        elif isinstance(column, LabelSets):
            self.sets, self.theirs = (replace(column, codes=column.codes[at]) for at in (rows, references))
            self.carried = np.append(self.sets.lengths, 0)[self.sets.codes]

    def with_reference(self, i: int) -> tuple[NDArray[np.floating], Mask]:
        """Similarity of every row with reference i, and whether both know the fact."""
        if self.spots is not None:
            value = 1 - np.abs(self.spots - self.their_spots[i])
            return value, ~np.isnan(value)
        if self.codes is not None:
            known = self.codes.known & bool(self.their_codes[i] < self.codes.unknown)
            return (self.codes.codes == self.their_codes[i]).astype(np.float32), known
        mine = self.theirs.of_row(i)
        vector = np.zeros(len(self.sets.values))
        vector[mine] = 1
        shared = np.append(self.sets.sums(vector), 0)[self.sets.codes]
        known = self.sets.known & bool(self.theirs.known[i]) & (len(mine) > 0)
        return shared / (self.carried + len(mine) - shared + (len(mine) == 0)), known
