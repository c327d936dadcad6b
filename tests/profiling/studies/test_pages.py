"""Pages that all studies share: the list and its file, a run that failed, comparing two runs."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from prm.access.roles import as_role
from prm.access.roles import as_system as system_role
from prm.core.errors import Conflict
from prm.jobs.models import Job
from prm.jobs.runner.work import run_inline
from prm.jobs.services import job_retry
from prm.partners.models import Company
from profiling.studies.kinds import kinds
from profiling.studies.page import compare_rows, moves_of, moves_words, settled
from profiling.studies.selectors import result_list
from profiling.studies.services import study_archive, study_run, study_update

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered(universe, manager, ask, answer):
    study = ask(manager, references=[c.public_id for c in universe[:12]])
    return study, answer(manager, study)


def page_of(client, name, *args, **query):
    return client.get(reverse(f"vendor:profiling:{name}", args=args), query)


def test_the_list_says_what_each_study_found(answered, manager, client_of):
    _study, run = answered
    page = page_of(client_of(manager), "study-list").content.decode()
    assert f"{run.summary['finding']['count']} are alike and worth more than" in page
    assert "Claire Rousset" in page


def test_an_empty_list_of_studies_leads_to_a_new_one(manager, client_of):
    page = page_of(client_of(manager), "study-list").content.decode()
    assert "No study yet" in page
    assert f'href="{reverse("vendor:profiling:study-new")}"' in page


def test_a_new_study_begins_with_the_question_that_each_kind_answers(manager, client_of):
    page = page_of(client_of(manager), "study-new").content.decode()
    for kind in kinds:
        assert str(kind.asks) in page
        assert f'href="{reverse(kind.new_page)}"' in page


def test_an_archived_study_is_found_in_its_own_tab(answered, manager, client_of):
    study, _run = answered
    with as_role(manager):
        study_archive(actor=manager, study_id=study.pk)
    client = client_of(manager)
    assert study.title not in page_of(client, "study-list").content.decode()
    page = page_of(client, "study-list", archived="yes").content.decode()
    assert study.title in page
    assert "Archived" in page


def test_studies_are_sorted_by_title_and_go_out_as_a_file(answered, manager, ask, client_of):
    ask(manager, kind="ranking", title="A ranking that was never run")
    client = client_of(manager)
    page = page_of(client, "study-list", sort="title_key").content.decode()
    assert page.index("A ranking that was never run") < page.index("Who looks like our best")
    text = b"".join(
        client.get(reverse("vendor:exports:list-export", args=["studies"]), {"format": "csv"}).streaming_content
    ).decode("utf-8-sig")
    assert len(text.splitlines()) == 3
    assert "are alike and worth more than" in text
    assert "Not run yet" in text


def test_a_run_that_failed_says_why_and_goes_on_where_it_stopped(answered, manager, client_of):
    study, _run = answered
    with as_role(manager):
        started = study_run(actor=manager, study_id=study.pk)
    with system_role("a test"):
        Job.objects.filter(pk=started.job_id).update(state="failed", error="The disk is full.", finished_at=timezone.now())
    client = client_of(manager)
    page = page_of(client, "lookalike-detail", study.public_id).content.decode()
    assert "Run 2 could not be finished" in page
    assert "The disk is full." in page
    assert "Go on where it stopped" in page
    client.post(reverse("vendor:profiling:study-resume", args=[study.public_id]))
    with as_role(manager):
        started.job.refresh_from_db()
        assert started.job.is_open


def test_a_run_that_fails_by_its_question_offers_to_change_it_and_does_not_go_on(answered, manager, client_of):
    study, _run = answered
    with as_role(manager):
        started = study_run(actor=manager, study_id=study.pk)
        Company.objects.filter(pk__in=[Company.key_of(r) for r in study.parameters["references"]]).update(
            archived_at=timezone.now()
        )
    job = run_inline(started.job)
    assert (job.state, job.error_code) == ("failed", "no_reference")
    client = client_of(manager)
    page = page_of(client, "lookalike-detail", study.public_id).content.decode()
    assert "Run 2 could not be finished" in page
    assert "None of the reference partners is among the companies any more." in page
    assert 'href="#ask"' in page.partition("run-acts")[2].partition("</section>")[0]
    assert "Go on where it stopped" not in page
    assert "Go on" not in client.get(reverse("vendor:jobs:job-detail", args=[started.job.public_id])).content.decode()
    client.post(reverse("vendor:profiling:study-resume", args=[study.public_id]))
    with as_role(manager):
        job.refresh_from_db()
        assert job.state == "failed"
        with pytest.raises(Conflict):
            job_retry(actor=manager, job=job)


def test_comparing_runs_says_who_rose_and_what_was_asked_differently(answered, manager, answer, client_of):
    study, first = answered
    with as_role(manager):
        study_update(
            actor=manager, study_id=study.pk, parameters={**study.parameters, "groups": {"offer": 90.0, "strike": 10.0}}
        )
    second = answer(manager, study)
    client = client_of(manager)
    page = page_of(client, "study-compare", study.public_id, run=2).content.decode()
    assert "Weight of Offer sold" in page
    was, became = re.findall(r"Weight of Offer sold</td><td[^>]*>(.+?)</td><td[^>]*>(.+?)</td>", page)[0]
    assert was.isdigit(), "a run whose weights were suggested says which it ran with"
    assert became == "90"
    assert " rose, " in page
    with as_role(manager):
        before = {r.company_id: r.rank for r in result_list(actor=manager, run=first)}
        risen = [r.company.name for r in result_list(actor=manager, run=second) if before.get(r.company_id, 0) > r.rank]
    shown = page_of(client, "study-compare", study.public_id, run=2, show="rose").content.decode()
    rows = shown.split("<tbody>")[-1].count("<tr>")
    assert rows == min(len(risen), 100)


def test_comparing_runs_tells_what_a_run_took_where_nobody_had_set_a_number(universe, manager, ask, answer, client_of):
    study = ask(manager, kind="ranking")
    first = answer(manager, study)
    with as_role(manager):
        study_update(
            actor=manager, study_id=study.pk, parameters={**study.parameters, "values": {"quota": 3_000_000, "headroom": 1.5}}
        )
    answer(manager, study)
    page = page_of(client_of(manager), "study-compare", study.public_id, run=2).content.decode()
    quota, _unit, origin, _evidence = first.summary["parameters"]["quota"]
    assert origin == "estimated"
    was, became = re.findall(r"Sales of one salesperson</td><td[^>]*>(.+?)</td><td[^>]*>(.+?)</td>", page)[0]
    assert was.startswith(f"from the data, {quota:,.0f}")
    assert became.startswith("3,000,000")
    was, _became = re.findall(r"Room above today&#x27;s revenue</td><td[^>]*>(.+?)</td><td[^>]*>(.+?)</td>", page)[0]
    assert was == "stand-in, 1 × revenue"


def move(rank, other, **more):
    company = type("C", (), {"public_id": "company_x", "name": "X", "city": None})
    moved = None if rank is None or other is None else other - rank
    return {
        "company": company,
        "rank": rank,
        "other_rank": other,
        "moved": moved,
        "figure": None,
        "other_figure": None,
        "change": None,
    }


def test_a_place_that_shifted_because_another_left_is_no_move():
    rows = [{**move(n, n + 1), "change": Decimal(0)} for n in range(1, 4)] + [move(None, 1)]
    assert moves_words(settled(rows)) == "Nobody’s figure changed, 1 went out"
    assert {m["key"]: m["count"] for m in moves_of(settled(rows), "")}["rose"] == 0
    changed = [*rows, {**move(9, 8), "change": Decimal("0.1")}]
    assert moves_words(settled(changed)) == "3 rose, 1 fell, 1 went out"


def test_a_title_that_is_too_long_is_refused_and_not_cut(answered, manager, client_of):
    study, _run = answered
    page = client_of(manager).post(
        reverse("vendor:profiling:study-edit", args=[study.public_id]), {"title": "x" * 300}, follow=True
    )
    assert "Keep the title under 200 characters." in page.content.decode()
    new = client_of(manager).post(reverse("vendor:profiling:lookalike-new"), {"start": "1", "title": "y" * 300, "ref": "no"})
    assert (new.status_code, new.context["title"]) == (422, "y" * 300)
    assert "Keep the title under 200 characters." in new.content.decode()


def test_moves_are_counted_and_the_largest_come_first():
    rows = [move(1, 1), move(2, 9), move(3, 5), move(7, 4), move(8, None), move(None, 2)]
    assert moves_words(rows) == "2 rose, 1 fell, 1 came in, 1 went out"
    assert [(m["key"], m["count"]) for m in moves_of(rows, "")] == [("", 6), ("rose", 2), ("fell", 1), ("new", 1), ("out", 1)]
    assert [r["rank"] for r in compare_rows(rows, "rose", words=str)] == [2, 3]
    assert moves_words([move(1, 1)]) == "Nobody moved"
