"""Writing: chunk by chunk, each one transaction under the actor's role with the mark that it is done.

``write_chunk`` may be called again after a kill: a chunk that is marked is left alone. Chunks of one target wait for each other (an
advisory lock), since a later row of the file may mean the record that an earlier chunk creates. Where no two rows of the file can mean
the same record, as many workers as there are write at the same time; another import of the same target still waits.
"""

from __future__ import annotations

import zlib
from collections import Counter
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.events.publishing import publish
from prm.imports.events import ImportFinished
from prm.imports.models import WRITTEN, ImportBatch, ImportChunk, ImportState
from prm.imports.runner.check import CHUNK_ROWS, count_errors, import_target, long_statements, refuse_staged
from prm.imports.runner.comparing import CHANGED, count_cells
from prm.imports.runner.matching import (
    Refusal,
    decide,
    find_matches,
    refuse_rows,
    reset_rows,
    resolve_references,
    rows_stand_apart,
    run_checks,
    set_turns,
)
from prm.imports.runner.staging import Chunk, StagingTable, cursor


def writing_steps(batch: ImportBatch) -> list[int]:
    """How many rows each chunk of an import has, roughly, in order: together as many as can come in."""
    chunks = range(0, batch.last_row, CHUNK_ROWS)
    return [max(0, min(CHUNK_ROWS, batch.rows_good - first)) for first in chunks]


def begin_write(*, actor: Actor, batch: ImportBatch) -> None:
    """Once before the first chunk: the target's ``begin``, whose answer is kept; a resumed import keeps the first one's."""
    target = import_target(batch)
    with as_role(actor):
        batch.refresh_from_db()
        if batch.state == ImportState.WRITING and batch.started_at:
            return
        # Chunks being written hold the row's key: only its other columns are locked here.
        fresh = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        if fresh.started_at is None:
            long_statements()
            chunk = Chunk(StagingTable(fresh, target), actor, first=1, last=max(1, fresh.last_row), chunk_no=-1)
            fresh.context = target.begin(actor=actor, batch=fresh, params=chunk.params) if target.begin else {}
            _lock(target.key)
            fresh.is_side_by_side = (
                target.side_by_side
                and not ImportBatch.objects.filter(target=fresh.target, state=ImportState.WRITING)
                .exclude(pk=fresh.pk)
                .exists()
                and rows_stand_apart(chunk)
            )
            fresh.started_at = timezone.now()
        fresh.state = ImportState.WRITING
        fresh.failure = ""
        fresh.save()
        batch.refresh_from_db()


def write_chunk(*, actor: Actor, batch: ImportBatch, chunk_no: int) -> dict[str, int]:
    """Writes one chunk; answers its counts. Nothing of it is there before all of it is."""
    target = import_target(batch)
    with as_role(actor):
        long_statements()
        _lock(target.key, shared=batch.is_side_by_side)
        done = ImportChunk.objects.filter(batch=batch, chunk_no=chunk_no).first()
        if done is None:
            done = _write(batch, actor, StagingTable(batch, target), chunk_no)
        return {name: getattr(done, name) for name in (*WRITTEN, "rejected")}


def _lock(key: str, *, shared: bool = False) -> None:
    kind = "_shared" if shared else ""
    with cursor() as sql:
        sql.execute(f"SELECT pg_advisory_xact_lock{kind}(%s, %s)", [0x494D50, zlib.crc32(key.encode()) & 0x7FFFFFFF])


def _write(batch: ImportBatch, actor: Actor, table: StagingTable, chunk_no: int) -> ImportChunk:
    first, last = chunk_no * CHUNK_ROWS + 1, (chunk_no + 1) * CHUNK_ROWS
    whole = Chunk(table, actor, first=first, last=last, chunk_no=chunk_no)
    reset_rows(whole)
    refusals = resolve_references(whole) + run_checks(whole)
    turns, repeated = (1, []) if batch.is_side_by_side else set_turns(whole)
    refusals += repeated
    step, kept = 0, Counter[str]()  # cells, beside the rows that change any
    for turn in range(1, turns + 1):
        chunk = Chunk(table, actor, first=first, last=last, chunk_no=chunk_no, turn=turn)
        chunk.step = step
        refusals += _write_turn(chunk, kept)
        step = chunk.step
    counts = {
        (outcome, again): n
        for outcome, again, n in whole.fetch(
            f"SELECT outcome, again, count(*) FROM {table.name} WHERE row_no BETWEEN {first:d} AND {last:d} GROUP BY 1, 2"
        )
    }
    changed = kept.pop(CHANGED, 0) if table.target.record else _touched(whole)
    known = counts.get(("known", False), 0)
    rejected = refuse_staged(batch, refusals, count=False) if refusals else 0
    return ImportChunk.objects.create(
        batch=batch, chunk_no=chunk_no, created=counts.get(("new", False), 0) + counts.get(("new", True), 0), updated=min(known, changed),
        unchanged=max(0, known - changed), skipped=counts.get(("skip", False), 0),
        repeated=counts.get(("known", True), 0) + counts.get(("skip", True), 0), rejected=rejected, cells_kept=dict(kept),
    )  # fmt: skip


def _touched(chunk: Chunk) -> int:
    """How many rows changed a record of a target that says nothing of its records' cells; repetitions left out."""
    return int(
        chunk.fetch(
            "SELECT count(DISTINCT b.row_no) FROM imports_importbefore b JOIN {rows} s ON s.row_no = b.row_no AND NOT s.again"
            f" WHERE b.batch_id = %(batch_id)s AND b.chunk_no = {chunk.chunk_no:d}"
        )[0][0]
    )


def _write_turn(chunk: Chunk, kept: Counter[str]) -> list[Refusal]:
    """Matches, decides and writes one turn; adds to ``kept`` the cells of known records that stay, and as ``CHANGED`` the rows that change
    some. When the database refuses it, halves it
    until the rows at fault stand alone."""
    step = chunk.step
    try:
        with transaction.atomic():
            find_matches(chunk)
            refusals = decide(chunk)
            cells, changed = count_cells(chunk, "{known}") if chunk.any_known() else (Counter(), 0)
            chunk.table.target.write(chunk)
            # What the database checks at commit is checked here, where the rows at fault can still be found.
            with cursor() as sql:
                sql.execute("SET CONSTRAINTS ALL IMMEDIATE")
                sql.execute("SET CONSTRAINTS ALL DEFERRED")
        kept.update({**cells, CHANGED: changed})
        return refusals
    except (IntegrityError, DataError) as error:
        chunk.step = step
        numbers = [n for (n,) in chunk.fetch("SELECT row_no FROM {rows} s ORDER BY row_no")]
        if len(numbers) <= 1:
            refusals = [Refusal(number, "", "database_refused", {"reason": _reason(error)}) for number in numbers]
            refuse_rows(chunk, refusals)
            return refusals
        middle = numbers[len(numbers) // 2]
        refusals = []
        for first, last in ((chunk.first, middle - 1), (middle, chunk.last)):
            half = Chunk(chunk.table, chunk.actor, first=first, last=last, chunk_no=chunk.chunk_no, turn=chunk.turn)
            half.step = chunk.step
            refusals += _write_turn(half, kept)
            chunk.step = half.step
        return refusals


def _reason(error: Exception) -> str:
    """The rule that was broken, without values and table internals."""
    diagnostics = getattr(error.__cause__, "diag", None)
    name = getattr(diagnostics, "constraint_name", None) or getattr(diagnostics, "column_name", None)
    return str(name or getattr(diagnostics, "message_primary", "") or error.__class__.__name__)[:120]


def finish_write(*, actor: Actor, batch: ImportBatch) -> ImportBatch:
    """Once after the last chunk: counts, the target's ``finish``, the event; the staging table goes."""
    target = import_target(batch)
    with as_role(actor):
        fresh = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if fresh.state == ImportState.DONE:
            return fresh
        fresh.count_written()
        fresh.rows_good = sum(getattr(fresh, name) for name in WRITTEN)
        fresh.rows_rejected = fresh.rows_total - fresh.rows_good
        count_errors(fresh)
        table = StagingTable(fresh, target)
        if target.finish:
            target.finish(actor=actor, batch=fresh, params=Chunk(table, actor, first=1, last=1).params)
        fresh.state = ImportState.DONE
        fresh.finished_at = timezone.now()
        fresh.save()
        table.drop()
        publish(_finished(fresh), actor=actor)
    return fresh


def _finished(batch: ImportBatch) -> Any:
    return ImportFinished(
        subject_id=batch.pk, target=batch.target, created=batch.created, updated=batch.updated, unchanged=batch.unchanged,
        skipped=batch.skipped, repeated=batch.repeated, rejected=batch.rows_rejected,
    )  # fmt: skip
