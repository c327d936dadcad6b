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
from prm.core.errors import Conflict, Invalid, NotFound
from prm.core.ids import typeid_decode
from prm.core.text import whole_number
from prm.partners.models import Company, Typology
from prm.ui.toasts import toast
from profiling.ranking import page
from profiling.ranking.forms import amount_from, question_from
from profiling.ranking.models import Correction
from profiling.ranking.question import Learnt, groups_shown, line_name, unit
from profiling.ranking.selectors import RANKING, correction_list, corrections_of, product_names, region_names
from profiling.ranking.services import correction_withdraw, potential_correct
from profiling.studies.among import STATUSES
from profiling.studies.models import RunResult, Study, StudyRun
from profiling.studies.selectors import result_get, result_list, result_page
from profiling.studies.services import study_create, study_run, study_update
from profiling.studies.snapshots import currency
from profiling.studies.vendor import StudyPage
from profiling.studies.words import KNOWN_CHOICES, chips
from profiling.targets.selectors import target_list_choices


class RankingNewPage(ScopedPage):
    """A new ranking: a title, then go."""

    permission = "profiling.study:create"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._form(_("What our network could sell"), None, 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        title = request.POST.get("title", "")
        parameters = {"filters": {"status": request.POST.get("status", "any")}}
        try:
            study = study_create(actor=self.actor, kind=RANKING, title=title, parameters=parameters)
        except Invalid as refusal:
            return self._form(title, refusal, 422)
        study_run(actor=self.actor, study_id=study.pk)
        return HttpResponseRedirect(reverse("vendor:profiling:ranking-detail", args=[study.public_id]))

    def _form(self, title: str, refusal: Invalid | None, status: int) -> HttpResponse:
        context = {"title": title, "refusal": refusal, "statuses": STATUSES.items()}
        return TemplateResponse(self.request, "profiling/ranking/ranking_new.html", context, status=status)


class RankingDetailPage(StudyPage):
    """The ranking: left what it rests on, middle who has the most to win, right what drives it."""

    def get(self, request: HttpRequest, study_id: str) -> HttpResponse:
        study = self.study()
        run = self.run(study)
        products = product_names(actor=self.actor)
        filters = study.parameters["filters"]
        context = self.frame(study, run) | {
            "groups": groups_shown(study.parameters["values"], _learnt(run), products),
            "chips": chips(filters),
            "filters": filters,
            "statuses": STATUSES.items(),
            "typologies": Typology.choices,
            "known_choices": KNOWN_CHOICES,
        }
        if run is not None and run.is_finished:
            context |= self._answer(study, run, products)
        return TemplateResponse(request, "profiling/ranking/ranking_detail.html", context)

    def _answer(self, study: Study, run: StudyRun, products: dict[str, str]) -> dict[str, Any]:
        known = {x["line"] for x in run.summary.get("lines", [])}
        line = self.request.GET.get("line", "")
        line = line if line in known else ""
        skip = whole_number(self.request.GET.get("after"), 0)
        rows, more = result_page(actor=self.actor, run=run, line=line, after=skip, limit=page.ROWS)
        best = list(result_list(actor=self.actor, run=run, line=line)[: page.IN_CHART])
        asked = self.request.GET.get("company", "")
        chosen = find_row(self.actor, run, asked, line) if asked else (rows[0] if rows else None)
        top = max([float(r.p90) / 1000 for r in rows if r.p90 is not None], default=1.0)
        why = reverse("vendor:profiling:ranking-why", args=[study.public_id])
        is_map = self.request.GET.get("view") == "map" and bool(run.summary.get("territories"))
        regions = region_names(actor=self.actor) if is_map else {}
        territories = page.territories_of(run, line=line, products=products, regions=regions) if is_map else None
        kept = {"run": run.number, "line": line} | ({"after": skip} if skip else {}) | ({"view": "map"} if is_map else {})
        corrections = corrections_of(actor=self.actor, company_ids=[r.company_id for r in rows])
        return {
            "line": line,
            **page.lines_shown(run, products, line),
            "unit": unit(),
            "is_map": is_map,
            "has_map": bool(run.summary.get("territories")),
            "chart": territories if is_map else page.chart_of(best, line=line_name(line, products)),
            "asked": bool(asked),
            "every_correction": page.corrections_shown(list(correction_list(actor=self.actor)[:20]), products),
            "rows": [
                page.row_shown(
                    r, top=top, selected=chosen is not None and r.pk == chosen.pk,
                    corrections=[c for c in corrections.get(r.company_id, ()) if c.line in {"", line} or not line],
                    url="?" + urlencode({**kept, "company": r.company.public_id}),
                    why=f"{why}?" + urlencode({**kept, "company": r.company.public_id}),
                )
                for r in rows
            ],
            "first": rows[0].rank if rows else 0,
            "last": rows[-1].rank if rows else 0,
            "next": "?" + urlencode({**kept, "after": rows[-1].rank}) if more else "",
            "previous": "?" + urlencode({**kept, "after": max(skip - page.ROWS, 0)}) if skip else "",
            "target_lists": target_list_choices(actor=self.actor),
            "why": why_context(self.actor, study, run, chosen, line=line, products=products) if chosen else None,
        }  # fmt: skip


class RankingWhyPage(StudyPage):
    """What drives one company's potential, for the side of the page."""

    def get(self, request: HttpRequest, study_id: str) -> HttpResponse:
        study = self.study()
        run = self.run(study)
        line = request.GET.get("line", "")
        row = find_row(self.actor, run, request.GET.get("company", ""), line) if run else None
        products = product_names(actor=self.actor)
        why = why_context(self.actor, study, run, row, line=line, products=products) if run and row else None
        context = {"study": study, "run": run, "line": line, "asked": True}
        return TemplateResponse(request, "profiling/ranking/why.html", {**context, "why": why})


class RankingRunPage(StudyPage):
    """Takes the parameters as they stand in the form, and runs."""

    permission = "profiling.study:run"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, study_id: str) -> HttpResponseBase:
        study = self.study()
        try:
            study_update(actor=self.actor, study_id=study.pk, parameters=self._asked(study))
            study_run(actor=self.actor, study_id=study.pk)
        except (Invalid, Conflict) as refusal:
            toast(request, refusal.message)
        return self.back(study)

    def _asked(self, study: Study) -> dict[str, Any]:
        return question_from(self.request.POST, study.parameters, _learnt(self.run(study)))


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
                company_id=_key(company),
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
            raise NotFound("not_found", _("This does not exist, or is not yours to see.")) from None
        correction_withdraw(actor=self.actor, correction_id=key)
        toast(request, _("The correction is withdrawn; the formula counts from the next run on"))
        return self.back(study)


def _learnt(run: StudyRun | None) -> Learnt | None:
    return run.summary.get("parameters") if run is not None and run.is_finished else None


def find_row(actor: Any, run: StudyRun, public_id: str, line: str) -> RunResult:
    """A company's row in a run."""
    return result_get(actor=actor, run=run, company_id=_key(public_id), line=line)


def _key(public_id: str) -> UUID:
    try:
        return typeid_decode(Company.typeid_prefix, public_id)
    except ValueError:
        raise NotFound("not_found", _("This does not exist, or is not yours to see.")) from None


def why_context(
    actor: Any, study: Study, run: StudyRun, row: RunResult, *, line: str, products: dict[str, str]
) -> dict[str, Any]:
    """Everything that the drawer says."""
    corrections = list(correction_list(actor=actor, company_id=row.company_id))
    return {
        "row": row,
        "company": row.company,
        "about": page.place_of(row.company),
        "line": line,
        "money": currency(),
        "line_name": line_name(line, products),
        "drivers": page.drivers_of(row),
        "chart": page.waterfall_of(row),
        "corrections": page.corrections_shown(corrections, products),
        "what_choices": [c for c in Correction.What.choices if line or c[0] in {"capacity", "share"}],
    }
