"""The pages of long work, as the people who wait for it meet them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.jobs.models import Job, JobState
from prm.jobs.runner.notes import note, step_note
from prm.jobs.runner.work import advance, run_inline
from prm.jobs.services import job_start
from prm.ui.nav import groups_for
from tests.jobs.kinds import PeopleKind

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Actor], Client]


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    PeopleKind.faults.clear()


def start(actor: Actor, n: int = 40, title: str = "Adding numbers") -> Job:
    return job_start(actor=actor, kind="tests.sum", title=title, parameters={"n": n})


def text_of(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return re.sub(r" ?([<>]) ?", r"\1", " ".join(answer.content.decode().split()))


def test_a_running_job_shows_its_share_counts_and_steps_and_asks_for_itself(manager: Actor, client_of: ClientOf) -> None:
    job = start(manager)
    for _turn in range(3):
        advance(job.pk, seconds=0)
    step_note(job, "add", "2 odd")
    page = text_of(client_of(manager), f"/jobs/{job.public_id}")
    assert "<h1>Adding numbers</h1>" in page
    assert re.search(r"<b>50\s?%</b>", page)
    assert "20 of 40 numbers" in page
    assert "Started by Claire Rousset" in page
    assert f'hx-get="/jobs/{job.public_id}/progress"' in page
    assert 'class="now"' in page
    assert "2 odd" in page
    fragment = text_of(client_of(manager), f"/jobs/{job.public_id}/progress", hx_request="true")
    assert "<h1>" not in fragment
    assert "20 of 40 numbers" in fragment


def test_when_the_work_is_over_the_page_is_asked_for_once_more(manager: Actor, client_of: ClientOf) -> None:
    job = run_inline(start(manager))
    client = client_of(manager)
    answer = client.get(f"/jobs/{job.public_id}/progress", headers={"hx-request": "true"})
    assert answer.headers["HX-Refresh"] == "true"
    page = text_of(client, f"/jobs/{job.public_id}")
    assert f'href="/sums/{job.public_id}"' in page
    assert "/progress" not in page


def test_a_failed_job_says_why_and_offers_to_go_on(administrator: Actor, client_of: ClientOf) -> None:
    PeopleKind.faults[0] = 3
    job = run_inline(job_start(actor=administrator, kind="tests.people", title="People", parameters={"n": 2}))
    client = client_of(administrator)
    page = text_of(client, f"/jobs/{job.public_id}")
    assert "ZeroDivisionError: planted" in page
    assert "Start again" in page
    client.post(f"/jobs/{job.public_id}/retry")
    assert run_inline(job).state == JobState.DONE


def test_the_log_is_shown_newest_first(manager: Actor, client_of: ClientOf) -> None:
    job = start(manager)
    note(job, "Read 24 columns")
    note(job, "Checked every cell")
    page = text_of(client_of(manager), f"/jobs/{job.public_id}")
    assert page.index("Checked every cell") < page.index("Read 24 columns")


def test_a_job_is_cancelled_from_its_page(manager: Actor, client_of: ClientOf) -> None:
    job = start(manager)
    answer = client_of(manager).post(f"/jobs/{job.public_id}/cancel")
    assert answer.headers["Location"] == f"/jobs/{job.public_id}"
    with as_system("a test"):
        assert Job.objects.get(pk=job.pk).state == JobState.CANCELLED


def test_somebody_elses_job_is_seen_but_not_stopped_by_a_manager(
    manager: Actor, administrator: Actor, client_of: ClientOf
) -> None:
    job = start(administrator)
    client = client_of(manager)
    assert "Cancel</button>" not in text_of(client, f"/jobs/{job.public_id}")
    assert client.post(f"/jobs/{job.public_id}/cancel").status_code == 403


def test_a_job_that_does_not_exist_is_not_found(manager: Actor, client_of: ClientOf) -> None:
    client = client_of(manager)
    assert client.get("/jobs/job_00000000000000000000000000").status_code == 404
    assert client.get("/jobs/nonsense").status_code == 404


def test_the_list_shows_mine_and_everybodys_and_filters_by_state(
    manager: Actor, administrator: Actor, client_of: ClientOf
) -> None:
    run_inline(start(manager, title="My sum"))
    start(administrator, title="Their sum")
    client = client_of(manager)
    everything = text_of(client, "/jobs")
    assert "My sum" in everything
    assert "Their sum" in everything
    mine = text_of(client, "/jobs?mine=yes")
    assert "Their sum" not in mine
    waiting = text_of(client, "/jobs?state=queued")
    assert "My sum" not in waiting
    assert "Their sum" in waiting


def test_the_list_pages_through_all_jobs_once(manager: Actor, client_of: ClientOf) -> None:
    for number in range(60):
        start(manager, title=f"Sum {number:02}")
    client = client_of(manager)
    first = client.get("/jobs").context["listing"]
    second = client.get("/jobs" + first.next_url).context["listing"]
    titles = [row["row"].title for listing in (first, second) for row in listing.rows]
    assert titles == [f"Sum {number:02}" for number in range(59, -1, -1)]
    assert first.page.total == 60
    assert second.next_url == ""


def test_the_list_asks_the_database_as_often_for_two_jobs_as_for_twelve(manager: Actor, client_of: ClientOf) -> None:
    client = client_of(manager)

    def queries(rows: int) -> int:
        for _row in range(rows):
            start(manager)
        with CaptureQueriesContext(connection) as captured:
            client.get("/jobs")
        return len(captured)

    queries(1)
    assert queries(1) == queries(10) <= 20


def test_whoever_started_it_is_told_once_that_it_ended(manager: Actor, client_of: ClientOf) -> None:
    client = client_of(manager)
    assert client.get("/jobs/pulse").status_code == 286, "nothing is under way: no more asking"
    job = start(manager)
    answer = client.get("/jobs/pulse")
    assert (answer.status_code, answer.headers.get("HX-Trigger")) == (200, None)
    run_inline(job)
    told = json.loads(client.get("/jobs/pulse").headers["HX-Trigger"])
    assert told["prm:toast"]["text"] == "Adding numbers is done"
    assert client.get("/jobs/pulse").status_code == 286


def test_looking_at_the_page_counts_as_being_told(manager: Actor, client_of: ClientOf) -> None:
    client = client_of(manager)
    job = run_inline(start(manager))
    client.get(f"/jobs/{job.public_id}")
    assert client.get("/jobs/pulse").status_code == 286


def test_the_menu_counts_what_is_under_way_for_me(manager: Actor, administrator: Actor) -> None:
    start(manager)
    start(administrator)
    with as_role(manager):
        entries = [item for group in groups_for(manager, "vendor:jobs:job-detail") for item in group["items"]]
    assert [(e["count"], e["current"]) for e in entries if e["url"] == "/jobs"] == [(1, True)]
