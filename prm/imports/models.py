"""An import and what it leaves: its file and settings, remembered mappings, rejected rows, and what undo needs."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Person
from prm.core.models import BaseModel
from prm.core.tables import TableClass

UNDO_FOR = timedelta(hours=24)
#: What became of the good rows, counted by chunk and for the whole.
WRITTEN = ("created", "updated", "unchanged", "skipped", "repeated")


class ImportState(models.TextChoices):
    """Where an import stands."""

    UPLOADED = "uploaded", _("uploaded")
    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("checked")
    WRITING = "writing", _("being written")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")


class DuplicatePolicy(models.TextChoices):
    """What happens to a row whose record is known already."""

    SKIP = "skip", _("Leave the known record as it is")
    UPDATE = "update", _("Update the known record")
    CREATE = "create", _("Create another record")


def upload_path(batch: ImportBatch, filename: str) -> str:
    """A generated name: nothing of what the person called the file reaches the disk."""
    return f"imports/{batch.pk.hex}.{batch.file_kind}"


class ImportBatch(BaseModel):
    """One file on its way into the product, from upload to summary."""

    table_class = TableClass.VENDOR
    typeid_prefix = "import"

    target = models.CharField(max_length=40)
    file = models.FileField(upload_to=upload_path, max_length=200)
    file_name = models.CharField(_("file"), max_length=200)
    file_size = models.BigIntegerField()
    file_kind = models.CharField(max_length=8, choices=[("csv", "CSV"), ("xlsx", "XLSX")])
    sha256 = models.CharField(max_length=64)
    # What was detected or chosen of the file (prm.imports.reading.detection.FileSettings), and of each of its columns.
    settings = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    signature = models.CharField(max_length=64, blank=True)
    source = models.CharField(_("source"), max_length=100)
    as_of = models.DateField(_("as of"))
    currency = models.CharField(_("currency"), max_length=3)
    policy = models.CharField(max_length=8, choices=DuplicatePolicy.choices, default=DuplicatePolicy.UPDATE)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    failure = models.CharField(max_length=60, blank=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    job_id = models.UUIDField(null=True, blank=True)
    # Counters of the check: rows of data seen, good, rejected; the last row whose fate is recorded.
    rows_total = models.IntegerField(default=0)
    rows_good = models.IntegerField(default=0)
    rows_rejected = models.IntegerField(default=0)
    last_row = models.IntegerField(default=0)
    # {"new": n, "known": {match key: n}, "repeated": n, "ambiguous": n, "cells": {changed, or why a cell stays: n}, "updates": rows that
    # change any, "repeats": [[row, the row that it repeats, match key]]} and [{column, field, code, rows}]
    forecast = models.JSONField(default=dict)
    error_kinds = models.JSONField(default=list)
    # Rows that a person said are records of their own, whatever known one they meet.
    apart = ArrayField(models.IntegerField(), default=list, blank=True)
    # Whether several workers may write its chunks at the same time, decided when writing begins.
    is_side_by_side = models.BooleanField(default=False)
    # What the target's ``begin`` answered.
    context = models.JSONField(default=dict)
    created = models.IntegerField(default=0)
    updated = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    skipped = models.IntegerField(default=0)
    # Rows that repeat an earlier one of the file, whose record is counted there.
    repeated = models.IntegerField(default=0)
    # Cells of known records that the file said otherwise and that stayed, by reason.
    cells_kept = models.JSONField(default=dict)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    # How many of its records were removed and restored, how many entries with them (ids, sites), and how many were kept, by reason.
    undo_result = models.JSONField(default=dict)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["-created_at", "-id"], name="import_newest")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ImportState.values), name="import_state_known"),
            models.CheckConstraint(condition=models.Q(policy__in=DuplicatePolicy.values), name="import_policy_known"),
            models.CheckConstraint(condition=models.Q(file_size__gte=0), name="import_size_positive"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def staging_table(self) -> str:
        """The name of its table in the schema ``staging``."""
        return f"import_{self.pk.hex}"

    @property
    def undo_until(self) -> Any:
        """Until when it can be undone; None while nothing of it stays."""
        begun = self.started_at if self.is_stopped or self.state in {ImportState.UNDOING, ImportState.UNDONE} else None
        end = self.finished_at or begun
        return end + UNDO_FOR if end else None

    @property
    def is_stopped(self) -> bool:
        """Whether it was stopped, or failed, when a part of it may have been written."""
        return self.state in {ImportState.FAILED, ImportState.CANCELLED} and self.started_at is not None

    def count_written(self) -> None:
        """Sets the counters to what its chunks did."""
        sums = self.chunks.aggregate(**{name: models.Sum(name, default=0) for name in WRITTEN})
        for name in WRITTEN:
            setattr(self, name, sums[name])
        kept: Counter[str] = Counter()
        for cells in self.chunks.exclude(cells_kept={}).values_list("cells_kept", flat=True):
            kept.update(cells)
        self.cells_kept = dict(kept)

    @property
    def kept_by_undo(self) -> int:
        """How many records an undo had to leave."""
        return sum(self.undo_result.get("kept", {}).values()) if self.state == ImportState.UNDONE else 0

    @property
    def mapped_fields(self) -> dict[int, str]:
        """Column index → field name, of the columns that are not ignored."""
        return {index: column["field"] for index, column in enumerate(self.columns) if column.get("field")}


class ImportMapping(BaseModel):
    """Which head means which field, remembered per target and set of heads."""

    table_class = TableClass.VENDOR
    typeid_prefix = "mapping"

    target = models.CharField(max_length=40)
    signature = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)  # head → field, "" for ignored
    options = models.JSONField(default=dict)  # currency, policy, chosen column styles

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target", "signature"], name="import_mapping_once")]

    def __str__(self) -> str:
        return f"{self.target} {self.signature[:8]}"


class ImportRejectedRow(BaseModel):
    """A row that did not come in: its cells as in the file, and why, cell by cell. ``is_fixed`` once corrected and staged."""

    table_class = TableClass.VENDOR
    typeid_prefix = "rejectedrow"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rejected")
    row_no = models.IntegerField()
    cells = ArrayField(models.TextField())
    errors = models.JSONField(default=list)  # [{"column": index or null, "field", "code", "data"}]
    is_fixed = models.BooleanField(default=False)

    class Meta:
        ordering = ["row_no"]
        constraints = [models.UniqueConstraint(fields=["batch", "row_no"], name="import_rejected_row_once")]

    def __str__(self) -> str:
        return f"row {self.row_no}"


class ImportChunk(BaseModel):
    """A chunk that is written: committed together with its rows, so that a resumed import does not write it twice."""

    table_class = TableClass.VENDOR
    typeid_prefix = "importchunk"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="chunks")
    chunk_no = models.IntegerField()
    created = models.IntegerField(default=0)
    updated = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    skipped = models.IntegerField(default=0)
    repeated = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    cells_kept = models.JSONField(default=dict)
    is_undone = models.BooleanField(default=False)

    class Meta:
        ordering = ["chunk_no"]
        constraints = [models.UniqueConstraint(fields=["batch", "chunk_no"], name="import_chunk_once")]

    def __str__(self) -> str:
        return f"chunk {self.chunk_no}"

    @property
    def rows_written(self) -> int:
        """How many rows of the file it was about, rejected ones left out."""
        return sum(getattr(self, name) for name in WRITTEN)


class ImportInserted(BaseModel):
    """The keys that one statement of a chunk inserted; undo removes them."""

    table_class = TableClass.VENDOR
    typeid_prefix = "importinserted"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="+")
    chunk_no = models.IntegerField()
    step = models.IntegerField()
    table_name = models.CharField(max_length=63)
    ids = ArrayField(models.UUIDField())
    written_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["batch", "chunk_no"], name="import_inserted_chunk")]

    def __str__(self) -> str:
        return f"{self.table_name} {len(self.ids)}"


class ImportBefore(BaseModel):
    """What one record was before a chunk updated it; undo restores it unless somebody changed it since ``written_at``.

    ``restored_at`` is the record's change time after that: an earlier import that is taken back later sees by it that nobody else
    changed the record.
    """

    table_class = TableClass.VENDOR
    typeid_prefix = "importbefore"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="+")
    chunk_no = models.IntegerField()
    step = models.IntegerField()
    row_no = models.IntegerField()
    table_name = models.CharField(max_length=63)
    object_id = models.UUIDField()
    before = models.JSONField()
    written_at = models.DateTimeField()
    restored_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["batch", "chunk_no"], name="import_before_chunk"),
            models.Index(fields=["object_id"], name="import_before_object"),
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.object_id}"
