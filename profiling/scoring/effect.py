"""What other weights would be worth, told while a slider moves: the evaluation that a run would store, before there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from profiling.scoring.catalogue import plan_of
from profiling.scoring.coded import frame_of
from profiling.scoring.engine import company_ids
from profiling.scoring.faults import FAULTS
from profiling.scoring.rules import Frame, Plan, Survey, Weighed, describe, fit, suggest_weights, weighed
from profiling.studies import files
from profiling.studies.faults import worded
from profiling.studies.models import StudyRun
from profiling.studies.rules import ACTIVE

LARGE = 50_000  # companies beyond which a sample answers; below, the figures are those of a run
SAMPLE = 20_000


@dataclass(frozen=True)
class _Prepared:
    """A universe, or a sample of it with every partner in, as arrays."""

    universe: pa.Table
    frame: Frame
    survey: Survey
    references: np.ndarray


@dataclass(frozen=True)
class Effect:
    """The weights by group that would be used, who chose them (set, suggested or equal), and what held-out partners say of them.
    ``is_offered``: asked for a suggestion, there is one."""

    groups: dict[str, float]
    chosen_by: str
    evaluation: dict[str, Any]
    is_offered: bool = False
    is_kept: bool = False


def effect_told(run: StudyRun, parameters: Mapping[str, Any], *, suggest: bool = False) -> Effect | None:
    """What ``parameters`` would be worth on what ``run`` read; with ``suggest`` those that the references suggest instead, around the
    weights that a person has set inside the groups. None when the snapshot is gone.

    ``is_kept``: the suggestion is what a run without weights of its own takes by itself. Raises Invalid for a question that
    cannot be answered (``FAULTS``).
    """
    wanted = dict(parameters)
    if suggest:
        with worded(FAULTS):
            wanted["groups"] = weights_suggested(run, wanted) if wanted["criteria"] else {}
    with worded(FAULTS):
        found = effect_of(run, wanted)
    if found is None:
        return None
    may = suggest and (bool(wanted["groups"]) or found.weights == "suggested" or found.evaluation["status"] == "worse")
    groups = {group.key: group.weight for group in found.profile.plan.groups}
    return Effect(groups, found.weights, found.evaluation, is_offered=may, is_kept=may and not wanted["groups"])


def effect_of(run: StudyRun, parameters: Mapping[str, Any]) -> Weighed | None:
    """What a run with ``parameters`` would be served with, and its evaluation, on what ``run`` read; None when its snapshot
    is gone.

    Raises RuleFault for a question that cannot be answered.
    """
    prepared = _prepared_for(run, parameters)
    if prepared is None:
        return None
    profile = fit(prepared.frame, prepared.references, plan_of(prepared.universe, parameters), survey=prepared.survey)
    return weighed(
        prepared.universe,
        prepared.frame,
        profile,
        survey=prepared.survey,
        parameters=parameters,
        seed=run.seed,
        compare_nearest=False,
    )


def weights_suggested(run: StudyRun, parameters: Mapping[str, Any]) -> dict[str, float]:
    """Weights by group, heavier where the references stand out from the universe; empty where nothing can be suggested."""
    prepared = _prepared_for(run, parameters)
    if prepared is None or not len(prepared.references):
        return {}
    plan = plan_of(prepared.universe, {**parameters, "groups": {}})
    profile = fit(prepared.frame, prepared.references, plan, survey=prepared.survey)
    return dict(suggest_weights(profile, prepared.frame, seed=run.seed).groups)


def _prepared_for(run: StudyRun, parameters: Mapping[str, Any]) -> _Prepared | None:
    if run.snapshot is None:
        return None
    compare = tuple(sorted(parameters.get("compare", {}).items()))
    try:
        return _prepared(run.snapshot.file, tuple(company_ids(parameters["references"])), compare, run.seed)
    except FileNotFoundError:
        return None


@lru_cache(maxsize=2)
def _prepared(file: str, references: Sequence[str], compare: tuple[tuple[str, str], ...], seed: int) -> _Prepared:
    universe = files.read_table(file)
    if universe.num_rows > LARGE:
        universe = _sample(universe, references, seed)
    plan: Plan = plan_of(universe, {"groups": {}, "compare": dict(compare)})
    frame = frame_of(universe, plan)
    return _Prepared(universe, frame, describe(frame, plan), frame.rows_of(list(references)))


def _sample(universe: pa.Table, references: Sequence[str], seed: int) -> pa.Table:
    wanted = pc.fill_null(pc.is_in(universe.column("lifecycle"), value_set=pa.array(ACTIVE)), False).to_numpy()
    wanted = np.array(wanted) | pc.is_in(universe.column("id"), value_set=pa.array(references, pa.string())).to_numpy()
    wanted[np.random.default_rng(seed).choice(universe.num_rows, SAMPLE, replace=False)] = True
    return universe.take(pa.array(np.flatnonzero(wanted)))
