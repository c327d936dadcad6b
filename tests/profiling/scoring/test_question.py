"""The question of a look-alike on its page: weights that add up, their effect told before a run, what is compared, who is gone."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.urls import reverse

from prm.access.roles import as_role
from prm.access.roles import as_system as system_role
from prm.partners.models import Company
from profiling.scoring.catalogue import GROUPS, Names, shares_of
from profiling.scoring.drawer import points_shown
from profiling.scoring.forms import question_from
from profiling.scoring.question import weights_shown
from profiling.studies.models import StudyRun
from profiling.studies.services import study_update

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered(universe, manager, ask, answer):
    study = ask(manager, references=[c.public_id for c in universe[:12]])
    return study, answer(manager, study)


def test_eight_equal_weights_add_up_to_a_hundred():
    shown = weights_shown({"groups": {}}, None)
    assert sum(w["weight"] for w in shown) == 100
    assert max(w["weight"] for w in shown) - min(w["weight"] for w in shown) <= 1


@pytest.mark.parametrize("weights", [[1, 1, 1], [25, 20, 20, 15, 10, 10], [0.1, 7, 0, 3.3], [0, 0, 0]])
def test_shares_are_whole_and_add_up_to_a_hundred(weights):
    assert sum(shares_of(weights)) == 100


def test_weights_left_as_they_were_shown_change_nothing():
    current = {"groups": {"offer": 1.0, "customers": 2.0}, "filters": {}, "references": [], "excluded": []}
    sent = QueryDict("weight_offer=33&weight_customers=67")
    assert question_from(sent, current, {"offer": 33, "customers": 67})["groups"] == current["groups"]
    suggested = {**current, "groups": {}}
    assert question_from(sent, suggested, {"offer": 33, "customers": 67})["groups"] == {}


def test_equal_sliders_are_exactly_equal():
    """Somebody has set them, so that they are not taken for those that the references suggest."""
    current = {"groups": {}, "filters": {}, "references": [], "excluded": []}
    sent = QueryDict("weight_offer=34&weight_customers=33&weight_strike=33")
    asked = question_from(sent, current, {"offer": 50, "customers": 30, "strike": 20})
    assert asked["groups"] == {"offer": 1.0, "customers": 1.0, "strike": 1.0}


def test_sliders_at_the_suggested_weights_leave_them_to_the_references():
    current = {"groups": {"offer": 1.0}, "filters": {}, "references": [], "excluded": []}
    sliders = "weight_offer=60&weight_customers=40&suggested_weights="
    assert question_from(QueryDict(sliders + "60,40"), current, {"offer": 100, "customers": 0})["groups"] == {}
    moved = question_from(QueryDict(sliders + "70,30"), current, {"offer": 100, "customers": 0})["groups"]
    assert moved == {"offer": "60", "customers": "40"}


def test_a_weight_inside_a_group_keeps_the_groups_as_they_are_shown():
    current = {"groups": {}, "filters": {}, "references": [], "excluded": []}
    sent = QueryDict("weight_offer=60&weight_customers=40&inside_employees=2.0")
    assert question_from(sent, current, {"offer": 60, "customers": 40})["groups"] == {"offer": 60, "customers": 40}


def test_a_study_looks_among_companies_known_by_half_unless_it_says_otherwise(universe, manager, ask):
    reference = [universe[0].public_id]
    assert ask(manager, references=reference).parameters["filters"]["min_known"] == 0.5
    assert ask(manager, kind="ranking").parameters["filters"]["min_known"] == 0.5
    assert ask(manager, references=reference, filters={"min_known": 0}).parameters["filters"]["min_known"] == 0


def test_the_effect_of_the_weights_is_what_the_run_will_store(answered, manager, client_of, answer):
    study, _run = answered
    page = client_of(manager).get(
        reverse("vendor:profiling:lookalike-effect", args=[study.public_id]),
        {"weight_offer": "70", "weight_strike": "30"},
    )
    with as_role(manager):
        study_update(
            actor=manager, study_id=study.pk, parameters={**study.parameters, "groups": {"offer": 70.0, "strike": 30.0}}
        )
    lift = answer(manager, study).evaluation["methods"]["chosen"][0]
    assert f"these weights find {lift:.1f}×" in page.content.decode()
    assert "Not run yet." in page.content.decode()
    with as_role(manager):
        assert StudyRun.objects.filter(study=study).count() == 2  # the look at the effect made none


def test_where_the_run_read_none_of_the_references_that_is_said_and_not_that_weights_are_missing(
    answered, manager, client_of
):
    study, _run = answered
    with system_role("a test"):
        newcomer = Company.objects.create(name="Newcomer", country="FR")
    with as_role(manager):
        study_update(actor=manager, study_id=study.pk, parameters={**study.parameters, "references": [newcomer.public_id]})
    address = reverse("vendor:profiling:lookalike-effect", args=[study.public_id])
    assert "None of the reference partners is among the companies" in client_of(manager).get(address).content.decode()
    nothing = {f"weight_{group.key}": "0" for group in GROUPS}
    assert "Give weight to at least one group." in client_of(manager).get(address, nothing).content.decode()


def test_suggested_weights_add_up_and_come_with_their_effect(answered, manager, client_of):
    study, _run = answered
    page = client_of(manager).get(reverse("vendor:profiling:lookalike-effect", args=[study.public_id]), {"suggest": "1"})
    text = page.content.decode()
    weights = text.split('data-weights="')[1].split('"')[0].split(",")
    assert sum(map(int, weights)) == 100
    assert "partners were hidden among" in text


def test_the_suggested_button_gives_the_weights_that_an_untouched_study_is_served_with(answered, manager, client_of, answer):
    study, run = answered
    served = [w["weight"] for w in weights_shown({}, run)]
    with as_role(manager):
        study_update(actor=manager, study_id=study.pk, parameters={**study.parameters, "groups": {"offer": 1.0}})
    address = reverse("vendor:profiling:lookalike-effect", args=[study.public_id])
    text = client_of(manager).get(address, {"suggest": "1"}).content.decode()
    assert text.split('data-weights="')[1].split('"')[0] == ",".join(map(str, served))
    sliders = {f"weight_{w['key']}": w["weight"] for w in weights_shown({}, run)}
    client_of(manager).post(
        reverse("vendor:profiling:lookalike-run", args=[study.public_id]),
        {**sliders, "suggested_weights": ",".join(map(str, served))},
    )
    with as_role(manager):
        study.refresh_from_db()
    assert study.parameters["groups"] == {}


def test_numbers_can_be_compared_by_at_least(universe, manager, ask, answer):
    near = answer(manager, ask(manager, references=[c.public_id for c in universe[:4]]))
    least = answer(manager, ask(manager, references=[c.public_id for c in universe[:4]], compare={"employees": "at_least"}))
    told = {c["key"]: c["compare"] for c in least.summary["criteria"]}
    assert told["employees"] == "at_least"
    assert {c["key"]: c["compare"] for c in near.summary["criteria"]}["employees"] == "near"
    with as_role(manager):
        assert [r.score for r in near.results.order_by("rank")] != [r.score for r in least.results.order_by("rank")]


def test_the_most_a_group_can_give_leaves_out_what_is_not_known():
    shown = points_shown({"offer": 300, "strike": None, "growth": 200}, {"offer": 50, "strike": 25, "growth": 25})
    assert [(g["points"], g["most"] and round(g["most"], 1)) for g in shown] == [(30.0, 66.7), (None, None), (20.0, 33.3)]
    assert all(g["share"] <= g["tick"] for g in shown if g["share"] is not None)


def test_a_merged_reference_offers_the_one_it_became(answered, universe, manager, client_of):
    study, _run = answered
    with system_role("a test"):
        type(universe[0]).objects.filter(pk=universe[0].pk).update(merged_into=universe[50])
        type(universe[0]).objects.filter(pk=universe[1].pk).update(archived_at="2026-01-01T00:00:00Z")
    client = client_of(manager)
    page = client.get(reverse("vendor:profiling:lookalike-detail", args=[study.public_id])).content.decode()
    assert f"{universe[0].name} was merged into {universe[50].name}" in page
    assert f"{universe[1].name} is archived: take it away before you run again." in page
    swap = f"{universe[0].public_id}:{universe[50].public_id}"
    client.post(
        reverse("vendor:profiling:lookalike-run", args=[study.public_id]),
        {"swap": swap, "remove": universe[1].public_id},
    )
    with as_role(manager):
        study.refresh_from_db()
    assert universe[50].public_id in study.parameters["references"]
    assert universe[0].public_id not in study.parameters["references"]


def test_a_region_is_told_with_its_country():
    assert Names({"areas": {"bretagne": "Bretagne"}}, {}).value("areas", "FR:bretagne") == "Bretagne, FR"
    assert Names({}, {}).value("languages", "en") == "English"
