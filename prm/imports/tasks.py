"""Imports as long work (``prm.jobs``): the kinds "import" (check, write, or both) and "undo", and what comes round.

Chunks keep their own marks (``ImportBatch.last_row``, ``ImportChunk``) in the transaction of their effect, so a chunk may run again after a
kill and does nothing twice. A plain text file is read by all workers; others by one at a time, while the rest wait for it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.core.errors import DomainError
from prm.core.ids import typeid_encode
from prm.core.locks import held
from prm.imports.models import ImportBatch, ImportState
from prm.imports.runner.check import (
    ask_database,
    begin_check,
    estimated_rows,
    mark_state,
    read_rows,
    reading_steps,
    staged_is_whole,
)
from prm.imports.runner.spans import count_read, read_span, spans_of
from prm.imports.runner.tidy import tidy_old_imports
from prm.imports.runner.undo import chunks_to_undo, finish_undo, undo_chunk
from prm.imports.runner.write import begin_write, finish_write, write_chunk, writing_steps
from prm.imports.selectors import import_get
from prm.jobs.kinds import KINDS, ChunkPlan, JobKind, Step
from prm.jobs.models import Job, JobChunk
from prm.jobs.runner.notes import part_done, step_note
from prm.jobs.runner.periodic import periodic
from prm.jobs.runner.work import stop_if_cancelled


def batch_of(job: Job, actor: Actor) -> ImportBatch:
    """The import that a job is about."""
    with as_role(actor):
        return import_get(actor=actor, import_id=UUID(job.parameters["import"]))


@contextmanager
def _alone_with(job: Job, batch: ImportBatch) -> Iterator[None]:
    """One reader of a file at a time; a killed reader lets go by itself."""
    while True:
        with held(batch.pk) as obtained:
            if obtained:
                yield
                return
        stop_if_cancelled(job)
        time.sleep(0.2)


@KINDS.register_class
class ImportKind(JobKind):
    """``parameters["act"]``: "check" (dry run), "write" (what was checked), "run" (both)."""

    key = "imports.import"
    label = pgettext_lazy("noun", "Import")
    permission = "imports.import:create"
    unit = _("rows")
    icon = "upload"
    steps = (
        Step("read", _("Read the file and check every cell")),
        Step("check", _("Compare with what is known")),
        Step("write", _("Write, chunk by chunk")),
    )
    transactional = False

    def words(self, job: Job) -> str:
        return str(_("Check of a file") if job.parameters.get("act") == "check" else self.label)

    def steps_of(self, job: Job) -> Sequence[Step]:
        """A check writes nothing, and does not say that it did; writing what was checked reads nothing again, unless it had to."""
        if job.parameters.get("act") == "write" and job.step in {"", "write"}:
            return self.steps[-1:]
        return self.steps[:-1] if job.parameters.get("act") == "check" else self.steps

    def counted(self, job: Job) -> int | None:
        """Rows of the file: before it is read, their number is a guess by its size."""
        return None if job.result is None else job.result.get("rows")

    def plan(self, job: Job, actor: Actor) -> Sequence[ChunkPlan]:
        batch = batch_of(job, actor)
        if job.parameters["act"] == "write" and staged_is_whole(actor=actor, batch=batch):
            return self._write_plan(batch)
        begin_check(actor=actor, batch=batch)
        if spans := spans_of(batch):
            ends, last = [rows for rows, _offset in spans[1:]], estimated_rows(batch)
            return [
                ChunkPlan({"do": "span", "start": start, "up_to": end}, units=max(1, (end or last) - start[0]), step="read")
                for start, end in zip(spans, [*ends, None], strict=True)
            ]
        return [ChunkPlan({"do": "read", "up_to": end}, units=rows, step="read") for end, rows in reading_steps(batch)]

    @staticmethod
    def _write_plan(batch: ImportBatch) -> list[ChunkPlan]:
        return [
            ChunkPlan({"do": "write", "chunk": n}, units=rows, step="write") for n, rows in enumerate(writing_steps(batch))
        ]

    def run_chunk(self, job: Job, chunk: JobChunk, actor: Actor) -> dict[str, Any] | None:
        try:
            return self._run(job, chunk, actor)
        except DomainError as refusal:
            _set_state(job, actor, ImportState.FAILED, refusal.code)
            raise

    @staticmethod
    def _run(job: Job, chunk: JobChunk, actor: Actor) -> dict[str, Any] | None:
        batch = batch_of(job, actor)
        act = chunk.payload["do"]
        if act == "read":
            with _alone_with(job, batch):
                read_rows(actor=actor, batch=batch, up_to=chunk.payload["up_to"])
            _note_faults(job, batch.rows_rejected)
            return {"rows": batch.last_row}
        if act == "span":
            start = tuple(chunk.payload["start"])
            _note_faults(job, read_span(actor=actor, batch=batch, start=start, up_to=chunk.payload["up_to"]))
            return None
        if act == "check":
            count_read(actor=actor, batch=batch)
            ask_database(actor=actor, batch=batch, is_dry_run=job.parameters["act"] == "check")
            known = sum(batch.forecast.get("known", {}).values())
            step_note(job, "check", ngettext("%(n)s known", "%(n)s known", known) % {"n": known})
            return {"known": known}
        begin_write(actor=actor, batch=batch)
        stop_if_cancelled(job)
        return write_chunk(actor=actor, batch=batch, chunk_no=chunk.payload["chunk"])

    def plan_more(self, job: Job, chunks: models.QuerySet[JobChunk], actor: Actor) -> Sequence[ChunkPlan]:
        last = chunks.last()
        if last is None or last.payload["do"] == "write":
            return ()
        if last.payload["do"] in {"read", "span"}:
            return [ChunkPlan({"do": "check"}, units=0, step="check")]
        return self._write_plan(batch_of(job, actor)) if job.parameters["act"] != "check" else ()

    def finish(self, job: Job, chunks: models.QuerySet[JobChunk], actor: Actor) -> dict[str, Any] | None:
        batch = batch_of(job, actor)
        if job.parameters["act"] == "check":
            return {"rows": batch.rows_total, "good": batch.rows_good, "rejected": batch.rows_rejected}
        if batch.started_at is None:
            begin_write(actor=actor, batch=batch)
        batch = finish_write(actor=actor, batch=batch)
        return {
            "rows": batch.rows_total, "created": batch.created, "updated": batch.updated, "unchanged": batch.unchanged,
            "skipped": batch.skipped, "repeated": batch.repeated, "rejected": batch.rows_rejected,
        }  # fmt: skip

    def on_cancel(self, job: Job, actor: Actor) -> None:
        _set_state(job, actor, ImportState.CANCELLED)

    def on_fail(self, job: Job, actor: Actor) -> None:
        _set_state(job, actor, ImportState.FAILED)

    def result_url(self, job: Job) -> str:
        return import_url(job.parameters["import"])


@KINDS.register_class
class UndoKind(JobKind):
    """Takes a finished import back, what was written last first."""

    key = "imports.undo"
    label = _("Undo of an import")
    permission = "imports.import:undo"
    unit = _("rows")
    icon = "arrow-back-up"
    transactional = False

    def plan(self, job: Job, actor: Actor) -> Sequence[ChunkPlan]:
        written = chunks_to_undo(actor=actor, batch=batch_of(job, actor))
        # One chunk of work: the order matters, so that nothing is gained by sharing it out.
        return [
            ChunkPlan({"chunks": [chunk.chunk_no for chunk in written]}, units=sum(chunk.rows_written for chunk in written))
        ]

    def run_chunk(self, job: Job, chunk: JobChunk, actor: Actor) -> dict[str, Any] | None:
        batch = batch_of(job, actor)
        for number in chunk.payload["chunks"]:
            stop_if_cancelled(job)
            if rows := undo_chunk(actor=actor, batch=batch, chunk_no=number):
                part_done(chunk, rows)
        return None

    def finish(self, job: Job, chunks: models.QuerySet[JobChunk], actor: Actor) -> dict[str, Any] | None:
        return dict(finish_undo(actor=actor, batch=batch_of(job, actor)).undo_result)

    def on_fail(self, job: Job, actor: Actor) -> None:
        _set_state(job, actor, ImportState.UNDOING)

    def result_url(self, job: Job) -> str:
        return import_url(job.parameters["import"])


def _note_faults(job: Job, n: int) -> None:
    step_note(job, "read", ngettext("%(n)s fault", "%(n)s faults", n) % {"n": n})


def import_url(import_id: str) -> str:
    """The page of an import; empty while pages are not mounted."""
    try:
        return reverse("vendor:imports:import-detail", args=[typeid_encode(ImportBatch.typeid_prefix, UUID(import_id))])
    except NoReverseMatch:
        return ""


def _set_state(job: Job, actor: Actor, state: str, failure: str = "") -> None:
    mark_state(actor=actor, import_id=job.parameters["import"], state=state, failure=failure)


@periodic("imports.tidy", every=timedelta(hours=6))
def tidy_imports(*, actor: Actor) -> None:
    """Comes round four times a day."""
    tidy_old_imports()
