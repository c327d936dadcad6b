"""Kinds of long work, and how to write one.

A feature declares a kind once, in its ``tasks.py`` (imported by its AppConfig's ``ready``), and starts jobs of it::

    @KINDS.register_class
    class StudyRunKind(JobKind):
        key = "profiling.study_run"
        label = _("Study run")
        permission = "profiling.study:run"      # asked when started, and again before each chunk
        unit = _("companies")                   # what progress counts: "6,214 of 10,000 companies"
        steps = (Step("score", _("Score companies")), Step("rank", _("Rank them")))

        def plan(self, job, actor):             # in a worker, once, in one transaction
            return [ChunkPlan({"from": 0, "to": 50_000}, units=50_000, step="score"), …]

        def run_chunk(self, job, chunk, actor): # any worker, any machine; may run again after a kill
            return {"kept": 120}                # small; big results: chunk_file_save(chunk, data)

        def finish(self, job, chunks, actor):   # once, when all chunks are done; chunks are in order of number
            return {"companies": sum(c.result["kept"] for c in chunks)}

        def result_url(self, job):
            return reverse("vendor:profiling:study-detail", args=[…])

    job = job_start(actor=actor, kind="profiling.study_run", title=…, parameters={…}, subject_id=study.pk)

Promises to a kind:

* ``plan``, ``plan_more``, ``finish`` and ``on_cancel`` run under the starter's database role, in one transaction with the
  mark that they are done: all of it, or none of it and again later. One worker at a time (an advisory lock on the job).
* ``transactional = True`` (the default): ``run_chunk`` runs in one transaction with its chunk's done mark, under the
  starter's role. What it wrote exists exactly when the chunk is done. For imports.
* ``transactional = False``: ``run_chunk`` runs with no transaction open and opens ``as_role(actor)`` where it reads. Its
  effect must be the same when done twice: a file through ``chunk_file_save`` (named by job, chunk and attempt, and seen only
  once the mark is committed), or rows keyed (run, chunk). For long arithmetic over files.
* The actor is built anew for each chunk from its account. Who has lost the account or ``permission`` stops here: the job
  fails with code ``rights_lost``.
* A worker killed with -9 frees its chunk at once (its database session held an advisory lock); a sweep hands it out again.
* An exception is retried after a pause, ``max_failures`` times in all; a ``DomainError`` fails the job at once.
* A cancel stops waiting chunks at once. A long ``run_chunk`` calls ``runner.work.stop_if_cancelled(job)`` now and then.
* After all chunks of the plan are done ``plan_more`` may return further chunks (the next step), until it returns none.
* ``chunk_seconds`` bounds one statement and one idle transaction inside a chunk.

``runner.notes``: ``note(job, "…")`` adds a line to the log, ``step_note(job, "check", "37 faults")`` sets the figure at the
right of a step. ``runner.work.run_inline(job)`` does the work here and now: for tests, commands and ``manage.py run_job``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from django.db import models

from prm.access.actors import Actor
from prm.core.registry import Registry
from prm.jobs.models import Job, JobChunk, Queue


@dataclass(frozen=True)
class Step:
    """A stage of a job as people see it, in order."""

    key: str
    label: Any


@dataclass(frozen=True)
class ChunkPlan:
    """One chunk to be: ``payload`` is JSON; ``units`` is what it adds to progress when done; ``step`` names its stage."""

    payload: dict[str, Any] = field(default_factory=dict)
    units: int = 1
    step: str = ""


class JobKind:
    """The parent of every kind; see the head of this file."""

    key: ClassVar[str]
    label: ClassVar[Any]
    permission: ClassVar[str]
    unit: ClassVar[Any] = ""
    icon: ClassVar[str] = "clock"
    queue: ClassVar[Queue] = Queue.BULK
    steps: ClassVar[Sequence[Step]] = ()
    transactional: ClassVar[bool] = True
    max_failures: ClassVar[int] = 3
    chunk_seconds: ClassVar[int] = 600

    def words(self, job: Job) -> str:
        """What this job does, for the reader: the label, unless a kind does several things."""
        return str(self.label)

    def steps_of(self, job: Job) -> Sequence[Step]:
        """The stages that this job goes through: all of the kind's, unless it does only some of them."""
        return self.steps

    def can_retry(self, job: Job) -> bool:
        """Whether a job that failed or was cancelled may go on; a kind says no where it must fail again."""
        return True

    def counted(self, job: Job) -> int | None:
        """How many units finished work came to, where the plan could only estimate them; None when the plan knew."""
        return None

    def plan(self, job: Job, actor: Actor) -> Sequence[ChunkPlan]:
        """The chunks to run, in order. An empty plan goes straight to ``finish``."""
        raise NotImplementedError

    def run_chunk(self, job: Job, chunk: JobChunk, actor: Actor) -> dict[str, Any] | None:
        """Does one chunk; what it returns is kept as ``chunk.result``."""
        raise NotImplementedError

    def plan_more(self, job: Job, chunks: models.QuerySet[JobChunk], actor: Actor) -> Sequence[ChunkPlan]:
        """Further chunks, asked each time that all chunks so far are done; none by default."""
        return ()

    def finish(self, job: Job, chunks: models.QuerySet[JobChunk], actor: Actor) -> dict[str, Any] | None:
        """Puts the results together; what it returns is kept as ``job.result``."""
        return None

    def on_cancel(self, job: Job, actor: Actor) -> None:
        """Tidies up after a cancel. Runs as the product itself when the starter may no longer act."""

    def on_fail(self, job: Job, actor: Actor) -> None:
        """Tidies up after a failure; the job may be retried later. Runs like ``on_cancel``."""

    def result_url(self, job: Job) -> str:
        """Where to look at the result; empty when there is nothing to see."""
        return ""


K = TypeVar("K", bound=type[JobKind])


class KindRegistry(Registry[JobKind]):
    """All kinds of the installation by key."""

    def register_class(self, kind: K) -> K:
        """A class decorator: one instance of ``kind`` serves all its jobs."""
        self.register(kind())
        return kind


KINDS = KindRegistry("job kinds", key=lambda kind: kind.key, order=lambda kind: kind.key)
