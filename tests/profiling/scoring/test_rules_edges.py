"""Resemblance on odd universes: next to nothing known, nothing that differs, nobody there, far too much of it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.scoring.rules import (
    Criterion,
    Frame,
    Kind,
    Plan,
    Weights,
    best_of,
    code,
    coded_from_table,
    coded_survey,
    coded_to_table,
    describe,
    encode_ids,
    explain,
    fit,
    frame_from_table,
    joined,
    label_sets,
    percentiles,
    score,
    shown,
)
from profiling.scoring.rules.evidence import Evidence
from profiling.studies.rules import RuleFault
from tests.benchmarks.peers.definition import naive_score
from tests.profiling.scoring.worlds import full_plan, random_universe, universes

PLAN = full_plan()
few = settings(max_examples=25, deadline=None)
numbers = st.sampled_from([None, 0.0, -0.0, 1.0, 7.0, -5.0, 1e30, -1e30, 1e300, float("nan"), float("inf"), float("-inf")])
words = st.sampled_from([None, "", "a", "b", "Ünï", "x" * 200])
sets = st.one_of(st.none(), st.lists(st.sampled_from(["", "p", "q", "r", "é"]), max_size=5))


@st.composite
def odd_tables(draw: st.DrawFn) -> pa.Table:
    n = draw(st.integers(1, 12))

    def column(of: st.SearchStrategy, kind: pa.DataType) -> pa.Array:
        same = draw(st.booleans())
        return pa.array([draw(of)] * n if same else [draw(of) for _ in range(n)], kind)

    return pa.table(
        {
            "id": [f"c{i:02d}" for i in range(n)],
            "employees": column(numbers, pa.float64()),
            "growth": column(numbers, pa.float64()),
            "certifications": column(numbers, pa.float64()),
            "kind": column(words, pa.string()),
            "vendors": column(sets, pa.list_(pa.string())),
            "territories": column(sets, pa.list_(pa.string())),
            "place_latitude": column(st.sampled_from([None, 0.0, 90.0, 91.0, 48.5, float("nan")]), pa.float64()),
            "place_longitude": column(st.sampled_from([None, 0.0, -180.0, 2.35, float("inf")]), pa.float64()),
        }
    )


@settings(max_examples=150, deadline=None)
@given(odd_tables(), st.data())
def test_odd_facts_score_as_the_definition_says(table, data):
    frame = frame_from_table(table, PLAN)
    references = np.array(sorted(data.draw(st.sets(st.integers(0, len(frame) - 1), min_size=1, max_size=4))))
    weights = data.draw(
        st.dictionaries(st.sampled_from([g.key for g in PLAN.groups]), st.sampled_from([0.0, 1e-9, 1.0, 1e6]))
    )
    try:
        plan = PLAN.with_weights(Weights(groups=weights))
        survey = describe(frame, plan)
        profile = fit(frame, references, plan, survey=survey)
    except RuleFault:  # nothing carries weight, or nothing that does is known: refused, not guessed
        return
    result = score(profile, code(frame, survey))
    parts, scores = shown(result.contributions)
    assert (parts.sum(axis=1) == scores).all()
    for row in range(len(frame)):
        exact = naive_score(frame, references.tolist(), plan, survey, row)
        assert result.known_share[row] == pytest.approx(exact.known_share, abs=1e-6)
        if exact.resemblance is None:
            assert np.isnan(result.resemblance[row])
        else:
            assert abs(result.resemblance[row] - exact.resemblance) <= (2e-3 if row in references else 1e-3)
        why = explain(profile, frame, row)
        assert why.enough_known == (result.known_share[row] >= 0.5)
        assert (why.score or 0) == scores[row] == sum(points or 0 for _key, points in why.groups)


@few
@given(universes(rows=(5, 60)), st.integers(1, 25))
def test_codes_that_were_stored_give_the_same_bits_in_any_cut(world, rows):
    frame, references = world
    survey = describe(frame, PLAN)
    try:
        profile = fit(frame, references, PLAN, survey=survey)
    except RuleFault:
        return
    stored = coded_to_table(code(frame, survey), survey)
    again = coded_survey(stored)
    pieces = [
        score(
            profile,
            coded_from_table(stored.slice(start, rows), again, PLAN, frame.ids[start : start + rows], offset=start),
        )
        for start in range(0, len(frame), rows)
    ]
    whole = score(profile, frame)
    for name in ("resemblance", "known_share", "contributions"):
        assert getattr(joined(pieces), name).tobytes() == getattr(whole, name).tobytes()
    kept = coded_from_table(stored, again, PLAN, frame.ids)
    raw = {c.key: frame.number(c.key) for c in PLAN.criteria if c.kind is Kind.NUMBER}
    refit = fit(Frame(frame.ids, {**kept.columns, **raw}), references, PLAN, survey=again)
    assert refit.to_dict() == profile.to_dict()


def test_numbers_in_the_bins_of_another_survey_are_refused():
    frame, other = (random_universe(50, np.random.default_rng(seed), unknown=0.0) for seed in (1, 2))
    with pytest.raises(ValueError, match="another survey"):
        score(fit(frame, np.arange(3), PLAN), code(frame, describe(other, PLAN)))


def test_a_company_that_is_all_known_has_a_known_share_of_exactly_one():
    frame = random_universe(300, np.random.default_rng(4), unknown=0.0)
    profile = fit(frame, np.arange(5), PLAN)
    assert set(profile.tables) == {c.key for c in PLAN.criteria}
    assert (score(profile, frame).known_share == 1.0).all()


def test_an_all_unknown_row_has_no_score_and_no_percentile():
    frame = random_universe(40, np.random.default_rng(5), unknown=0.0)
    blank = frame_from_table(_blank(), PLAN)
    result = score(fit(frame, np.arange(3), PLAN), blank)
    assert np.isnan(result.resemblance).all()
    assert (result.known_share == 0).all()
    assert np.isnan(percentiles(result.resemblance)).all()
    assert len(best_of([result], 5)) == 0


def test_an_empty_chunk_scores_nobody():
    frame = random_universe(40, np.random.default_rng(5))
    result = score(fit(frame, np.arange(3), PLAN), frame.slice(40, 60))
    assert len(result) == 0
    assert result.contributions.shape == (0, len(PLAN.groups))


def test_an_empty_universe_has_no_reference():
    empty = frame_from_table(_blank().slice(0, 0), PLAN)
    with pytest.raises(RuleFault, match="no_reference"):
        fit(empty, np.array([0]), PLAN)


def test_references_that_know_nothing_are_refused():
    with pytest.raises(RuleFault, match="nothing_known"):
        fit(frame_from_table(_blank(), PLAN), np.array([0]), PLAN)


def test_thousands_of_labels_score_as_the_definition_says():
    rng = np.random.default_rng(6)
    names = [f"vendor-{i:05d}" for i in range(5_000)]
    carried = [None if i % 7 == 0 else [str(v) for v in rng.choice(names, rng.integers(0, 400))] for i in range(120)]
    frame = Frame(encode_ids([f"c{i:03d}" for i in range(120)]), {"vendors": label_sets(carried)})
    plan = Plan.of(Criterion("vendors", Kind.LABELS, "vendors"))
    references = [1, 2, 3, 5]
    result, survey = score(fit(frame, np.array(references), plan), frame), describe(frame, plan)
    for row in range(120):
        exact = naive_score(frame, references, plan, survey, row).resemblance
        assert result.resemblance[row] == pytest.approx(exact, abs=1e-6, nan_ok=True) if exact is not None else True


def test_a_group_s_parts_are_added_without_rounding_whatever_their_order():
    frame = random_universe(200, np.random.default_rng(7))
    profile = fit(frame, np.arange(9), PLAN)
    evidence = Evidence(profile, PLAN)
    size = [c for c in evidence.criteria if c.group == "size"]
    parts = [evidence.packed(c, np.full(4, 0.7, np.float32), np.array([True, False, True, False])) for c in size]
    assert (sum(parts) == sum(reversed(parts))).all()
    assert (sum(parts)[[1, 3]] == 0).all()


def _blank() -> pa.Table:
    unknown = pa.nulls(3, pa.float64())
    return pa.table(
        {
            "id": ["x", "y", "z"],
            **dict.fromkeys(("employees", "growth", "certifications", "place_latitude", "place_longitude"), unknown),
            "kind": pa.nulls(3, pa.string()),
            **dict.fromkeys(("vendors", "territories"), pa.nulls(3, pa.list_(pa.string()))),
        }
    )
