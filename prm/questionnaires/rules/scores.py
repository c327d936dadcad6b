"""Scores out of 100, of one answer or of a hundred thousand at once. Pure.

A question's score is the share of the points that could be had; a section's the mean of its questions by their weights; the whole's the
mean of its sections by theirs. What is not answered, or gives no points, is left out of the means: unknown is not 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from prm.questionnaires.rules.document import Form, Kind, Question

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scores:
    """One number an answer (NaN = not known), 0 to 100: by key of question, by key of section, and of the whole; ``known`` is the share
    of the weight that was answered, 0 to 1."""

    questions: Mapping[str, Floats]
    sections: Mapping[str, Floats]
    total: Floats
    known: Floats


def is_scored(question: Question) -> bool:
    """Whether answers to it can give points."""
    if question.weight <= 0:
        return False
    if question.kind in {Kind.ONE, Kind.MANY}:
        return any(option.points for option in question.options)
    return question.kind in {Kind.SCALE, Kind.MATRIX}


def scores(form: Form, answers: Sequence[Mapping[str, Any]]) -> Scores:
    """The scores of all ``answers``: one pass a question, arithmetic on arrays."""
    size = len(answers)
    questions, sections = {}, {}
    told, weight_all = np.zeros(size), 0.0
    for section in form.sections:
        scored = [q for q in section.questions if is_scored(q)]
        for question in scored:
            questions[question.key] = question_scores(question, [answer.get(question.key) for answer in answers])
        weights = [q.weight for q in scored]
        sections[section.key] = weighted([questions[q.key] for q in scored], weights, size)
        for question in scored:
            told += question.weight * ~np.isnan(questions[question.key])
            weight_all += question.weight
    weighed = [(sections[s.key], s.weight) for s in form.sections if s.weight > 0]
    total = weighted([values for values, _w in weighed], [w for _v, w in weighed], size)
    return Scores(questions, sections, total, told / weight_all if weight_all else np.zeros(size))


def question_scores(question: Question, values: Sequence[Any]) -> Floats:
    """The score of each answer to one question."""
    if question.kind == Kind.SCALE:
        return _on_scale(question, _steps(values))
    if question.kind == Kind.MATRIX:
        rows = [
            _on_scale(question, _steps([value.get(row.key) if isinstance(value, Mapping) else None for value in values]))
            for row in question.rows
        ]
        return weighted(rows, [1.0] * len(rows), len(values))
    points = {option.key: max(option.points or 0.0, 0.0) for option in question.options}
    if question.kind == Kind.ONE:
        best = max(points.values())
        given = [points.get(value, np.nan) if isinstance(value, str) else np.nan for value in values]
    else:
        best = sum(points.values())
        given = [sum(points.get(key, 0.0) for key in value) if isinstance(value, list) else np.nan for value in values]
    return np.asarray(given, dtype=np.float64).reshape(len(values)) * (100.0 / best)


def weighted(columns: Sequence[Floats], weights: Sequence[float], size: int) -> Floats:
    """The mean of what is known in each place, by weights; NaN where nothing is."""
    if not columns:
        return np.full(size, np.nan)
    grid, by = np.vstack(columns), np.asarray(weights, dtype=np.float64)[:, None]
    there = ~np.isnan(grid)
    total = (by * there).sum(axis=0)
    summed = (np.where(there, grid, 0.0) * by).sum(axis=0)
    return np.divide(summed, total, out=np.full(size, np.nan), where=total > 0)


def mean(values: Floats) -> float | None:
    """The mean of what is known; None when nothing is."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else None


def _steps(values: Sequence[Any]) -> Floats:
    return np.asarray([v if isinstance(v, int) and not isinstance(v, bool) else np.nan for v in values], dtype=np.float64)


def _on_scale(question: Question, steps: Floats) -> Floats:
    low, high = float(question.low or 0), float(question.high or 0)
    share = (steps - low) / (high - low)
    return 100.0 * ((1.0 - share) if question.is_reversed else share)
