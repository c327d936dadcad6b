"""A form is read, and its effect told, beside the run that its page shows, also where that is not the newest one."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from prm.access.roles import as_role
from prm.access.roles import as_system as system_role
from prm.partners.models import Partner, Product, Sale
from profiling.scoring.question import evaluation_words, weights_shown
from profiling.studies.models import Study
from profiling.studies.services import study_update

pytestmark = pytest.mark.django_db


def url(name: str, study: Study) -> str:
    return reverse(f"vendor:profiling:{name}", args=[study.public_id])


def sliders(study: Study, run) -> dict[str, str]:
    return {f"weight_{w['key']}": str(w["weight"]) for w in weights_shown(study.parameters, run)}


@pytest.fixture
def two_runs(universe, manager, ask, answer):
    """The same study asked of other references when four partners had left: weights that nobody has set were served twice, and
    differ; so do the partners that can be held out."""
    study = ask(manager, references=[c.public_id for c in universe[:6]])
    first = answer(manager, study)
    with system_role("a test"):
        Partner.objects.filter(company__in=universe[20:24]).update(lifecycle="exited")
    with as_role(manager):
        others = {**study.parameters, "references": [c.public_id for c in universe[60:66]]}
        study = study_update(actor=manager, study_id=study.pk, parameters=others)
    second = answer(manager, study)
    assert sliders(study, first) != sliders(study, second)
    return study, first, second


def test_sliders_left_as_the_shown_run_has_them_set_nothing(two_runs, manager, client_of):
    study, first, _second = two_runs
    client = client_of(manager)
    page = client.get(url("lookalike-detail", study), {"run": first.number}).content.decode()
    assert f'<input type="hidden" name="run" value="{first.number}">' in page
    client.post(url("lookalike-run", study), {**sliders(study, first), "run": first.number})
    with as_role(manager):
        study.refresh_from_db()
    assert study.parameters["groups"] == {}, "nobody moved a slider"


def test_sliders_that_differ_from_the_shown_run_are_set_though_the_newest_had_them(two_runs, manager, client_of):
    study, first, second = two_runs
    moved = sliders(study, second)
    client_of(manager).post(url("lookalike-run", study), {**moved, "run": first.number})
    with as_role(manager):
        study.refresh_from_db()
    set_now = {f"weight_{key}": str(round(weight)) for key, weight in study.parameters["groups"].items() if weight}
    assert set_now == {key: weight for key, weight in moved.items() if weight != "0"}


def test_the_effect_of_weights_is_told_on_what_the_shown_run_read(two_runs, manager, client_of):
    study, first, second = two_runs
    with as_role(manager):
        asked = {**study.parameters, "references": first.parameters["references"]}
        study_update(actor=manager, study_id=study.pk, parameters=asked)
    told = {run.number: evaluation_words(run.evaluation, run.summary["weights"])["text"] for run in (first, second)}
    assert told[first.number] != told[second.number]
    client = client_of(manager)
    by_first = client.get(url("lookalike-effect", study), {**sliders(study, first), "run": first.number}).content.decode()
    assert told[first.number] in by_first


def test_a_share_of_a_ranking_is_set_around_what_the_shown_run_learnt(universe, manager, ask, answer, client_of):
    study = ask(manager, "ranking", "Network")
    first = answer(manager, study)
    with system_role("a test"):
        partner, product = Partner.objects.first(), Product.objects.first()
        day = Sale.objects.latest("sold_on").sold_on
        amount = Decimal(9_000_000)
        Sale.objects.create(partner=partner, product=product, sold_on=day, quantity=1, amount=amount, currency="EUR",
                            amount_reporting=amount, order_number="LARGE", order_line=1)  # fmt: skip
    second = answer(manager, study)

    def firmness(run) -> float:
        learnt = run.summary["parameters"]
        return learnt["share:alpha"][0] + learnt["share:beta"][0]

    assert firmness(first) != pytest.approx(firmness(second))
    client_of(manager).post(url("ranking-run", study), {"value:share_mean": "30", "run": first.number})
    with as_role(manager):
        study.refresh_from_db()
    values = study.parameters["values"]
    assert values["share:alpha"] + values["share:beta"] == pytest.approx(firmness(first))


@pytest.mark.parametrize("kind", ["look_alike", "ranking"])
def test_a_form_sent_back_as_shown_keeps_the_known_share_that_its_chip_tells(universe, manager, ask, answer, client_of, kind):
    question = {"references": [c.public_id for c in universe[:6]]} if kind == "look_alike" else {}
    study = ask(manager, kind, "Known by seven tenths", filters={"min_known": 0.7}, **question)
    answer(manager, study)
    page, run = (f"{kind.replace('_', '')}-{name}" for name in ("detail", "run"))
    client = client_of(manager)
    options = client.get(url(page, study)).content.decode().partition('id="f-known"')[2].partition("</select>")[0]
    (chosen,) = re.findall(r'value="([^"]*)" selected', options)
    client.post(url(run, study), {"with_filters": "1", "status": "any", "min_known": chosen})
    with as_role(manager):
        study.refresh_from_db()
    assert study.parameters["filters"]["min_known"] == 0.7


def test_an_older_run_stands_beside_its_own_question_and_asks_it_again(two_runs, universe, manager, client_of):
    study, first, _second = two_runs
    client = client_of(manager)
    asked = {
        n: client.get(url("lookalike-detail", study), {"run": n}).content.decode().partition('id="ask"')[2] for n in (1, 2)
    }
    asked = {n: page.partition('class="refs"')[2].partition("</ul>")[0] for n, page in asked.items()}
    assert (universe[0].name in asked[1], universe[60].name in asked[1]) == (True, False)
    assert (universe[0].name in asked[2], universe[60].name in asked[2]) == (False, True)
    page = client.get(url("lookalike-detail", study), {"run": 1}).content.decode()
    assert "Run 1 and its own question. The study was run again since." in page
    assert "its own question" not in client.get(url("lookalike-detail", study), {"run": 2}).content.decode()
    client.post(url("lookalike-run", study), {**sliders(study, first), "run": 1})
    with as_role(manager):
        study.refresh_from_db()
    assert study.parameters == first.parameters


def test_an_older_ranking_is_asked_again_with_the_values_that_it_ran_with(universe, manager, ask, answer, client_of):
    study = ask(manager, "ranking", "Network", values={"quota": 123_000})
    first = answer(manager, study)
    with as_role(manager):
        study = study_update(actor=manager, study_id=study.pk, parameters={**study.parameters, "values": {"quota": 456_000}})
    answer(manager, study)
    client = client_of(manager)
    page = client.get(url("ranking-detail", study), {"run": first.number}).content.decode()
    assert ("123,000" in page, "456,000" in page) == (True, False)
    client.post(url("ranking-run", study), {"value:day_rate": "700", "run": first.number})
    with as_role(manager):
        study.refresh_from_db()
    assert study.parameters["values"] == {"day_rate": 700, "quota": 123_000}
