"""Exports as people see them: the list, and in words what one held."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.exports.models import Export
from prm.exports.selectors import export_list
from prm.exports.sources import sources
from prm.exports.writers import Column as FileColumn
from prm.jobs.models import JobState
from prm.jobs.progress import state_mark
from prm.ui import formats, marks
from prm.ui.filters import ChoiceFilter, FlagFilter
from prm.ui.listings import Listing
from prm.ui.tables import Column, ListSpec, ListState, Page


def _title(export: Export) -> SafeString:
    url = reverse("vendor:exports:export-detail", args=[export.public_id])
    return marks.named(url, export.title, export.get_file_format_display())


def _state_words(export: Export) -> str:
    """Sent at once, being prepared, ready until, or no longer kept."""
    if export.file_name and export.expires_at:
        return str(_("Ready until %(day)s") % {"day": formats.day(export.expires_at)})
    if export.job is not None and not export.finished_at:
        return str(JobState(export.job.state).label)
    return str(_("Sent at once")) if export.job is None else str(_("No longer kept"))


def _state(export: Export) -> SafeString:
    if export.job is not None and not export.finished_at:
        return state_mark(export.job)
    return (
        format_html("{}{}", marks.dot("ok"), _state_words(export))
        if export.file_name
        else format_html("{}", _state_words(export))
    )


def _source_label(export: Export) -> str:
    return str(sources.get(export.source).label) if export.source in sources else export.source


def export_list_spec() -> ListSpec:
    """Columns and filters of the list of exports."""
    return ListSpec(
        name="exports",
        sort="-created_at",
        search=_("Title"),
        columns=(
            Column(key="title", label=_("File"), cell=_title, locked=True, phone="name"),
            Column(key="source", label=_("List"), cell=_source_label),
            Column(key="owner", label=_("By"), cell=lambda e: e.owner_name or str(_("the product")), phone="meta"),
            Column(key="state", label=_("State"), cell=_state, phone="meta"),
            Column(key="when", label=_("When"), cell=lambda e: formats.moment(e.created_at), sort="created_at", numeric=True),
            Column(
                key="rows", label=_("Rows"), numeric=True, phone="figure",
                cell=lambda e: formats.number(e.row_count) if e.row_count is not None else None,
            ),
        ),
        filters=(
            FlagFilter(key="mine", label=_("Whose"), yes=_("mine"), no=_("everybody’s")),
            ChoiceFilter(key="source", label=_("List"), choices=lambda: [(s.key, s.label) for s in sources]),
        ),
    )  # fmt: skip


def exports_of(*, actor: Actor, state: ListState) -> QuerySet[Export]:
    """The exports that a state asks for, newest first."""
    values = state.values
    return export_list(actor=actor, mine=bool(values.get("mine")), q=state.q, sources=tuple(values.get("source", ())))


EXPORT_COLUMNS = (
    FileColumn("id", _("Id"), lambda e: e.public_id, width=34),
    FileColumn("title", _("File"), lambda e: e.title, width=32),
    FileColumn("source", _("List"), _source_label),
    FileColumn("format", _("Format"), lambda e: e.file_format, width=8),
    FileColumn("query", _("Filters"), lambda e: e.query or None, width=40),
    FileColumn("rows", _("Rows"), lambda e: e.row_count, kind="number"),
    FileColumn("owner", _("By"), lambda e: getattr(e, "owner_name", "") or None, width=24),
    FileColumn("state", _("State"), _state_words),
    FileColumn("when", _("When"), lambda e: e.created_at, kind="datetime"),
)


def asked_words(actor: Actor, export: Export) -> list[tuple[str, str]]:
    """What the list was narrowed to, as (filter, words), in the reader's language; empty for the whole list."""
    if export.source not in sources:
        return []
    source = sources.get(export.source)
    spec, query = source.spec(actor, export.of), QueryDict(export.query)
    state = spec.state_of(query)
    listing = Listing(spec=spec, state=state, page=Page(rows=[]), noun="")
    words = [(str(_("Search")), state.q)] if state.q else []
    return [*words, *((str(chip.filter.label), chip.words) for chip in listing.chips)]
