"""What a look-alike says of itself: what a group rests on, what a potential rests on, what the weights are worth, who is left out."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from django.urls import reverse

from prm.access.roles import as_role
from prm.access.roles import as_system as system_role
from prm.partners.models import Company, Lifecycle, Partner
from profiling.scoring.catalogue import Names
from profiling.scoring.drawer import inside_shown
from profiling.scoring.explaining import explain_row
from profiling.scoring.finding import finding_words
from profiling.scoring.page import kept_words
from profiling.scoring.question import evaluation_words
from profiling.scoring.rules import THIN, Explanation, finding_of
from profiling.scoring.rules.results import Reason
from profiling.studies.models import RunResult
from profiling.studies.rules import filter_mask

NAMES = Names({}, {})


def reason(key: str, group: str, similarity: float | None, points: int) -> Reason:
    return Reason(key, group, similarity, points, 0.1)


def test_a_group_tells_which_of_its_facts_are_known_and_what_each_gives() -> None:
    reasons = (
        reason("typology", "typology", None, 0),
        reason("languages", "typology", 1.0, 107),
        reason("offers", "offer", 0.5, 60),
        reason("growth", "growth", None, 0),
        reason("revenue", "growth", None, 0),
    )
    explanation = Explanation("c", 167, 0.6, True, (), reasons, ())
    assert inside_shown(explanation, NAMES) == {
        "typology": [{"label": "Languages", "points": 10.7}, {"label": "Typology", "points": None}]
    }


@pytest.mark.django_db
def test_what_stands_inside_a_group_adds_up_to_it(universe, manager, ask, answer):
    run = answer(manager, ask(manager, references=[c.public_id for c in universe[:3]]))
    with as_role(manager):
        rows = list(RunResult.objects.filter(run=run).order_by("rank")[:20])
    told = 0
    for row in rows:
        explanation, _shared = explain_row(run, row.row)
        for group, inside in inside_shown(explanation, NAMES).items():
            told += 1
            assert round(10 * sum(one["points"] or 0 for one in inside)) == row.contributions[group]
    assert told > 20


@pytest.mark.django_db
def test_the_why_says_that_the_fact_a_group_is_named_after_is_not_known(universe, manager, ask, answer, client_of):
    study = ask(manager, references=[c.public_id for c in universe[:3]], filters={"min_known": 0})
    with system_role("a test"):
        unknown = Company.objects.filter(typology=None).first()
        Company.objects.filter(pk=unknown.pk).update(languages=["fr"])
    run = answer(manager, study)
    address = reverse("vendor:profiling:lookalike-why", args=[study.public_id])
    page = client_of(manager).get(address, {"company": unknown.public_id, "run": run.number}).content.decode()
    inside = page.partition('class="nm">Typology</span>')[2].partition("</li>")[0]
    assert "Typology not known" in inside
    assert "Languages" in inside


def test_who_is_a_partner_at_any_stage_or_left_is_not_proposed() -> None:
    states = [None, *Lifecycle.values]
    table = pa.table(
        {
            "lifecycle": pa.array(states, pa.string()),
            "typology": pa.array([None] * len(states), pa.string()),
            "country": pa.array([None] * len(states), pa.string()),
            "employees": pa.array([1.0] * len(states)),
        }
    )
    kept = filter_mask(table, {"status": "recruitable"})
    assert [state for state, is_kept in zip(states, kept, strict=True) if is_kept] == [None, "candidate"]


@pytest.mark.django_db
def test_a_new_look_alike_leaves_out_partners_and_says_so(universe, manager, ask, answer, client_of):
    with system_role("a test"):
        for at, stage in enumerate(("engaged", "onboarding", "exiting", "exited"), start=30):
            Partner.objects.create(company=universe[at], lifecycle=stage)
    study = ask(manager, references=[c.public_id for c in universe[:3]])
    run = answer(manager, study)
    with as_role(manager):
        proposed = set(RunResult.objects.filter(run=run).values_list("company_id", flat=True))
    assert not proposed & {c.pk for c in universe[:24]} | proposed & {c.pk for c in universe[30:34]}
    page = client_of(manager).get(reverse("vendor:profiling:lookalike-detail", args=[study.public_id])).content.decode()
    assert "Leaves out who is a partner, from the trial to the exit, and who left." in page
    assert kept_words(run) in page
    left_out = run.summary["left_out"]
    assert left_out["references"] == 3
    assert left_out["status"] == 25
    assert sum(left_out.values()) + run.kept_count == run.universe_count


def test_potentials_that_rest_on_too_little_are_no_finding() -> None:
    sound = [(Decimal(70), Decimal(100_000))]
    found = finding_of([*sound, *[(Decimal(65), None)] * 5])
    assert found["worth"] is None
    assert finding_words(found) == "The 6 most alike; what they could sell is not known enough"


@pytest.mark.django_db
def test_a_potential_that_rests_on_no_fact_of_the_company_is_marked_in_rows_and_picture(
    universe, manager, ask, answer, client_of
):
    with system_role("a test"):
        Company.objects.filter(pk__in=[c.pk for c in universe[24:]]).update(
            sales_people=None, engineers=None, customers=None, revenue_reporting=None
        )
    study = ask(manager, references=[c.public_id for c in universe[:3]])
    run = answer(manager, study)
    with as_role(manager):
        marks = list(RunResult.objects.filter(run=run).values_list("marks", flat=True))
    assert marks
    assert all(THIN in of_row for of_row in marks)
    page = client_of(manager).get(reverse("vendor:profiling:lookalike-detail", args=[study.public_id])).content.decode()
    assert "what they could sell is not known enough" in page
    assert "the potential rests on too little and is hatched" in page
    assert reverse("vendor:imports:import-new") in page
    assert page.count('<rect class="c-hatch"') >= 20
    assert 'class="w-tick"' not in page


def judged(chosen: tuple[float, float], status: str) -> dict[str, object]:
    methods = {"chosen": list(chosen), "equal": [5.0, 1.0]}
    return {"status": status, "partners": 32, "candidates": 1032, "methods": methods}


@pytest.mark.parametrize(
    ("chosen", "status", "weights", "verdict"),
    [
        ((11.0, 6.0), "within_error", "set", "Cannot tell: these weights may do no better than chance."),
        ((11.0, 2.0), "better", "set", "Works: finds our partners, and better than equal weights."),
        ((6.0, 1.0), "within_error", "set", "Works: finds our partners; no better or worse than equal weights for certain."),
        ((2.0, 0.2), "worse", "set", "Equal weights find our partners better than these."),
        (
            (2.0, 0.2),
            "worse",
            "equal",
            "What the references suggest finds our partners less well: equal weights are used instead.",
        ),
    ],
)
def test_what_the_weights_are_worth_is_one_sentence_before_the_figures(chosen, status, weights, verdict) -> None:
    assert evaluation_words(judged(chosen, status), weights)["verdict"] == verdict


def test_the_figures_behind_the_verdict_come_with_their_range() -> None:
    text = evaluation_words(judged((11.0, 2.0), "better"), "set")["text"]
    assert "32 partners were hidden among 1,000 companies." in text
    assert "11.0× (7.0 to 15.0)" in text
    assert "equal weights 5.0× (3.0 to 7.0)" in text
