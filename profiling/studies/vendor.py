"""Pages that all studies share: the list, a new one, progress, comparing runs, files, archiving."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from prm.access.pages import ScopedPage
from prm.core.errors import Conflict, Invalid
from prm.core.text import whole_number
from prm.jobs.progress import progress_context
from prm.jobs.selectors import job_progress
from prm.jobs.services import job_cancel, job_retry
from prm.ui.listings import Empty, Listing, ViewTab
from prm.ui.pages import keyset_listing_page
from prm.ui.tables import ListState
from prm.ui.toasts import toast
from prm.views.listing import ListPage
from profiling.studies import rows as page_rows
from profiling.studies.kinds import kinds
from profiling.studies.models import RunResult, Study, StudyRun
from profiling.studies.page import Asked, changes_between, compare_rows, moves_of, moves_words, settled
from profiling.studies.rows import RowsShown
from profiling.studies.selectors import (
    result_get,
    result_page,
    run_by_number,
    run_list,
    run_shown,
    run_under_way,
    runs_compared,
    study_counts,
    study_get,
)
from profiling.studies.services import run_pin, study_archive, study_restore, study_run, study_update
from profiling.studies.tables import studies_of, study_list_spec

#: What an act in a question leaves in the address of the page that it came from.
KEPT = ("after", "view", "line")


class StudyListPage(ListPage):
    """Every study, the last touched first, with what it found last."""

    permission = "profiling.study:view"
    list_name, template = "studies", "profiling/studies/study_list.html"

    def listing(self, request: HttpRequest) -> Listing:
        spec = study_list_spec()
        state = spec.state(request)
        return Listing(
            spec=spec,
            state=state,
            page=keyset_listing_page(self.rows(state), [state.ordering], state, spec.page_size),
            noun=_("Studies"),
            export="studies",
            views=self._views(state),
            empty=Empty(
                title=_("No study yet"),
                text=_("Point at the partners that work well, and see who else is like them."),
                act_label=_("New study"),
                act_url=reverse("vendor:profiling:study-new"),
            ),
        )

    def rows(self, state: ListState) -> QuerySet[Study]:
        return studies_of(actor=self.actor, state=state)

    def _views(self, state: ListState) -> list[ViewTab]:
        counts = study_counts(actor=self.actor)
        chosen, archived = state.values.get("kind", ()), bool(state.values.get("archived"))
        views = [ViewTab(label=_("All"), query="", count=counts[""], current=not chosen and not archived)]
        for kind in kinds:
            current = chosen == (kind.key,) and not archived
            views.append(ViewTab(label=kind.label, query=f"kind={kind.key}", count=counts[kind.key], current=current))
        if counts["archived"] or archived:
            views.append(
                ViewTab(
                    label=pgettext("studies", "Archived"),
                    query="archived=yes",
                    count=counts["archived"],
                    current=archived and not chosen,
                )
            )
        return views


class StudyNewPage(ScopedPage):
    """Which question? Each kind has its own page for asking it."""

    permission = "profiling.study:create"

    def get(self, request: HttpRequest) -> HttpResponse:
        return TemplateResponse(request, "profiling/studies/study_new.html", {"kinds": kinds})


class StudyPage(ScopedPage):
    """What the pages of one study share: the study, the run shown, the one under way."""

    abstract = True
    permission = "profiling.study:view"

    def study(self) -> Study:
        return study_get(actor=self.actor, study_id=self.kwargs["study_id"])

    def run(self, study: Study) -> StudyRun | None:
        """The run that ``run`` names, in the address or in a form that was filled in beside it; else the last finished one."""
        number = whole_number(self.request.POST.get("run") or self.request.GET.get("run"), None)
        if number is not None:
            return run_by_number(actor=self.actor, study=study, number=number)
        return run_shown(actor=self.actor, study=study)

    def asked(self, study: Study, run: StudyRun | None) -> dict[str, Any]:
        """The question that stands beside a run's answer: that of an older run is its own, beside the last one stands what the
        study asks now."""
        parameters: dict[str, Any] = study.parameters
        if run is not None and ("run" in self.request.GET or "run" in self.request.POST):
            last = run_shown(actor=self.actor, study=study)
            if last is not None and run.number < last.number:
                parameters = run.parameters
        return parameters

    def frame(self, study: Study, run: StudyRun | None, asked: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The head of the page: the run, others to look at, progress of the one under way; of ``asked``, the question that
        stands on the page, whether it was run."""
        waiting = run_under_way(actor=self.actor, study=study)
        runs = list(run_list(actor=self.actor, study=study).filter(finished_at__isnull=False)[:20])
        context: dict[str, Any] = {
            "study": study,
            "kind": kinds.get(study.kind),
            "run": run,
            "runs": runs,
            "is_older": run is not None and bool(runs) and run.number < runs[0].number,
            "under_way": waiting,
            "may_edit": self.actor.may("profiling.study:edit"),
        }
        newest = waiting or run
        if asked is not None and newest is not None and not context["is_older"]:
            context |= {"is_changed": asked != newest.parameters, "asked_run": newest}
        context["kept_query"] = urlencode({name: self.request.GET[name] for name in KEPT if name in self.request.GET})
        if waiting is not None and waiting.job is not None:
            context |= progress_context(job_progress(actor=self.actor, job=waiting.job))
            context["is_question_wrong"] = waiting.job.error_code in kinds.get(study.kind).faults
            if waiting.job.is_open:
                context["poll"] = reverse("vendor:profiling:study-progress", args=[study.public_id])
        return context

    def asked_row(self, run: StudyRun, line: str = "") -> RunResult | None:
        """The row of the company that ``?company=`` names."""
        asked = self.request.GET.get("company", "")
        return result_get(actor=self.actor, run=run, company_id=asked, line=line) if asked else None

    def rows_shown(self, run: StudyRun, *, why: str, line: str = "", kept: Mapping[str, Any]) -> RowsShown:
        """A page of the run's rows beyond ``?after=``; ``kept`` is what addresses keep beside the run."""
        after = whole_number(self.request.GET.get("after"), 0)
        rows, more = result_page(actor=self.actor, run=run, line=line, after=after, limit=page_rows.ROWS)
        asked = self.asked_row(run, line)
        return RowsShown(
            rows=rows,
            has_more=more,
            after=after,
            chosen=asked or (rows[0] if rows else None),
            is_asked=asked is not None,
            why=reverse(why, args=[run.study.public_id]),
            kept={"run": run.number, **kept},
        )

    def back(self, study: Study, **beside: str) -> HttpResponseRedirect:
        """To the study's page, where one was on it; ``beside`` is added to its address."""
        kept = {name: self.request.GET[name] for name in KEPT if name in self.request.GET} | beside
        page = reverse(kinds.get(study.kind).page, args=[study.public_id])
        return HttpResponseRedirect(f"{page}?{urlencode(kept)}" if kept else page)

    def ask(self, study: Study, run: StudyRun | None, parameters: dict[str, Any]) -> None:
        """Keeps the question as the form has it, or puts back what the run shown asked; runs it where the button says so.

        Raises what ``study_update`` and ``study_run`` raise.
        """
        if "reset" in self.request.POST and run is not None:
            parameters = run.parameters
        study_update(actor=self.actor, study_id=study.pk, parameters=parameters)
        if "go" in self.request.POST:
            study_run(actor=self.actor, study_id=study.pk)


class StudyDetailPage(StudyPage):
    """The address of a study whatever its kind."""

    def get(self, request: HttpRequest, study_id: str) -> HttpResponseBase:
        return self.back(self.study())


class StudyProgressPage(StudyPage):
    """The part of a study's page that asks for itself while a run is under way."""

    def get(self, request: HttpRequest, study_id: str) -> HttpResponse:
        study = self.study()
        context = self.frame(study, None)
        if not context.get("poll"):
            return HttpResponse(headers={"HX-Refresh": "true"})
        return TemplateResponse(request, "jobs/job_progress.html", context)


class StudyCancelPage(StudyPage):
    """Stops the run under way."""

    permission = "profiling.study:run"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, study_id: str) -> HttpResponse:
        study = self.study()
        run = run_under_way(actor=self.actor, study=study)
        if run is not None and run.job is not None and run.job.is_open:
            job_cancel(actor=self.actor, job=run.job)
        return self.back(study)


class StudyResumePage(StudyPage):
    """Lets the run that failed or was stopped go on where it was; what it had reckoned is kept."""

    permission = "profiling.study:run"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, study_id: str) -> HttpResponse:
        study = self.study()
        run = run_under_way(actor=self.actor, study=study)
        if run is not None and run.job is not None and not run.job.is_open:
            try:
                job_retry(actor=self.actor, job=run.job)
            except Conflict as refusal:
                toast(request, refusal.message)
        return self.back(study)


class StudyEditPage(StudyPage):
    """Renames a study, pins it."""

    permission = "profiling.study:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, study_id: str) -> HttpResponse:
        pinned = request.POST.get("pinned")
        try:
            study_update(
                actor=self.actor,
                study_id=study_id,
                title=request.POST.get("title"),
                is_pinned=None if pinned is None else pinned == "yes",
            )
        except Invalid as refusal:
            toast(request, refusal.message)
        return self.back(self.study())


class StudyArchivePage(StudyPage):
    """Puts a study away; Undo brings it back."""

    permission = "profiling.study:archive"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, study_id: str) -> HttpResponse:
        study = study_archive(actor=self.actor, study_id=study_id)
        undo = reverse("vendor:profiling:study-restore", args=[study.public_id])
        toast(request, _("%(title)s is archived") % {"title": study.shown_title}, undo_url=undo)
        return HttpResponseRedirect(reverse("vendor:profiling:study-list"))


class StudyRestorePage(StudyPage):
    """Brings it back."""

    permission = "profiling.study:archive"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, study_id: str) -> HttpResponse:
        return self.back(study_restore(actor=self.actor, study_id=study_id))


class RunPinPage(StudyPage):
    """Keeps a run for ever, or lets it go with age: as the form says, so that one that is sent twice has one effect."""

    permission = "profiling.study_run:pin"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, study_id: str, number: int) -> HttpResponse:
        study = self.study()
        run = run_by_number(actor=self.actor, study=study, number=number)
        run_pin(actor=self.actor, run=run, is_pinned=request.POST.get("keep") == "yes")
        toast(
            request,
            _("Run %(number)s is kept") % {"number": number}
            if run.is_pinned
            else _("Run %(number)s may go") % {"number": number},
        )
        return self.back(study)


class StudyExportPage(StudyPage):
    """The rows of a run as a file: the address of its export."""

    permission = "profiling.study:export"

    def get(self, request: HttpRequest, study_id: str) -> HttpResponseBase:
        query = request.GET.copy()
        query["of"] = self.study().public_id
        return HttpResponseRedirect(f"{reverse('vendor:exports:list-export', args=['study-results'])}?{query.urlencode()}")


class StudyComparePage(StudyPage):
    """Two runs side by side: who rose, who fell, and what was asked differently."""

    def get(self, request: HttpRequest, study_id: str) -> HttpResponse:
        study = self.study()
        run = self.run(study)
        runs = list(run_list(actor=self.actor, study=study).filter(finished_at__isnull=False)[:20])
        other = self._other(run, runs)
        line, show = request.GET.get("line", ""), request.GET.get("show", "")
        rows = settled(runs_compared(actor=self.actor, run=run, other=other, line=line)) if run and other else []
        kind = kinds.get(study.kind)
        asked = [Asked(kind.question(self.actor, one), kind.usual(self.actor, one)) for one in (other, run) if one]
        context = {
            "study": study,
            "run": run,
            "other": other,
            "runs": runs,
            "line": line,
            "show": show,
            "moves": moves_of(rows, show),
            "finding": moves_words(rows),
            "rows": compare_rows(rows, show, words=kind.figure.words),
            "figure": kind.figure.label,
            "changes": changes_between(other, run, *asked) if run and other else [],
            "back": reverse(kind.page, args=[study.public_id]),
        }
        return TemplateResponse(request, "profiling/studies/study_compare.html", context)

    def _other(self, run: StudyRun | None, runs: list[StudyRun]) -> StudyRun | None:
        """The run that ``?with=`` names, else the one before."""
        wanted = self.request.GET.get("with", "")
        if run is None:
            return None
        found = [r for r in runs if r.pk != run.pk and (str(r.number) == wanted if wanted else r.number < run.number)]
        return found[0] if found else None
