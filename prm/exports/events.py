"""What happens to exports: the record of who took what out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from prm.events.publishing import Event


class ListExported(
    Event, subject="export", sentence=ngettext_lazy("exported %(count)s row", "exported %(count)s rows", "count")
):
    """Rows went out in one answer, or lie ready in a file."""

    source: str
    count: int


class ExportAsked(Event, subject="export", sentence=_("asked for this export")):
    """Somebody asked for a file that a job prepares."""

    source: str


class ExportFetched(Event, subject="export", sentence=_("fetched the file")):
    """Its owner fetched the file."""
