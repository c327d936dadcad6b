"""Reads of imports."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path, PurePath
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import NotFound
from prm.core.text import text_key
from prm.imports.messages import error_words
from prm.imports.models import ImportBatch, ImportMapping, ImportRejectedRow
from prm.imports.reading.detection import FileSettings, RowsOfData
from prm.imports.reading.xlsx import cell_text
from prm.imports.rules.columns import guess_columns
from prm.imports.rules.rejects import own_columns
from prm.imports.targets import TARGETS, ImportTarget


def import_targets(*, actor: Actor) -> list[ImportTarget]:
    """What the actor may import."""
    return [target for target in TARGETS if actor.may(target.permission)]


def fitting_target(*, actor: Actor, batch: ImportBatch) -> ImportTarget | None:
    """What the rows of a file look like instead: the target that knows most of the columns, and lacks one of those it needs at most
    (what is lacking is told when the file is checked)."""
    names = [column["name"] for column in batch.columns]
    samples = [column["samples"] for column in batch.columns]
    best, most = None, len(batch.mapped_fields)
    for target in import_targets(actor=actor):
        found = {guess.field for guess in guess_columns(names, samples, target.fields).values()}
        lacking = [field for field in target.fields if field.required and field.name not in found]
        if target.key != batch.target and len(found) > most and len(lacking) <= 1:
            best, most = target, len(found)
    return best


def import_target_get(*, actor: Actor, key: str) -> ImportTarget:
    """What rows called ``key`` become. Raises NotFound, Denied."""
    if key not in TARGETS:
        names = ", ".join(target.key for target in import_targets(actor=actor))
        raise NotFound(
            "import_target",
            _("Nothing is imported as “%(name)s”. There are: %(names)s.") % {"name": key[:40], "names": names},
            field="target",
        )
    spec = TARGETS.get(key)
    authorize(actor, spec.permission)
    return spec


def import_list(
    *, actor: Actor, q: str = "", targets: Sequence[str] = (), states: Sequence[str] = (), mine: bool = False
) -> QuerySet[ImportBatch]:
    """Imports, the newest first; ``q`` is a part of a file's name, ``mine`` those that the actor began. One query."""
    rows = ImportBatch.objects.visible_to(actor).select_related("owner")
    if q:
        rows = rows.filter(file_name__icontains=q[:100])
    if targets:
        rows = rows.filter(target__in=targets)
    if states:
        rows = rows.filter(state__in=states)
    if mine:
        rows = rows.filter(owner_id=actor.person_id, owner_id__isnull=False)
    return rows.order_by("-created_at", "-id")


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


def source_of_rejected(*, actor: Actor, batch: ImportBatch, names: Sequence[str]) -> str:
    """The source of the import whose rejected rows come back in a file with these heads: the latest one that the file's name tells, else
    the only one that had them. Empty for any other file."""
    if len(own_columns(names)) == len(names):
        return ""
    rows = ImportBatch.objects.visible_to(actor).filter(target=batch.target, signature=batch.signature).exclude(pk=batch.pk)
    earlier = list(rows.order_by("-created_at").values_list("file_name", "source")[:300])
    called = f" {text_key(PurePath(batch.file_name).stem)} "
    named = [source for name, source in earlier if f" {text_key(PurePath(name).stem)} " in called]
    sources = {source for _name, source in earlier}
    return named[0] if named else sources.pop() if len(sources) == 1 else ""


def known_sources(*, actor: Actor, limit: int = 30) -> list[str]:
    """Names of lists that were imported before, the latest first."""
    rows = ImportBatch.objects.visible_to(actor).order_by("-created_at").values_list("source", flat=True)[:300]
    return list(dict.fromkeys(rows))[:limit]


def import_preview(*, actor: Actor, batch: ImportBatch, rows: int = 6) -> list[tuple[int, list[str]]]:
    """The first rows of data as they are read by the current settings: (row number, texts)."""
    shown = import_get(actor=actor, import_id=batch.pk)
    if not shown.file:
        return []
    found = islice(RowsOfData(Path(shown.file.path), FileSettings.from_json(shown.settings)), rows)
    width = len(shown.columns)
    return [(row.number, [cell_text(cell)[:60] for cell in (*row.cells, *[""] * width)][:width]) for row in found]


def mapping_gaps(*, actor: Actor, batch: ImportBatch) -> list[str]:
    """What the mapping still lacks, in words; empty when the file can be checked."""
    spec = import_target_get(actor=actor, key=batch.target)
    mapped = set(batch.mapped_fields.values())
    gaps = [error_words("mapping_required", {"field": f.label}) for f in spec.fields if f.required and f.name not in mapped]
    groups = [(spec.at_least_one, bool(spec.at_least_one))]
    groups += [(r.fields or (r.field,), r.required is True) for r in spec.references]
    for names, needed in groups:
        if needed and not mapped.intersection(names):
            labels = ", ".join(str(spec.field(name).label) for name in names)
            gaps.append(error_words("mapping_one_of", {"fields": labels}))
    return list(dict.fromkeys(gaps))
