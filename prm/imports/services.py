"""Writes of imports: upload, settings, mapping, corrections, the start of the long parts. Each is one act of a person or a key.

Wizard, ``manage.py import_file`` and ``POST /api/v1/imports`` call the same functions in the same order: ``import_create``,
(``import_settings``), ``import_map``, ``import_check_start``, (``import_rows_fix``), ``import_write_start``, (``import_undo_start``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path, PurePath
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.access.roles import as_system
from prm.core.currencies import CODES
from prm.core.errors import Conflict, Invalid
from prm.core.ids import uuid7
from prm.core.money import reporting_currency
from prm.core.units import PLAIN, read_unit
from prm.events.publishing import publish
from prm.imports.events import ImportDiscarded, ImportMapped, ImportUploaded
from prm.imports.messages import error_words, unit_questions
from prm.imports.models import DuplicatePolicy, ImportBatch, ImportMapping, ImportState
from prm.imports.reading.detection import FileSettings, RowsOfData, describe_columns, detect, signature_of
from prm.imports.reading.kind import file_kind
from prm.imports.reading.text import Unreadable
from prm.imports.runner.staging import StagingTable
from prm.imports.selectors import (
    import_get,
    import_target_get,
    mapping_gaps,
    remembered_mapping,
    source_of_rejected,
)
from prm.imports.targets import TARGETS, ImportTarget
from prm.jobs.models import OPEN_STATES, Job
from prm.jobs.selectors import job_list
from prm.jobs.services import job_start

WORKBOOKS = (".xlsx", ".xlsm")
EXTENSIONS = (".csv", ".txt", ".tsv", ".tab", *WORKBOOKS)
_STEM_NOISE = re.compile(
    r"[\s_\-]*(?:\d{4}[-_.]?\d{2}(?:[-_.]?\d{2})?|\d{2}[-_.]\d{2}[-_.]\d{4}|\(\d+\)|(?:(?<=[\s_\-(])[vqts])?\d{1,3}|copy|copie|final)\s*\Z",
    re.I,
)
#: States in which the file's settings and mapping can still be changed.
_OPEN = (ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED, ImportState.CANCELLED)


@transaction.atomic
def import_create(
    *, actor: Actor, target: str, upload: IO[bytes], file_name: str, source: str = "", as_of: date | None = None,
    currency: str = "", policy: str = "", chosen: Mapping[str, Any] | None = None, mapping: Mapping[str, str] | None = None,
) -> ImportBatch:  # fmt: skip
    """Stores a file under a generated name, detects what it is, maps its columns (given, else remembered, else guessed).

    Raises Invalid with a code of ``messages.FILE_MESSAGES`` for a file that cannot be imported; nothing of it is kept then.
    Publishes ImportUploaded. The file comes before its row: a rollback may leave a file that nobody knows, never a row without one.
    """
    spec = import_target_get(actor=actor, key=target)
    authorize(actor, "imports.import:create")
    called = PurePath(file_name.replace("\\", "/"))
    name = f"{called.stem[:180]}{called.suffix[:20]}" or "file.csv"
    if PurePath(name).suffix.lower() not in EXTENSIONS:
        raise _invalid("file_extension", {"extension": PurePath(name).suffix or name})
    size = upload.seek(0, 2)
    limit = settings.PRM_UPLOAD_MAX_BYTES
    if size > limit:
        raise _invalid("file_too_large", {"megabytes": limit // 1024**2})
    upload.seek(0)
    likely = "xlsx" if upload.read(2) == b"PK" else "csv"  # the ending under which it is kept
    upload.seek(0)
    batch = ImportBatch(
        id=uuid7(), target=target, file_name=name, file_size=size, file_kind=likely, owner_id=actor.person_id,
        source=(source.strip() or _source_of(name))[:100], as_of=as_of or timezone.localdate(),
        currency=_currency(currency), policy=_policy(policy),
    )  # fmt: skip
    batch.file.save(name, File(upload), save=False)
    path = Path(batch.file.path)
    try:
        batch.sha256 = _digest(path)
        batch.file_kind = file_kind(path)
        _detect(batch, spec, actor, chosen or {}, mapping, keep_options=bool(source or currency or policy))
        _refuse_no_table(batch)
        batch.save()
        publish(ImportUploaded(subject_id=batch.pk, target=target, sha256=batch.sha256), actor=actor)
    except Unreadable as fault:
        batch.file.delete(save=False)
        raise _invalid(fault.code, fault.data) from None
    except BaseException:
        batch.file.delete(save=False)
        raise
    return batch


@transaction.atomic
def import_settings(*, actor: Actor, batch: ImportBatch, chosen: Mapping[str, Any]) -> ImportBatch:
    """Reads the file again with another ``encoding``, ``delimiter``, ``sheet`` or ``head_row`` (0-based; None: no head)."""
    fresh = _open_import(actor, batch)
    spec = import_target_get(actor=actor, key=fresh.target)
    try:
        _detect(fresh, spec, actor, {**fresh.settings.get("chosen", {}), **chosen}, None, keep_options=True)
    except (Unreadable, LookupError) as fault:
        code = getattr(fault, "code", "file_damaged")
        raise _invalid(code, getattr(fault, "data", {})) from None
    fresh.state, fresh.apart = ImportState.UPLOADED, []  # rows may be numbered otherwise now
    fresh.save()
    return fresh


@transaction.atomic
def import_map(
    *, actor: Actor, batch: ImportBatch, mapping: Mapping[str, str] | None = None, styles: Mapping[str, Mapping[str, Any]] | None = None,
    source: str | None = None, as_of: date | None = None, currency: str | None = None, policy: str | None = None, target: str | None = None,
) -> ImportBatch:  # fmt: skip
    """Says which column is which field (head → field name, "" to ignore), how single columns are written, and how rows are treated.

    A style says ``decimal_mark``, ``date_order`` or, in words as a head would, ``unit`` ("k€", "EUR m"; "1": as they are written).
    Does not ask for completeness: that is ``import_check_start``'s. Raises Invalid for a field chosen twice or unknown, and for a unit
    that is not known.
    Publishes ImportMapped when the fields or the target are others than before.
    """
    fresh = _open_import(actor, batch)
    before = (fresh.target, fresh.mapped_fields)
    if target and target != fresh.target:
        fresh.target, fresh.apart = target, []
        mapping = None
    spec = import_target_get(actor=actor, key=fresh.target)
    path = Path(fresh.file.path)
    if mapping is not None:
        _check_fields(spec, mapping)
    if target or mapping is not None or styles:
        fixed = {**fresh.settings.get("styles", {}), **_styles_said(fresh, styles or {})}
        given = (
            mapping
            if mapping is not None
            else (None if target else {c["name"]: c["field"] for c in fresh.columns if c["field"]})
        )
        found = describe_columns(path, FileSettings.from_json(fresh.settings), spec.fields, given=given, styles=fixed)
        fresh.columns = [column.as_json() for column in found]
        fresh.settings = {**fresh.settings, "styles": fixed}
        fresh.signature = signature_of(fresh.target, fresh.settings["names"])
    if source is not None and source.strip():
        fresh.source = source.strip()[:100]
    if as_of is not None:
        fresh.as_of = as_of
    if currency:
        fresh.currency = _currency(currency)
    if policy:
        fresh.policy = _policy(policy)
    if mapping is not None or styles or target:
        fresh.state = ImportState.UPLOADED
    fresh.save()
    if (fresh.target, fresh.mapped_fields) != before:
        mapped, columns = len(fresh.mapped_fields), len(fresh.columns)
        publish(ImportMapped(subject_id=fresh.pk, target=fresh.target, mapped=mapped, columns=columns), actor=actor)
    return fresh


@transaction.atomic
def import_check_start(*, actor: Actor, batch: ImportBatch) -> Job:
    """Starts the dry run. Raises Invalid when a needed field has no column, or the file no row."""
    return _start(actor, _readable(actor, batch), "check")


@transaction.atomic
def import_run_start(*, actor: Actor, batch: ImportBatch) -> Job:
    """Check and write in one job, for callers that will not look in between (the command, the API). Rejected rows stay outside.

    Raises Invalid as ``import_check_start`` does.
    """
    return _start(actor, _readable(actor, batch), "run")


@transaction.atomic
def import_write_start(*, actor: Actor, batch: ImportBatch, policy: str = "") -> Job:
    """Starts writing what the dry run found good. Raises Conflict unless checked (or stopped while writing), Invalid when no
    row is good."""
    fresh = import_get(actor=actor, import_id=batch.pk, lock=True)
    authorize(actor, "imports.import:create", fresh)
    import_target_get(actor=actor, key=fresh.target)
    if fresh.state != ImportState.CHECKED and not fresh.is_stopped:
        raise Conflict("import_not_checked", _("Check the file first."), state=fresh.state)
    if policy and not fresh.is_stopped:
        fresh.policy = _policy(policy)
    if fresh.rows_good == 0:
        raise _invalid("import_nothing_good")
    _remember(fresh)
    return _start(actor, fresh, "write")


@transaction.atomic
def import_undo_start(*, actor: Actor, batch: ImportBatch) -> Job:
    """Starts taking back an import that is finished or was stopped, goes on where that stopped, or takes back what had to stay the
    first time. Raises Conflict when it is too late, when nothing is written, or when it is under way."""
    fresh = import_get(actor=actor, import_id=batch.pk, lock=True)
    authorize(actor, "imports.import:undo", fresh)
    import_target_get(actor=actor, key=fresh.target)
    may_be = fresh.state in {ImportState.DONE, ImportState.UNDOING} or fresh.is_stopped or fresh.kept_by_undo
    if not may_be or fresh.undo_until is None:
        raise Conflict("import_not_done", _("Only an import that is finished or stopped can be undone."), state=fresh.state)
    # Asked as the product itself: a program's key may take imports back without seeing jobs.
    with as_system("undo of an import") as system:
        open_jobs = job_list(actor=system, subject_id=fresh.pk, kinds=["imports.undo"], states=list(OPEN_STATES))
        is_under_way = open_jobs.exists()
    if fresh.state == ImportState.UNDOING and is_under_way:
        raise Conflict("import_undoing", _("This import is being taken back already."), state=fresh.state)
    if fresh.state != ImportState.UNDOING and timezone.now() > fresh.undo_until:
        raise Conflict("import_undo_late", _("An import can be undone for 24 hours."), state=fresh.state)
    if fresh.state == ImportState.UNDONE:
        # What a later import changed stays until that one is taken back: then there is more to do.
        fresh.chunks.update(is_undone=False)
        fresh.undo_result = {**fresh.undo_result, "kept": {}}
    return _start(actor, fresh, "undo")


@transaction.atomic
def import_discard(*, actor: Actor, batch: ImportBatch) -> None:
    """Throws away an import of which nothing is written: rows, staging table and, once that is committed, the file.

    Raises Conflict when it has begun. Publishes ImportDiscarded.
    """
    fresh = import_get(actor=actor, import_id=batch.pk, lock=True)
    authorize(actor, "imports.import:edit", fresh)
    if fresh.started_at is not None or fresh.state in {ImportState.CHECKING, ImportState.WRITING}:
        raise Conflict("import_started", _("This import has begun and is kept in history."), state=fresh.state)
    StagingTable(fresh, TARGETS.get(fresh.target)).drop()
    publish(ImportDiscarded(subject_id=fresh.pk, target=fresh.target, sha256=fresh.sha256), actor=actor)
    storage, name = fresh.file.storage, fresh.file.name
    fresh.delete()
    if name:
        transaction.on_commit(lambda: storage.delete(name), robust=True)


def _start(actor: Actor, batch: ImportBatch, act: str) -> Job:
    batch.state = {
        "check": ImportState.CHECKING,
        "run": ImportState.CHECKING,
        "write": ImportState.WRITING,
        "undo": ImportState.UNDOING,
    }[act]
    batch.failure = ""
    # The title is the file's own name: each reader gets what is done with it in their language, from the kind.
    job = job_start(
        actor=actor,
        kind="imports.undo" if act == "undo" else "imports.import",
        title=batch.file_name,
        parameters={"import": str(batch.pk), "act": act},
        subject_id=batch.pk,
    )
    batch.job_id = job.pk
    batch.save()
    return job


def _open_import(actor: Actor, batch: ImportBatch) -> ImportBatch:
    fresh = import_get(actor=actor, import_id=batch.pk, lock=True)
    authorize(actor, "imports.import:edit", fresh)
    if fresh.state not in _OPEN or fresh.started_at is not None:
        raise Conflict("import_closed", _("This import is under way or over; start another one."), state=fresh.state)
    return fresh


def _readable(actor: Actor, batch: ImportBatch) -> ImportBatch:
    """The import, whole enough to be read: every needed field has a column, and the file a row. Its mapping is remembered."""
    fresh = _open_import(actor, batch)
    missing = mapping_gaps(actor=actor, batch=fresh)
    if missing:
        raise Invalid("import_mapping", missing[0], field="mapping", missing=missing)
    if asked := unit_questions(fresh.columns):
        raise Invalid(
            "import_unit", next(iter(asked.values())), field="styles", missing=list(asked.values()), columns=list(asked)
        )
    if next(RowsOfData(Path(fresh.file.path), FileSettings.from_json(fresh.settings)), None) is None:
        raise _invalid("file_head_only")
    _remember(fresh)
    return fresh


def _detect(
    batch: ImportBatch,
    spec: ImportTarget,
    actor: Actor,
    chosen: Mapping[str, Any],
    mapping: Mapping[str, str] | None,
    *,
    keep_options: bool,
) -> None:
    path = Path(batch.file.path)
    found = detect(path, batch.file_kind, spec.fields, chosen=chosen)
    batch.signature = signature_of(batch.target, found.names)
    memory = remembered_mapping(actor=actor, target=batch.target, signature=batch.signature)
    if mapping is not None:
        _check_fields(spec, mapping)
    columns = describe_columns(
        path, found, spec.fields, given=mapping, remembered=memory.mapping if memory and mapping is None else None,
        styles=memory.options.get("styles") if memory else None,
    )  # fmt: skip
    if memory and not keep_options:
        batch.source = source_of_rejected(actor=actor, batch=batch, names=found.names) or batch.source
        batch.currency = memory.options.get("currency") or batch.currency
        batch.policy = memory.options.get("policy") or batch.policy
    batch.settings = {**found.as_json(), "chosen": dict(chosen), "styles": memory.options.get("styles", {}) if memory else {}}
    batch.columns = [column.as_json() for column in columns]


def _refuse_no_table(batch: ImportBatch) -> None:
    """Raises ``Unreadable`` for a workbook that is one line of text or a list of words, and for a known head without a row under it."""
    if batch.mapped_fields:
        if next(RowsOfData(Path(batch.file.path), FileSettings.from_json(batch.settings)), None) is None:
            raise Unreadable("file_head_only")
    elif len(batch.columns) == 1 and batch.file_kind == "csv" and PurePath(batch.file_name).suffix.lower() in WORKBOOKS:
        raise Unreadable("file_no_workbook")


def _remember(batch: ImportBatch) -> None:
    """Keeps the mapping for the next file with these heads. The source is each file's own: another list may have the same heads."""
    ImportMapping.objects.update_or_create(
        target=batch.target,
        signature=batch.signature,
        defaults={
            "mapping": {column["name"]: column["field"] for column in batch.columns},
            "options": {"currency": batch.currency, "policy": batch.policy, "styles": batch.settings.get("styles", {})},
        },
    )


def _styles_said(batch: ImportBatch, styles: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Head → what was said of how it writes, its unit read by the reader of all units, on top of what was said before."""
    rows = {column["name"]: (column.get("style") or {}).get("row", "") for column in batch.columns}
    before = batch.settings.get("styles", {})
    found = {}
    for head, style in styles.items():
        said = {name: value for name, value in style.items() if name != "unit"}
        if words := style.get("unit"):
            unit = PLAIN if words.strip() == "1" else read_unit(words)
            if unit is None or unit.is_percent:
                raise _invalid("unit_unknown", {"unit": words[:60]}, field="styles")
            said |= {"scale": unit.scale, "row": rows.get(head, "")} | ({"currency": unit.currency} if unit.currency else {})
        found[head] = {**before.get(head, {}), **said}
    return found


def _check_fields(spec: ImportTarget, mapping: Mapping[str, str]) -> None:
    seen: set[str] = set()
    for name in filter(None, mapping.values()):
        if not spec.has_field(name):
            raise Invalid("mapping_unknown", _("“%(field)s” is no field of this import.") % {"field": name}, field="mapping")
        if name in seen:
            raise _invalid("mapping_twice", {"field": spec.field(name).label}, field="mapping")
        seen.add(name)


def _source_of(name: str) -> str:
    """The file's name without date, quarter, number and ending: the same list next month has the same source."""
    stem = PurePath(name).stem
    for _round in range(3):
        stem = _STEM_NOISE.sub("", stem)
    return stem.strip(" _-") or PurePath(name).stem


def _currency(code: str) -> str:
    code = (code or reporting_currency()).strip().upper()
    if code not in CODES:
        raise Invalid("currency_unknown", _("“%(code)s” is no currency.") % {"code": code[:10]}, field="currency")
    return code


def _policy(policy: str) -> str:
    value = policy or DuplicatePolicy.UPDATE
    if value not in DuplicatePolicy.values:
        raise Invalid(
            "policy_unknown", _("“%(policy)s” is no way to treat known records.") % {"policy": value[:20]}, field="policy"
        )
    return value


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _invalid(code: str, data: Mapping[str, Any] | None = None, *, field: str = "file") -> Invalid:
    return Invalid(code, error_words(code, data), field=field)
