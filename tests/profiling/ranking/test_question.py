"""What a ranking rests on, as its page shows it and takes it back: plain words, the formula's own numbers underneath."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest
from django.http import QueryDict
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from prm.access.roles import as_role
from profiling.ranking.forms import question_from
from profiling.ranking.page import drivers_of
from profiling.ranking.question import groups_shown, held, shown
from profiling.ranking.rules import by_territory
from profiling.ranking.services import potential_correct
from profiling.studies.models import RunResult, Study
from profiling.studies.selectors import result_list


@given(st.sampled_from(["plain", "percent", "best", "spread", "amount"]), st.floats(0.01, 0.99))
def test_what_is_shown_goes_back_to_what_the_formula_holds(kind: str, value: float) -> None:
    assert held(kind, shown(kind, value)) == pytest.approx(value)


def test_every_number_of_the_formula_is_shown_once_before_any_run() -> None:
    fields = [f for g in groups_shown({}, None, {}) for f in (*g["general"], *g["special"])]
    assert {f["key"] for f in fields} >= {"quota", "share_mean", "share_quantile", "error_capacity"}
    assert len({f["key"] for f in fields}) == len(fields)
    assert all(f["is_stand_in"] and f["value"] for f in fields)


def test_an_average_share_becomes_alpha_and_beta() -> None:
    asked = question_from(QueryDict("value:share_mean=25&value:share_weight=8"), {"values": {}, "filters": {}})
    assert asked["values"] == {"share:alpha": pytest.approx(2.0), "share:beta": pytest.approx(6.0)}


def test_a_field_left_as_it_was_shown_changes_nothing() -> None:
    current = {"values": {"error_capacity": 0.35, "share_quantile": 0.83}, "filters": {}}
    fields = {f["key"]: f["set_value"] for g in groups_shown(current["values"], None, {}) for f in g["general"]}
    sent = QueryDict(mutable=True)
    sent.update({f"value:{key}": text for key, text in fields.items()})
    assert question_from(sent, current)["values"] == current["values"]


def test_an_emptied_field_lets_the_data_speak_again() -> None:
    current = {"values": {"quota": 500_000.0, "share:alpha": 2.0, "share:beta": 6.0}, "filters": {}}
    asked = question_from(QueryDict("value:quota=&value:share_mean="), current)
    assert asked["values"] == {}


def test_the_waterfall_adds_up_in_the_unit_of_its_headline() -> None:
    steps = [["start", 186_866], ["capacity", 24_086_436], ["fit", 0], ["share", 8_362_623], ["correction", -511]]
    told = drivers_of(RunResult(drivers={"steps": steps}))
    assert told["unit"] == "€k"
    assert sum(s["value"] for s in told["steps"][:-1]) == told["steps"][-1]["value"] == 32_635


def test_territories_sum_potential_and_our_business() -> None:
    universe = pa.table(
        {"country": ["FR", "FR", "BE", None], "region": ["bretagne", "bretagne", None, None], "latitude": [48.0, 49.0, 50.0, None],
         "longitude": [-4.0, -3.0, 4.0, None]}
    )  # fmt: skip
    p50, actual = np.array([[10.0], [20.0], [5.0], [1.0]]), np.array([[4.0], [np.nan], [0.0], [np.nan]])
    found = by_territory(universe, np.array([True] * 4), p50, actual, ["firewall"])
    assert [(f["country"], f["region"], f["companies"], f["lines"]["firewall"]) for f in found] == [
        ("FR", "bretagne", 2, [30.0, 4.0]), ("BE", None, 1, [5.0, 0.0]), (None, None, 1, [1.0, 0.0]),
    ]  # fmt: skip
    assert found[0]["lat"] == 48.5
    assert found[2]["lat"] is None


@pytest.mark.django_db
def test_a_correction_is_read_in_the_list_with_its_author_and_reason(universe, manager, ask, answer, client_of):
    study = ask(manager, kind="ranking")
    run = answer(manager, study)
    with as_role(manager):
        row = result_list(actor=manager, run=run)[0]
        potential_correct(actor=manager, company_id=row.company_id, what="share", value=0.5, reason="They told us so")
    page = client_of(manager).get(reverse("vendor:profiling:ranking-detail", args=[study.public_id])).content.decode()
    assert "Claire Rousset: They told us so" in page
    assert "Corrected, from the next run" in page


@pytest.mark.django_db
def test_the_map_says_where_potential_and_our_business_differ(universe, manager, ask, answer, client_of):
    study = ask(manager, kind="ranking", filters={"min_known": 0})
    answer(manager, study)
    address = reverse("vendor:profiling:ranking-detail", args=[study.public_id])
    page = client_of(manager).get(address, {"view": "map"}).content.decode()
    assert "of the potential and" in page
    assert "Bretagne, FR" in page


def test_a_new_ranking_says_from_whom_it_learns_and_begins(universe, manager, client_of):
    client, address = client_of(manager), reverse("vendor:profiling:ranking-new")
    form = client.get(address)
    assert "Learnt from what 24 partners that sell bought of 2 product families" in form.content.decode()
    begun = client.post(address, {"title": "What our network could sell", "status": "partner", "min_known": "0.5"})
    with as_role(manager):
        study = Study.objects.get()
    assert begun["Location"] == reverse("vendor:profiling:ranking-detail", args=[study.public_id])
    assert (study.title, study.parameters["filters"]["status"]) == ("What our network could sell", "partner")


@pytest.mark.parametrize(
    ("key", "typed", "words"),
    [
        ("quota", "-5", "Enter a number, zero or more."),
        ("day_rate", "much", "This is no number: write it like 1,250 or 1.5M."),
        ("share_mean", "120", "An average share lies between 0 and 100 %."),
        ("error_fit", "0.5", "A spread is 1 or more: 1 is none, 2 is half to double."),
        ("share_quantile", "150", "A share lies between 0 and 100 %."),
    ],
)
def test_a_number_that_cannot_be_taken_comes_back_in_its_field_with_what_else_was_typed(
    universe, manager, ask, client_of, key, typed, words
):
    study = ask(manager, kind="ranking")
    client = client_of(manager)
    sent = {"value:basket": "9,100", "with_filters": "1", "countries": "FR", f"value:{key}": typed}
    refused = client.post(reverse("vendor:profiling:ranking-run", args=[study.public_id]), sent)
    page = refused.content.decode()
    assert refused.status_code == 422
    field = re.search(rf'<input [^>]*name="value:{key}"[^>]*>', page)[0]
    assert f'value="{typed}"' in field
    assert f'aria-invalid="true" aria-describedby="e-{key}"' in field
    assert words in page.partition(f'id="e-{key}"')[2].partition("</p>")[0]
    assert page.count('aria-invalid="true"') == 1
    assert 'name="value:basket" inputmode="decimal" value="9,100"' in page
    assert 'name="countries" value="FR"' in page
    with as_role(manager):
        study.refresh_from_db()
    assert study.parameters["values"] == {}, "nothing is kept of a question that is refused"


@pytest.mark.django_db
def test_every_number_that_cannot_be_taken_is_told_at_once(universe, manager, ask, client_of):
    study = ask(manager, kind="ranking")
    sent = {
        "value:quota": "-5", "value:day_rate": "much", "value:basket": "1,5 k€", "with_filters": "1", "countries": "France",
        "min_employees": "1 000", "max_employees": "10",
    }  # fmt: skip
    refused = client_of(manager).post(reverse("vendor:profiling:ranking-run", args=[study.public_id]), sent)
    assert (refused.status_code, set(refused.context["at"])) == (422, {"p-quota", "p-day_rate", "f-country", "f-max"})
    page = refused.content.decode()
    assert "4 things to correct before this can run" in page
    assert 'id="f-max-error"' in page
    assert 'name="value:basket" inputmode="decimal" value="1,5 k€"' in page
