"""Runs of a study by API: compared, kept, weighed; as its page says."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from prm.access.roles import as_role
from prm.accounts.services.keys import api_key_create
from profiling.studies.selectors import run_get, runs_compared
from profiling.studies.services import study_update

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_runs(universe, manager, ask, answer):
    """A study asked twice, of other references the second time."""
    study = ask(manager, references=[c.public_id for c in universe[:4]])
    first = answer(manager, study)
    with as_role(manager):
        study_update(actor=manager, study_id=study.pk, parameters={"references": [c.public_id for c in universe[4:8]]})
    return first, answer(manager, study)


def test_two_runs_are_compared_as_on_the_page(two_runs, manager, api, client_of, all_rows):
    first, second = two_runs
    rows = all_rows(f"runs/{second.public_id}/compare?with={first.public_id}")
    assert rows == all_rows(f"runs/{second.public_id}/compare"), "beside the run before when none is named"
    with as_role(manager):
        reckoned = runs_compared(actor=manager, run=second, other=first)
    assert [(r["company"], r["rank"], r["rank_before"], r["moved"]) for r in rows if r["rank"]] == [
        (r["company"].public_id, r["rank"], r["other_rank"], r["moved"]) for r in reckoned if r["rank"]
    ]
    assert len(rows) == len(reckoned)
    address = reverse("vendor:profiling:study-compare", args=[second.study.public_id])
    page = client_of(manager).get(address, {"run": 2, "with": 1}).content.decode()
    for move, word in (("rose", "Rose"), ("fell", "Fell"), ("new", "Came in"), ("out", "Went out")):
        told = api("get", f"runs/{second.public_id}/compare?move={move}&include=total&limit=1").json()["total"]
        assert told == sum(row["move"] == move for row in rows)
        assert f'{word} <span class="n">{told}</span>' in page, move
    both = next(row for row in rows if row["move"] in {"rose", "fell"})
    assert both["moved"] == both["rank_before"] - both["rank"]
    assert round(both["figure"] - both["figure_before"], 1) == both["change"]


def test_a_comparison_is_put_in_order_of_moves_and_paged_both_ways(two_runs, api):
    _first, second = two_runs
    path = f"runs/{second.public_id}/compare?sort=-moved"
    whole = api("get", f"{path}&limit=100").json()["data"]
    places = [row["moved"] for row in whole if row["moved"] is not None]
    assert places == sorted(places, reverse=True)
    assert places[0] > 0 > places[-1]
    page = api("get", f"{path}&limit=5").json()
    following = api("get", f"{path}&limit=5&cursor={page['next_cursor']}")
    assert page["data"] + following.json()["data"] == whole[:10]
    back = re.search(r'<http://testserver/api/v1/([^>]+)>; rel="prev"', following["Link"]).group(1)
    assert api("get", back).json()["data"] == whole[:5]
    assert api("get", f"runs/{second.public_id}/compare?cursor={page['next_cursor']}").json()["code"] == "bad_cursor"


def test_only_finished_runs_of_the_same_study_are_compared(two_runs, manager, universe, ask, answer, api):
    first, _second = two_runs
    stranger = answer(manager, ask(manager, references=[universe[0].public_id]))
    for path in (f"{first.public_id}/compare", f"{first.public_id}/compare?with={stranger.public_id}"):
        refused = api("get", f"runs/{path}")
        assert refused.status_code == 400, path
        assert refused.json()["errors"][0]["parameter"] == "with"
    assert api("get", f"runs/{first.public_id}/compare?with=run_1").status_code == 400
    assert api("get", f"runs/{first.public_id}/compare?product_family=firewall").status_code == 400


def test_a_run_is_kept_for_ever_and_let_go_by_api(two_runs, manager, api):
    first, _second = two_runs
    assert api("post", f"runs/{first.public_id}/pin").json()["is_pinned"] is True
    assert api("post", f"runs/{first.public_id}/pin").json()["is_pinned"] is True
    assert api("get", f"runs/{first.public_id}").json()["is_pinned"] is True
    assert api("post", f"runs/{first.public_id}/unpin").json()["is_pinned"] is False
    with as_role(manager):
        assert not run_get(actor=manager, run_id=first.pk).is_pinned
        _key, secret = api_key_create(actor=manager, name="Reads", scopes=["studies:read"])
    reader = Client(headers={"authorization": f"Bearer {secret}"})
    assert reader.post(f"/api/v1/runs/{first.public_id}/pin").status_code == 403
    assert reader.get(f"/api/v1/runs/{first.public_id}").json()["is_pinned"] is False


def test_runs_are_read_compared_and_weighed_by_nobody_without_the_scope(two_runs, manager, api):
    first, second = two_runs
    with as_role(manager):
        _key, secret = api_key_create(actor=manager, name="Else", scopes=["companies:read", "target_lists:read"])
    stranger = Client(headers={"authorization": f"Bearer {secret}"})
    for path in ("", "/results", "/compare", f"/compare?with={first.public_id}"):
        assert stranger.get(f"/api/v1/runs/{second.public_id}{path}").status_code == 403, path
        assert api("get", f"runs/{second.public_id}{path}").status_code == 200, path
    effect = f"/api/v1/runs/{second.public_id}/effect"
    assert stranger.post(effect, "{}", content_type="application/json").status_code == 403


def test_the_effect_of_weights_by_api_is_what_the_page_says_and_the_run_will_store(two_runs, manager, api, client_of, answer):
    _first, second = two_runs
    study = second.study
    wanted = {"offer": 60.0, "territory": 40.0}
    asked = {"references": second.parameters["references"], "groups": wanted}
    told = api("post", f"runs/{second.public_id}/effect", {"parameters": asked})
    assert told.status_code == 200, told.content
    assert told.json()["chosen_by"] == "set"
    assert {name: share for name, share in told.json()["groups"].items() if share} == {"offer": 60, "territory": 40}
    sliders = {f"weight_{name}": str(share) for name, share in told.json()["groups"].items()}
    address = reverse("vendor:profiling:lookalike-effect", args=[study.public_id])
    page = html.unescape(client_of(manager).get(address, {**sliders, "run": 2}).content.decode())
    assert told.json()["verdict"].partition(".")[0] in page
    with as_role(manager):
        study_update(actor=manager, study_id=study.pk, parameters=asked)
    run = answer(manager, study)
    stored = {name: value for name, value in run.evaluation.items() if name != "methods"}
    assert stored == {name: value for name, value in told.json()["evaluation"].items() if name != "methods"}


def test_suggested_weights_by_api_are_those_of_the_page(two_runs, manager, api, client_of):
    _first, second = two_runs
    told = api("post", f"runs/{second.public_id}/effect", {"suggest": True}).json()
    address = reverse("vendor:profiling:lookalike-effect", args=[second.study.public_id])
    page = client_of(manager).get(address, {"suggest": "1", "run": 2})
    assert sum(told["groups"].values()) == 100
    assert {w["key"]: w["weight"] for w in page.context["suggested"]} == told["groups"]


def test_an_effect_that_cannot_be_told_says_why(two_runs, api, universe):
    _first, second = two_runs
    path = f"runs/{second.public_id}/effect"
    unknown = {"references": ["company_01h455vb4pex5vsknk084sn02q"]}
    refused = api("post", path, {"parameters": unknown})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/parameters/references/0")
    ranking = api("post", "studies", {"kind": "ranking", "title": "Network"}).json()
    run = api("post", f"studies/{ranking['id']}/runs", {}).json()
    assert api("post", f"runs/{run['id']}/effect", {}).json()["code"] == "nothing_weighed"
    study = api(
        "post", "studies", {"kind": "look_alike", "title": "East", "parameters": {"references": [universe[0].public_id]}}
    )
    waiting = api("post", f"studies/{study.json()['id']}/runs", {}).json()
    assert api("post", f"runs/{waiting['id']}/effect", {}).json()["code"] == "not_finished"


def test_a_run_tells_its_weights_and_what_held_out_partners_say_as_its_page_does(two_runs, manager, api, client_of):
    _first, second = two_runs
    told = api("get", f"runs/{second.public_id}").json()
    address = reverse("vendor:profiling:lookalike-detail", args=[second.study.public_id])
    page = html.unescape(client_of(manager).get(address, {"run": 2}).content.decode())
    assert sum(told["weighed"]["groups"].values()) == 100
    for group, weight in told["weighed"]["groups"].items():
        slider = re.search(rf'<input[^>]*name="weight_{group}"[^>]*>', page).group(0)
        assert f'value="{weight}"' in slider, group
    assert told["weighed"]["verdict"].partition(".")[0] in page
    listed = html.unescape(client_of(manager).get(reverse("vendor:profiling:study-list")).content.decode())
    assert told["finding"]
    assert told["finding"] in listed
    assert told["evaluation"] == second.evaluation
