"""Long work done in one process: planned, run chunk by chunk, retried, refused, cancelled, finished."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_sign_in, as_system
from prm.accounts.models import Membership, Person, User
from prm.accounts.selectors.actors import actor_of_user
from prm.accounts.services.accounts import Account
from prm.core.errors import Conflict, Denied, NotFound
from prm.events.models import OutboxEvent
from prm.jobs.actors import actor_of_job, actor_snapshot
from prm.jobs.models import ChunkState, Job, JobState, PeriodicSlot
from prm.jobs.runner import chunks as chunk_module
from prm.jobs.runner.chunks import ChunkLost, chunk_claim, chunk_done
from prm.jobs.runner.periodic import PERIODIC, Periodic, run_due
from prm.jobs.runner.sweeping import sweep
from prm.jobs.runner.work import advance, run_inline
from prm.jobs.selectors import job_get, job_progress
from prm.jobs.services import job_cancel, job_retry, job_start
from prm.jobs.tasks import poll
from prm.partners.services.members import partner_member_add
from tests.conftest import PartnersSide
from tests.jobs.kinds import PeopleKind

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_faults(settings, tmp_path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    PeopleKind.faults.clear()
    yield
    PeopleKind.faults.clear()


def people(prefix: str = "person ") -> int:
    with as_system("a test"):
        return Person.objects.filter(name_key__startswith=prefix, user__isnull=True).count()


def start_people(actor: Actor, **parameters: object) -> Job:
    return job_start(actor=actor, kind="tests.people", title="People", parameters={"n": 4, **parameters})


def test_a_job_runs_all_its_chunks_and_keeps_what_they_add_up_to(manager: Actor) -> None:
    job = run_inline(job_start(actor=manager, kind="tests.sum", title="Sum", parameters={"n": 95}))
    assert (job.state, job.result) == (JobState.DONE, {"total": sum(range(95)), "chunks": 10})
    assert (job.units_done, job.units_total) == (95, 95)
    assert job.started_at <= job.finished_at


def test_a_job_without_chunks_goes_straight_to_its_end(manager: Actor) -> None:
    job = run_inline(job_start(actor=manager, kind="tests.sum", title="Sum", parameters={"n": 0}))
    assert (job.state, job.result) == (JobState.DONE, {"total": 0, "chunks": 0})


def test_what_happens_to_a_job_is_told_in_its_history(manager: Actor) -> None:
    job = run_inline(job_start(actor=manager, kind="tests.sum", title="Sum", parameters={"n": 5}))
    with as_system("a test"):
        events = OutboxEvent.objects.filter(subject_id=job.pk).order_by("id")
        assert [(e.type, e.actor_id) for e in events] == [
            ("jobs.job_started", manager.user_id),
            ("jobs.job_done", manager.user_id),
        ]


def test_a_later_step_is_planned_once_the_earlier_is_done(administrator: Actor) -> None:
    job = run_inline(start_people(administrator, more=3))
    assert (job.state, job.units_total, people("person "), people("more ")) == (JobState.DONE, 7, 4, 3)


def test_a_chunk_that_fails_keeps_nothing_and_is_tried_again(administrator: Actor) -> None:
    PeopleKind.faults[2] = 2
    job = run_inline(start_people(administrator))
    assert (job.state, people()) == (JobState.DONE, 4)
    with as_system("a test"):
        assert list(job.chunks.order_by("number").values_list("attempts", "failures")) == [(1, 0), (1, 0), (3, 2), (1, 0)]


def test_a_job_fails_with_the_reason_when_the_attempts_are_used_up(administrator: Actor) -> None:
    PeopleKind.faults[1] = 3
    job = run_inline(start_people(administrator))
    assert (job.state, job.error_code, job.error) == (JobState.FAILED, "crashed", "ZeroDivisionError: planted")
    assert people() == 1, "what was done before stays"


def test_a_refusal_by_the_domain_is_not_tried_again(administrator: Actor) -> None:
    job = run_inline(start_people(administrator, refuse=1))
    assert (job.state, job.error_code, job.error) == (JobState.FAILED, "planted", "This row is refused.")
    with as_system("a test"):
        assert job.chunks.get(number=1).attempts == 1


def test_a_failed_job_goes_on_where_it_stopped(administrator: Actor) -> None:
    PeopleKind.faults[1] = 3
    failed = run_inline(start_people(administrator))
    with as_role(administrator):
        job_retry(actor=administrator, job=failed)
    job = run_inline(failed)
    assert (job.state, job.result, job.units_done) == (JobState.DONE, {"people": 4}, 4)


def test_a_done_job_cannot_be_started_again(manager: Actor) -> None:
    job = run_inline(job_start(actor=manager, kind="tests.sum", title="Sum", parameters={"n": 5}))
    with pytest.raises(Conflict), as_role(manager):
        job_retry(actor=manager, job=job)


def test_only_who_may_do_the_work_may_start_it(manager: Actor) -> None:
    with pytest.raises(Denied):
        start_people(manager)


def test_somebody_who_lost_the_right_stops_at_the_next_chunk(administrator: Actor) -> None:
    job = start_people(administrator)
    advance(job.pk, seconds=0)  # planned
    with as_sign_in():
        Membership.objects.filter(user_id=administrator.user_id).update(role=Role.MANAGER)
    job = run_inline(job)
    assert (job.state, job.error_code, people()) == (JobState.FAILED, "rights_lost", 0)


def test_somebody_whose_account_was_closed_stops_too(administrator: Actor) -> None:
    job = start_people(administrator)
    with as_sign_in():
        User.objects.filter(pk=administrator.user_id).update(is_active=False)
    assert run_inline(job).error_code == "rights_lost"


def test_work_goes_on_at_the_place_where_it_was_started_and_at_no_other(partners_side: PartnersSide) -> None:
    at_kerlan = partners_side.member(partners_side.kerlan)
    user = User.objects.get(pk=at_kerlan.user_id)
    account = Account(email=user.email, name="Yann Guivarch")
    with as_system("a test") as system:
        partner_member_add(actor=system, partner_id=partners_side.nordisk.pk, account=account, role=Role.PARTNER_SALES)
    with as_sign_in():
        at_nordisk = actor_of_user(user, str(partners_side.nordisk.pk))
    kind = PeopleKind()
    kind.permission = next(iter(at_kerlan.permissions & at_nordisk.permissions))
    job = Job(kind=kind.key, actor=actor_snapshot(at_nordisk))
    assert actor_of_job(job, kind) == at_nordisk
    with as_sign_in():
        Membership.objects.filter(user=user, partner_id=partners_side.nordisk.pk).delete()
    with pytest.raises(Denied):
        actor_of_job(job, kind)


def test_chunks_run_under_the_starters_database_role(manager: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def look(self, job, actor):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_setting('statement_timeout')")
            seen.append(cursor.fetchone())
        return []

    monkeypatch.setattr("tests.jobs.kinds.SumKind.plan", look)
    run_inline(job_start(actor=manager, kind="tests.sum", title="Sum", parameters={"n": 5}))
    assert seen == [("prm_vendor", "10min")]


def test_a_job_that_nobody_began_is_cancelled_at_once(administrator: Actor) -> None:
    job = start_people(administrator)
    with as_role(administrator):
        job = job_cancel(actor=administrator, job=job)
    assert (job.state, run_inline(job).state, people()) == (JobState.CANCELLED, JobState.CANCELLED, 0)


def test_a_cancel_in_the_middle_stops_the_rest_and_tidies_up(administrator: Actor) -> None:
    job = start_people(administrator)
    advance(job.pk, seconds=0)
    advance(job.pk, seconds=0)
    assert people() == 1
    with as_role(administrator):
        assert job_cancel(actor=administrator, job=job).state == JobState.CANCELLING
    job = run_inline(job)
    with as_system("a test"):
        states = set(job.chunks.values_list("state", flat=True))
    assert (job.state, states, people()) == (JobState.CANCELLED, {ChunkState.DONE, ChunkState.CANCELLED}, 0)


def test_a_cancel_is_noticed_inside_a_long_chunk(manager: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    job = job_start(actor=manager, kind="tests.sum", title="Sum", parameters={"n": 10, "pause": 5})

    def cancel_meanwhile(_seconds: float) -> None:
        with as_system("a test"):
            Job.objects.filter(pk=job.pk).update(state=JobState.CANCELLING)

    monkeypatch.setattr("tests.jobs.kinds.time.sleep", cancel_meanwhile)
    assert run_inline(job).state == JobState.CANCELLED


def test_a_job_that_is_over_cannot_be_cancelled(manager: Actor) -> None:
    job = run_inline(job_start(actor=manager, kind="tests.sum", title="Sum", parameters={"n": 5}))
    with pytest.raises(Conflict) as refusal, as_role(manager):
        job_cancel(actor=manager, job=job)
    assert refusal.value.data == {"state": "done"}


def test_a_manager_cancels_only_their_own(manager: Actor, administrator: Actor) -> None:
    job = job_start(actor=administrator, kind="tests.sum", title="Sum", parameters={"n": 5})
    with pytest.raises(Denied), as_role(manager):
        job_cancel(actor=manager, job=job)


def test_a_worker_thought_dead_cannot_mark_a_later_attempt(manager: Actor) -> None:
    job = job_start(actor=manager, kind="tests.sum", title="Sum", parameters={"n": 10})
    advance(job.pk, seconds=0)
    first = chunk_claim(job)
    second = chunk_claim(job)  # same session: its lock is ours, so this stands for a worker that died
    assert (first.pk, first.attempts, second.attempts) == (second.pk, 1, 2)
    with pytest.raises(ChunkLost):
        chunk_done(job, first, None)
    chunk_done(job, second, None)
    with as_system("a test"):
        assert Job.objects.get(pk=job.pk).units_done == 10


def test_a_chunk_that_kills_every_worker_is_given_up(manager: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk_module, "MAX_ATTEMPTS", 3)
    job = job_start(actor=manager, kind="tests.sum", title="Sum", parameters={"n": 10})
    advance(job.pk, seconds=0)
    for _worker in range(3):
        chunk_claim(job)
    job = run_inline(job)
    assert (job.state, job.error_code) == (JobState.FAILED, "worker_lost")


def test_planning_that_fails_is_tried_again_and_then_given_up(manager: Actor) -> None:
    job = run_inline(job_start(actor=manager, kind="tests.sum", title="Sum", parameters={}))
    assert (job.state, job.failures, job.error) == (JobState.FAILED, 3, "KeyError: 'n'")


def test_progress_says_how_far_each_step_is(manager: Actor) -> None:
    job = job_start(actor=manager, kind="tests.sum", title="Sum", parameters={"n": 40})
    advance(job.pk, seconds=0)
    advance(job.pk, seconds=0)
    with as_role(manager):
        job = Job.objects.get(pk=job.pk)
        progress = job_progress(actor=manager, job=job)
    assert (progress.percent, progress.done, progress.total, progress.unit) == (25, 10, 40, "numbers")
    assert [(s.key, s.state) for s in progress.steps] == [("add", "active"), ("square", "waiting")]
    assert (progress.owner_name, progress.may_cancel, progress.may_retry) == ("Claire Rousset", True, False)


def test_a_job_can_be_run_from_the_command_line(manager: Actor, capsys: pytest.CaptureFixture[str]) -> None:
    job = job_start(actor=manager, kind="tests.sum", title="Sum", parameters={"n": 20})
    call_command("run_job", job.public_id)
    assert capsys.readouterr().out.strip() == f"{job.public_id} done 20/20"
    with pytest.raises(CommandError):
        call_command("run_job", "job_00000000000000000000000000")


def test_a_stranger_sees_no_job(manager: Actor) -> None:
    job = job_start(actor=manager, kind="tests.sum", title="Sum", parameters={"n": 20})
    with as_role(manager):
        assert job_get(actor=manager, job_id=job.public_id) == job
        with pytest.raises(NotFound):
            job_get(actor=manager, job_id="job_nonsense")


def test_messages_go_to_the_products_own_broker(settings) -> None:
    assert poll.app.conf.broker_url == settings.CELERY_BROKER_URL


def test_a_sweep_wakes_workers_for_open_work_only(manager: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    run_inline(job_start(actor=manager, kind="tests.sum", title="Sum", parameters={"n": 5}))
    assert sweep() == 0
    job = job_start(actor=manager, kind="tests.sum", title="Sum", parameters={"n": 20})
    assert sweep() == 0, "a worker was woken a moment ago"
    monkeypatch.setattr("prm.jobs.runner.sweeping.PATIENCE", timedelta(0))
    assert sweep() == 1
    advance(job.pk, seconds=0)
    chunk_claim(job)
    assert sweep() == 1, "one chunk still waits"


def test_periodic_work_is_done_once_in_its_period(as_system: Actor) -> None:
    first = run_due()
    assert "jobs.pulse" in first
    assert "jobs.pulse" not in run_due()
    assert "jobs.pulse" in run_due(timezone.now() + timedelta(seconds=31))


def test_periodic_work_that_fails_says_so_and_stops_no_other(as_system: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*, actor: Actor) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setitem(PERIODIC._entries, "a.fault", Periodic("a.fault", timedelta(hours=1), fail))
    assert {"a.fault", "jobs.pulse"} <= set(run_due())
    assert PeriodicSlot.objects.get(task="a.fault").error == "ZeroDivisionError: planted"
