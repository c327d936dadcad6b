"""Potential by hand, and what holds of it for any companies."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaincinv

from prm.core.errors import Invalid
from profiling.ranking.faults import FAULTS
from profiling.ranking.rules import (
    STEPS,
    Amounts,
    BySegment,
    CapacityFrom,
    Companies,
    Corrected,
    Correction,
    Mix,
    Origin,
    Parameter,
    Parameters,
    PotentialChunk,
    Share,
    best_by_line,
    beta_between,
    capacity_of,
    estimate,
    rank_chunk,
    share_of,
    waterfalls,
)
from profiling.studies.faults import worded
from profiling.studies.rules import RuleFault
from tests.benchmarks.peers.quantiles import coverage
from tests.profiling.ranking.one_waterfall import one_waterfall

NAN = float("nan")
PRODUCTS = ("bikes", "parts")


def companies(rows: list[dict], segments: tuple[str, ...] = ("shop", "chain")) -> Companies:
    """Companies from what is known of each; the rest is unknown."""

    def column(name: str) -> np.ndarray:
        return np.array([row.get(name, NAN) for row in rows], dtype=np.float64)

    return Companies(
        np.array([row.get("id", f"c{i}").encode() for i, row in enumerate(rows)]),
        np.array([segments.index(row["segment"]) if "segment" in row else -1 for row in rows], dtype=np.int32),
        segments,
        column("sales_people"),
        column("engineers"),
        column("customers"),
        column("revenue"),
        np.array([row.get("actual", (NAN, NAN)) for row in rows], dtype=np.float64).reshape(len(rows), 2),
        np.array([row.get("orders", 0) for row in rows], dtype=np.int64),
        PRODUCTS,
    )


def gaps(result: PotentialChunk) -> Amounts:
    """Potential less actual, by product."""
    return Amounts(result.offset, result.ids, dict(zip(result.products, result.gap.T, strict=True)))


@pytest.fixture
def parameters() -> Parameters:
    """Round figures, and a share that is 20 % whatever the quantile (a very sharp Beta)."""
    return Parameters(
        quota=BySegment(Parameter(100_000, "currency/person/year")),
        billable_days=Parameter(200, "days/person/year"),
        day_rate=BySegment(Parameter(500, "currency/day")),
        basket=BySegment(Parameter(10_000, "currency/customer/year"), {"chain": Parameter(20_000, "currency/customer/year")}),
        typical_capacity=BySegment(Parameter(1_000_000, "currency/year")),
        share=Share(2e15, 8e15, Origin.ESTIMATED, 60),
        mix=Mix({"bikes": 0.75, "parts": 0.25}, Origin.ESTIMATED, 60),
    )


def test_capacity_is_the_smallest_of_what_is_known(parameters):
    found, which = capacity_of(
        parameters,
        companies(
            [
                {"sales_people": 5, "engineers": 4, "customers": 100},
                {"sales_people": 5},
                {"customers": 100, "segment": "chain"},
                {"sales_people": 5, "revenue": 300_000},
                {},
            ]
        ),
    )
    # 5 × 100,000; 4 × 200 × 500; 100 × 10,000 → engineers. A chain's basket is its own. Nothing known: the typical.
    assert found.tolist() == [400_000, 500_000, 2_000_000, 300_000, 1_000_000]
    assert which.tolist() == [
        CapacityFrom.ENGINEERS,
        CapacityFrom.SALES_PEOPLE,
        CapacityFrom.CUSTOMERS,
        CapacityFrom.REVENUE,
        CapacityFrom.COMPARABLE,
    ]


def test_a_route_with_nobody_on_it_does_not_erase_the_others(parameters):
    service_provider = {"sales_people": 0, "engineers": 5, "customers": 34, "revenue": 1_620_000}
    known = [service_provider, {k: v for k, v in service_provider.items() if k != "sales_people"}, {"sales_people": 0}]
    found = rank_chunk(parameters, companies(known))
    # 34 × 10,000: what it is without the nought; with nothing but noughts, the typical company's, marked.
    assert found.capacity.tolist() == [340_000, 340_000, 1_000_000]
    assert found.capacity_from.tolist() == [CapacityFrom.CUSTOMERS, CapacityFrom.CUSTOMERS, CapacityFrom.COMPARABLE]
    assert (found.p10[:, 0] > 0).all()
    assert (found.p10[:, 0] < found.p50[:, 0]).all()
    assert (found.p50[:, 0] < found.p90[:, 0]).all()
    assert found.sigma[0].tolist() == found.sigma[1].tolist()
    assert found.known_share[0] == found.known_share[1]
    assert found.too_little.tolist()[2]


def test_potential_is_capacity_times_fit_times_share(parameters):
    result = rank_chunk(parameters, companies([{"sales_people": 5, "actual": (50_000, 0)}]))
    # 500,000 × 75 % × 20 %, less the 50,000 that it does
    assert result.p50[0].tolist() == pytest.approx([75_000, 25_000], rel=1e-4)
    assert result.gap[0].tolist() == pytest.approx([25_000, 25_000], rel=1e-3)


def test_the_interval_is_log_normal_around_the_potential(parameters):
    result = rank_chunk(parameters, companies([{"sales_people": 5}]))
    sigma = math.sqrt(0.35**2 + 0.3**2 + 0.4**2)
    assert result.p10[0, 0] == pytest.approx(result.p50[0, 0] * math.exp(-1.28155 * sigma), rel=1e-4)
    assert result.p90[0, 0] == pytest.approx(result.p50[0, 0] * math.exp(1.28155 * sigma), rel=1e-4)


def test_two_facts_about_capacity_narrow_the_interval_and_none_widens_it(parameters):
    result = rank_chunk(parameters, companies([{"sales_people": 5, "customers": 90}, {"sales_people": 5}, {}]))
    assert result.sigma[0, 0] < result.sigma[1, 0] < result.sigma[2, 0]


def test_own_orders_draw_the_fit_from_comparable_companies_to_its_own(parameters):
    result = rank_chunk(parameters, companies([{"sales_people": 1, "actual": (0, 9_000), "orders": 20}]))
    # 20 orders weigh as much as k = 20 comparable companies: half own (0, 1), half comparable (.75, .25).
    assert result.fit[0].tolist() == pytest.approx([0.375, 0.625])


def test_the_best_of_a_line_are_the_same_whatever_the_pieces_and_equal_ones_go_by_id():
    ids = np.array([b"e", b"d", b"c", b"b", b"a"])
    amounts = np.array([5.0, NAN, 7.0, 5.0, 5.0])
    whole = best_by_line([Amounts(0, ids, {"bikes": amounts})], 3)["bikes"]
    cut = best_by_line([Amounts(at, ids[at : at + 2], {"bikes": amounts[at : at + 2]}) for at in (4, 0, 2)], 3)["bikes"]
    assert [part.tolist() for part in whole] == [[2, 4, 3], [b"c", b"a", b"b"], [7.0, 5.0, 5.0]]
    assert [part.tolist() for part in cut] == [part.tolist() for part in whole]


def test_unknown_sales_leave_the_gap_unknown_and_not_zero(parameters):
    result = rank_chunk(parameters, companies([{"sales_people": 5}]))
    assert np.isnan(result.gap[0]).all()
    assert not best_by_line([gaps(result)], 5)["bikes"][0].size


def test_what_rests_on_too_little_says_so(parameters):
    result = rank_chunk(parameters, companies([{"sales_people": 5, "customers": 9}, {}]))
    # Two facts: 1; 60 comparable companies against k = 20: .75 each → .833
    assert result.known_share[0] == pytest.approx((1 + 0.75 + 0.75) / 3)
    assert result.too_little.tolist() == [False, True]
    stand_ins = rank_chunk(Parameters(), companies([{"sales_people": 5}]))
    assert stand_ins.too_little.tolist() == [True]


def test_what_a_person_has_set_is_known_and_counts_as_no_company(parameters):
    told = replace(parameters, share=Share(2, 8, Origin.SET), mix=Mix({"bikes": 0.5, "parts": 0.5}, Origin.SET))
    result = rank_chunk(told, companies([{"sales_people": 5, "customers": 9, "orders": 3}, {"sales_people": 5}]))
    assert result.known_share.tolist() == pytest.approx([1, (0.5 + 1 + 1) / 3])
    assert result.evidence.tolist() == [3, 0]


def test_a_manager_corrects_and_the_interval_follows(parameters):
    asked = companies([{"id": "x", "sales_people": 5}, {"id": "y"}])
    result = rank_chunk(
        parameters,
        asked,
        [
            Correction("x", Corrected.POTENTIAL, 90_000, "bikes"),
            Correction("y", Corrected.CAPACITY, 200_000),
            Correction("y", Corrected.SHARE, 0.5),
            Correction("elsewhere", Corrected.SHARE, 0.1),
        ],
    )
    assert result.p50[0].tolist() == pytest.approx([90_000, 25_000], rel=1e-4)
    assert result.sigma[0, 0] == pytest.approx(0.1)
    assert result.p50[1].tolist() == pytest.approx([75_000, 25_000])
    assert result.capacity_from[1] == CapacityFrom.CORRECTED
    assert not result.too_little[1]


@pytest.mark.parametrize(
    ("what", "value", "product"),
    [
        (Corrected.SHARE, 1.5, None),
        (Corrected.CAPACITY, -1, None),
        (Corrected.FIT, 0.5, None),
        (Corrected.CAPACITY, 5, "bikes"),
        (Corrected.CAPACITY, NAN, None),
    ],
)
def test_impossible_corrections_are_refused(what, value, product):
    with pytest.raises(ValueError, match="correct"):
        Correction("x", what, value, product)


def test_a_waterfall_leads_from_a_typical_company_to_this_one(parameters):
    asked = companies([{"id": "x", "sales_people": 5, "actual": (0, 9_000), "orders": 20}])
    result = rank_chunk(parameters, asked, [Correction("x", Corrected.SHARE, 0.4)])
    steps = waterfalls(parameters, asked, result, [PRODUCTS.index("bikes")])
    # 1,000,000 × .75 × .2; capacity halves it; fit .75 → .375 halves it; share .2 → .4 doubles it.
    assert dict(zip(STEPS, steps[0].tolist(), strict=True)) == {
        "start": 150_000,
        "capacity": -75_000,
        "fit": -37_500,
        "share": 37_500,
        "correction": 0,
    }


some_number = st.one_of(st.just(NAN), st.integers(0, 1_000_000).map(float))
some_company = st.fixed_dictionaries(
    {
        "sales_people": some_number,
        "engineers": some_number,
        "customers": some_number,
        "revenue": some_number,
        "actual": st.tuples(some_number, some_number),
        "orders": st.integers(0, 50),
    },
    optional={"segment": st.sampled_from(["shop", "chain"])},
)


@settings(max_examples=20, deadline=None)
@given(st.lists(some_company, min_size=1, max_size=25), st.integers(1, 7))
def test_any_cut_into_chunks_gives_the_same_and_drivers_add_up(rows, size):
    asked = companies(rows)
    parameters = estimate(asked)
    whole = rank_chunk(parameters, asked)
    parts = [rank_chunk(parameters, chunk) for chunk in asked.chunks(size)]
    assert np.concatenate([p.p50 for p in parts]).tobytes() == whole.p50.tobytes()
    assert np.concatenate([p.known_share for p in parts]).tobytes() == whole.known_share.tobytes()
    for product in PRODUCTS:
        assert best_by_line(map(gaps, parts), 5)[product][1].tolist() == best_by_line([gaps(whole)], 5)[product][1].tolist()
    assert (whole.p50 >= 0).all()
    assert ((whole.known_share >= 0) & (whole.known_share <= 1)).all()
    assert (whole.p10 <= whole.p50).all()
    assert (whole.p50 <= whole.p90).all()
    assert whole.fit.sum(axis=1) == pytest.approx(np.ones(len(rows)), abs=1e-5)
    found = waterfalls(parameters, asked, whole, [1])
    together = waterfalls(parameters, asked, whole, [0, 1])
    for row in range(len(rows)):
        assert found[row].tolist() == list(one_waterfall(parameters, asked, whole, row, "parts").values())
        assert sum(found[row]) == round(whole.p50[row, 1])
        assert sum(together[row]) == round(whole.p50[row].sum())


def test_a_result_survives_being_stored(parameters):
    result = rank_chunk(parameters, companies([{"sales_people": 5, "actual": (1, 2)}, {}]).slice(1, 2))
    again = PotentialChunk.from_table(result.to_table())
    assert again.offset == 1
    assert again.p50.tobytes() == result.p50.tobytes()
    assert again.products == PRODUCTS


def test_rates_are_estimated_from_companies_with_known_business():
    rows = [{"sales_people": 2, "revenue": 100_000 * (i + 1), "segment": "shop"} for i in range(10)]
    quota = estimate(companies(rows)).quota
    # Revenue by person is 50,000 to 500,000; in logarithms the 0.8 quantile lies between the 8th and the 9th of ten.
    assert quota.overall.origin is Origin.ESTIMATED
    assert quota.overall.evidence == 10
    assert 400_000 < quota.overall.value < 450_000
    assert quota.of("shop").value == pytest.approx(quota.overall.value)
    assert quota.of("chain").origin is Origin.ESTIMATED


def test_too_few_companies_leave_the_stand_in():
    found = estimate(companies([{"sales_people": 2, "revenue": 100_000}]))
    assert found.quota.overall.origin is Origin.STAND_IN


def test_a_small_segment_is_drawn_to_all():
    rows = [{"revenue": 100.0, "actual": (10.0, 0.0), "segment": "shop", "orders": 1} for _ in range(60)]
    rows += [{"revenue": 100.0, "actual": (0.0, 50.0), "segment": "chain", "orders": 1}]
    found = estimate(companies(rows))
    # One chain against k = 20: mix of parts (1 · 1 + 20 · 1/61) / 21
    assert found.segment_mixes["chain"].shares["parts"] == pytest.approx((1 + 20 / 61) / 21)
    assert found.segment_shares["chain"].mean < 0.15
    assert found.share.mean == pytest.approx(0.1, abs=0.005)  # four fifths lie at a tenth


def test_four_fifths_of_the_shares_lie_between_the_tenth_and_ninetieth_hundredth():
    low, high = 0.004, 0.3
    alpha, beta = beta_between(low, high, 0.1, 0.9)
    assert betaincinv(alpha, beta, [0.1, 0.9]) == pytest.approx([low, high], rel=1e-3)
    rng = np.random.default_rng(3)
    rows = [
        {"revenue": r, "actual": (r * s, 0.0), "segment": "shop", "orders": 1}
        for r, s in zip(rng.lognormal(12, 1, 400), rng.beta(1, 12, 400), strict=True)
    ]
    told = companies(rows)
    found = estimate(told.take(np.arange(200)))
    others = told.take(np.arange(200, 400))
    share = others.actual.sum(axis=1) / others.revenue
    assert 0.7 < coverage(share, share_of(found, others, 0.1), share_of(found, others, 0.9)) < 0.9


@pytest.mark.parametrize("depends", [0.0, 0.5, 1.0])
def test_the_share_falls_with_size_as_the_sales_of_companies_say(depends):
    rng = np.random.default_rng(4)
    sizes = rng.lognormal(12, 1, 500)
    sold = 2_000 * (sizes / sizes.mean()) ** depends * rng.lognormal(0, 0.5, 500)
    told = companies(
        [{"revenue": r, "actual": (s, 0.0), "segment": "shop", "orders": 1} for r, s in zip(sizes, sold, strict=True)]
    )
    found = estimate(told)
    assert found.dilution.origin is Origin.ESTIMATED
    assert found.dilution.value == pytest.approx(1 - depends, abs=0.1)
    potential = rank_chunk(found, told).p50.sum(axis=1)
    slope = np.polyfit(np.log(sizes), np.log(potential), 1)[0]
    assert slope == pytest.approx(depends, abs=0.1)
    assert estimate(told, Parameters().with_values({"dilution": 0.25})).dilution.value == 0.25


def test_a_corrected_capacity_dilutes_the_share_as_a_known_one_does(parameters):
    parameters = replace(parameters, dilution=Parameter(0.5, "ratio"))
    told = companies([{"revenue": 2_000_000.0}, {"revenue": 500_000.0}])
    corrected = rank_chunk(parameters, told, [Correction(told.ids[1].decode(), Corrected.CAPACITY, 2_000_000.0)])
    assert corrected.p50[1] == pytest.approx(corrected.p50[0])


def test_every_parameter_is_listed_and_may_be_set():
    rows = [{"revenue": 100.0 + i, "actual": (10.0, 5.0), "segment": "shop", "orders": 1} for i in range(30)]
    found = estimate(companies(rows))
    listed = dict(found.items())
    assert {"quota", "billable_days", "headroom", "share:alpha", "share:shop:beta", "mix:bikes", "mix:shop:parts"} <= set(
        listed
    )
    changed = found.with_values({"quota": 1, "quota:chain": 2, "share:shop:alpha": 3, "mix:bikes": 1, "share_quantile": 0.5})
    assert changed.quota.overall == Parameter(1, "currency/person/year", Origin.SET)
    assert changed.quota.of("chain").value == 2
    assert changed.segment_shares["shop"].alpha == 3
    assert sum(changed.mix.shares.values()) == pytest.approx(1)
    again = estimate(companies(rows), changed)
    assert again.quota.overall.value == 1, "what a person has set stays"
    assert Parameters.from_dict(json.loads(json.dumps(changed.to_dict()))) == changed


@pytest.mark.parametrize(("values", "code"), [
    ({"nonsense": 1}, "unknown_parameter"),
    ({"quota": -1}, "not_a_number"),
    ({"share_quantile": 1.5}, "quantile_out_of_range"),
    ({"dilution": 1.5}, "dilution_out_of_range"),
    ({"mix:unknown": 0.5}, "unknown_product"),
    ({"mix:bikes": 0}, "empty_mix"),
    ({"share:alpha": 0}, "share_not_above_zero"),
])  # fmt: skip
def test_unusable_values_are_refused_and_in_words(values, code):
    with pytest.raises(RuleFault) as fault:
        Parameters(mix=Mix({"bikes": 1.0})).with_values(values)
    assert fault.value.code == code
    english = str(FAULTS[code].message)
    with translation.override("fr"):
        with pytest.raises(Invalid) as refusal, worded(FAULTS):
            raise fault.value
        french = str(refusal.value.message)
    assert (refusal.value.code, refusal.value.field) == ("unusable_parameter", "values")
    assert french != english, "no English inside a French page"
    assert "%(" not in french


def test_a_mistake_of_the_program_is_not_told_as_a_fault_of_the_question():
    with pytest.raises(ValueError, match="could not convert"), worded(FAULTS):
        float("nobody typed this")
    with pytest.raises(RuleFault), worded(FAULTS):
        raise RuleFault("nobody_worded_this")
