"""Channel scoring: who resembles the partners with whom we already work well, and why.

Pure arithmetic over arrays. The way through: a `Plan` of criteria → `frame_from_table` (the universe) → `describe` and
`code`, once for a snapshot → `fit` (the `Profile` of the references) → `score` for each chunk → `joined` or
`best_of`, `percentiles`, `shown`, `explain`, `alike`; `evaluate_weights` tells what a choice of weights is worth.
docs/methods/scoring.md.
"""

from .alike import Likeness, alike
from .coding import code, coded_from_table, coded_survey, coded_to_table
from .criteria import Compare, Criterion, Group, Kind, Plan, Weights
from .evaluation import MethodLift, WeightsEvaluation, evaluate_weights, lift_at
from .finding import THIN, finding_of
from .frame import (
    Codes,
    Frame,
    LabelSets,
    category,
    encode_ids,
    frame_from_table,
    label_sets,
    numbers_of,
    places,
    sets_shared,
)
from .profile import Profile, fit
from .results import Best, Explanation, Reason, best_of, explain, percentiles, shown
from .score import ChunkResult, combine, joined, score, similarities
from .suggestion import suggest_weights
from .survey import Survey, describe
from .weighing import Weighed, weighed

__all__ = [
    "THIN",
    "Best",
    "ChunkResult",
    "Codes",
    "Compare",
    "Criterion",
    "Explanation",
    "Frame",
    "Group",
    "Kind",
    "LabelSets",
    "Likeness",
    "MethodLift",
    "Plan",
    "Profile",
    "Reason",
    "Survey",
    "Weighed",
    "Weights",
    "WeightsEvaluation",
    "alike",
    "best_of",
    "category",
    "code",
    "coded_from_table",
    "coded_survey",
    "coded_to_table",
    "combine",
    "describe",
    "encode_ids",
    "evaluate_weights",
    "explain",
    "finding_of",
    "fit",
    "frame_from_table",
    "joined",
    "label_sets",
    "lift_at",
    "numbers_of",
    "percentiles",
    "places",
    "score",
    "sets_shared",
    "shown",
    "similarities",
    "suggest_weights",
    "weighed",
]
