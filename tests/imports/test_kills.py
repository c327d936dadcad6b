"""A worker killed with -9 in the middle: nothing is half-written, and going on gives the same totals as if nothing had happened."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from prm.access.roles import as_role, as_system
from prm.imports.models import ImportChunk, ImportState
from prm.imports.services import import_run_start
from prm.jobs.models import Job
from prm.jobs.runner.work import run_inline
from tests.imports.files import planted
from tests.imports.worker import START

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.kills]
CHUNK = 100


class Worker:
    """A process of its own that works on ``job``. Not a copy of this one, which may hold what only its other threads let go."""

    def __init__(self, job: Job, folder: Path) -> None:
        database = connection.settings_dict
        host, port = database["HOST"], database["PORT"]
        environment = os.environ | {
            "DATABASE_URL": f"postgres://prm_app:{database['PASSWORD']}@:{port}/{database['NAME']}?host={host}",
            "DJANGO_SETTINGS_MODULE": "prm.settings.test",
            "PRM_VAR_DIR": str(folder),  # where the fixture keeps uploads
        }
        self.log = folder / "worker.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", START, str(job.pk), str(CHUNK)],
                cwd=Path(__file__).parents[2], env=environment, stdout=log, stderr=log,
            )  # fmt: skip

    def kill_when(self, done: Callable[[], bool], seconds: float = 120) -> None:
        """With -9 as soon as ``done``; the process has not ended before."""
        deadline = time.monotonic() + seconds
        try:
            while not done():
                assert self.process.poll() is None, f"it ended by itself\n{self.log.read_text()}"
                assert time.monotonic() < deadline, f"it never came so far\n{self.log.read_text()}"
                time.sleep(0.005)
        finally:
            self.process.kill()
            self.process.wait(10)


@pytest.mark.parametrize("kill_after", [0, 2, 5])
def test_killed_while_writing_nothing_is_half_there_and_the_rest_follows(
    upload, manager, sql, monkeypatch, tmp_path, kill_after
):
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

    def planned() -> bool:
        with as_system("a test"):
            return Job.objects.get(pk=job.pk).planned_at is not None

    worker = Worker(job, tmp_path)
    worker.kill_when((lambda: chunks_done() >= kill_after) if kill_after else planned)

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
