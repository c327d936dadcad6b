"""The steps of a run, as its job takes them: read the universe, answer chunk by chunk, put the answer together.

Each step is safe to do again after a kill: files appear whole or not at all, rows are written in the transaction that marks
the run finished, and every figure is a function of the snapshot, the frozen parameters and the seed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.access.roles import as_role
from prm.events.publishing import publish
from profiling.studies import files, snapshots
from profiling.studies.events import StudyRunFinished
from profiling.studies.kinds import Outcome, RunContext, kinds
from profiling.studies.models import RunResult, Snapshot, StudyRun
from profiling.studies.rules import chunk_bounds, runs_to_drop
from profiling.studies.selectors import run_get

ROWS_A_STATEMENT = 5_000


def snapshot_take(*, actor: Actor) -> Snapshot:
    """Reads the universe as it is now; equal content gives the snapshot that is there already. Raises Denied.

    The tables are read in one view of the database where no transaction is open yet.
    """
    authorize(actor, "partners.company:view")
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute("SET LOCAL statement_timeout = '300s'")
        with as_role(actor):
            table = snapshots.universe_read()
    return _snapshot_keep(actor, table)


def _snapshot_keep(actor: Actor, table: pa.Table) -> Snapshot:
    with files.scratch() as path:
        content_hash = snapshots.universe_write(path, table)
        size, name = path.stat().st_size, files.snapshot_file(content_hash)
        if not files.exists(name):
            files.publish(path, name)
    with as_role(actor):
        snapshot, _new = Snapshot.objects.get_or_create(
            content_hash=content_hash, defaults={"file": name, "rows": table.num_rows, "size_bytes": size}
        )
    return snapshot


def run_prepare(*, actor: Actor, run_id: UUID) -> int:
    """The first step: the snapshot, and what the kind needs of the whole universe. Gives the number of companies."""
    with as_role(actor):
        run = run_get(actor=actor, run_id=run_id)
    snapshot = run.snapshot or snapshot_take(actor=actor)
    context = _context(run, snapshot)
    made = kinds.get(run.study.kind).engine.prepare(context=context, actor=actor)
    with as_role(actor):
        run.snapshot, run.universe_count, run.files = snapshot, snapshot.rows, made
        run.save(update_fields=["snapshot", "universe_count", "files", "updated_at"])
    return snapshot.rows


def run_chunks(*, actor: Actor, run_id: UUID) -> list[tuple[int, int]]:
    """How a prepared run is cut: (start, stop) rows of its snapshot."""
    run = run_get(actor=actor, run_id=run_id)
    return chunk_bounds(run.universe_count or 0)


def run_chunk(*, actor: Actor, run_id: UUID, number: int, start: int, stop: int) -> None:
    """Answers for rows start..stop and stores that as the chunk's file."""
    with as_role(actor):
        run = run_get(actor=actor, run_id=run_id)
    table = kinds.get(run.study.kind).engine.chunk(context=_context(run, run.snapshot), start=start, stop=stop)
    files.write_table(files.chunk_file(run.pk, number), table)


def run_finish(*, actor: Actor, run_id: UUID, chunks: int) -> StudyRun:
    """Puts the chunks together, stores vectors and the best rows, and marks the run finished. Publishes StudyRunFinished."""
    run = run_get(actor=actor, run_id=run_id)
    if run.is_finished:
        return run
    parts = [files.read_table(files.chunk_file(run.pk, number)) for number in range(chunks)]
    context = _context(run, run.snapshot)
    outcome = kinds.get(run.study.kind).engine.finish(context=context, chunks=parts, actor=actor)
    vectors = files.run_file(run.pk, "vectors.arrow")
    files.write_table(vectors, outcome.vectors)
    with transaction.atomic():
        _store(actor, run, outcome, vectors)
    # Kept until the answer is committed: a kill before that finds them again.
    _remove_later([files.chunk_file(run.pk, number) for number in range(chunks)])
    return run


def _store(actor: Actor, run: StudyRun, outcome: Outcome, vectors: str) -> None:
    run.results.all().delete()
    _insert(run, outcome.rows)
    run.kept_count, run.summary, run.evaluation = outcome.kept, outcome.summary, outcome.evaluation
    run.files = {**run.files, "vectors": vectors}
    run.finished_at = timezone.now()
    begun = run.job.started_at if run.job is not None else None
    run.seconds = (run.finished_at - (begun or run.created_at)).total_seconds()
    run.save()
    _let_go(actor, run)
    publish(
        StudyRunFinished(
            subject_id=run.study_id, number=run.number, run_id=run.public_id, kept=outcome.kept, seconds=round(run.seconds, 1)
        ),
        actor=actor,
    )


def _insert(run: StudyRun, rows: Sequence[RunResult]) -> None:
    """The rows in a few statements: as JSON they take a tenth of the time of as many parameters."""
    columns = [field.attname for field in RunResult._meta.concrete_fields]
    names, now = ", ".join(f'"{name}"' for name in columns), timezone.now()
    with connection.cursor() as cursor:
        for first in range(0, len(rows), ROWS_A_STATEMENT):
            batch = rows[first : first + ROWS_A_STATEMENT]
            for row in batch:
                row.run_id, row.created_at, row.updated_at = run.pk, now, now
            data = json.dumps([{name: getattr(row, name) for name in columns} for row in batch], cls=DjangoJSONEncoder)
            cursor.execute(
                f"INSERT INTO profiling_runresult ({names}) SELECT {names}"  # noqa: S608  column names of our own
                " FROM jsonb_populate_recordset(NULL::profiling_runresult, %s::jsonb)",
                [data],
            )


def _let_go(actor: Actor, run: StudyRun) -> None:
    """Older runs keep their parameters and summary; their rows and files go, unless pinned or cited."""
    runs = list(
        StudyRun.objects.visible_to(actor)
        .filter(study_id=run.study_id, finished_at__isnull=False)
        .only("number", "is_pinned", "is_cited", "files")
    )
    dropped = set(runs_to_drop([(r.number, r.is_pinned or r.is_cited) for r in runs]))
    for old in runs:
        if old.number in dropped and old.files:
            old.results.all().delete()
            names: list[str] = list(old.files.values())
            StudyRun.objects.visible_to(actor).filter(pk=old.pk).update(files={})
            _remove_later(names)


def _remove_later(names: list[str]) -> None:
    def remove() -> None:
        for name in names:
            files.remove(name)

    transaction.on_commit(remove)


def _context(run: StudyRun, snapshot: Snapshot | None) -> RunContext:
    if snapshot is None:
        raise LookupError(f"run {run.pk} has no snapshot yet")
    parameters: dict[str, Any] = run.parameters
    return RunContext(
        run_id=run.pk,
        parameters=parameters,
        seed=run.seed,
        snapshot=snapshot.file,
        universe=files.read_table(snapshot.file),
        files=dict(run.files),
    )
