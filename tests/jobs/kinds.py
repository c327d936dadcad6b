"""Kinds that only the checks know: they sum numbers, in rows or files, slowly or with faults."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from django.core.files.storage import default_storage
from django.db import models

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.accounts.models import Person
from prm.core.errors import Invalid
from prm.jobs.files import chunk_file_save
from prm.jobs.kinds import KINDS, ChunkPlan, JobKind, Step
from prm.jobs.models import Job, JobChunk
from prm.jobs.runner.work import stop_if_cancelled


class SumKind(JobKind):
    """Sums ``n`` numbers in chunks of ten; the result is a file per chunk and their total."""

    key = "tests.sum"
    label = "Sum"
    permission = "accounts.person:view"
    unit = "numbers"
    steps = (Step("add", "Add"), Step("square", "Square"))
    transactional = False
    pause = 0.0

    def plan(self, job: Job, actor: Actor) -> Sequence[ChunkPlan]:
        n = job.parameters["n"]
        return [ChunkPlan({"from": i, "to": min(i + 10, n)}, units=min(10, n - i), step="add") for i in range(0, n, 10)]

    def run_chunk(self, job: Job, chunk: JobChunk, actor: Actor) -> dict[str, Any]:
        with as_role(actor):
            Person.objects.visible_to(actor).count()
        for _part in range(round(job.parameters.get("pause", 0) * 20)):
            stop_if_cancelled(job)
            time.sleep(0.05)
        total = sum(range(chunk.payload["from"], chunk.payload["to"]))
        chunk_file_save(chunk, str(total).encode(), suffix="txt")
        return {"numbers": chunk.payload["to"] - chunk.payload["from"]}

    def finish(self, job: Job, chunks: models.QuerySet[JobChunk], actor: Actor) -> dict[str, Any]:
        parts = [default_storage.open(chunk.file_name).read() for chunk in chunks]
        return {"total": sum(map(int, parts)), "chunks": len(parts)}

    def result_url(self, job: Job) -> str:
        return f"/sums/{job.public_id}"


class PeopleKind(JobKind):
    """Writes a person per chunk, inside the transaction of the chunk's mark; faults on request."""

    key = "tests.people"
    label = "People"
    permission = "accounts.person:invite"
    unit = "people"
    faults: dict[int, int] = {}

    def plan(self, job: Job, actor: Actor) -> Sequence[ChunkPlan]:
        return [ChunkPlan({"name": f"Person {i}"}) for i in range(job.parameters["n"])]

    def run_chunk(self, job: Job, chunk: JobChunk, actor: Actor) -> None:
        time.sleep(job.parameters.get("pause", 0))
        Person.objects.create(name=chunk.payload["name"])
        if self.faults.get(chunk.number, 0) > 0:
            self.faults[chunk.number] -= 1
            raise ZeroDivisionError("planted")
        if job.parameters.get("refuse") == chunk.number:
            raise Invalid("planted", "This row is refused.")
        time.sleep(job.parameters.get("pause", 0))

    def plan_more(self, job: Job, chunks: models.QuerySet[JobChunk], actor: Actor) -> Sequence[ChunkPlan]:
        more = job.parameters.get("more", 0)
        return [ChunkPlan({"name": f"More {i}"}) for i in range(more)] if len(chunks) == job.parameters["n"] else []

    def finish(self, job: Job, chunks: models.QuerySet[JobChunk], actor: Actor) -> dict[str, Any]:
        return {"people": Person.objects.filter(name_key__startswith="person ").count()}

    def on_cancel(self, job: Job, actor: Actor) -> None:
        Person.objects.filter(name_key__startswith="person ").delete()


for _kind in (SumKind, PeopleKind):
    if _kind.key not in KINDS:
        KINDS.register_class(_kind)
