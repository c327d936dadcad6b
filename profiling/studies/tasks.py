"""The job of a study's run. It only calls the services of the steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.access.roles import as_system
from prm.jobs.kinds import KINDS, ChunkPlan, JobKind, Step
from prm.jobs.models import Job, JobChunk, Queue
from profiling.studies.kinds import kinds
from profiling.studies.selectors import study_of_job
from profiling.studies.services_run import run_chunk, run_chunks, run_finish, run_prepare


@KINDS.register_class
class StudyRunKind(JobKind):
    """Reads the universe once, then answers for it in chunks on any number of workers."""

    key = "profiling.study_run"
    label = _("Study run")
    permission = "profiling.study:run"
    unit = _("companies")
    icon = "route-2"
    queue = Queue.INTERACTIVE
    steps = (
        Step("read", _("Read the universe")),
        Step("score", _("Answer for each company")),
    )
    transactional = False

    def plan(self, job: Job, actor: Actor) -> Sequence[ChunkPlan]:
        return [ChunkPlan({"step": "read"}, units=0, step="read")]

    def plan_more(self, job: Job, chunks: QuerySet[JobChunk], actor: Actor) -> Sequence[ChunkPlan]:
        if len(chunks) > 1:
            return ()
        bounds = run_chunks(actor=actor, run_id=_run(job))
        return [
            ChunkPlan({"number": number, "start": start, "stop": stop}, units=stop - start, step="score")
            for number, (start, stop) in enumerate(bounds)
        ]

    def run_chunk(self, job: Job, chunk: JobChunk, actor: Actor) -> dict[str, Any] | None:
        if chunk.payload.get("step") == "read":
            return {"companies": run_prepare(actor=actor, run_id=_run(job))}
        run_chunk(actor=actor, run_id=_run(job), **chunk.payload)
        return None

    def finish(self, job: Job, chunks: QuerySet[JobChunk], actor: Actor) -> dict[str, Any] | None:
        run = run_finish(actor=actor, run_id=_run(job), chunks=len(chunks) - 1)
        return {"run": run.public_id, "companies": run.universe_count, "kept": run.kept_count}

    def can_retry(self, job: Job) -> bool:
        return not any(job.error_code in kind.faults for kind in kinds)

    def result_url(self, job: Job) -> str:
        with as_system("link to a finished study") as actor:
            study = study_of_job(actor=actor, job=job)
        return reverse("vendor:profiling:study-detail", args=[study.public_id]) if study else ""


def _run(job: Job) -> UUID:
    return UUID(job.parameters["run"])
