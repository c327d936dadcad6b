"""What many answers say, question by question: counts, means, what may be shown of a small group. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from prm.questionnaires.rules.document import Form, Kind, Question
from prm.questionnaires.rules.scores import mean, scores

#: So many anonymous answers are needed before anything is told of a group.
SMALL_GROUP = 5
TEXTS_SHOWN = 200


@dataclass(frozen=True)
class Tally:
    """The answers to one question. ``counts`` by option, step or ``row/step``; figures None where nothing is known."""

    question: Question
    answered: int
    counts: Mapping[str, int] = field(default_factory=dict)
    mean: float | None = None
    median: float | None = None
    low: float | None = None
    high: float | None = None
    score: float | None = None
    promoters: float | None = None  # the net promoter score, -100 to 100
    rows: Mapping[str, float | None] = field(default_factory=dict)  # mean by row of a table
    texts: tuple[str, ...] = ()
    is_few: bool = False  # too few to be told


@dataclass(frozen=True)
class Summary:
    """All answers of a round, or of a part of it. ``total`` and ``sections`` are mean scores, None where nothing is known."""

    size: int
    tallies: tuple[Tally, ...]
    sections: Mapping[str, float | None]
    total: float | None


def tellable(sizes: Mapping[str, int], least: int = SMALL_GROUP) -> frozenset[str]:
    """Which parts of anonymous answers may be told, when each that may is: none of a few, and what is left is none of a few either, since
    whoever takes all told parts from the whole is told the rest. "" is the part of those who are in none: it is never told.

    >>> sorted(tellable({"msp": 10, "var": 8})), sorted(tellable({"msp": 10, "var": 8, "": 3}))
    (['msp', 'var'], ['msp'])
    """
    told = sorted((key for key, size in sizes.items() if key and size >= least), key=lambda key: (sizes[key], key))
    rest = sum(sizes.values()) - sum(sizes[key] for key in told)
    while told and 0 < rest < least:
        rest += sizes[told.pop(0)]
    return frozenset(told)


@dataclass(frozen=True)
class Said:
    """An anonymous answer: its values, and the kind of company and the territory that it is of."""

    values: Mapping[str, Any]
    kind: str
    place: str


def tellable_beside(cells: Mapping[tuple[str, str], int], least: int = SMALL_GROUP) -> tuple[frozenset[str], frozenset[str]]:
    """Which kinds and which places may be told, when all that may are: ``cells`` says how many answers are of each kind and place. The
    one parting laid over the other cuts out no few either: a place that is one kind and three others would tell these three.

    >>> tellable_beside({("msp", "west"): 10, ("var", "west"): 3, ("var", "east"): 9})
    (frozenset({'msp', 'var'}), frozenset())
    """
    kinds, places = (tellable(_sizes(cells, axis), least) for axis in (0, 1))
    sizes = _sizes(cells, 1)
    for place in sorted(places, key=lambda key: (sizes[key], key)):
        crossed: Counter[tuple[str, str]] = Counter()
        for (kind, where), size in cells.items():
            crossed[kind if kind in kinds else "", where if where in places else ""] += size
        if not any(0 < size < least for size in crossed.values()):
            break
        places -= {place}
    return kinds, places


def _sizes(cells: Mapping[tuple[str, str], int], axis: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for cell, size in cells.items():
        found[cell[axis]] += size
    return found


def untold_of(
    form: Form, every: Sequence[Said], *, kind: str = "", place: str = "", least: int = SMALL_GROUP
) -> frozenset[str]:
    """What is not told of anonymous answers, or of a part of them that may be told: keys of questions, and ``question/row``, that a few
    answered there or in what is left of the whole."""
    kinds, places = tellable_beside(Counter((one.kind, one.place) for one in every), least)
    untold = set()
    for question in form.questions:
        for key, row in [(question.key, ""), *((f"{question.key}/{row.key}", row.key) for row in question.rows)]:
            cells = Counter(
                (one.kind if one.kind in kinds else "", one.place if one.place in places else "")
                for one in every
                if _is_told(one.values.get(question.key), row)
            )
            kinds_told, places_told = tellable_beside(cells, least)
            is_told = kind in kinds_told if kind else place in places_told if place else cells.total() >= least
            if not is_told:
                untold.add(key)
    return frozenset(untold)


def _is_told(value: Any, row: str) -> bool:
    return value not in (None, "", [], {}) and (not row or row in value)


def summary(form: Form, answers: Sequence[Mapping[str, Any]], *, untold: Collection[str] = ()) -> Summary:
    """What ``answers`` say: arithmetic on arrays, one pass a question. Of the questions and rows of ``untold`` (``untold_of``) nothing,
    in no score either."""
    answers = [_without(answer, untold) for answer in answers] if untold else answers
    found = scores(form, answers)
    return Summary(
        size=len(answers),
        tallies=tuple(
            Tally(question=q, answered=0, is_few=True)
            if q.key in untold
            else _tally(
                q, [a.get(q.key) for a in answers], mean(found.questions[q.key]) if q.key in found.questions else None
            )
            for q in form.questions
        ),
        sections={key: mean(values) for key, values in found.sections.items()},
        total=mean(found.total),
    )


def _without(answer: Mapping[str, Any], untold: Collection[str]) -> dict[str, Any]:
    return {
        key: {row: cell for row, cell in value.items() if f"{key}/{row}" not in untold}
        if isinstance(value, Mapping)
        else value
        for key, value in answer.items()
        if key not in untold
    }


def promoter_score(steps: Sequence[int]) -> float | None:
    """The share of 9 and 10 less that of 0 to 6, times 100; None of nobody.

    >>> promoter_score([10, 9, 8, 3])
    25.0
    """
    if not steps:
        return None
    values = np.asarray(steps)
    return float(((values >= 9).mean() - (values <= 6).mean()) * 100)


def _tally(question: Question, values: Sequence[Any], score: float | None) -> Tally:
    told = [value for value in values if value not in (None, "", [], {})]
    common: dict[str, Any] = {"question": question, "answered": len(told), "score": score}
    if question.kind in {Kind.ONE, Kind.MANY}:
        counted = Counter(key for value in told for key in (value if isinstance(value, list) else [value]))
        return Tally(**common, counts={option.key: counted[option.key] for option in question.options})
    if question.kind == Kind.SCALE:
        steps = Counter(told)
        promoters = promoter_score(told) if question.is_promoter else None
        return Tally(
            **common, counts={str(step): steps[step] for step in question.steps}, **_figures(told), promoters=promoters
        )
    if question.kind == Kind.NUMBER:
        return Tally(**common, **_figures([float(value) for value in told]))
    if question.kind == Kind.MATRIX:
        cells = {row.key: [value[row.key] for value in told if row.key in value] for row in question.rows}
        counts = {f"{key}/{step}": Counter(cell)[step] for key, cell in cells.items() for step in question.steps}
        return Tally(
            **common, counts=counts, rows={key: float(np.mean(cell)) if cell else None for key, cell in cells.items()}
        )
    if question.kind == Kind.DATE:
        days = sorted(told)
        return Tally(**common, texts=tuple(dict.fromkeys([*days[:1], *days[-1:]])))
    if question.kind == Kind.TEXT:
        return Tally(**common, texts=tuple(sorted(told, key=len, reverse=True)[:TEXTS_SHOWN]))
    return Tally(**common)


def _figures(values: Sequence[float]) -> dict[str, Any]:
    if not values:
        return {}
    low, middle, high = np.percentile(np.asarray(values, dtype=np.float64), [10, 50, 90])
    return {"mean": float(np.mean(values)), "median": float(middle), "low": float(low), "high": float(high)}
