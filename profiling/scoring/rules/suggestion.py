"""Weights that the references themselves suggest: heavier where they stand out from the universe (docs/methods/scoring.md).

They are what a study without weights of its own is served with; `evaluate_weights` tells what they are worth.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from .criteria import Weights
from .frame import Frame
from .profile import Profile
from .score import similarities

FEWEST = 3  # references below which nothing is suggested
LEAST = 0.02  # no criterion that is used loses all weight
TOWARDS_EQUAL = 5  # equal weights count as much as so many references
SAMPLE = 20_000


def suggest_weights(profile: Profile, universe: Frame, *, seed: int = 0) -> Weights:
    """Weigh each criterion by how well its similarity alone tells a reference from any other company.

    Separation = 2 · AUC − 1, from the references' similarities to each other (each compared with the others only) and
    those of the other companies (a seeded sample of 20,000 where there are more), known ones only; 0.02 at least. A
    group weighs what its criteria weigh together. Both are parts of 1, drawn towards equal parts where references are few:
    (n · own + 5 · equal) / (n + 5). With fewer than three references, the plan's own weights.
    """
    references = profile.reference_rows - universe.offset
    if len(references) < FEWEST or not profile.leave_itself_out:
        return Weights()
    others = np.setdiff1d(np.arange(len(universe), dtype=np.int64), references)
    if len(others) > SAMPLE:
        others = np.sort(np.random.default_rng(seed).choice(others, SAMPLE, replace=False))
    theirs, theirs_known = similarities(profile, universe, references)
    rest, rest_known = similarities(profile, universe, others)
    found: dict[str, dict[str, float]] = {}
    for j, criterion in enumerate(profile.plan.criteria):
        if criterion.key in profile.tables:
            tells = separation(theirs[j][theirs_known[j]], rest[j][rest_known[j]])
            found.setdefault(criterion.group, {})[criterion.key] = max(tells, LEAST)
    own = len(references) / (len(references) + TOWARDS_EQUAL)
    groups = dict.fromkeys((g.key for g in profile.plan.groups), 0.0)  # of a group without a usable criterion nothing is told
    groups |= _parts({group: sum(inside.values()) for group, inside in found.items()}, own)
    criteria = {key: part for inside in found.values() for key, part in _parts(inside, own).items()}
    return Weights(groups, criteria)


def _parts(weights: Mapping[str, float], own: float) -> dict[str, float]:
    """Weights as parts of 1, `own` of them and the rest of equal parts."""
    total = sum(weights.values())
    return {key: round(own * weight / total + (1 - own) / len(weights), 4) for key, weight in weights.items()}


def separation(inside: NDArray[np.floating], outside: NDArray[np.floating]) -> float:
    """2 · AUC − 1: 1 when every value inside is above all outside, 0 when they mix; 0 without values."""
    n, m = len(inside), len(outside)
    if n == 0 or m == 0:
        return 0.0
    from scipy.stats import rankdata  # noqa: PLC0415  it would add a second to the start of every process

    ranks = rankdata(np.concatenate([inside, outside]))[:n].sum()
    return float(2 * (ranks - n * (n + 1) / 2) / (n * m) - 1)
