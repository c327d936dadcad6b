"""Pages of a ranking: what each company could sell of each product, why, and what somebody knows better."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.core.errors import Conflict, Faults, Invalid, NotFound
from prm.core.money import reporting_currency
from prm.partners.models import Company
from prm.partners.selectors.home import SELLING
from prm.partners.selectors.partners import partners_counted
from prm.ui.charts import Chart
from prm.ui.toasts import toast
from profiling.ranking import page
from profiling.ranking.forms import amount_from, groups_refused, places_in, question_from
from profiling.ranking.kind import clean
from profiling.ranking.models import Correction
from profiling.ranking.question import Learnt, groups_shown, line_name
from profiling.ranking.selectors import RANKING, correction_list, corrections_of, product_names, region_names
from profiling.ranking.services import correction_withdraw, potential_correct
from profiling.studies.forms import filters_from, filters_sent
from profiling.studies.kinds import kinds
from profiling.studies.models import RunResult, Study, StudyRun
from profiling.studies.rows import place_of
from profiling.studies.selectors import latest_run_of_kind, result_list
from profiling.studies.services import study_create, study_run
from profiling.studies.vendor import StudyPage
from profiling.studies.words import TITLE, among_shown, refused_shown
from profiling.targets.selectors import target_list_choices


class RankingNewPage(ScopedPage):
    """A new ranking: how it is reckoned, among whom, then go."""

    permission = "profiling.study:create"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._form(_("What our network could sell"), None, 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        title = request.POST.get("title", "")
        parameters = {"filters": filters_sent(request.POST, status="any")}
        try:
            study = study_create(actor=self.actor, kind=RANKING, title=title, parameters=parameters)
        except Invalid as refusal:
            return self._form(title, refusal, 422)
        study_run(actor=self.actor, study_id=study.pk)
        return HttpResponseRedirect(reverse("vendor:profiling:ranking-detail", args=[study.public_id]))

    def _form(self, title: str, refusal: Invalid | None, status: int) -> HttpResponse:
        stages = partners_counted(actor=self.actor)
        context = {
            "title": title,
            **refused_shown(refusal, TITLE),
            "comes_out": kinds.get(RANKING).comes_out,
            "last_run": latest_run_of_kind(actor=self.actor, kind=RANKING),
            "products": product_names(actor=self.actor),
            "selling": sum(count for stage, count in stages.items() if stage in SELLING),
            **among_shown(filters_sent(self.request.POST, status="any")),
        }
        return TemplateResponse(self.request, "profiling/ranking/ranking_new.html", context, status=status)


class RankingDetailPage(StudyPage):
    """The ranking: left what it rests on, middle who has the most to win, right what drives it."""

    def get(self, request: HttpRequest, study_id: str) -> HttpResponseBase:
        study = self.study()
        return self.shown(study, self.run(study))

    def shown(self, study: Study, run: StudyRun | None, refusal: Invalid | None = None) -> HttpResponse:
        """The page; after a refusal with the form as it was sent, and the refusal at its field."""
        products = product_names(actor=self.actor)
        asked = self.asked(study, run)
        context = self.frame(study, run, asked if refusal is None else None) | {
            "groups": groups_shown(asked["values"], _learnt(run), products),
            **among_shown(asked["filters"]),
        }
        if refusal is not None:
            groups = groups_refused(context["groups"], self.request.POST, refusal)
            among = among_shown(filters_from(self.request.POST, asked["filters"]))
            context |= {"groups": groups, **among, **refused_shown(refusal, places_in(groups))}
        if run is not None and run.is_finished:
            context |= self._answer(study, run, products)
        status = 200 if refusal is None else 422
        return TemplateResponse(self.request, "profiling/ranking/ranking_detail.html", context, status=status)

    def _answer(self, study: Study, run: StudyRun, products: dict[str, str]) -> dict[str, Any]:
        known = {x["line"] for x in run.summary.get("lines", [])}
        line = self.request.GET.get("line", "")
        line = line if line in known else ""
        has_map = bool(run.summary.get("territories"))
        is_map = has_map and self.request.GET.get("view") == "map"
        kept = {"line": line} | ({"view": "map"} if is_map else {})
        shown = self.rows_shown(run, why="vendor:profiling:ranking-why", line=line, kept=kept)
        corrections = corrections_of(actor=self.actor, company_ids=[r.company_id for r in shown.rows])
        why = why_context(self.actor, study, run, shown.chosen, line=line, products=products) if shown.chosen else None
        return shown.frame() | {
            "line": line,
            **page.lines_shown(run, products, line),
            "is_map": is_map,
            "has_map": has_map,
            "chart": self._chart(run, line, products, is_map=is_map),
            "every_correction": page.corrections_shown(list(correction_list(actor=self.actor)[:20]), products),
            "rows": [
                page.row_shown(
                    shown, r, corrections=[c for c in corrections.get(r.company_id, ()) if c.line in {"", line} or not line]
                )
                for r in shown.rows
            ],
            "target_lists": target_list_choices(actor=self.actor),
            "why": why,
        }

    def _chart(self, run: StudyRun, line: str, products: dict[str, str], *, is_map: bool) -> Chart | None:
        if is_map:
            return page.territories_of(run, line=line, products=products, regions=region_names(actor=self.actor))
        best = list(result_list(actor=self.actor, run=run, line=line)[: page.IN_CHART])
        return page.chart_of(best, line=line_name(line, products))


class RankingWhyPage(StudyPage):
    """What drives one company's potential, for the side of the page."""

    def get(self, request: HttpRequest, study_id: str) -> HttpResponse:
        study = self.study()
        run = self.run(study)
        line = request.GET.get("line", "")
        row = self.asked_row(run, line) if run else None
        products = product_names(actor=self.actor)
        why = why_context(self.actor, study, run, row, line=line, products=products) if run and row else None
        context = {"study": study, "run": run, "line": line, "asked": True}
        return TemplateResponse(request, "profiling/ranking/why.html", {**context, "why": why})


class RankingRunPage(RankingDetailPage):
    """Keeps the parameters as they stand in the form, and runs where that is asked; one that cannot be taken comes back in its field."""

    permission = "profiling.study:run"

    def get(self, request: HttpRequest, study_id: str) -> HttpResponseBase:
        """Where a page that a refusal came with leads: the ranking itself."""
        page = reverse("vendor:profiling:ranking-detail", args=[self.study().public_id])
        return HttpResponseRedirect(f"{page}?{request.GET.urlencode()}")

    def post(self, request: HttpRequest, study_id: str) -> HttpResponseBase:
        study = self.study()
        run = self.run(study)
        try:
            faults = Faults()
            parameters = question_from(request.POST, self.asked(study, run), _learnt(run), faults=faults)
            with faults.kept():
                clean(self.actor, parameters)
            faults.refuse()
            self.ask(study, run, parameters)
        except Invalid as refusal:
            return self.shown(study, run, refusal)
        except Conflict as refusal:
            toast(request, refusal.message)
        return self.back(study)


class RankingCorrectPage(StudyPage):
    """A manager knows better: what, how much, and why."""

    permission = "profiling.correction:create"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, study_id: str) -> HttpResponse:
        study = self.study()
        company = request.POST.get("company", "")
        try:
            potential_correct(
                actor=self.actor,
                company_id=Company.key_of(company),
                what=request.POST.get("what", ""),
                line=request.POST.get("line", ""),
                value=amount_from(request.POST.get("value", "")),
                reason=request.POST.get("reason", ""),
            )
            toast(request, _("The correction is kept and counts from the next run on"))
        except Invalid as refusal:
            toast(request, refusal.message)
        query = urlencode({"company": company, "line": request.POST.get("line", "")})
        return HttpResponseRedirect(f"{reverse('vendor:profiling:ranking-detail', args=[study.public_id])}?{query}")


class CorrectionWithdrawPage(StudyPage):
    """Takes a correction back."""

    permission = "profiling.correction:withdraw"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, study_id: str) -> HttpResponseBase:
        study = self.study()
        try:
            key = UUID(request.POST.get("correction", ""))
        except ValueError:
            raise NotFound from None
        correction_withdraw(actor=self.actor, correction_id=key)
        toast(request, _("The correction is withdrawn; the formula counts from the next run on"))
        return self.back(study)


def _learnt(run: StudyRun | None) -> Learnt | None:
    return run.summary.get("parameters") if run is not None and run.is_finished else None


def why_context(
    actor: Any, study: Study, run: StudyRun, row: RunResult, *, line: str, products: dict[str, str]
) -> dict[str, Any]:
    """Everything that the drawer says."""
    corrections = list(correction_list(actor=actor, company_id=row.company_id))
    return {
        "row": row,
        "company": row.company,
        "about": place_of(row.company),
        "line": line,
        "money": reporting_currency(),
        "line_name": line_name(line, products),
        "drivers": page.drivers_of(row),
        "chart": page.waterfall_of(row),
        "corrections": page.corrections_shown(corrections, products),
        "what_choices": [c for c in Correction.What.choices if line or c[0] in {"capacity", "share"}],
    }
