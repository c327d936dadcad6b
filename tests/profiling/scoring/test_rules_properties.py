"""What holds of resemblance for any universe."""

import json
import sys
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.scoring.rules import (
    ChunkResult,
    Criterion,
    Frame,
    Kind,
    Plan,
    Profile,
    Weights,
    best_of,
    category,
    describe,
    encode_ids,
    evaluate_weights,
    explain,
    fit,
    joined,
    label_sets,
    score,
    shown,
    suggest_weights,
    weighed,
)
from profiling.scoring.rules.scale import bin_of, make_scale, position_of
from profiling.scoring.rules.survey import Histogram, NumberSurvey, Sorted
from profiling.studies.rules import RuleFault
from tests.benchmarks.peers.definition import naive_score
from tests.profiling.scoring.worlds import NAN, full_plan, random_universe, universes

PLAN = full_plan()
few = settings(max_examples=25, deadline=None)


def fitted(frame: Frame, references: np.ndarray, plan: Plan = PLAN) -> Profile | None:
    """The profile, or None where the references know nothing."""
    try:
        return fit(frame, references, plan)
    except RuleFault:
        return None


def same_bits(a: ChunkResult, b: ChunkResult) -> bool:
    return all(
        getattr(a, name).tobytes() == getattr(b, name).tobytes() for name in ("resemblance", "known_share", "is_reference")
    ) and np.array_equal(a.contributions, b.contributions, equal_nan=True)


@few
@given(universes())
def test_resemblance_and_known_share_stay_between_0_and_1(world):
    frame, references = world
    if (profile := fitted(frame, references)) is None:
        return
    result = score(profile, frame)
    known = ~np.isnan(result.resemblance)
    assert ((result.resemblance[known] >= 0) & (result.resemblance[known] <= 1)).all()
    assert ((result.known_share >= 0) & (result.known_share <= 1)).all()
    assert (known == (result.known_share > 0)).all()


@few
@given(universes())
def test_the_fast_form_agrees_with_the_definition(world):
    frame, references = world
    if (profile := fitted(frame, references)) is None:
        return
    survey, result = describe(frame, PLAN), score(profile, frame)
    for row in range(len(frame)):
        exact = naive_score(frame, references.tolist(), PLAN, survey, row)
        # A reference is compared with the others by taking its own part out of a rounded mean: half a bin each.
        limit = 1e-3 if row not in references else 2e-3
        assert result.known_share[row] == pytest.approx(exact.known_share, abs=1e-6)
        if exact.resemblance is None:
            assert np.isnan(result.resemblance[row])
            continue
        assert abs(result.resemblance[row] - exact.resemblance) <= limit
        for at, group in enumerate(result.groups):
            if group in exact.contributions:
                assert abs(result.contributions[row, at] - exact.contributions[group]) <= limit
            else:
                assert np.isnan(result.contributions[row, at])


@few
@given(universes(rows=(10, 60)), st.integers(1, 25), st.randoms())
def test_any_cut_into_chunks_in_any_order_gives_the_same_bits(world, rows, shuffled):
    frame, references = world
    if (profile := fitted(frame, references)) is None:
        return
    pieces = [score(profile, chunk) for chunk in frame.chunks(rows)]
    shuffled.shuffle(pieces)
    whole = score(profile, frame)
    assert same_bits(joined(pieces), whole)
    assert best_of(pieces, 7).ids.tolist() == best_of([whole], 7).ids.tolist()


def test_threads_and_blocks_give_the_same_bits(monkeypatch):
    frame = random_universe(5000, np.random.default_rng(1))
    profile = fit(frame, np.arange(50), PLAN)
    whole = score(profile, frame)
    module = sys.modules["profiling.scoring.rules.score"]  # the package gives its function of the same name
    monkeypatch.setattr(module, "STRETCH", 700)
    monkeypatch.setattr(module, "BLOCK", 33)
    assert same_bits(score(profile, frame, threads=3), whole)


@few
@given(universes(), st.integers(0, 2**32 - 1))
def test_the_order_of_companies_does_not_matter(world, seed):
    frame, references = world
    if (profile := fitted(frame, references)) is None:
        return
    order = np.random.default_rng(seed).permutation(len(frame))
    moved = frame.take(order)
    other = score(fit(moved, np.flatnonzero(np.isin(order, references)), PLAN), moved)
    assert np.array_equal(other.resemblance, score(profile, frame).resemblance[order], equal_nan=True)


@few
@given(universes())
def test_contributions_add_up_to_the_tenth_down_to_each_criterion(world):
    frame, references = world
    if (profile := fitted(frame, references)) is None:
        return
    parts, scores = shown(score(profile, frame).contributions)
    assert (parts.sum(axis=1) == scores).all()
    for row in range(min(len(frame), 10)):
        why = explain(profile, frame, row)
        if why.score is None:
            continue
        assert why.score == scores[row]
        assert sum(points or 0 for _, points in why.groups) == why.score
        assert [points or 0 for _, points in why.groups] == parts[row].tolist()
        for group, points in why.groups:
            if points is not None:
                assert sum(r.points for r in why.reasons if r.group == group) == points


@few
@given(universes(rows=(3, 20)))
def test_forgetting_a_fact_never_makes_it_count_as_zero(world):
    frame, references = world
    if (profile := fitted(frame, references)) is None:
        return
    before = score(profile, frame)
    rows = np.setdiff1d(np.arange(len(frame)), references)
    kind = frame.codes("kind")
    forgotten = kind.codes.copy()
    forgotten[rows] = kind.unknown
    after = score(profile, Frame(frame.ids, {**frame.columns, "kind": type(kind)(forgotten, kind.values)}))
    at = before.groups.index("activity")
    for row in rows:
        without_it = np.nansum(np.delete(before.contributions[row], at))
        weight = {g.key: g.weight for g in PLAN.groups}
        usable = [g for i, g in enumerate(before.groups) if i != at and not np.isnan(before.contributions[row, i])]
        if np.isnan(before.contributions[row, at]) or not usable:
            continue
        rest = sum(weight[g] for g in usable)
        expected = without_it * (rest + weight["activity"]) / rest
        assert after.resemblance[row] == pytest.approx(expected, abs=1e-5)


@few
@given(universes())
def test_a_profile_survives_being_stored(world):
    frame, references = world
    if (profile := fitted(frame, references)) is None:
        return
    again = Profile.from_dict(json.loads(json.dumps(profile.to_dict())))
    assert same_bits(score(again, frame), score(profile, frame))


def test_a_chunk_result_survives_being_stored():
    frame = random_universe(200, np.random.default_rng(3))
    result = score(fit(frame, np.arange(5), PLAN), frame.slice(20, 120))
    again = ChunkResult.from_table(result.to_table())
    assert same_bits(again, result)
    assert (again.offset, again.ids.tolist(), again.groups) == (20, result.ids.tolist(), result.groups)


def test_a_missing_or_doubled_chunk_is_noticed():
    frame = random_universe(30, np.random.default_rng(3))
    pieces = [score(fit(frame, np.arange(5), PLAN), c) for c in frame.chunks(10)]
    for wrong in ([pieces[0], pieces[2]], [pieces[0], pieces[0], pieces[1]]):
        with pytest.raises(ValueError, match="do not follow"):
            joined(wrong)


def test_a_chunk_with_a_vocabulary_of_its_own_scores_the_same():
    frame = random_universe(60, np.random.default_rng(8))
    profile = fit(frame, np.arange(6), PLAN)
    chunk = frame.slice(20, 40)
    narrow = dict(chunk.columns)
    kind, vendors = frame.codes("kind"), frame.labels("vendors")
    narrow["kind"] = category([kind.values[c] if c < kind.unknown else None for c in kind.codes[20:40]])
    narrow["vendors"] = label_sets(
        [[vendors.values[c] for c in vendors.of_row(r)] if vendors.known[r] else None for r in range(20, 40)]
    )
    assert same_bits(score(profile, Frame(chunk.ids, narrow, 20)), score(profile, chunk))


@given(st.floats(-1e6, 1e6), st.floats(1e-2, 1e6), st.booleans(), st.lists(st.floats(0, 1), min_size=1))
def test_a_bin_stands_within_a_thousandth_of_its_numbers(low, span, log, parts):
    low = abs(low) if log else low
    high = float(np.float32(low + span))
    low = float(np.float32(low))
    if high - low < 1e-3 * abs(low) + 1e-2:  # float32 itself is too coarse to tell these apart to a thousandth
        return
    scale = make_scale(low, high, log)
    values = np.clip((low + np.array(parts) * (high - low)).astype(np.float32), np.float32(low), np.float32(high))
    found = scale.positions[bin_of(scale, values)]
    assert np.abs(found - position_of(scale, values.astype(np.float64))).max() <= 1e-3


def test_an_unknown_number_has_a_bin_of_its_own_whatever_its_sign():
    for scale in (make_scale(0, 10, False), make_scale(0, 1000, True)):
        bins = bin_of(scale, np.array([np.nan, -np.nan, np.inf, -np.inf, -5], dtype=np.float32))
        last = len(scale.positions)
        assert bins.tolist() == [last, last, last - 1, 0, 0]


@pytest.mark.parametrize("shape", ["counts", "growth", "revenue"])
def test_quantiles_from_the_histogram_are_within_a_per_cent_of_the_sorted_ones(shape):
    rng = np.random.default_rng(5)
    n = 40_000
    made = {"counts": rng.poisson(9, n), "growth": rng.normal(0, 20, n), "revenue": np.exp(rng.normal(12, 2, n))}[shape]
    column = np.where(rng.random(n) < 0.2, np.nan, made).astype(np.float32)
    exact, fast = Sorted(column), Histogram(column)
    assert fast.known == exact.known
    for rank in (0, exact.known // 100, exact.known // 2, exact.known - 1):
        assert fast.at(rank) == pytest.approx(exact.at(rank), rel=0.008)
    if shape == "counts":
        assert fast.at(exact.known // 2) == exact.at(exact.known // 2)


def test_a_survey_does_not_depend_on_the_order_of_rows():
    frame = random_universe(300, np.random.default_rng(2))
    moved = frame.take(np.random.default_rng(3).permutation(300))
    for key, facts in describe(frame, PLAN).items():
        other = describe(moved, PLAN)[key]
        if isinstance(facts, NumberSurvey):
            assert (facts.known, facts.cuts.tolist(), facts.counts.tolist()) == (
                other.known,
                other.cuts.tolist(),
                other.counts.tolist(),
            )


def test_weights_are_judged_on_partners_that_were_put_aside():
    rng = np.random.default_rng(4)
    frame = random_universe(2000, rng, unknown=0.1)
    good = rng.choice(2000, 60, replace=False)
    telling = frame.codes("kind").codes.copy()
    vendors = frame.codes("kind").values
    telling[:] = rng.integers(1, 3, 2000)
    telling[good] = 0  # good partners are all of one kind, and alike in nothing else
    frame = Frame(frame.ids, {**frame.columns, "kind": type(frame.codes("kind"))(telling, vendors)})
    judged = evaluate_weights(frame, good, PLAN.equal(), Weights(groups={"activity": 50}), size_key="employees", seed=1)
    assert judged.methods["chosen"].mean > judged.methods["random"].mean + 5
    assert judged.gain == pytest.approx(judged.methods["chosen"].mean - judged.methods["equal"].mean)
    assert set(judged.methods) == {"chosen", "equal", "size", "nearest", "random"}
    again = evaluate_weights(frame, good, PLAN.equal(), Weights(groups={"activity": 50}), size_key="employees", seed=1)
    assert again == judged


def judged_among(nearly_empty: int) -> dict[str, Any]:
    """What held-out partners say of weights over 600 companies and as many rows more of which next to nothing is known."""
    rng = np.random.default_rng(5)
    kinds = ["reseller"] * 30 + rng.choice(["reseller", "integrator", "operator"], 570).tolist() + [None] * nearly_empty
    employees = np.concatenate([rng.normal(50, 10, 30), rng.lognormal(4, 1, 570), np.full(nearly_empty, NAN)])
    frame = Frame(
        encode_ids([f"c{i:06d}" for i in range(len(kinds))]),
        {"employees": employees.astype(np.float32), "kind": category(kinds)},
    )
    plan = Plan.of(Criterion("employees", Kind.NUMBER, "size"), Criterion("kind", Kind.CATEGORY, "activity"))
    survey = describe(frame, plan)
    universe = pa.table(
        {
            "lifecycle": pa.array(["active"] * 30 + [None] * (570 + nearly_empty)),
            "typology": pa.array(kinds),
            "employees": pa.array(employees),
        }
    )
    asked = {"groups": {"size": 1, "activity": 1}, "filters": {"status": "not_active", "min_known": 0.5}}
    profile = fit(frame, np.arange(30), plan, survey=survey)
    return weighed(universe, frame, profile, survey=survey, parameters=asked, seed=1).evaluation


def test_rows_of_which_nothing_is_known_do_not_make_weights_look_better():
    alone = judged_among(nearly_empty=0)
    assert alone["methods"]["chosen"][0] > 1
    assert judged_among(nearly_empty=6_000) == alone


def test_too_few_partners_cannot_be_judged():
    frame = random_universe(50, np.random.default_rng(4))
    with pytest.raises(ValueError, match="too few"):
        evaluate_weights(frame, np.arange(3), PLAN)


def test_a_plan_survives_being_stored_and_refuses_unknown_names():
    assert Plan.from_dict(json.loads(json.dumps(PLAN.to_dict()))) == PLAN
    with pytest.raises(ValueError, match="no such group"):
        PLAN.with_weights(Weights(groups={"nonsense": 1}))


def test_suggested_weights_favour_what_tells_references_apart():
    rng = np.random.default_rng(6)
    frame = random_universe(400, rng, unknown=0.1)
    codes = rng.integers(1, 3, 400).astype(np.int32)
    codes[:12] = 0
    kind = type(frame.codes("kind"))
    frame = Frame(frame.ids, {**frame.columns, "kind": kind(codes, ("p", "q", "r"))})
    suggested = suggest_weights(fit(frame, np.arange(12), PLAN), frame)
    assert sum(suggested.groups.values()) == pytest.approx(1, abs=1e-3)
    assert max(suggested.groups, key=lambda g: suggested.groups[g]) == "activity"
    assert min(suggested.criteria.values()) >= 0.02
    assert PLAN.with_weights(suggested).to_dict() != PLAN.to_dict()


def test_two_references_suggest_no_weights():
    frame = random_universe(40, np.random.default_rng(6))
    assert suggest_weights(fit(frame, np.arange(2), PLAN), frame) == Weights()
