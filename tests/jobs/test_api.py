"""Long work by API: the same jobs, states and rights as on the pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.accounts.selectors.actors import actor_of_key_id
from prm.accounts.services.keys import api_key_create, api_key_revoke
from prm.jobs.models import Job, JobState
from prm.jobs.runner.work import advance, run_inline
from prm.jobs.services import job_start
from tests.conftest import Caller
from tests.jobs.kinds import PeopleKind

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    PeopleKind.faults.clear()


@pytest.fixture
def call(manager: Actor, key_of: Callable[..., str]) -> Caller:
    return Caller(key_of(manager, ["jobs:write"]))


def start(actor: Actor, n: int = 40) -> Job:
    return job_start(actor=actor, kind="tests.sum", title="Adding", parameters={"n": n})


def test_a_job_is_polled_until_it_is_done(call: Caller, manager: Actor) -> None:
    job = start(manager)
    path = f"jobs/{job.public_id}"
    assert call("GET", path).json()["progress"] == {"percent": None, "done": 0, "total": None, "seconds_left": None}
    advance(job.pk, seconds=0)
    advance(job.pk, seconds=0)
    body = call("GET", path).json()
    assert (body["state"], body["progress"]["percent"], body["progress"]["done"]) == ("running", 25, 10)
    run_inline(job)
    body = call("GET", path).json()
    assert (body["state"], body["result"], body["error"]) == ("done", {"total": 780, "chunks": 4}, None)
    assert body["finished_at"].endswith("Z")


def test_a_failed_job_says_why_and_can_go_on(call: Caller, administrator: Actor, key_of: Callable[..., str]) -> None:
    PeopleKind.faults[0] = 3
    job = run_inline(job_start(actor=administrator, kind="tests.people", title="People", parameters={"n": 1}))
    owner = Caller(key_of(administrator, ["jobs:write"]))
    assert owner("GET", f"jobs/{job.public_id}").json()["error"] == {
        "code": "crashed",
        "detail": "ZeroDivisionError: planted",
    }
    assert call("POST", f"jobs/{job.public_id}/retry").status_code == 403
    assert owner("POST", f"jobs/{job.public_id}/retry").json()["state"] == "running"
    assert run_inline(job).state == JobState.DONE


def test_a_job_is_cancelled_once(call: Caller, manager: Actor) -> None:
    job = start(manager)
    assert call("POST", f"jobs/{job.public_id}/cancel").json()["state"] == "cancelled"
    again = call("POST", f"jobs/{job.public_id}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "job_over")


def test_jobs_are_filtered_by_state_kind_and_owner(call: Caller, manager: Actor, administrator: Actor) -> None:
    mine, theirs = run_inline(start(manager)), start(administrator)

    def ids(query: str) -> list[str]:
        return [job["id"] for job in call("GET", f"jobs?{query}").json()["data"]]

    assert ids("") == [theirs.public_id, mine.public_id]
    assert ids("state=done") == [mine.public_id]
    assert ids("state[in]=queued,running") == [theirs.public_id]
    assert ids("mine=true") == [mine.public_id]
    assert ids("kind=other") == []
    assert call("GET", "jobs?state=asleep").status_code == 400


def test_work_that_a_key_began_stops_when_the_key_is_revoked(administrator: Actor) -> None:
    with as_role(administrator):
        key, _secret = api_key_create(actor=administrator, name="a program", scopes=["persons:write"])
    program = actor_of_key_id(key.pk)
    assert program is not None
    first = start(program)
    assert run_inline(first).state == JobState.DONE
    second = start(program)
    with as_role(administrator):
        api_key_revoke(actor=administrator, key_id=key.pk)
    assert run_inline(second).error_code == "rights_lost"
