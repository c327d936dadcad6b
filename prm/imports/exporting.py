"""The list of imports as a file."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.exports.sources import Asked, Source, of_queryset, sources
from prm.exports.writers import Column
from prm.imports.models import ImportBatch, ImportState
from prm.imports.tables import IMPORTS, imports_of, target_label


def _once_finished(name: str) -> object:
    return lambda batch: getattr(batch, name) if batch.finished_at else None


IMPORT_COLUMNS = (
    Column("id", _("Id"), lambda b: b.public_id, width=34),
    Column("file", _("File"), lambda b: b.file_name, width=32),
    Column("target", _("Rows are"), target_label),
    Column("state", _("State"), lambda b: ImportState(b.state).label),
    Column("rows", _("Rows"), lambda b: b.rows_total or None, kind="number"),
    Column("created", _("Created"), _once_finished("created"), kind="number"),  # type: ignore[arg-type]
    Column("updated", _("Updated"), _once_finished("updated"), kind="number"),  # type: ignore[arg-type]
    Column("rejected", _("Rejected"), lambda b: b.rows_rejected, kind="number"),
    Column("source", _("Source"), lambda b: b.source),
    Column("owner", _("By"), lambda b: b.owner.name if b.owner else None, width=24),
    Column("when", _("When"), lambda b: b.created_at, kind="datetime"),
    Column("finished", _("Ended"), lambda b: b.finished_at, kind="datetime"),
)


def _rows(actor: Actor, asked: Asked) -> QuerySet[ImportBatch]:
    rows = imports_of(actor=actor, state=asked.state)
    return rows if asked.state.descending else rows.reverse()


def register() -> None:
    """Called once, when the app is ready."""
    sources.register(
        Source(
            key="imports", label=_("Imports"), permission="imports.import:export", spec=lambda actor, of: IMPORTS,
            columns=lambda actor, asked: IMPORT_COLUMNS, shown={"file": ("file", "target")}, **of_queryset(_rows),
        )
    )  # fmt: skip
