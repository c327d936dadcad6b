"""Reads of imports."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.core.errors import NotFound
from prm.imports.detection import FileSettings, rows_of
from prm.imports.models import ImportBatch, ImportMapping, ImportRejectedRow
from prm.imports.reading_xlsx import cell_text
from prm.imports.targets import TARGETS, ImportTarget


def import_targets(*, actor: Actor) -> list[ImportTarget]:
    """What the actor may import."""
    return [target for target in TARGETS if actor.may(target.permission)]


def import_list(*, actor: Actor) -> QuerySet[ImportBatch]:
    """Imports, the newest first. One query."""
    return ImportBatch.objects.visible_to(actor).select_related("owner").order_by("-created_at", "-id")


def import_get(*, actor: Actor, import_id: UUID | str, lock: bool = False) -> ImportBatch:
    """One import by key or TypeID; ``lock`` keeps it for this transaction. Raises NotFound."""
    rows = ImportBatch.objects.visible_to(actor)
    batch: ImportBatch = (rows.select_for_update() if lock else rows).one(import_id)
    return batch


def rejected_rows(
    *, actor: Actor, batch: ImportBatch, code: str = "", column: int | None = None
) -> QuerySet[ImportRejectedRow]:
    """Rows that did not come in, in the file's order; only those with an error ``code``, or with one in ``column``, when given."""
    rows = ImportRejectedRow.objects.visible_to(actor).filter(batch=batch, is_fixed=False)
    wanted: dict[str, Any] = {}
    if code:
        wanted["code"] = code
    if column is not None:
        wanted["column"] = column
    return rows.filter(errors__contains=[wanted]) if wanted else rows


def rejected_row_get(*, actor: Actor, batch: ImportBatch, row_no: int) -> ImportRejectedRow:
    """One rejected row. Raises NotFound."""
    found = ImportRejectedRow.objects.visible_to(actor).filter(batch=batch, row_no=row_no).first()
    if found is None:
        raise NotFound("not_found", _("This row is not among the rejected ones."))
    return found


def remembered_mapping(*, actor: Actor, target: str, signature: str) -> ImportMapping | None:
    """What was chosen last time for a file with the same heads."""
    return ImportMapping.objects.visible_to(actor).filter(target=target, signature=signature).first()


def known_sources(*, actor: Actor, limit: int = 30) -> list[str]:
    """Names of lists that were imported before, the latest first."""
    rows = ImportBatch.objects.visible_to(actor).order_by("-created_at").values_list("source", flat=True)[:300]
    return list(dict.fromkeys(rows))[:limit]


def import_preview(*, actor: Actor, batch: ImportBatch, rows: int = 6) -> list[tuple[int, list[str]]]:
    """The first rows of data as they are read by the current settings: (row number, texts)."""
    shown = import_get(actor=actor, import_id=batch.pk)
    if not shown.file:
        return []
    found = islice(rows_of(Path(shown.file.path), FileSettings.from_json(shown.settings)), rows)
    width = len(shown.columns)
    return [(row.number, [cell_text(cell)[:60] for cell in (*row.cells, *[""] * width)][:width]) for row in found]
