"""What happens to imports. Each chunk's own events are published by its target (DESIGN §4, Bulk)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import Event


@dataclass(frozen=True, kw_only=True)
class ImportFinished(Event):
    """A file came in."""

    type = "imports.import_finished"
    subject_type = "import"
    sentence = _("imported %(target)s: %(created)s created, %(updated)s updated, %(rejected)s rejected")

    target: str
    created: int
    updated: int
    unchanged: int
    skipped: int
    rejected: int


@dataclass(frozen=True, kw_only=True)
class ImportUndone(Event):
    """A finished import was taken back."""

    type = "imports.import_undone"
    subject_type = "import"
    sentence = _("undid the import: %(removed)s removed, %(restored)s restored, %(kept)s kept")

    target: str
    removed: int
    restored: int
    kept: int


@dataclass(frozen=True, kw_only=True)
class ImportUploaded(Event):
    """A file was handed in; nothing of it is written yet."""

    type = "imports.import_uploaded"
    subject_type = "import"
    sentence = _("uploaded the file")

    target: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ImportMapped(Event):
    """Somebody said otherwise which columns are which fields, or what the rows are."""

    type = "imports.import_mapped"
    subject_type = "import"
    sentence = _("chose what the columns are: %(mapped)s of %(columns)s are read")

    target: str
    mapped: int
    columns: int


@dataclass(frozen=True, kw_only=True)
class ImportDiscarded(Event):
    """A file of which nothing was written was thrown away."""

    type = "imports.import_discarded"
    subject_type = "import"
    sentence = _("discarded the file")

    target: str
    sha256: str
