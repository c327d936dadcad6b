"""Weights that the references themselves suggest: heavier where they stand out from the universe.

A suggestion for the sliders, never applied silently; `evaluate_weights` tells what it is worth on held-out partners.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .criteria import Weights
from .frame import Frame
from .profile import Profile
from .score import similarities

FEWEST = 3  # references below which nothing is suggested
LEAST = 0.02  # no criterion that is used loses all weight
SAMPLE = 20_000


def suggest_weights(profile: Profile, universe: Frame, *, seed: int = 0) -> Weights:
    """Weigh each criterion by how well its similarity alone tells a reference from any other company.

    Separation = 2 · AUC − 1, from the references' similarities to each other (each compared with the others only) and
    those of the other companies (a seeded sample of 20,000 where there are more), known ones only; 0.02 at least. A
    group weighs what its criteria weigh together. With fewer than three references, the plan's own weights.
    """
    references = profile.reference_rows - universe.offset
    if len(references) < FEWEST or not profile.leave_itself_out:
        return Weights()
    others = np.setdiff1d(np.arange(len(universe), dtype=np.int64), references)
    if len(others) > SAMPLE:
        others = np.sort(np.random.default_rng(seed).choice(others, SAMPLE, replace=False))
    theirs, theirs_known = similarities(profile, universe, references)
    rest, rest_known = similarities(profile, universe, others)
    criteria: dict[str, float] = {}
    groups: dict[str, float] = {}
    for j, criterion in enumerate(profile.plan.criteria):
        found = separation(theirs[j][theirs_known[j]], rest[j][rest_known[j]])
        criteria[criterion.key] = max(found, LEAST)
        if criterion.key in profile.tables:
            groups[criterion.group] = groups.get(criterion.group, 0.0) + criteria[criterion.key]
    return Weights({g: round(w, 4) for g, w in groups.items()}, {c: round(w, 4) for c, w in criteria.items()})


def separation(inside: NDArray[np.floating], outside: NDArray[np.floating]) -> float:
    """2 · AUC − 1: 1 when every value inside is above all outside, 0 when they mix; 0 without values."""
    n, m = len(inside), len(outside)
    if n == 0 or m == 0:
        return 0.0
    from scipy.stats import rankdata  # late: it would add a second to the start of every process

    ranks = rankdata(np.concatenate([inside, outside]))[:n].sum()
    return float(2 * (ranks - n * (n + 1) / 2) / (n * m) - 1)
