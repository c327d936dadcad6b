"""Resemblance on small examples computed by hand."""

import math

import numpy as np
import pyarrow as pa
import pytest

from profiling.scoring.rules import (
    Compare,
    Criterion,
    Frame,
    Kind,
    Plan,
    Weights,
    alike,
    best_of,
    encode_ids,
    explain,
    fit,
    frame_from_table,
    label_sets,
    lift_at,
    percentiles,
    places,
    score,
    shown,
)
from profiling.studies.rules import RuleFault
from tests.profiling.scoring.worlds import hand_made

REFERENCES = np.array([0, 1])  # a: 0 employees, reseller, carries x and y; b: 50 employees, reseller, carries x


@pytest.fixture
def result():
    frame, plan = hand_made()
    return score(fit(frame, REFERENCES, plan), frame)


def test_a_company_is_compared_with_all_references_at_once(result):
    # c: 100 employees are 1 and .5 of the range away → (0 + .5) / 2; integrator: no reference is; no vendor: 0.
    assert result.contributions[2].tolist() == pytest.approx([0.25 / 3, 0, 0], abs=1e-3)
    assert result.resemblance[2] == pytest.approx(0.25 / 3, abs=1e-3)
    assert result.known_share[2] == pytest.approx(1)


def test_a_label_weighs_by_the_share_of_references_that_have_it():
    frame, plan = hand_made()
    frame = Frame(frame.ids, {**frame.columns, "vendors": label_sets([["x", "y"], ["x"], ["x"], ["y"], ["x", "y", "z"]])})
    vendors = score(fit(frame, REFERENCES, plan), frame).contributions[:, 2] * 3
    # p(x) = 1, p(y) = .5, Σ = 1.5
    assert vendors[2] == pytest.approx(1 / 1.5)
    assert vendors[4] == pytest.approx(1)


def test_a_company_about_which_nothing_is_known_has_no_resemblance_rather_than_none(result):
    assert math.isnan(result.resemblance[3])
    assert result.known_share[3] == 0
    assert not result.enough_known[3]


def test_an_unknown_fact_is_left_out_and_not_counted_as_zero():
    frame, plan = hand_made()
    known = frame.number("employees").copy()
    known[0] = np.nan
    frame = Frame(encode_ids(list("abcde")), {**frame.columns, "employees": known})
    result = score(fit(frame, np.array([1, 2]), plan, leave_itself_out=False), frame)
    # a's employees are unknown: kind .5, vendors: p(x) = .5 of which it has all → mean of the two groups.
    assert result.resemblance[0] == pytest.approx((0.5 + 1) / 2)
    assert result.known_share[0] == pytest.approx(2 / 3)
    assert math.isnan(result.contributions[0, 0])


def test_a_reference_is_compared_with_the_other_references_only(result):
    # a beside b alone: 50 of 100 apart; same kind; of b's x it has all.
    assert result.contributions[0].tolist() == pytest.approx([0.5 / 3, 1 / 3, 1 / 3], abs=1e-3)
    # b beside a alone: has x of x and y.
    assert result.contributions[1, 2] == pytest.approx(0.5 / 3, abs=1e-3)


def test_a_single_reference_resembles_itself_fully():
    frame, plan = hand_made()
    assert score(fit(frame, np.array([0]), plan), frame).resemblance[0] == pytest.approx(1)


def test_more_than_the_reference_is_no_difference_when_at_least_is_asked():
    frame = Frame(encode_ids(list("abc")), {"certifications": np.array([0, 50, 100], dtype=np.float32)})
    plan = Plan.of(Criterion("certifications", Kind.NUMBER, "skills", log=False, compare=Compare.AT_LEAST))
    result = score(fit(frame, np.array([1]), plan), frame)
    assert result.resemblance.tolist() == pytest.approx([0.5, 1, 1], abs=1e-3)


def test_skewed_numbers_are_compared_by_order_of_magnitude():
    values = np.array([1, 10, 100, 1000, 10_000], dtype=np.float32)
    frame = Frame(encode_ids(list("abcde")), {"revenue": values})
    plan = Plan.of(Criterion("revenue", Kind.NUMBER, "size"))
    result = score(fit(frame, np.array([4]), plan), frame)
    expected = 1 - (np.log1p(10_000) - np.log1p(values)) / (np.log1p(10_000) - np.log1p(1))
    assert result.resemblance == pytest.approx(expected, abs=1e-3)


def test_territories_overlap_by_what_both_cover_of_what_either_covers():
    frame = Frame(encode_ids(list("abc")), {"t": label_sets([["fr", "be"], ["fr"], ["fr", "be", "de", "es"]])})
    result = score(fit(frame, np.array([0]), Plan.of(Criterion("t", Kind.TERRITORY, "geography"))), frame)
    assert result.resemblance.tolist() == pytest.approx([1, 0.5, 0.5])


def test_nearness_fades_with_kilometres():
    paris, lyon = (48.86, 2.35), (45.76, 4.84)  # 392 km apart
    lat, lon = np.array([paris, lyon]).T
    frame = Frame(encode_ids(["p", "l"]), {"place": places(lat, lon)})
    plan = Plan.of(Criterion("place", Kind.PLACE, "geography", scale_km=392))
    result = score(fit(frame, np.array([0]), plan), frame)
    assert result.resemblance.tolist() == pytest.approx([1, math.exp(-1)], abs=2e-3)


def test_a_group_without_weight_counts_neither_in_score_nor_in_known_share():
    frame, plan = hand_made()
    only_kind = plan.with_weights(Weights(groups={"size": 0, "vendors": 0}))
    result = score(fit(frame, REFERENCES, only_kind), frame)
    assert result.resemblance[:3].tolist() == pytest.approx([1, 1, 0])
    assert result.known_share[:3].tolist() == [1, 1, 1]


def test_a_criterion_that_no_reference_knows_is_told_and_not_used():
    frame, plan = hand_made()
    unknown = np.where(np.arange(5) < 2, np.nan, frame.number("employees")).astype(np.float32)
    profile = fit(Frame(frame.ids, {**frame.columns, "employees": unknown}), REFERENCES, plan)
    assert dict(profile.unusable) == {"employees": "unknown"}


def test_references_without_any_known_fact_are_refused():
    frame, plan = hand_made()
    with pytest.raises(RuleFault, match="nothing_known"):
        fit(frame, np.array([3]), plan)


@pytest.mark.parametrize("rows", [[], [7], [-1]])
def test_references_must_be_in_the_universe(rows):
    frame, plan = hand_made()
    with pytest.raises(RuleFault, match="no_reference"):
        fit(frame, np.array(rows, dtype=np.int64), plan)


def test_the_explanation_adds_up_and_names_what_is_missing_and_unknown():
    frame, plan = hand_made()
    unknown = frame.number("employees").copy()
    unknown[4] = np.nan
    frame = Frame(frame.ids, {**frame.columns, "employees": unknown})
    why = explain(fit(frame, REFERENCES, plan), frame, 4)
    assert why.id == "e"
    assert why.unknown == ("employees",)
    assert dict(why.groups) == {"size": None, "activity": 0, "vendors": 0}
    assert {r.key: r.missing for r in why.reasons}["vendors"] == (("x", 1.0), ("y", 0.5))
    assert why.known_share == pytest.approx(2 / 3)


def test_what_makes_references_alike_is_told_by_its_lift():
    frame, plan = hand_made()
    found = {(f.key, f.value): f for f in alike(fit(frame, REFERENCES, plan))}
    # Both references carry x, and half of the four companies whose vendors are known; smoothed by half a company:
    # universe 2.5 / 4.5, references (2 + .5 · .556) / 2.5 = .911, so 1.64 and not 2.
    fact = found["vendors", "x"]
    assert (fact.reference_share, fact.universe_share, fact.references) == (1.0, 0.5, 2)
    assert fact.lift == pytest.approx(1.64)
    assert ("vendors", "z") not in found


def test_the_best_leave_out_references_and_unknown_and_settle_ties_by_id(result):
    assert best_of([result], 5).ids.tolist() == [b"c", b"e"]
    assert best_of([result], 1, references=True).ids.tolist() == [b"a"]


def test_percentiles_count_equal_ones_half_and_skip_the_unknown():
    found = percentiles(np.array([0.1, 0.5, 0.5, np.nan, 0.9], dtype=np.float32))
    assert found[[0, 1, 2, 4]].tolist() == [12.5, 50, 50, 87.5]
    assert math.isnan(found[3])


def test_shown_contributions_add_up_to_the_shown_score():
    parts, scores = shown(np.array([[1 / 3, 1 / 3, 1 / 3], [0.1234, np.nan, 0.2]], dtype=np.float32))
    assert parts.sum(axis=1).tolist() == scores.tolist() == [1000, 323]


def test_lift_at_the_top_counts_ties_by_chance():
    positive = np.array([True] + [False] * 99)
    assert lift_at(np.arange(100)[::-1].astype(float), positive) == 100
    assert lift_at(np.zeros(100), positive) == pytest.approx(1)
    assert lift_at(np.full(100, np.nan), positive) == pytest.approx(1)


def test_a_frame_is_read_from_an_arrow_table_with_its_unknowns():
    table = pa.table(
        {
            "id": ["a", "b", "c"],
            "employees": pa.array([1, None, 3], pa.int32()),
            "kind": pa.array(["q", "p", None]).dictionary_encode(),
            "vendors": [["x", "y", "x"], None, []],
            "latitude": [48.86, None, 95.0],
            "longitude": [2.35, 2.0, 2.0],
        }
    )
    plan = Plan.of(
        Criterion("employees", Kind.NUMBER, "size"),
        Criterion("kind", Kind.CATEGORY, "activity"),
        Criterion("vendors", Kind.LABELS, "vendors"),
        Criterion("place", Kind.PLACE, "geography", columns=("latitude", "longitude")),
    )
    frame = frame_from_table(table, plan, offset=10)
    assert frame.offset == 10
    assert np.isnan(frame.number("employees")).tolist() == [False, True, False]
    assert frame.codes("kind").codes.tolist() == [1, 0, 2]
    assert frame.labels("vendors").known.tolist() == [True, False, True]
    assert frame.labels("vendors").of_row(0).tolist() == [0, 1]
    assert frame.codes("place").codes.tolist() == [0, 1, 1]
    assert frame.rows_of(["c", "nobody", "a"]).tolist() == [2, 0]
