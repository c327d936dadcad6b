"""The study page of a look-alike: the question, the answer, the why; and one button on a profile."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from prm.access.roles import as_role
from prm.jobs.runner.work import run_inline
from profiling.scoring.question import weights_shown
from profiling.studies import rows as page_rows
from profiling.studies.models import RunResult, Study, StudyRun
from profiling.studies.services import study_update

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered(universe, manager, ask, answer):
    study = ask(manager, references=[c.public_id for c in universe[:3]])
    return study, answer(manager, study)


def url(name, study, *more):
    return reverse(f"vendor:profiling:{name}", args=[study.public_id, *more])


def test_one_button_on_a_profile_asks_runs_and_lands_on_the_study(
    universe, manager, client_of, django_capture_on_commit_callbacks
):
    client = client_of(manager)
    profile = client.get(reverse("vendor:partners:company-detail", args=[universe[0].public_id])).content.decode()
    assert reverse("vendor:profiling:lookalike-like", args=[universe[0].public_id]) in profile
    response = client.post(reverse("vendor:profiling:lookalike-like", args=[universe[0].public_id]))
    with as_role(manager):
        study, run = Study.objects.get(), StudyRun.objects.select_related("job").get()
    assert response["Location"] == url("lookalike-detail", study)
    waiting = client.get(response["Location"]).content.decode()
    assert url("study-progress", study) in waiting
    run_inline(run.job)
    page = client.get(response["Location"]).content.decode()
    assert "Company 0" in page
    assert "of 100 alike" in page
    profile = client.get(reverse("vendor:partners:company-detail", args=[universe[0].public_id])).content.decode()
    assert "Most alike" in profile


def test_a_profile_names_the_study_that_says_who_is_alike_a_pinned_one_first(universe, manager, ask, answer, client_of):
    references = [universe[0].public_id]
    pinned = ask(manager, title="Ours in the West", references=references)
    answer(manager, pinned)
    answer(
        manager,
        ask(
            manager,
            title="A try",
            references=references,
            groups=dict.fromkeys(("offer", "complementary", "strike", "territory"), 1.0),
        ),
    )
    profile = reverse("vendor:partners:company-detail", args=[universe[0].public_id])

    def named() -> str:
        page = client_of(manager).get(profile).content.decode()
        told = page.partition("Most alike</h2>")[2].partition('<ul class="bars">')[0]
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", told))

    assert "A try · Claire Rousset · weights set by hand" in named()
    with as_role(manager):
        study_update(actor=manager, study_id=pinned.pk, is_pinned=True)
    assert "Ours in the West · Claire Rousset · " in named()
    assert "A try" not in named()


def test_the_page_shows_the_rows_of_the_run_with_their_figures(answered, manager, client_of):
    study, run = answered
    page = client_of(manager).get(url("lookalike-detail", study)).content.decode()
    with as_role(manager):
        first = RunResult.objects.filter(run=run, rank=1).select_related("company").get()
    assert first.company.name in page
    assert f'<b class="hero fig">{first.score}</b>' in page
    for tenths in first.contributions.values():
        if tenths is not None:
            assert f'<span class="fig">{tenths / 10:.1f} <small' in page
    assert "In the best 1 %, these weights find" in page
    assert "style=" not in page


def test_the_why_of_another_company_comes_alone(answered, manager, client_of):
    study, run = answered
    with as_role(manager):
        third = RunResult.objects.filter(run=run, rank=3).select_related("company").get()
    page = (
        client_of(manager)
        .get(url("lookalike-why", study), {"company": third.company.public_id, "run": run.number})
        .content.decode()
    )
    assert page.strip().startswith("<aside") or "<aside" in page[:400]
    assert third.company.name in page
    assert "<html" not in page


def test_a_run_of_an_earlier_version_still_opens(answered, manager, client_of, monkeypatch):
    """Its figures stand as rows; only what is read from the run's profile anew is left out."""
    study, run = answered
    monkeypatch.setattr("profiling.scoring.rules.profile.VERSION", 99)
    with as_role(manager):
        first = RunResult.objects.filter(run=run, rank=1).select_related("company").get()
    page = client_of(manager).get(url("lookalike-detail", study))
    assert page.status_code == 200
    assert first.company.name in page.content.decode()


def test_changed_weights_are_kept_and_run_again(answered, manager, client_of):
    study, _run = answered
    client = client_of(manager)
    client.post(url("lookalike-run", study), {"weight_offer": "60", "weight_territory": "40", "min_known": "0.5", "go": "1"})
    with as_role(manager):
        study.refresh_from_db()
        newest = StudyRun.objects.filter(study=study).select_related("job").latest("number")
    assert study.parameters["groups"]["offer"] == 60
    assert study.parameters["groups"]["growth"] == 0
    assert study.parameters["filters"]["min_known"] == 0.5
    assert newest.number == 2
    run_inline(newest.job)
    compared = client.get(url("study-compare", study)).content.decode()
    assert "What was asked differently" in compared
    assert "Run 2 beside run 1" in compared


def test_a_company_that_is_not_like_us_is_left_out_of_the_next_run(answered, manager, client_of):
    study, run = answered
    with as_role(manager):
        first = RunResult.objects.filter(run=run, rank=1).select_related("company").get()
    client = client_of(manager)
    after = client.post(url("lookalike-run", study), {"exclude": first.company.public_id}, follow=True).content.decode()
    with as_role(manager):
        assert StudyRun.objects.filter(study=study).count() == 1, "nothing runs unasked"
    assert "Not like us: left out of the next run." in after
    assert "Not run yet." in after
    client.post(url("lookalike-run", study), {"go": "1"})
    with as_role(manager):
        newest = StudyRun.objects.filter(study=study).select_related("job").latest("number")
    run_inline(newest.job)
    with as_role(manager):
        assert not RunResult.objects.filter(run=newest, company=first.company).exists()


@pytest.mark.parametrize("act", ["exclude", "remove", "add", "drop", "keep"])
def test_every_act_in_the_question_keeps_weights_that_were_set_and_runs_nothing(answered, universe, manager, client_of, act):
    study, run = answered
    shown = weights_shown(study.parameters, run)
    moved = {f"weight_{w['key']}": "0" for w in shown} | {"weight_offer": "70", "weight_territory": "30"}
    values = {"exclude": universe[30], "remove": universe[0], "add": universe[10]}
    value = values[act].public_id if act in values else "status"
    page = client_of(manager).post(url("lookalike-run", study), {**moved, act: value}, follow=True).content.decode()
    with as_role(manager):
        study.refresh_from_db()
        assert StudyRun.objects.filter(study=study).count() == 1
    assert {key: weight for key, weight in study.parameters["groups"].items() if weight} == {"offer": 70, "territory": 30}
    assert re.search(r'name="weight_offer"\s+value="70"', page)
    assert "The question was changed since run 1." in page


def test_a_second_press_on_run_again_starts_no_second_run_and_says_so(answered, manager, client_of):
    study, _run = answered
    client = client_of(manager)
    client.post(url("lookalike-run", study), {"go": "1"})
    page = client.post(url("lookalike-run", study), {"go": "1"}, follow=True)
    assert (page.status_code, "Run 2 is still under way." in page.content.decode()) == (200, True)
    with as_role(manager):
        assert StudyRun.objects.filter(study=study).count() == 2


def test_a_title_that_nobody_wrote_is_in_the_language_of_who_reads_it(universe, manager, make_member, client_of):
    client = client_of(manager)
    client.post(reverse("vendor:profiling:lookalike-like", args=[universe[0].public_id]))
    with as_role(manager):
        study = Study.objects.get()
    reader = client_of(make_member(language="fr", name="Hélène Petit"))
    assert f"Qui ressemble à {universe[0].name}" in reader.get(url("lookalike-detail", study)).content.decode()
    assert f"Qui ressemble à {universe[0].name}" in reader.get(reverse("vendor:profiling:study-list")).content.decode()
    assert f"Who looks like {universe[0].name}" in client.get(url("lookalike-detail", study)).content.decode()
    client.post(url("study-edit", study), {"title": "Mine"})
    assert "Mine" in reader.get(url("lookalike-detail", study)).content.decode()


def test_what_a_run_asked_can_be_put_back(answered, manager, client_of):
    study, run = answered
    client = client_of(manager)
    client.post(url("lookalike-run", study), {"weight_offer": "60", "weight_territory": "40"})
    page = client.post(url("lookalike-run", study), {"run": "1", "reset": "1"}, follow=True).content.decode()
    with as_role(manager):
        study.refresh_from_db()
    assert study.parameters == run.parameters
    assert "Not run yet." not in page


def test_references_are_added_and_removed(answered, universe, manager, client_of):
    study, _run = answered
    client = client_of(manager)
    found = client.get(url("lookalike-suggest", study), {"q": "company 01"}).content.decode()
    assert universe[10].public_id in found
    client.post(url("lookalike-run", study), {"add": universe[10].public_id})
    client.post(url("lookalike-run", study), {"remove": universe[0].public_id})
    with as_role(manager):
        study.refresh_from_db()
        assert study.parameters["references"] == [universe[i].public_id for i in (1, 2, 10)]
        assert StudyRun.objects.filter(study=study).count() == 1


def test_a_workbook_can_stand_alone(answered, universe, manager, client_of):
    study, run = answered
    sheet = client_of(manager).get(url("study-export", study), {"format": "xlsx"}, follow=True)
    rows, about = load_workbook(BytesIO(b"".join(sheet.streaming_content))).worksheets
    heads = [cell.value for cell in rows[1]]
    assert rows.auto_filter.ref == f"A1:{rows.cell(1, len(heads)).column_letter}{run.kept_count + 1}"
    assert {"Potential P50 (EUR)", "Alike, of 100", "Offer sold (points)", "Typology", "Status", "Website"} <= set(heads)
    assert {"Not enough known", "Potential rests on too little"} <= set(heads)
    for share in ("Known", "Ahead of, share"):
        assert all(0 <= row[heads.index(share)].value <= 1 for row in rows.iter_rows(min_row=2))
        assert rows.cell(2, heads.index(share) + 1).number_format == "0.0%"
    p50 = rows.cell(2, heads.index("Potential P50 (EUR)") + 1).value
    assert round(p50, 2) == p50
    told = {name.value: value.value for name, value in about.iter_rows()}
    assert told["Study"] == study.title
    assert told["Reference partners"] == ", ".join(c.name for c in universe[:3])
    assert told["Weight of Offer sold"]
    assert (told["Run"], told["Run by"], told["Amounts in"]) == ("1", "Claire Rousset", "EUR")
    assert told["Taken out by"] == "Claire Rousset"


def test_rows_go_out_as_files(answered, manager, client_of):
    study, run = answered
    client = client_of(manager)
    text = b"".join(client.get(url("study-export", study), {"format": "csv"}, follow=True).streaming_content).decode(
        "utf-8-sig"
    )
    assert len(text.strip().splitlines()) == run.kept_count + 1
    assert "Offer sold" in text.splitlines()[0]
    sheet = client.get(url("study-export", study), {"format": "xlsx"}, follow=True)
    assert b"".join(sheet.streaming_content).startswith(b"PK")


def test_a_list_without_a_name_is_refused_in_the_dialog_which_stays(answered, manager, client_of):
    study, run = answered
    address, sent = url("target-add", study), {"run": run.number, "top": "3", "name": ""}
    refused = client_of(manager).post(address, sent, headers={"HX-Request": "true"})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert page.strip().startswith('<div id="add-goal"')
    assert 'id="new-list-error" role="alert"' in page
    assert "Give the list a name." in page
    done = client_of(manager).post(address, {**sent, "name": "West"}, headers={"HX-Request": "true"})
    assert (done.status_code, "/target-lists/" in done["HX-Redirect"]) == (204, True)


def test_the_best_go_onto_a_target_list(answered, manager, client_of):
    study, run = answered
    client = client_of(manager)
    response = client.post(
        reverse("vendor:profiling:target-add", args=[study.public_id]),
        {"run": run.number, "top": "5", "name": "West"},
        follow=True,
    )
    page = response.content.decode()
    assert "West" in page
    with as_role(manager):
        for row in RunResult.objects.filter(run=run, rank__lte=5).select_related("company"):
            assert row.company.name in page
        run.refresh_from_db()
        assert run.is_cited
        assert not run.is_pinned, "which run other pages take their figures from is a person's choice"


def test_a_study_asks_as_many_queries_for_two_rows_as_for_many(
    answered, manager, client_of, django_assert_max_num_queries, monkeypatch
):

    study, _run = answered
    client = client_of(manager)
    client.get(url("lookalike-detail", study))
    counts = []
    for rows in (2, 20):
        monkeypatch.setattr(page_rows, "ROWS", rows)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(url("lookalike-detail", study))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 45


def test_the_page_is_french_for_who_reads_french(universe, make_member, ask, answer, client_of):
    reader = make_member(language="fr", name="Hélène Petit")
    study = ask(reader, references=[universe[0].public_id])
    answer(reader, study)
    page = client_of(reader).get(url("lookalike-detail", study)).content.decode()
    assert 'lang="fr"' in page


def test_a_question_of_a_look_alike_that_cannot_be_taken_comes_back_with_every_fault_at_its_field(
    universe, manager, ask, answer, client_of
):
    study = ask(manager, references=[universe[0].public_id])
    answer(manager, study)
    sent = {
        "with_filters": "1", "status": "partner", "countries": "nowhere", "min_employees": "many", "weight_offer": "heavy",
        "compare_employees": "at_least",
    }  # fmt: skip
    refused = client_of(manager).post(reverse("vendor:profiling:lookalike-run", args=[study.public_id]), sent)
    page = refused.content.decode()
    assert (refused.status_code, set(refused.context["at"])) == (422, {"f-country", "f-min", "s-weight_offer"})
    assert 'name="min_employees" inputmode="numeric" value="many"' in page
    assert refused.context["filters"]["status"] == "partner"
    assert re.search(r'<details class="filters"\s+open>', page), "the filters at fault are in sight"
    with as_role(manager):
        study.refresh_from_db()
    assert study.parameters["filters"].get("countries", []) == []
