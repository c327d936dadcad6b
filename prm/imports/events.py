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
