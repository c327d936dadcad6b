"""Undo: takes a finished import back, chunk by chunk from the one written last, and says what it could not take back.

A record that the import created is removed unless it was changed since, or something that the import did not create points to it. A
record that it updated gets its former values back unless it was changed since. A kept record keeps its children and what it points to. Each
chunk is one transaction with its mark (``ImportChunk.is_undone``), so a killed undo goes on where it stopped. Whatever stays because
a later import changed it goes when that one is taken back and this one is undone once more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from uuid import UUID

from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.events.publishing import publish
from prm.imports.events import ImportUndone
from prm.imports.models import ImportBatch, ImportBefore, ImportChunk, ImportInserted, ImportState
from prm.imports.runner.check import import_target, long_statements
from prm.imports.runner.staging import SET_BY_SET, StagingTable, check_links_by_index, cursor, planned


def chunks_to_undo(*, actor: Actor, batch: ImportBatch) -> list[ImportChunk]:
    """Chunks that are written and not taken back, what was written last first."""
    with as_role(actor):
        return list(batch.chunks.filter(is_undone=False).order_by("-created_at", "-chunk_no"))


def undo_chunk(*, actor: Actor, batch: ImportBatch, chunk_no: int) -> int:
    """Takes one chunk back and adds to the import's ``undo_result``; answers how many rows of the file that was. A chunk that is marked
    is left alone: 0."""
    with as_role(actor):
        long_statements()
        chunk = ImportChunk.objects.select_for_update().filter(batch=batch, chunk_no=chunk_no).first()
        if chunk is None or chunk.is_undone:
            return 0
        kept: dict[str, int] = defaultdict(int)
        restored = _restore(batch, chunk_no, kept)
        removed = _remove(batch, chunk_no, kept)
        chunk.is_undone = True
        chunk.save(update_fields=["is_undone", "updated_at"])
        fresh = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        total = fresh.undo_result or {"removed": 0, "restored": 0, "kept": {}}
        for reason, number in kept.items():
            total["kept"][reason] = total["kept"].get(reason, 0) + number
        main = _main_table(batch)
        total["removed"] += removed[main]
        total["restored"] += restored[main]
        others = sum(removed.values()) + sum(restored.values()) - removed[main] - restored[main]
        total["with_them"] = total.get("with_them", 0) + others
        fresh.undo_result = total
        fresh.save(update_fields=["undo_result", "updated_at"])
        return chunk.rows_written


def _main_table(batch: ImportBatch) -> str:
    """The table of what the file's rows are; other entries of an import hang on those records."""
    target = import_target(batch)
    first = ImportInserted.objects.filter(batch=batch).order_by("chunk_no", "step").values_list("table_name", flat=True)
    return target.record.table if target.record else first.first() or ""


def finish_undo(*, actor: Actor, batch: ImportBatch) -> ImportBatch:
    """The last step: state and event."""
    with as_role(actor):
        fresh = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if fresh.state == ImportState.UNDONE:
            return fresh
        fresh.state = ImportState.UNDONE
        fresh.undone_at = timezone.now()
        fresh.save()
        StagingTable(fresh, import_target(fresh)).drop()  # one that was stopped has it still
        result = fresh.undo_result or {"removed": 0, "restored": 0, "kept": {}}
        publish(
            ImportUndone(
                subject_id=fresh.pk, target=fresh.target, removed=result["removed"], restored=result["restored"],
                kept=sum(result["kept"].values()),
            ),
            actor=actor,
        )  # fmt: skip
    return fresh


#: Whether nobody but imports that were taken back has changed the record ``t`` since {written_at}. A new change time is not by itself
#: a change: taking an import back gives one, so that whoever reads what changed learns of it.
_UNCHANGED = (
    "(t.updated_at = {written_at} OR EXISTS (SELECT 1 FROM imports_importbefore x WHERE x.object_id = t.id"
    " AND x.restored_at = t.updated_at AND (x.before->>'updated_at')::timestamptz = {written_at}))"
)


def _restore(batch: ImportBatch, chunk_no: int, kept: dict[str, int]) -> Counter[str]:
    """Puts records that the chunk updated, and nobody changed since, back as they were, the last update first; table → how many."""
    rows = ImportBefore.objects.filter(batch=batch, chunk_no=chunk_no, restored_at=None)
    steps = rows.values_list("step", "table_name").distinct().order_by("-step")
    total = Counter[str]()
    for step, table in list(steps):
        wanted = rows.filter(step=step, table_name=table).count()
        first = rows.filter(step=step, table_name=table).values_list("before", flat=True).first() or {}
        names = [name for name in first if name != "updated_at"]
        columns = ", ".join(f'"{name}"' for name in names)
        values = ", ".join(f'r."{name}"' for name in names)
        scope = "batch_id = %(batch)s AND chunk_no = %(chunk)s AND step = %(step)s AND table_name = %(table)s AND restored_at IS NULL"
        with planned(SET_BY_SET), cursor() as sql:
            sql.execute(
                f'WITH w AS (UPDATE "{table}" t SET {_counted(table)}({columns}, updated_at) ='
                f' (SELECT {values}, now() FROM jsonb_populate_record(NULL::"{table}", b.before) r)'
                f" FROM (SELECT object_id, before, written_at FROM imports_importbefore WHERE {scope}) b"
                f" WHERE t.id = b.object_id AND t.id = ANY(ARRAY(SELECT object_id FROM imports_importbefore WHERE {scope}))"
                f" AND {_UNCHANGED.format(written_at='b.written_at')} RETURNING t.id)"
                f" UPDATE imports_importbefore SET restored_at = now() WHERE {scope} AND object_id IN (SELECT id FROM w)",
                {"batch": batch.pk, "chunk": chunk_no, "step": step, "table": table},
            )
            done = sql.rowcount
        total[table] += done
        if missed := wanted - done:
            kept["changed_since"] += missed
    return total


def _counted(table: str) -> str:
    """Counts the change where records count theirs: who edits what they saw before the undo is told that it changed."""
    with cursor() as sql:
        sql.execute(
            "SELECT 1 FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'version' AND NOT attisdropped",
            [f'"{table}"'],
        )
        return "version = t.version + 1, " if sql.fetchone() else ""


def _remove(batch: ImportBatch, chunk_no: int, kept: dict[str, int]) -> Counter[str]:
    """Removes what the chunk created, children before parents; answers how many of which table."""
    check_links_by_index()
    inserted = list(ImportInserted.objects.filter(batch=batch, chunk_no=chunk_no).order_by("-step"))
    ours: dict[str, set[UUID]] = defaultdict(set)
    for entry in inserted:
        ours[entry.table_name].update(entry.ids)
    stays: dict[str, set[UUID]] = {table: set() for table in ours}

    def stay(entry: ImportInserted, reason: str, keys: set[UUID]) -> bool:
        fresh = keys - stays[entry.table_name]
        stays[entry.table_name] |= fresh
        if fresh:
            kept[reason] += len(fresh)
        return bool(fresh)

    for entry in inserted:
        stay(entry, "changed_since", _changed_since(entry))
    # A record that stays keeps what it points to, and its children, which may keep another parent of theirs.
    grows = True
    while grows:
        for entry in inserted:
            stay(entry, "used_elsewhere", _used_elsewhere(entry.table_name, entry.ids, ours, stays))
        more = [stay(entry, "belongs_to_kept", _children_of(entry, stays)) for entry in reversed(inserted)]
        grows = any(more)
    removed = Counter[str]()
    for entry in inserted:
        gone = [key for key in entry.ids if key not in stays[entry.table_name]]
        with cursor() as sql:
            sql.execute(f'DELETE FROM "{entry.table_name}" WHERE id = ANY(%s::uuid[])', [gone])
            removed[entry.table_name] += sql.rowcount
    return removed


def _changed_since(entry: ImportInserted) -> set[UUID]:
    with cursor() as sql:
        sql.execute(
            f'SELECT t.id FROM "{entry.table_name}" t WHERE t.id = ANY(%(ids)s::uuid[])'
            f" AND NOT {_UNCHANGED.format(written_at='%(written_at)s')}",
            {"ids": entry.ids, "written_at": entry.written_at},
        )
        return {row[0] for row in sql.fetchall()}


def _foreign_keys(table: str) -> list[tuple[str, str]]:
    """(table, column) of every single-column foreign key that points to ``table``."""
    with cursor() as sql:
        sql.execute(
            "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid"
            " AND a.attnum = c.conkey[1] WHERE c.confrelid = %s::regclass AND c.contype = 'f' AND cardinality(c.conkey) = 1",
            [f'"{table}"'],
        )
        return list(sql.fetchall())


def _used_elsewhere(table: str, ids: list[UUID], ours: dict[str, set[UUID]], stays: dict[str, set[UUID]]) -> set[UUID]:
    """Records that something points to which this import did not create, or which stays."""
    used: set[UUID] = set()
    keys = [key for key in ids if key not in stays[table]]
    for other, column in _foreign_keys(table):
        with cursor() as sql:
            sql.execute("SELECT has_table_privilege(current_user, %s, 'SELECT')", [other])
            if not sql.fetchone()[0]:
                continue
            sql.execute(f'SELECT id, "{column}" FROM {other} WHERE "{column}" = ANY(%s::uuid[])', [keys])
            own = ours.get(other.strip('"'), set()) - stays.get(other.strip('"'), set())
            # What later chunks of this import added has been taken back before; what is left of it had to stay.
            used.update(parent for child, parent in sql.fetchall() if child not in own)
    return used


def _children_of(entry: ImportInserted, stays: dict[str, set[UUID]]) -> set[UUID]:
    """Rows of this statement that point to a record that stays."""
    found: set[UUID] = set()
    for parent, kept_keys in stays.items():
        if not kept_keys:
            continue
        for other, column in _foreign_keys(parent):
            if other.strip('"') != entry.table_name:
                continue
            with cursor() as sql:
                sql.execute(
                    f'SELECT id FROM "{entry.table_name}" WHERE id = ANY(%s::uuid[]) AND "{column}" = ANY(%s::uuid[])',
                    [entry.ids, list(kept_keys)],
                )
                found.update(row[0] for row in sql.fetchall())
    return found
