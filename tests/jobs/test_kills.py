"""Real workers, killed with -9 and left without Redis: nothing is lost, nothing is done twice, the result is the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from celery import Celery
from django.conf import settings as django_settings
from django.db import connection

from prm.access.actors import Actor
from prm.access.roles import as_system
from prm.accounts.models import Person
from prm.core.locks import held_numbers, lock_number
from prm.jobs.models import FINAL_STATES, ChunkState, Job, JobState
from prm.jobs.runner.work import run_inline
from prm.jobs.services import job_start
from prm.local.redis_server import Redis
from tests.jobs.kinds import PeopleKind

pytestmark = [pytest.mark.kills, pytest.mark.django_db(transaction=True)]
BOUND_SECONDS = 60


class Workers:
    """Worker processes of one test, each in a process group of its own, with a Redis of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.redis = Redis(folder)
        self.redis.start()
        self.broker = f"redis+socket://{self.redis.socket}"
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, *, processes: int = 1, beat: bool = True) -> subprocess.Popen[bytes]:
        """A worker with ``processes`` children; with the beat inside."""
        database = connection.settings_dict
        host, port = database["HOST"], database["PORT"]
        environment = os.environ | {
            "DATABASE_URL": f"postgres://prm_app:{database['PASSWORD']}@:{port}/{database['NAME']}?host={host}",
            "DJANGO_SETTINGS_MODULE": "prm.settings.test",
            "PRM_TEST_BROKER": self.broker,
            "PRM_VAR_DIR": str(self.folder),
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        arguments = ["-A", "tests.jobs.worker_app", "worker", "--loglevel=INFO", "-Q", "interactive,bulk"]
        arguments += [f"--concurrency={processes}", f"--hostname=w{len(self.processes)}@test"]
        if beat:
            arguments += ["-B", "--schedule", str(self.folder / "beat")]
        log = (self.folder / f"worker{len(self.processes)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", *arguments],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def say(self, job: Job, *, times: int = 1) -> None:
        """What the web process says after commit; here the checks' own broker is memory."""
        with Celery(broker=self.broker, set_as_current=False) as app:
            for _time in range(times):
                app.send_task("prm.jobs.poll", args=[str(job.pk)], queue=job.queue)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """-9 to the worker and its children, without a word."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                self.kill(process)
        self.redis.stop()


@pytest.fixture
def workers(tmp_path: Path, settings) -> Iterator[Workers]:
    settings.MEDIA_ROOT = tmp_path / "media"
    PeopleKind.faults.clear()
    found = Workers(tmp_path)
    try:
        yield found
    finally:
        found.end()


def until(what: Callable[[], bool], workers: Workers) -> None:
    deadline = time.monotonic() + BOUND_SECONDS
    while not what():
        if time.monotonic() > deadline:
            logs = "\n".join(log.read_text()[-3000:] for log in sorted(workers.folder.glob("worker*.log")))
            pytest.fail(f"waited {BOUND_SECONDS} s\n{logs}")
        time.sleep(0.1)


def fresh(job: Job) -> Job:
    with as_system("a test"):
        return Job.objects.get(pk=job.pk)


def is_over(job: Job) -> bool:
    return fresh(job).state in FINAL_STATES


def start_sum(actor: Actor, *, n: int = 300, pause: float = 0.2) -> Job:
    return job_start(actor=actor, kind="tests.sum", title="Sum", parameters={"n": n, "pause": pause})


def test_a_worker_killed_in_mid_chunk_changes_nothing_of_the_result(manager: Actor, workers: Workers) -> None:
    undisturbed = run_inline(start_sum(manager, pause=0))
    job = start_sum(manager)
    first = workers.start(processes=2)
    workers.say(job, times=2)
    until(lambda: fresh(job).units_done >= 50, workers)
    workers.kill(first)
    with as_system("a test"):
        running = list(job.chunks.filter(state=ChunkState.RUNNING).values_list("pk", flat=True))
    until(lambda: not {lock_number(pk) for pk in running} & held_numbers(), workers)
    assert running, "the kill came in the middle of a chunk"
    assert not is_over(job)

    workers.start(processes=2)
    until(lambda: is_over(job), workers)
    ended = fresh(job)
    assert (ended.state, ended.result, ended.units_done) == (JobState.DONE, undisturbed.result, 300)
    with as_system("a test"):
        assert set(job.chunks.filter(pk__in=running).values_list("attempts", flat=True)) == {2}
        assert not job.chunks.exclude(state=ChunkState.DONE).exists()


@pytest.mark.slow
def test_kills_write_no_row_twice_and_leave_none_half_written(administrator: Actor, workers: Workers) -> None:
    job = job_start(actor=administrator, kind="tests.people", title="People", parameters={"n": 24, "pause": 0.15})
    for kill in range(3):
        worker = workers.start()
        workers.say(job)
        until(lambda at_least=4 * (kill + 1): fresh(job).units_done >= at_least, workers)
        workers.kill(worker)
    workers.start(processes=2)
    until(lambda: is_over(job), workers)
    with as_system("a test"):
        names = list(Person.objects.filter(name_key__startswith="person ").values_list("name", flat=True))
    assert (fresh(job).result, len(names), len(set(names))) == ({"people": 24}, 24, 24)


def test_one_worker_and_four_give_the_same_result(manager: Actor, workers: Workers) -> None:
    workers.start()
    one = start_sum(manager, pause=0.05)
    workers.say(one)
    until(lambda: is_over(one), workers)
    workers.start(processes=3, beat=False)
    four = start_sum(manager, pause=0.05)
    workers.say(four, times=4)
    until(lambda: is_over(four), workers)
    assert fresh(one).result == fresh(four).result == {"total": sum(range(300)), "chunks": 30}
    with as_system("a test"):
        assert set(four.chunks.values_list("attempts", flat=True)) == {1}


@pytest.mark.slow
def test_redis_emptied_in_the_middle_loses_nothing(manager: Actor, workers: Workers) -> None:
    worker = workers.start()
    job = start_sum(manager, n=120)
    waiting = start_sum(manager, n=20, pause=0)
    for each in (job, waiting):
        workers.say(each)
    until(lambda: fresh(job).units_done >= 20, workers)
    workers.kill(worker)
    redis.Redis(unix_socket_path=str(workers.redis.socket)).flushall()
    workers.start()
    until(lambda: is_over(job) and is_over(waiting), workers)
    assert fresh(job).result == {"total": sum(range(120)), "chunks": 12}
    assert fresh(waiting).result == {"total": sum(range(20)), "chunks": 2}


@pytest.mark.slow
def test_work_asked_for_while_redis_is_down_starts_when_it_is_back(
    manager: Actor, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers.redis.stop()
    options = django_settings.CELERY_BROKER_TRANSPORT_OPTIONS
    with Celery(broker=workers.broker) as dead, monkeypatch.context() as context:
        dead.conf.broker_transport_options = options
        context.setattr("prm.jobs.runner.waking.current_app", dead)
        began = time.monotonic()
        job = start_sum(manager, n=20, pause=0)
        assert time.monotonic() - began < 2, "whoever asks is not kept waiting"
    assert fresh(job).state == JobState.QUEUED
    workers.redis.start()
    workers.start()
    until(lambda: is_over(job), workers)
    assert fresh(job).state == JobState.DONE


@pytest.mark.slow
def test_a_worker_outlives_its_redis(manager: Actor, workers: Workers) -> None:
    workers.start()
    first, second = start_sum(manager, n=10, pause=0), start_sum(manager, n=10, pause=0)
    workers.say(first)
    until(lambda: is_over(first), workers)
    workers.redis.stop()
    workers.redis.start()
    until(lambda: is_over(second), workers)
    assert fresh(second).state == JobState.DONE
