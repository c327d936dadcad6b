"""Scores: the arithmetic on arrays against the same said plainly, and what must hold whatever is answered."""

from __future__ import annotations

import math
from dataclasses import replace
from time import process_time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prm.questionnaires.rules.document import Form, Option, Question, Section
from prm.questionnaires.rules.results import Said, promoter_score, summary, tellable, tellable_beside, untold_of
from prm.questionnaires.rules.scores import scores

ONE = Question("one", "one", options=(Option("a", points=4), Option("b", points=1), Option("c")), weight=2)
MANY = Question("many", "many", options=(Option("x", points=3), Option("y", points=1)))
SCALE = Question("scale", "scale", low=1, high=5, weight=3)
BACK = Question("back", "scale", low=0, high=10, is_reversed=True)
GRID = Question("grid", "matrix", low=1, high=3, rows=(Option("r1"), Option("r2")))
WORDS = Question("words", "text")
FORM = Form(sections=(Section("s1", questions=(ONE, MANY, WORDS)), Section("s2", weight=3, questions=(SCALE, BACK, GRID))))

answers = st.fixed_dictionaries(
    {},
    optional={
        "one": st.sampled_from(["a", "b", "c"]),
        "many": st.lists(st.sampled_from(["x", "y"]), min_size=1, unique=True),
        "scale": st.integers(1, 5),
        "back": st.integers(0, 10),
        "grid": st.dictionaries(st.sampled_from(["r1", "r2"]), st.integers(1, 3), min_size=1),
        "words": st.sampled_from(["", "Fine"]),
    },
)


def plainly(form: Form, answer: dict) -> float | None:
    """The score of one answer, said as one would say it."""

    def average(pairs: list[tuple[float | None, float]]) -> float | None:
        known = [(score, weight) for score, weight in pairs if score is not None]
        return sum(s * w for s, w in known) / sum(w for _s, w in known) if known else None

    def of(question: Question) -> float | None:
        value = answer.get(question.key)
        if value is None:
            return None
        points = {o.key: o.points or 0 for o in question.options}
        if question.kind == "one":
            return 100 * points[value] / max(points.values())
        if question.kind == "many":
            return 100 * sum(points[v] for v in value) / sum(points.values())
        steps = list(value.values()) if question.kind == "matrix" else [value]
        shares = [(step - question.low) / (question.high - question.low) for step in steps]
        return 100 * sum(1 - s if question.is_reversed else s for s in shares) / len(shares)

    sections = [(average([(of(q), q.weight) for q in s.questions if q.kind != "text"]), s.weight) for s in form.sections]
    return average(sections)


@given(st.lists(answers, max_size=8))
def test_arrays_and_plain_words_agree(many: list[dict]) -> None:
    found = scores(FORM, many)
    for told, answer in zip(found.total, many, strict=True):
        expected = plainly(FORM, answer)
        assert math.isnan(told) if expected is None else told == pytest.approx(expected)


@given(st.lists(answers, min_size=1, max_size=6), st.floats(0.1, 10))
def test_a_score_is_a_share_and_common_factors_of_weights_do_not_matter(many: list[dict], factor: float) -> None:
    found = scores(FORM, many)
    known = found.total[~np.isnan(found.total)]
    assert ((known >= 0) & (known <= 100 + 1e-9)).all()
    assert ((found.known >= 0) & (found.known <= 1 + 1e-9)).all()
    scaled = Form(
        sections=tuple(
            replace(s, weight=s.weight * factor, questions=tuple(replace(q, weight=q.weight * factor) for q in s.questions))
            for s in FORM.sections
        )
    )
    assert np.allclose(scores(scaled, many).total, found.total, equal_nan=True)


@given(st.lists(answers, min_size=2, max_size=6))
def test_each_answer_is_scored_by_itself(many: list[dict]) -> None:
    whole, turned = scores(FORM, many).total, scores(FORM, many[::-1]).total
    assert np.allclose(whole, turned[::-1], equal_nan=True)
    assert np.allclose(whole[:1], scores(FORM, many[:1]).total, equal_nan=True)


def test_the_best_of_everything_is_a_hundred_and_unknown_is_not_zero() -> None:
    best = {"one": "a", "many": ["x", "y"], "scale": 5, "back": 0, "grid": {"r1": 3, "r2": 3}}
    found = scores(FORM, [best, {"scale": 5}, {}])
    assert found.total[0] == pytest.approx(100)
    assert found.total[1] == pytest.approx(100)
    assert math.isnan(found.total[2])
    assert list(found.known) == pytest.approx([1.0, 3 / 8, 0.0])
    assert scores(FORM, []).total.shape == (0,)


def test_a_hundred_thousand_answers_take_under_a_second_of_the_processor() -> None:
    many = [{"one": "a", "scale": n % 5 + 1, "grid": {"r1": 2}} for n in range(100_000)]
    start = process_time()
    scores(FORM, many)
    assert process_time() - start < 1.5


def test_summaries_count_what_was_said() -> None:
    many = [
        {"one": "a", "many": ["x"], "scale": 5, "words": "Fine"},
        {"one": "a", "scale": 1},
        {"one": "b", "grid": {"r1": 3}},
    ]
    found = summary(FORM, many)
    tallies = {tally.question.key: tally for tally in found.tallies}
    assert tallies["one"].counts == {"a": 2, "b": 1, "c": 0}
    assert tallies["scale"].counts == {"1": 1, "2": 0, "3": 0, "4": 0, "5": 1}
    assert tallies["scale"].mean == 3
    assert tallies["grid"].rows == {"r1": 3.0, "r2": None}
    assert tallies["words"].texts == ("Fine",)
    assert (found.size, tallies["many"].answered) == (3, 1)
    assert found.sections["s1"] is not None


def test_the_promoter_score_is_promoters_less_detractors() -> None:
    assert promoter_score([10, 9, 8, 7, 6, 0]) == pytest.approx(0)
    assert promoter_score([9, 10]) == 100
    assert promoter_score([]) is None


@given(st.dictionaries(st.sampled_from(["", "msp", "var", "agent", "reseller"]), st.integers(0, 30)))
def test_of_anonymous_answers_neither_a_few_nor_what_is_left_of_the_whole_is_told(sizes: dict[str, int]) -> None:
    told = tellable(sizes)
    assert "" not in told
    assert all(sizes[key] >= 5 for key in told)
    rest = sum(size for key, size in sizes.items() if key not in told)
    assert not told or rest == 0 or rest >= 5


def test_a_question_that_a_few_answered_is_not_told() -> None:
    answers = [{"one": "a", "words": "Nobody else says this"}] * 4 + [{"one": "b"}] * 3
    found = summary(FORM, answers, untold=untold_of(FORM, [Said(values, "", "") for values in answers]))
    told = {tally.question.key: tally for tally in found.tallies}
    assert (told["one"].counts, told["one"].is_few) == ({"a": 4, "b": 3, "c": 0}, False)
    assert (told["words"].is_few, told["words"].texts) == (True, ())


def test_what_a_few_of_the_others_answered_is_not_told_by_taking_a_part_from_the_whole() -> None:
    """Both kinds are large enough, but one alone of the second answered the scale: the whole less the first would be that one."""
    every = [Said({"one": "a", "scale": 4}, "msp", "")] * 9 + [Said({"one": "b"}, "var", "")] * 7
    every += [Said({"one": "b", "scale": 1}, "var", "")]
    assert "scale" not in untold_of(FORM, every)
    assert "scale" in untold_of(FORM, every, kind="msp")
    assert "scale" in untold_of(FORM, every, kind="var")
    assert "one" not in untold_of(FORM, every, kind="msp")
    part = [one.values for one in every if one.kind == "msp"]
    found = summary(FORM, part, untold=untold_of(FORM, every, kind="msp"))
    assert next(tally for tally in found.tallies if tally.question.key == "scale").mean is None


def test_a_row_of_a_table_that_a_few_answered_is_not_told() -> None:
    every = [Said({"grid": {"r1": 3}}, "", "")] * 6 + [Said({"grid": {"r1": 3, "r2": 2}}, "", "")]
    untold = untold_of(FORM, every)
    assert ("grid" in untold, "grid/r2" in untold) == (False, True)
    grid = next(t for t in summary(FORM, [one.values for one in every], untold=untold).tallies if t.question.key == "grid")
    assert (grid.rows["r1"], grid.rows["r2"], grid.counts["r2/2"]) == (3.0, None, 0)


_AXES = st.sampled_from(["", "msp", "var", "agent"]), st.sampled_from(["", "west", "east", "north"])


@given(st.dictionaries(st.tuples(*_AXES), st.integers(0, 20)))
def test_kinds_and_places_told_beside_each_other_cut_out_no_few(cells: dict[tuple[str, str], int]) -> None:
    kinds, places = tellable_beside(cells)
    crossed: dict[tuple[str, str], int] = {}
    for (kind, place), size in cells.items():
        cell = (kind if kind in kinds else "", place if place in places else "")
        crossed[cell] = crossed.get(cell, 0) + size
    if kinds or places:
        assert all(size == 0 or size >= 5 for size in crossed.values())
