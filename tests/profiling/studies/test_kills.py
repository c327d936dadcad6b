"""A worker killed with -9 in the middle of a study: another goes on, and every figure is the one of an undisturbed run."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from prm.access.roles import as_role, as_system
from prm.jobs.models import ChunkState, JobState
from profiling.studies.models import RunResult
from profiling.studies.selectors import run_get
from profiling.studies.services import study_run
from tests.jobs import test_kills as jobs

pytestmark = [pytest.mark.kills, pytest.mark.django_db(transaction=True)]


class StudyWorkers(jobs.Workers):
    """Workers that cut the universe small and take their time."""

    def start(self, **options) -> subprocess.Popen[bytes]:
        real = subprocess.Popen
        with pytest.MonkeyPatch.context() as patch:
            ours = "tests.profiling.worker_app"
            patch.setattr(
                jobs.subprocess,
                "Popen",
                lambda args, **kept: real([a.replace("tests.jobs.worker_app", ours) for a in args], **kept),
            )
            return super().start(**options)


@pytest.fixture
def workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StudyWorkers]:
    # A worker loads the arithmetic before it begins: on a busy machine that takes its time.
    monkeypatch.setattr(jobs, "BOUND_SECONDS", 300)
    found = StudyWorkers(tmp_path)
    try:
        yield found
    finally:
        found.end()


def figures(actor, run):
    with as_role(actor):
        rows = RunResult.objects.filter(run=run).order_by("rank")
        return list(
            rows.values_list("rank", "company_id", "score", "known_share", "percentile", "contributions", "p10", "p50", "p90")
        )


def test_a_worker_killed_in_mid_study_changes_no_figure(universe, manager, ask, answer, workers):
    study = ask(manager, references=[c.public_id for c in universe[:5]])
    undisturbed = answer(manager, study)
    with as_role(manager):
        run = study_run(actor=manager, study_id=study.pk)
    job = run.job
    first = workers.start(processes=2)
    workers.say(job, times=2)
    jobs.until(lambda: jobs.fresh(job).units_done >= 8, workers)
    workers.kill(first)
    assert not jobs.is_over(job)
    workers.start(processes=4)
    jobs.until(lambda: jobs.is_over(job), workers)
    assert jobs.fresh(job).state == JobState.DONE
    with as_system("a test"):
        assert max(job.chunks.values_list("attempts", flat=True)) == 2, "the kill came in the middle of a chunk"
        assert job.chunks.filter(state=ChunkState.DONE).count() == 31
    with as_role(manager):
        resumed = run_get(actor=manager, run_id=run.pk)
    assert figures(manager, resumed) == figures(manager, undisturbed)
    assert resumed.summary == undisturbed.summary
    assert resumed.evaluation == undisturbed.evaluation
