"""A worker killed with -9 in the middle: nothing is half-written, and going on gives the same totals as if nothing had happened."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import pytest
from django.db import connections

from prm.access.roles import as_role, as_system
from prm.imports.models import ImportChunk, ImportState
from prm.imports.services import import_run_start
from prm.jobs.models import Job
from prm.jobs.runner.work import run_inline
from tests.imports.files import planted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.kills]
CHUNK = 100


def work_in_child(job: Job) -> int:
    """Works on a job in a process of its own; answers its id."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            run_inline(job)
        finally:
            os._exit(0)
    return child


def wait_until(done: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it never came so far"
        time.sleep(0.005)


@pytest.mark.parametrize("kill_after", [0, 2, 5])
def test_killed_while_writing_nothing_is_half_there_and_the_rest_follows(upload, manager, sql, monkeypatch, kill_after):
    for module in ("runner.check", "runner.write"):
        monkeypatch.setattr(f"prm.imports.{module}.CHUNK_ROWS", CHUNK)
    sql("DELETE FROM test_part")
    sql("DELETE FROM test_gadget")
    text, faults = planted(1000)
    batch = upload(text)
    with as_role(manager):
        job = import_run_start(actor=manager, batch=batch)

    def chunks_done() -> int:
        with as_role(manager):
            return ImportChunk.objects.filter(batch=batch).count()

    child = work_in_child(job)
    if kill_after:
        wait_until(lambda: chunks_done() >= kill_after)
    else:
        with as_system("a test"):
            wait_until(lambda: Job.objects.get(pk=job.pk).planned_at is not None)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    with as_role(manager):
        written = list(ImportChunk.objects.filter(batch=batch))
    assert sql("SELECT count(*) FROM test_gadget") == [(sum(chunk.created for chunk in written),)]
    assert len(written) < 10, "the worker had finished before it was killed"

    job = run_inline(job)
    with as_role(manager):
        batch.refresh_from_db()
    assert batch.state == ImportState.DONE, job.error
    assert (batch.created, batch.rows_rejected) == (1000 - faults, faults)
    assert sql("SELECT count(*), count(DISTINCT code) FROM test_gadget") == [(1000 - faults, 1000 - faults)]
    sql("DELETE FROM test_gadget")
