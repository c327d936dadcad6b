"""Pages of exports: a list as a file, what was taken out by whom, and the files that jobs prepared."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.accounts.selectors.persons import person_names
from prm.exports.models import Export
from prm.exports.selectors import export_get
from prm.exports.services import TooManyForOneAnswer, export_fetch, export_start, export_write
from prm.exports.sources import source_of
from prm.exports.tables import asked_words, export_list_spec, exports_of
from prm.exports.writers import CONTENT_TYPES, file_answer
from prm.jobs.progress import progress_context
from prm.jobs.selectors import job_progress
from prm.ui.listings import Empty, Listing, ViewTab
from prm.ui.pages import keyset_listing_page
from prm.ui.tables import ListState
from prm.views.listing import ListPage

_OURS = ("format", "of", "cursor", "csrfmiddlewaretoken")


class ListExportPage(ScopedPage):
    """A list as a file. GET answers with it, or says that it is long; POST has a job prepare it."""

    permission = "exports.export:create"

    def get(self, request: HttpRequest, source: str) -> HttpResponseBase:
        asked = _asked(request.GET)
        try:
            written = export_write(actor=self.actor, source=source, language=self.actor.language, **asked)
        except TooManyForOneAnswer:
            context = {
                "source": source_of(source), "title": source_of(source).title(self.actor, asked["of"]), "asked": request.GET,
                "format": asked["file_format"].upper(), "query": asked["query"].urlencode(),
            }  # fmt: skip
            return TemplateResponse(request, "exports/export_long.html", context)
        return file_answer(written.file, written.title, written.file_format, day=timezone.localdate())

    def post(self, request: HttpRequest, source: str) -> HttpResponse:
        export = export_start(actor=self.actor, source=source, **_asked(request.GET))
        return HttpResponseRedirect(reverse("vendor:exports:export-detail", args=[export.public_id]))


class ExportListPage(ListPage):
    """Who took what out, newest first."""

    permission = "exports.export:view"
    list_name, template = "exports", "exports/export_list.html"

    def listing(self, request: HttpRequest) -> Listing:
        spec = export_list_spec()
        state = spec.state(request)
        mine = state.values.get("mine")
        page = keyset_listing_page(
            self.rows(state), ["-created_at" if state.descending else "created_at"], state, spec.page_size
        )
        names = person_names(actor=self.actor, user_ids=[row.owner_id for row in page.rows if row.owner_id])
        for row in page.rows:
            row.owner_name = names.get(row.owner_id, "")
        return Listing(
            spec=spec, state=state, page=page, noun=_("Exports"), export="exports",
            views=[
                ViewTab(label=_("All"), query="", current=mine is None),
                ViewTab(label=_("Mine"), query="mine=yes", current=mine is True),
            ],
            empty=Empty(
                title=_("Nothing taken out yet"), text=_("Every list has an export; who took what out is kept here."),
                act_label=_("Open the companies"), act_url=reverse("vendor:partners:company-list"),
            ),
        )  # fmt: skip

    def rows(self, state: ListState) -> QuerySet[Export]:
        return exports_of(actor=self.actor, state=state)


class ExportDetailPage(ScopedPage):
    """One export: live while a job prepares it, then its file."""

    permission = "exports.export:view"

    def get(self, request: HttpRequest, export_id: str) -> HttpResponse:
        export = export_get(actor=self.actor, export_id=export_id)
        owner = person_names(actor=self.actor, user_ids=[export.owner_id]).get(export.owner_id) if export.owner_id else None
        context: dict[str, Any] = {
            "export": export, "owner": owner, "is_mine": export.owner_id == self.actor.user_id,
            "asked": asked_words(self.actor, export), "now": timezone.now(),
        }  # fmt: skip
        if export.job is not None:
            context |= progress_context(job_progress(actor=self.actor, job=export.job))
        return TemplateResponse(request, "exports/export_detail.html", context)


class ExportFilePage(ScopedPage):
    """The file, for its owner."""

    permission = "exports.export:export"
    http_method_names = ["get"]

    def get(self, request: HttpRequest, export_id: str) -> HttpResponseBase:
        export, file = export_fetch(actor=self.actor, export_id=export_id)
        return file_answer(file, export.title, export.file_format, day=export.day)


def _asked(parameters: QueryDict) -> dict[str, Any]:
    """What the address asks for: the list's own query string, and ours beside it."""
    query = parameters.copy()
    for name in _OURS:
        query.pop(name, None)
    file_format = parameters.get("format", "csv")
    return {
        "query": query, "of": parameters.get("of", "")[:80], "file_format": file_format if file_format in CONTENT_TYPES else "csv"
    }  # fmt: skip
