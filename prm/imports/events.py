"""What happens to imports. Each chunk's own events are published by its target."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import Event


class ImportFinished(
    Event,
    subject="import",
    sentence=_("imported %(target)s: %(created)s created, %(updated)s updated, %(rejected)s rejected"),
):
    """A file came in."""

    target: str
    created: int
    updated: int
    unchanged: int
    skipped: int
    rejected: int
    repeated: int = 0


class ImportUndone(
    Event, subject="import", sentence=_("undid the import: %(removed)s removed, %(restored)s restored, %(kept)s kept")
):
    """A finished import was taken back."""

    target: str
    removed: int
    restored: int
    kept: int


class ImportUploaded(Event, subject="import", sentence=_("uploaded the file")):
    """A file was handed in; nothing of it is written yet."""

    target: str
    sha256: str


class ImportMapped(Event, subject="import", sentence=_("chose what the columns are: %(mapped)s of %(columns)s are read")):
    """Somebody said otherwise which columns are which fields, or what the rows are."""

    target: str
    mapped: int
    columns: int


class ImportDiscarded(Event, subject="import", sentence=_("discarded the file")):
    """A file of which nothing was written was thrown away."""

    target: str
    sha256: str
