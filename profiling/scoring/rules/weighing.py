"""What held-out partners say of a choice of weights, as it is stored with the run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from profiling.studies.rules import ACTIVE, filter_mask
from profiling.studies.rules.arrays import Mask

from .criteria import Plan, Weights
from .evaluation import evaluate_weights
from .frame import Frame
from .profile import Profile
from .score import score
from .suggestion import suggest_weights
from .survey import Survey

FEWEST = 10
MOST = 200
FOLDS = 5
NEIGHBOUR_AT_MOST = 60
LEAST_KEPT = 100


@dataclass(frozen=True)
class Weighed:
    """The profile with the weights that a run is served with, where they come from (set, suggested or equal), and what held-out
    partners say of them."""

    profile: Profile
    weights: str
    evaluation: dict[str, Any]


def weighed(
    universe: pa.Table,
    frame: Frame,
    profile: Profile,
    *,
    survey: Survey,
    parameters: Mapping[str, Any],
    seed: int,
    compare_nearest: bool = True,
) -> Weighed:
    """Weights that a person has set stay. Otherwise the references suggest them, unless there are too few of these, or
    partners that were put aside are found less well than with equal weights, by more than two paired standard errors.
    """
    is_set = bool(parameters.get("groups") or parameters.get("criteria"))
    suggested = Weights() if is_set else suggest_weights(profile, frame, seed=seed)
    may_suggest = suggested != Weights()
    tried = profile.with_plan(profile.plan.with_weights(suggested)) if may_suggest else profile
    evaluation = evaluation_of(
        universe,
        frame,
        profile.reference_rows,
        plan=profile.plan,
        survey=survey,
        among=_kept(universe, frame, tried, parameters.get("filters") or {}),
        seed=seed,
        suggest=may_suggest,
        compare_nearest=compare_nearest,
    )
    if may_suggest and evaluation["status"] != "worse":
        return Weighed(tried, "suggested", evaluation)
    return Weighed(profile, "set" if is_set else "equal", evaluation)


def evaluation_of(
    universe: pa.Table,
    frame: Frame,
    references: np.ndarray,
    *,
    plan: Plan,
    survey: Survey,
    among: Mask | None = None,
    seed: int,
    suggest: bool,
    compare_nearest: bool = True,
) -> dict[str, Any]:
    """Lift@1 % of these weights beside equal ones, size and chance, on partners put aside in five folds, twice, and looked for
    among the companies that the study keeps (``among``): those that it leaves out, nearly empty rows above all, would be easy to
    be ahead of.

    With ``suggest`` the weights are those that each fold's references suggest. The partners are the references where there
    are ten or more, else active partners of the same typologies, else all that are active; with fewer than ten nothing can be
    said, and the result says so. ``status``: too_few, better, worse or within_error, by two paired standard errors.
    """
    whom, rows = _partners(universe, references)
    if len(rows) < FEWEST:
        return {"status": "too_few", "partners": len(rows), "needed": FEWEST}
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.choice(rows, MOST, replace=False)) if len(rows) > MOST else rows
    size = "employees" if any(c.key == "employees" for c in plan.criteria) else None
    found = evaluate_weights(
        frame,
        rows,
        plan,
        seed=seed,
        folds=FOLDS,
        repeats=2,
        size_key=size,
        survey=survey,
        nearest=compare_nearest and len(rows) <= NEIGHBOUR_AT_MOST,
        suggest=suggest,
        among=among,
    )
    error = found.gain_standard_error
    is_clear = not math.isnan(error) and abs(found.gain) > 2 * error
    status = ("better" if found.gain > 0 else "worse") if is_clear else "within_error"
    return {
        "status": status,
        "whom": whom,
        "partners": found.positives,
        "candidates": found.candidates,
        "methods": {
            name: [round(m.mean, 3), None if math.isnan(m.standard_error) else round(m.standard_error, 3)]
            for name, m in found.methods.items()
        },
        "gain": round(found.gain, 3),
        "gain_error": None if math.isnan(error) else round(error, 3),
    }


def _kept(universe: pa.Table, frame: Frame, profile: Profile, filters: Mapping[str, Any]) -> Mask | None:
    """The companies that the study keeps; None, for all, where these are too few for a best hundredth."""
    kept = filter_mask(universe, filters)
    if least := filters.get("min_known"):
        kept &= score(profile, frame).known_share >= np.float32(least)
    return kept if np.count_nonzero(kept) >= LEAST_KEPT else None


def _partners(universe: pa.Table, references: np.ndarray) -> tuple[str, np.ndarray]:
    if len(references) >= FEWEST:
        return "references", references
    active = pc.fill_null(pc.is_in(universe.column("lifecycle"), value_set=pa.array(ACTIVE)), False).to_numpy()
    typology = universe.column("typology")
    theirs = pc.drop_null(typology.take(pa.array(references)))
    similar = active & pc.fill_null(pc.is_in(typology, value_set=theirs), False).to_numpy()
    if np.count_nonzero(similar) >= FEWEST:
        return "similar", np.flatnonzero(similar)
    return "active", np.flatnonzero(active)
