"""The same study by page, command and API gives the same numbers."""

from __future__ import annotations

import csv
import html
import json
import re
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from jsonschema import validate

from prm.access.roles import as_role
from prm.accounts.models import Person
from prm.accounts.services.keys import api_key_create
from prm.jobs.runner.work import run_inline
from prm.partners.services.companies import company_archive
from prm.ui import formats
from profiling.studies.kinds import kinds
from profiling.studies.selectors import run_get

pytestmark = pytest.mark.django_db


def test_page_command_and_api_agree(universe, manager, api, client_of, all_rows):
    references = [c.public_id for c in universe[:4]]
    made = api("post", "studies", {"kind": "look_alike", "title": "West", "parameters": {"references": references}})
    assert made.status_code == 201, made.content
    study = made.json()
    started = api("post", f"studies/{study['id']}/runs", {"seed": 3})
    assert started.status_code == 202, started.content
    with as_role(manager):
        run = run_get(actor=manager, run_id=started.json()["id"])
        email = Person.objects.get(pk=manager.person_id).email
    assert api("get", f"runs/{run.public_id}").json()["state"] == "queued"
    run_inline(run.job)
    told = api("get", f"runs/{run.public_id}").json()
    assert told["state"] == "done"
    links = api("get", f"runs/{run.public_id}/results?limit=2")["Link"]
    assert links.endswith('rel="next"')
    assert f"runs/{run.public_id}/results?" in links
    by_api = all_rows(f"runs/{run.public_id}/results")
    assert len(by_api) == told["kept_count"]
    shape = {"type": "object", "properties": dict(kinds.get(study["kind"]).shape), "additionalProperties": False}
    for row in by_api:
        validate(row, {**shape, "required": list(shape["properties"])})
    one = api("get", f"runs/{run.public_id}/results?company={by_api[-1]['company']}").json()
    assert one["data"] == [by_api[-1]]
    assert api("get", f"runs/{run.public_id}/results?fields=rank").status_code == 400
    out = StringIO()
    call_command("run_study", study=study["id"], email=email, seed=3, top=10_000, json=True, stdout=out)
    by_command = json.loads(out.getvalue())
    assert by_command["results"] == by_api
    assert by_command["evaluation"] == told["evaluation"]
    page = (
        client_of(manager).get(reverse("vendor:profiling:lookalike-detail", args=[study["id"]]), {"run": 1}).content.decode()
    )
    for row in by_api[:25]:
        assert row["company_name"] in page
    assert f'<b class="hero fig">{by_api[0]["resemblance"]}</b>' in page


def of_page(page):
    """Rank, company, and the figures of each row, as a person reads them."""
    rows = []
    for row in page.partition('id="rows"')[2].partition("<tbody>")[2].partition("</tbody>")[0].split("<tr")[1:]:
        cells = re.findall(r'<td class="num([^"]*)">(.*?)</td>', row, re.S)
        texts = [
            (kind, html.unescape(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", cell, flags=re.S)).strip()) for kind, cell in cells
        ]
        name = html.unescape(re.search(r'class="nm"[^>]* title="([^"]*)"', row).group(1))
        rows.append((texts[0][1], name, [text for kind, text in texts[1:]]))
    return rows


def as_read(row, kind):
    """What the page shows of a row that the API gave."""
    potential = formats.number(amount_of(row["potential"] or {}, "p50"), 0, missing="?") if kind == "look_alike" else None
    if kind == "look_alike":
        return [formats.number(row["resemblance"], 0), potential]
    return [formats.number(amount_of(row, name), 0, missing="?") for name in ("p50", "actual", "gap")]


def amount_of(row, name):
    """An amount in thousands; None where it is not known."""
    return None if row.get(name) is None else Decimal(row[name]["amount"]) / 1000


#: The column of the exported file → where the API has the same figure.
IN_FILE = {
    "look_alike": {
        "Alike, of 100": lambda r: r["resemblance"], "Ahead of, share": lambda r: r["percentile"] / 100,
        "Potential P10 (EUR)": lambda r: r["potential"] and r["potential"]["p10"]["amount"],
        "Potential P50 (EUR)": lambda r: r["potential"] and r["potential"]["p50"]["amount"],
        "Potential P90 (EUR)": lambda r: r["potential"] and r["potential"]["p90"]["amount"],
    },
    "ranking": {
        "Potential P10 (EUR)": lambda r: r["p10"] and r["p10"]["amount"], "Potential P50 (EUR)": lambda r: r["p50"] and r["p50"]["amount"],
        "Potential P90 (EUR)": lambda r: r["p90"] and r["p90"]["amount"], "Actual (EUR)": lambda r: r["actual"] and r["actual"]["amount"],
        "Gap (EUR)": lambda r: r["gap"] and r["gap"]["amount"],
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", ["look_alike", "ranking"])
def test_page_command_api_and_file_give_the_same_numbers(universe, manager, api, client_of, kind, all_rows):
    parameters = {"references": [c.public_id for c in universe[:4]]} if kind == "look_alike" else {}
    study = api("post", "studies", {"kind": kind, "title": "West", "parameters": parameters}).json()
    started = api("post", f"studies/{study['id']}/runs", {"seed": 3}).json()
    with as_role(manager):
        run = run_get(actor=manager, run_id=started["id"])
        email = Person.objects.get(pk=manager.person_id).email
    run_inline(run.job)
    by_api = all_rows(f"runs/{run.public_id}/results")
    assert len(by_api) > 20

    out = StringIO()
    call_command("run_study", study=study["id"], email=email, seed=3, top=10_000, json=True, stdout=out)
    assert json.loads(out.getvalue())["results"] == by_api

    browser = client_of(manager)
    page = browser.get(reverse("vendor:profiling:study-detail", args=[study["id"]]), {"run": 1}, follow=True)
    shown = of_page(page.content.decode())
    assert len(shown) > 10
    for (rank, name, figures), row in zip(shown, by_api, strict=False):
        assert (rank, name) == (str(row["rank"]), row["company_name"])
        assert [figure for figure in figures if not figure.endswith("%")] == as_read(row, kind)

    export = reverse("vendor:profiling:study-export", args=[study["id"]])
    answer = browser.get(export, {"run": 1, "format": "csv"}, follow=True)
    in_file = list(csv.DictReader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [(int(r["Rank"]), r["Id"], r["Company"]) for r in in_file] == [
        (r["rank"], r["company"], r["company_name"]) for r in by_api
    ]
    for column, told in IN_FILE[kind].items():
        assert [number_of(r[column]) for r in in_file] == [number_of(told(r)) for r in by_api], column


def number_of(text):
    """A figure to the cent, whoever wrote it; None where there is none."""
    return None if text in (None, "") else Decimal(str(text)).quantize(Decimal("0.01"))


def test_a_ranking_by_api_gives_rows_by_product_family(universe, manager, api, all_rows):
    study = api("post", "studies", {"kind": "ranking", "title": "Network"}).json()
    started = api("post", f"studies/{study['id']}/runs", {}).json()
    with as_role(manager):
        run = run_get(actor=manager, run_id=started["id"])
    run_inline(run.job)
    whole = all_rows(f"runs/{started['id']}/results")
    firewalls = all_rows(f"runs/{started['id']}/results?product_family=firewall")
    assert {row["product_family"] for row in firewalls} == {"firewall"}
    assert whole[0]["product_family"] is None
    refused = api("get", f"runs/{started['id']}/results?product_family=firewal")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "unknown_code")
    row = firewalls[0]
    assert sum(step for _name, step in row["drivers"]["steps"]) == round(float(row["p50"]["amount"]))


def test_target_lists_are_kept_by_api(universe, api, all_rows):
    made = api("post", "target-lists", {"name": "West"}).json()
    companies = [c.public_id for c in universe[:3]]
    assert api("post", f"target-lists/{made['id']}/entries", {"companies": companies}).json() == {"added": 3}
    assert api("post", f"target-lists/{made['id']}/entries", {"companies": companies[:1]}).json() == {"added": 0}
    entries = all_rows(f"target-lists/{made['id']}/entries")
    assert [e["company"] for e in entries] == companies
    removed = api("post", f"target-lists/{made['id']}/remove", {"entries": [entries[0]["id"]]}).json()
    assert removed["removed"] == 1
    assert api("get", f"target-lists/{made['id']}").json()["size"] == 2
    back = {"removed_at": removed["removed_at"]}
    assert api("post", f"target-lists/{made['id']}/put-back", back).json() == {"restored": 1}
    assert api("post", f"target-lists/{made['id']}/put-back", back).json() == {"restored": 0}
    assert sorted(e["company"] for e in all_rows(f"target-lists/{made['id']}/entries")) == sorted(companies)
    assert api("post", f"target-lists/{made['id']}/remove", {"entries": [entries[0]["id"]] * 2}).json()["removed"] == 1
    assert api("post", f"target-lists/{made['id']}/put-back", {"removed_at": "yesterday"}).status_code == 422
    assert api("post", f"target-lists/{made['id']}/archive").json()["is_archived"]


def test_a_study_is_changed_on_the_version_that_was_read(universe, api):
    study = api(
        "post", "studies", {"kind": "look_alike", "title": "West", "parameters": {"references": [universe[0].public_id]}}
    )
    path = f"studies/{study.json()['id']}"
    assert api("patch", path, {"title": "East"}).status_code == 428
    changed = api("patch", path, {"title": "East"}, if_match=study["ETag"])
    assert changed.json()["title"] == "East"
    assert api("patch", path, {"title": "South"}, if_match=study["ETag"]).status_code == 412


def test_an_unusable_question_is_a_problem_with_its_pointer(universe, api):
    refused = api("post", "studies", {"kind": "look_alike", "title": "West", "parameters": {"references": ["company_x"]}})
    assert refused.status_code == 422
    assert refused.json()["code"] == "unknown_company"
    assert refused.json()["detail"] == "“company_x” names no company that you can see.", "it was never archived"


def test_who_is_left_out_is_somebody(universe, manager, api):
    gone = universe[2]
    with as_role(manager):
        company_archive(actor=manager, company_id=gone.pk)
    asked = {
        "references": [universe[0].public_id],
        "excluded": [universe[1].public_id, "company_nope", "hello", gone.public_id],
    }
    refused = api("post", "studies", {"kind": "look_alike", "title": "West", "parameters": asked})
    assert refused.status_code == 422
    told = {error["pointer"].partition("excluded")[2]: error["detail"] for error in refused.json()["errors"]}
    assert told == {
        "/1": "“company_nope” names no company that you can see.",
        "/2": "“hello” names no company that you can see.",
    }, "an archived one was named by an earlier run, which can be run again"


def test_a_word_that_there_is_not_is_answered_by_those_that_there_are(universe, api):
    filters = {"status": "nobody", "typologies": ["zzz"]}
    asked = {"references": [universe[0].public_id], "filters": filters}
    refused = api("post", "studies", {"kind": "look_alike", "title": "West", "parameters": asked}).json()
    told = {error["pointer"].rpartition("/")[2]: error["detail"] for error in refused["errors"]}
    assert told["status"] == "Give one of: recruitable, any, not_active, not_partner, partner."
    assert told["typologies"].startswith("Give one of: distributor, ")
    kinds = api("post", "studies", {"kind": "zzz", "title": "West"}).json()["errors"][0]["detail"]
    assert kinds.startswith("“zzz” is not among the choices. Give one of: ")
    assert "look_alike" in kinds


def test_a_correction_by_api_is_what_the_page_shows_and_counts_from_the_next_run(universe, manager, api, client_of, all_rows):
    study = api("post", "studies", {"kind": "ranking", "title": "Network"}).json()

    def ranked():
        run = api("post", f"studies/{study['id']}/runs", {}).json()
        with as_role(manager):
            run_inline(run_get(actor=manager, run_id=run["id"]).job)
        return all_rows(f"runs/{run['id']}/results?product_family=firewall")

    company = ranked()[0]["company"]
    said = {"company": company, "what": "potential", "product_family": "firewall", "reason": "Their contract ends"}
    first = api("post", "potential-corrections", {**said, "amount": {"amount": "900000.00", "currency": "EUR"}})
    assert first.status_code == 201, first.content
    second = api("post", "potential-corrections", {**said, "amount": {"amount": "750000.00", "currency": "EUR"}}).json()
    listed = api("get", f"potential-corrections?company={company}").json()["data"]
    assert listed == [second], "the later one takes the place of the earlier"
    earlier = api("get", "potential-corrections?is_withdrawn=true").json()["data"]
    assert [c["id"] for c in earlier] == [first.json()["id"]]
    row = next(row for row in ranked() if row["company"] == company)
    assert Decimal(row["p50"]["amount"]) == 750_000
    address = reverse("vendor:profiling:ranking-detail", args=[study["id"]])
    page = client_of(manager).get(address, {"company": company, "line": "firewall"})
    assert "Their contract ends" in page.content.decode()
    assert api("post", f"potential-corrections/{second['id']}/withdraw").json()["withdrawn_at"]
    again = api("post", f"potential-corrections/{second['id']}/withdraw")
    assert again.status_code == 200, "taken back twice is taken back once"
    assert "Their contract ends" not in client_of(manager).get(address).content.decode()
    assert api("get", f"potential-corrections/{second['id']}").json()["company"] == company


def test_what_is_wrong_with_a_correction_is_pointed_at(universe, manager, api):
    said = {"company": universe[0].public_id, "what": "share", "share": 0.25, "reason": "They told us"}
    assert api("post", "potential-corrections", said).json()["share"] == 0.25
    for changes, pointer in (
        ({"share": 1.5}, "/share"),
        ({"share": None}, "/share"),
        ({"amount": {"amount": "1.00", "currency": "EUR"}}, "/amount"),
        ({"what": "capacity", "share": None, "amount": {"amount": "1.00", "currency": "USD"}}, "/amount"),
        ({"what": "fit"}, "/product_family"),
        ({"what": "fit", "product_family": "shoes"}, "/product_family"),
        ({"reason": " "}, "/reason"),
        ({"company": "company_01h455vb4pex5vsknk084sn02q"}, "/company"),
    ):
        refused = api("post", "potential-corrections", {**said, **changes})
        assert refused.status_code == 422, changes
        assert refused.json()["errors"][0]["pointer"] == pointer, changes
    with as_role(manager):
        _key, secret = api_key_create(actor=manager, name="Reads", scopes=["studies:read"])
    reader = Client(headers={"authorization": f"Bearer {secret}"})
    assert len(reader.get("/api/v1/potential-corrections").json()["data"]) == 1
    assert reader.post("/api/v1/potential-corrections", json.dumps(said), content_type="application/json").status_code == 403


def test_a_question_that_is_refused_points_at_the_value(universe, api):
    good = [c.public_id for c in universe[:2]]
    for parameters, pointer in (
        ({"references": [good[0], "company_01h455vb4pex5vsknk084sn02q"]}, "/parameters/references/1"),
        ({"references": good, "groups": {"offer": -1}}, "/parameters/groups/offer"),
        ({"references": good, "filters": {"min_known": 7}}, "/parameters/filters/min_known"),
        ({"references": good, "filters": {"colour": 7}}, "/parameters/filters/colour"),
        ({"references": good, "colour": "red"}, "/parameters/colour"),
        ({}, "/parameters/references"),
    ):
        refused = api("post", "studies", {"kind": "look_alike", "title": "West", "parameters": parameters})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    study = api("post", "studies", {"kind": "ranking", "title": "Network", "parameters": {}})
    refused = api(
        "patch", f"studies/{study.json()['id']}", {"parameters": {"values": {"quota": "x"}}}, if_match=study["ETag"]
    )
    assert refused.json()["errors"][0]["pointer"] == "/parameters/values/quota"
    assert api("post", "studies", {"kind": "look_alike", "title": " "}).json()["errors"][0]["pointer"] == "/title"
