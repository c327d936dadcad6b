"""What happens to exports: the record of who took what out."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import Event


@dataclass(frozen=True, kw_only=True)
class ListExported(Event):
    """Rows went out in one answer, or lie ready in a file."""

    type = "exports.list_exported"
    subject_type = "export"
    sentence = _("exported %(count)s rows")
    source: str
    count: int


@dataclass(frozen=True, kw_only=True)
class ExportAsked(Event):
    """Somebody asked for a file that a job prepares."""

    type = "exports.export_asked"
    subject_type = "export"
    sentence = _("asked for this export")
    source: str


@dataclass(frozen=True, kw_only=True)
class ExportFetched(Event):
    """Its owner fetched the file."""

    type = "exports.export_fetched"
    subject_type = "export"
    sentence = _("fetched the file")
