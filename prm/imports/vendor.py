"""Pages of imports: the list, the upload, and one page per import that shows the step where it stands."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.core.errors import Denied, DomainError, Invalid, NotFound
from prm.core.text import whole_number
from prm.imports import tables, tables_matches
from prm.imports.forms import OptionsForm, PolicyForm, SettingsForm, UploadForm, mapping_of
from prm.imports.messages import error_words, unit_questions
from prm.imports.models import ImportBatch, ImportState
from prm.imports.selectors import (
    fitting_target,
    import_get,
    import_preview,
    import_targets,
    known_sources,
    mapping_gaps,
    rejected_rows,
)
from prm.imports.selectors_matches import apart_list, match_list, match_rows_list, repeat_list
from prm.imports.services import (
    import_check_start,
    import_create,
    import_map,
    import_settings,
)
from prm.imports.targets import TARGETS
from prm.jobs.progress import progress_context
from prm.jobs.selectors import job_get, job_progress
from prm.ui.listings import Empty, Listing
from prm.ui.pages import keyset_listing_page
from prm.ui.tables import ListState
from prm.views.listing import ListPage

ROWS_SHOWN = 25
_UNDER_WAY = (ImportState.CHECKING, ImportState.WRITING, ImportState.UNDOING)


class ImportListPage(ListPage):
    """All imports, the newest first."""

    permission = "imports.import:view"
    list_name, template = "imports", "imports/import_list.html"

    def listing(self, request: HttpRequest) -> Listing:
        state = tables.IMPORTS.state(request)
        order = ["-created_at"] if state.descending else ["created_at"]
        return Listing(
            spec=tables.IMPORTS,
            state=state,
            page=keyset_listing_page(self.rows(state), order, state, tables.IMPORTS.page_size),
            export="imports",
            noun=_("Imports"),
            empty=Empty(
                title=_("Nothing imported yet"),
                text=_("Drop in a file of companies, sites, products or sales: columns are recognised, faults told cell by cell."),
                act_label=_("Import a file"),
                act_url=reverse("vendor:imports:import-new"),
            ),
        )  # fmt: skip

    def rows(self, state: ListState) -> QuerySet[ImportBatch]:
        return tables.imports_of(actor=self.actor, state=state)


class ImportNewPage(ScopedPage):
    """Choose what the rows are, and the file."""

    permission = "imports.import:create"

    def get(self, request: HttpRequest) -> HttpResponse:
        targets = import_targets(actor=self.actor)
        return self._page(
            UploadForm(targets=targets, initial={"target": request.GET.get("target", targets[0].key if targets else "")})
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES, targets=import_targets(actor=self.actor))
        if not form.is_valid():
            return self._page(form, 422)
        file = form.cleaned_data["file"]
        try:
            batch = import_create(
                actor=self.actor,
                target=form.cleaned_data["target"],
                upload=file,
                file_name=file.name,
                source=form.cleaned_data["source"],
            )
        except Invalid as refusal:
            form.add_refusal(refusal)
            return self._page(form, 422)
        return HttpResponseRedirect(reverse("vendor:imports:import-detail", args=[batch.public_id]))

    def _page(self, form: UploadForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "sources": known_sources(actor=self.actor), "targets": import_targets(actor=self.actor)}
        return TemplateResponse(self.request, "imports/import_new.html", context, status=status)


class OneImportPage(ScopedPage):
    """What the pages of one import share. Its target's permission is asked besides."""

    abstract = True
    permission = "imports.import:view"
    batch: ImportBatch

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if not self.request.actor.is_anonymous and self.request.actor.may(self.permission):
                self.batch = import_get(actor=self.request.actor, import_id=kwargs["import_id"])
                if self.batch.target in TARGETS and not self.request.actor.may(TARGETS.get(self.batch.target).permission):
                    raise Denied("not_allowed", _("Your role does not include this."))
        except DomainError as refusal:
            return self.refused(request, refusal)
        return super().dispatch(request, *args, **kwargs)

    def here(self, query: str = "") -> HttpResponseRedirect:
        """Back to the page of the import."""
        return HttpResponseRedirect(reverse("vendor:imports:import-detail", args=[self.batch.public_id]) + query)

    def base(self) -> dict[str, Any]:
        """What every step shows."""
        return {"batch": self.batch, "target_label": tables.target_label(self.batch), "state": tables.state_mark(self.batch)}


class ImportDetailPage(OneImportPage):
    """The step where the import stands: columns, progress, dry run, or summary."""

    def get(self, request: HttpRequest, import_id: str) -> HttpResponse:
        batch = self.batch
        step = request.GET.get("step", "")
        if batch.state in _UNDER_WAY:
            return self._progress()
        if batch.state == ImportState.CHECKED and step != "columns":
            return TemplateResponse(request, "imports/import_check.html", check_context(self))
        if batch.state in {ImportState.DONE, ImportState.UNDONE}:
            return TemplateResponse(request, "imports/import_summary.html", {**self.base(), **summary_context(batch)})
        if batch.started_at is not None:
            return TemplateResponse(request, "imports/import_stopped.html", {**self.base(), "failure": failure_words(batch)})
        return TemplateResponse(request, "imports/import_columns.html", columns_context(self))

    def _progress(self) -> HttpResponse:
        context = self.base()
        try:
            job = job_get(actor=self.actor, job_id=self.batch.job_id)  # type: ignore[arg-type]
            context |= progress_context(job_progress(actor=self.actor, job=job))
            # Where the import stands, not its job: the head is not asked for again.
            context |= {
                "state": tables.state_mark(self.batch),
                "poll": reverse("vendor:imports:import-progress", args=[self.batch.public_id]),
            }
        except (NotFound, Denied):
            context["job"] = None
        return TemplateResponse(self.request, "imports/import_progress.html", context)


class ImportProgressPage(OneImportPage):
    """The part that asks for itself; once the work is over, the whole page is asked for."""

    def get(self, request: HttpRequest, import_id: str) -> HttpResponse:
        # An import that was only uploaded has no work to watch.
        job = job_get(actor=self.actor, job_id=self.batch.job_id) if self.batch.job_id else None
        if job is None or not job.is_open:
            return HttpResponse(headers={"HX-Refresh": "true"})
        context = progress_context(job_progress(actor=self.actor, job=job))
        context["poll"] = reverse("vendor:imports:import-progress", args=[self.batch.public_id])
        return TemplateResponse(request, "jobs/job_progress.html", context)


class ImportSettingsPage(OneImportPage):
    """Reads the file again with another encoding, delimiter, sheet or head row."""

    permission = "imports.import:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, import_id: str) -> HttpResponse:
        form = SettingsForm(request.POST, batch=self.batch)
        if not form.is_valid():
            return TemplateResponse(
                request, "imports/import_columns.html", columns_context(self, settings_form=form), status=422
            )
        try:
            import_settings(actor=self.actor, batch=self.batch, chosen=form.chosen())
        except Invalid as refusal:
            form.add_error(None, str(refusal.message))
            return TemplateResponse(
                request, "imports/import_columns.html", columns_context(self, settings_form=form), status=422
            )
        return self.here()


class ImportMappingPage(OneImportPage):
    """Keeps the mapping, and starts the check."""

    permission = "imports.import:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, import_id: str) -> HttpResponse:
        if request.POST.get("target"):
            import_map(actor=self.actor, batch=self.batch, target=request.POST["target"])
            return self.here()
        form = OptionsForm(request.POST, batch=self.batch)
        mapping, styles = mapping_of(request.POST, self.batch)
        problems: list[str] = []
        if form.is_valid():
            try:
                batch = import_map(actor=self.actor, batch=self.batch, mapping=mapping, styles=styles, **form.cleaned_data)
                problems = [*mapping_gaps(actor=self.actor, batch=batch), *unit_questions(batch.columns).values()]
                if not problems:
                    import_check_start(actor=self.actor, batch=batch)
                    return self.here()
                self.batch = batch
            except Invalid as refusal:
                problems = [str(refusal.message)]
                for column in self.batch.columns:
                    column["field"] = mapping.get(column["name"], "")
        context = columns_context(self, options_form=form, problems=problems)
        return TemplateResponse(request, "imports/import_columns.html", context, status=422)


def columns_context(page: OneImportPage, **more: Any) -> dict[str, Any]:
    """The step "columns": settings, mapping, preview."""
    batch = page.batch
    target = TARGETS.get(batch.target)
    rows = tables.column_rows(batch, target)
    return {
        **page.base(),
        "rows": rows,
        "asked": list(unit_questions(batch.columns).values()),
        "fields": target.fields,
        "mapped": sum(1 for row in rows if row["field"]),
        "unsure": [row["name"] for row in rows if row["decimal_unsure"] or row["order_unsure"]],
        "fitting": fitting_target(actor=page.actor, batch=batch) if mapping_gaps(actor=page.actor, batch=batch) else None,
        "settings_form": SettingsForm(batch=batch),
        "options_form": OptionsForm(batch=batch),
        "sources": known_sources(actor=page.actor),
        "preview": import_preview(actor=page.actor, batch=batch),
        "delimiter": tables.delimiter_label(batch.settings.get("delimiter", "")),
        "head_row": None if batch.settings.get("head_row") is None else batch.settings["head_row"] + 1,
        "failure": failure_words(batch),
        **more,
    }


def check_context(page: OneImportPage) -> dict[str, Any]:
    """The step "check": forecast, errors by kind, rows to correct, what to do with known records."""
    batch, query = page.batch, page.request.GET
    code = query.get("code", "")
    column = whole_number(query.get("column"), None)
    rows = rejected_rows(actor=page.actor, batch=batch, code=code, column=column)
    after = whole_number(query.get("after"), 0)
    shown = list(rows.filter(row_no__gt=after)[: ROWS_SHOWN + 1])
    known = sum(batch.forecast.get("known", {}).values())
    return {
        **page.base(),
        "new": batch.forecast.get("new", 0),
        "known": known,
        "known_share": known / batch.rows_good if batch.rows_good else None,
        "matches": tables.match_rows(batch),
        "updates": batch.forecast.get("updates") if TARGETS.get(batch.target).record else None,
        "repeated": batch.forecast.get("repeated", 0),
        "ambiguous": batch.forecast.get("ambiguous", 0),
        "numbers": tables.number_columns(batch),
        "kinds": tables.error_kind_rows(batch),
        "rejected": [tables.rejected_row_view(row, batch) for row in shown[:ROWS_SHOWN]],
        "next_after": shown[ROWS_SHOWN - 1].row_no if len(shown) > ROWS_SHOWN else None,
        "filtered": bool(code),
        **matches_context(page),
        "policy_form": PolicyForm(initial={"policy": batch.policy}),
        "good_share": batch.rows_good / batch.rows_total if batch.rows_total else None,
    }


def matches_context(page: OneImportPage) -> dict[str, Any]:
    """What of the file is known already, cell by cell, and which rows repeat others."""
    actor, batch = page.actor, page.batch
    after = whole_number(page.request.GET.get("matched"), 0)
    numbers = match_rows_list(actor=actor, batch=batch, after=after, limit=ROWS_SHOWN + 1)
    cells = batch.forecast.get("cells", {})
    return {
        "met": tables_matches.match_views(batch, match_list(actor=actor, batch=batch, rows=numbers[:ROWS_SHOWN])),
        "matches_after": numbers[ROWS_SHOWN - 1] if len(numbers) > ROWS_SHOWN else None,
        "apart": apart_list(actor=actor, batch=batch),
        "repeats": tables_matches.repeat_views(batch, repeat_list(actor=actor, batch=batch)),
        "cells_changed": tables_matches.cells_changed(batch),
        "kept_count": tables_matches.kept_count(cells),
        "kept_reasons": tables_matches.kept_reasons(cells),
        "may_edit": actor.may("imports.import:edit"),
    }


def summary_context(batch: ImportBatch) -> dict[str, Any]:
    """The last step."""
    try:
        result_url = (
            reverse(TARGETS.get(batch.target).result_url)
            if batch.target in TARGETS and TARGETS.get(batch.target).result_url
            else ""
        )
    except NoReverseMatch:
        result_url = ""
    came_in = batch.created + batch.updated + batch.unchanged + batch.repeated
    return {
        "came_in": came_in,
        "share": came_in / batch.rows_total if batch.rows_total else None,
        "result_url": result_url,
        "kinds": tables.error_kind_rows(batch),
        "cells_kept": tables_matches.kept_count(batch.cells_kept),
        "kept_reasons": tables_matches.kept_reasons(batch.cells_kept),
        "kept": tables.kept_words(batch.undo_result.get("kept", {})),
        "took": (batch.finished_at - batch.started_at).total_seconds() if batch.finished_at and batch.started_at else None,
    }


def failure_words(batch: ImportBatch) -> str:
    """Why the last attempt stopped; empty when it did not."""
    return error_words(batch.failure, {"rows": batch.rows_total}) if batch.failure else ""
