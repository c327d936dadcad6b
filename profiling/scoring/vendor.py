"""Pages of a look-alike: ask, see who is alike and why, ask again."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from prm.access.pages import ScopedPage
from prm.core.errors import Conflict, Invalid, NotFound
from prm.partners.models import Company
from prm.ui.toasts import toast
from profiling.ranking.selectors import ranking_run_in_use
from profiling.scoring import page, question
from profiling.scoring.catalogue import Names
from profiling.scoring.drawer import drawer_of
from profiling.scoring.effect import effect_told
from profiling.scoring.explaining import explain_row
from profiling.scoring.forms import question_from
from profiling.scoring.kind import clean, read
from profiling.scoring.selectors import (
    LOOK_ALIKE,
    companies_by_public_id,
    companies_suggested,
    lifecycles_of,
    measure_names,
    partners_offered,
    value_names,
)
from profiling.studies.forms import filters_sent
from profiling.studies.kinds import kinds
from profiling.studies.models import RunResult, Study, StudyRun, title_after
from profiling.studies.rows import place_of
from profiling.studies.selectors import latest_run_of_kind, result_get, result_list, run_shown
from profiling.studies.services import LONGEST_TITLE, study_create, study_run
from profiling.studies.vendor import StudyPage
from profiling.studies.words import TITLE, among_shown, refused_shown
from profiling.targets.selectors import companies_on_lists, target_list_choices

OFFERED = 8


def detail_url(study: Study) -> str:
    """The page of a look-alike."""
    return reverse("vendor:profiling:lookalike-detail", args=[study.public_id])


class LookalikeLikePage(ScopedPage):
    """Who looks like this partner? One button on its profile: asks, runs, and goes to the answer (P3)."""

    permission = "profiling.study:create"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, company_id: str) -> HttpResponse:
        found = companies_by_public_id(actor=self.actor, public_ids=[company_id])
        parameters = {"references": [company_id]}
        after = page.named_after(found)
        study = study_create(
            actor=self.actor, kind=LOOK_ALIKE, title=_cut(title_after(**after)), parameters=parameters, named_after=after
        )
        study_run(actor=self.actor, study_id=study.pk)
        return HttpResponseRedirect(detail_url(study))


class LookalikeNewPage(ScopedPage):
    """A new look-alike: the partners to resemble, among whom, then go. Also what its block of references is swapped from."""

    permission = "profiling.study:create"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._form(request.GET.getlist("ref"), "", None, 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        references = [r for r in [*request.POST.getlist("ref"), *request.POST.getlist("add")] if r]
        references = [r for r in dict.fromkeys(references) if r not in request.POST.getlist("remove")]
        title = request.POST.get("title", "").strip()
        if "start" not in request.POST:
            return self._form(references, title, None, 200)
        parameters = {"references": references, "filters": filters_sent(request.POST, status="recruitable")}
        chosen = companies_by_public_id(actor=self.actor, public_ids=references)
        try:
            after = None if title else page.named_after(chosen)
            study = study_create(
                actor=self.actor,
                kind=LOOK_ALIKE,
                title=title if after is None else _cut(title_after(**after)),
                parameters=parameters,
                named_after=after,
            )
        except Invalid as refusal:
            return self._form(references, title, refusal, 422)
        study_run(actor=self.actor, study_id=study.pk)
        return HttpResponseRedirect(detail_url(study))

    def _form(self, references: list[str], title: str, refusal: Invalid | None, status: int) -> HttpResponse:
        sent = self.request.POST or self.request.GET
        q = "" if "add" in sent else sent.get("q", "")
        context = {
            "references": companies_by_public_id(actor=self.actor, public_ids=references),
            "title": title,
            "offered": [offer for offer in self._offered(q) if offer["company"].public_id not in references][:OFFERED],
            "q": q,
            **refused_shown(refusal, {**TITLE, **question.PLACES}),
            "compared": page.groups_compared(),
            "comes_out": kinds.get(LOOK_ALIKE).comes_out,
            "last_run": latest_run_of_kind(actor=self.actor, kind=LOOK_ALIKE),
            "ranking": ranking_run_in_use(actor=self.actor),
            **among_shown(filters_sent(sent, status="recruitable")),
        }
        return TemplateResponse(self.request, "profiling/scoring/lookalike_new.html", context, status=status)

    def _offered(self, q: str) -> list[dict[str, Any]]:
        if q.strip():
            return [page.company_offered(c) for c in companies_suggested(actor=self.actor, q=q, limit=2 * OFFERED)]
        most = partners_offered(actor=self.actor, today=timezone.localdate(), limit=3 * OFFERED)
        return [page.partner_offered(partner) for partner in most]


class LookalikeDetailPage(StudyPage):
    """The study: left the question, middle the answer, right the why."""

    def get(self, request: HttpRequest, study_id: str) -> HttpResponseBase:
        study = self.study()
        run = self.run(study)
        return self.shown(study, run, self.asked(study, run))

    def shown(
        self, study: Study, run: StudyRun | None, asked: dict[str, Any], refusal: Invalid | None = None
    ) -> HttpResponse:
        """The page; after a refusal with the question as it was sent, and what is refused at its field."""
        references = companies_by_public_id(actor=self.actor, public_ids=asked["references"])
        context = self.frame(study, run, asked if refusal is None else None) | {
            "references": references,
            "gone": [r for r in asked["references"] if r not in {c.public_id for c in references}],
            "silent": _silent(run),
            "weights": question.weights_shown(asked, run),
            "criteria": question.criteria_shown(asked, run, Names({}, measure_names(actor=self.actor))),
            "compared": question.COMPARED,
            **among_shown(asked["filters"]),
            "excluded": companies_by_public_id(actor=self.actor, public_ids=asked["excluded"][:20]),
            "left_out": asked["excluded"],
            "suggest": reverse("vendor:profiling:lookalike-suggest", args=[study.public_id]),
            "effect_url": reverse("vendor:profiling:lookalike-effect", args=[study.public_id]) if run else "",
            **refused_shown(refusal, question.PLACES),
            "is_inside_refused": refusal is not None
            and any((fault.field or "").startswith(("criteria", "compare")) for fault in refusal.faults),
        }
        if run is not None and run.is_finished:
            context |= self._answer(study, run, references)
        status = 200 if refusal is None else 422
        return TemplateResponse(self.request, "profiling/scoring/lookalike_detail.html", context, status=status)

    def _answer(self, study: Study, run: StudyRun, references: list[Company]) -> dict[str, Any]:
        is_map = self.request.GET.get("view") == "map"
        shown = self.rows_shown(run, why="vendor:profiling:lookalike-why", kept={"view": "map"} if is_map else {})
        best = list(result_list(actor=self.actor, run=run)[: page.NAMED_IN_CHART])
        title, selected = page.title_of(run, best), shown.chosen.company.public_id if shown.chosen else ""
        chart = (
            page.map_of(best, references, title=title, why=shown.why, run=run)
            if is_map
            else page.scatter_of(run, best, references, selected=selected, why=shown.why, title=title)
        )
        keys = [r.company_id for r in shown.rows]
        states = lifecycles_of(actor=self.actor, company_ids=keys)
        lists = companies_on_lists(actor=self.actor, company_ids=keys)
        return shown.frame() | {
            "chart": chart,
            "is_map": is_map,
            "rows": [
                page.row_shown(shown, r, lifecycle=states.get(r.company_id, ""), lists=lists.get(r.company_id, ()))
                for r in shown.rows
            ],
            "evaluation": question.evaluation_words(run.evaluation, run.summary.get("weights", "set")),
            "potential_from": self._potential_from(run),
            "thin": page.thin_words(run, best),
            "kept_words": page.kept_words(run),
            "target_lists": target_list_choices(actor=self.actor),
            "why": why_context(self.actor, study, run, shown.chosen) if shown.chosen else None,
        }

    def _potential_from(self, run: StudyRun) -> dict[str, Any]:
        """Which ranking the potentials come from; whether a newer one is there; neither: they are stand-ins."""
        ranking = ranking_run_in_use(actor=self.actor)
        used = run.summary.get("potential", {}).get("run")
        url = reverse("vendor:profiling:study-detail", args=[ranking.study.public_id]) if ranking else ""
        return {"ranking": ranking, "url": url, "is_used": ranking is not None and ranking.public_id == used, "used": used}


class LookalikeWhyPage(StudyPage):
    """The why of one company, for the side of the page."""

    def get(self, request: HttpRequest, study_id: str) -> HttpResponse:
        study = self.study()
        run = self.run(study)
        row = self.asked_row(run) if run else None
        why = why_context(self.actor, study, run, row) if run and row else None
        context = {"why": why, "study": study, "run": run, "asked": True}
        return TemplateResponse(request, "profiling/scoring/why.html", context)


class LookalikeRunPage(LookalikeDetailPage):
    """Keeps the question as it stands in the form, and runs it where that is asked; what cannot be taken comes back in its field."""

    permission = "profiling.study:run"

    def get(self, request: HttpRequest, study_id: str) -> HttpResponseBase:
        """Where a page that a refusal came with leads: the look-alike itself."""
        return HttpResponseRedirect(f"{detail_url(self.study())}?{request.GET.urlencode()}")

    def post(self, request: HttpRequest, study_id: str) -> HttpResponseBase:
        study = self.study()
        run = self.run(study)
        before = self.asked(study, run)
        asked = _asked(request.POST, before, run)
        try:
            self.ask(study, run, asked)
        except Invalid as refusal:
            taken, _faults = read(self.actor, asked)
            return self.shown(study, run, {**before, **taken, "filters": asked["filters"]}, refusal)
        except Conflict as refusal:
            toast(request, refusal.message)
        return self.back(study, **self._looked_at(study))

    def _looked_at(self, study: Study) -> dict[str, str]:
        """The company that was left out or taken in again stays beside the answer, where it has a row in it."""
        company = self.request.POST.get("exclude") or self.request.POST.get("include")
        last = run_shown(actor=self.actor, study=study)
        if company and last is not None:
            with suppress(NotFound):
                result_get(actor=self.actor, run=last, company_id=company)
                return {"company": company}
        return {}


class LookalikeEffectPage(StudyPage):
    """What the weights in the form would be worth, while they move; or those that the references suggest."""

    def get(self, request: HttpRequest, study_id: str) -> HttpResponse:
        study = self.study()
        run = self.run(study)
        context: dict[str, Any] = {"is_live": True}
        if run is not None and run.is_finished:
            try:
                context |= self._effect(study, run)
            except Invalid as refusal:
                context["evaluation"] = {"text": refusal.message}
        return TemplateResponse(request, "profiling/scoring/effect.html", context)

    def _effect(self, study: Study, run: StudyRun) -> dict[str, Any]:
        wanted = clean(self.actor, _asked(self.request.GET, self.asked(study, run), run))
        is_suggested = "suggest" in self.request.GET
        found = effect_told(run, wanted, suggest=is_suggested)
        if found is None:
            return {}
        context: dict[str, Any] = {"evaluation": question.evaluation_words(found.evaluation, found.chosen_by)}
        if is_suggested:
            context["suggested"] = question.weights_shown({"groups": found.groups}, run) if found.is_offered else []
            context["nothing_suggested"] = not found.is_offered
            context["is_kept"] = found.is_kept
        return context


class LookalikeSuggestPage(StudyPage):
    """Companies to add as a reference while somebody types."""

    def get(self, request: HttpRequest, study_id: str) -> HttpResponse:
        study = self.study()
        found = companies_suggested(actor=self.actor, q=request.GET.get("q", ""))
        chosen = set(study.parameters["references"])
        context = {"study": study, "suggested": [c for c in found if c.public_id not in chosen]}
        return TemplateResponse(request, "profiling/scoring/suggested.html", context)


def _cut(title: str) -> str:
    """A title of our own is no longer than one may be, however long a company's name is."""
    return title[:LONGEST_TITLE].strip()


def _asked(sent: QueryDict, shown: dict[str, Any], run: StudyRun | None) -> dict[str, Any]:
    """The question as the form has it, from the one that stood in it and its sliders as they were shown."""
    weights = question.weights_shown(shown, run)
    return question_from(sent, shown, {w["key"]: w["weight"] for w in weights})


def _silent(run: StudyRun | None) -> set[UUID]:
    """References of which the run knew nothing."""
    told = run.summary.get("references", []) if run is not None else []
    return {UUID(r["company"]) for r in told if r["resemblance"] is None}


def why_context(actor: Any, study: Study, run: StudyRun, row: RunResult) -> dict[str, Any]:
    """Everything that the drawer says."""
    explanation, shared = explain_row(run, row.row)
    names = Names(value_names(actor=actor), measure_names(actor=actor))
    return {
        "row": row,
        "company": row.company,
        "about": place_of(row.company),
        "company_url": reverse("vendor:partners:company-detail", args=[row.company.public_id]),
        "is_left_out": row.company.public_id in study.parameters["excluded"],
        "universe": run.universe_count,
        **drawer_of(row, explanation, run, names, shared),
    }
