"""Pages of rounds: whom to ask, what came back, who answered, one answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.core.days import end_of
from prm.core.errors import Conflict, Invalid
from prm.core.ids import typeid_keys
from prm.core.translated import said
from prm.exports.sources import source_of
from prm.partners.models import Lifecycle, Typology
from prm.partners.selectors.company import territory_options
from prm.partners.selectors.selection import selected_companies
from prm.questionnaires.charts import score_bars, tally_blocks
from prm.questionnaires.files import attachment
from prm.questionnaires.forms import SendForm
from prm.questionnaires.page import lines_of
from prm.questionnaires.respondents import link_of
from prm.questionnaires.rules.results import SMALL_GROUP
from prm.questionnaires.selectors.answers import answer_file_get, answer_get, answer_list
from prm.questionnaires.selectors.questionnaires import questionnaire_get, questionnaire_list, version_published
from prm.questionnaires.selectors.results import companies_to_ask, part_choices, results_of, rounds_before
from prm.questionnaires.selectors.rounds import audience_of, invitation_list, round_facts, round_get
from prm.questionnaires.services.rounds import round_close, round_reopen, round_send
from prm.ui.toasts import toast

LIFE = ("active", "extended", "onboarding", "contracted", "engaged", "candidate")
COMPANIES = 300


class SendPage(ScopedPage):
    """Whom to ask, until when: from a questionnaire (by filters), from the list of companies or a profile (the companies chosen there)."""

    permission = "questionnaires.round:send"

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = list(typeid_keys("company", request.GET.getlist("company")))
        return self.shown(SendForm(), self._companies(request.GET, chosen), request.GET.get("questionnaire", ""))

    def post(self, request: HttpRequest) -> HttpResponse:
        sent = request.POST
        if sent.get("sure") != "1":
            try:
                chosen = self._selected(request)
            except Invalid as refusal:
                toast(request, refusal.message)
                return HttpResponseRedirect(reverse("vendor:partners:company-list") + "?" + sent.get("query", "").lstrip("?"))
            return self.shown(SendForm(), chosen[:COMPANIES], sent.get("questionnaire", ""))
        form = SendForm(sent)
        companies = list(typeid_keys("company", sent.getlist("company")))
        people = list(typeid_keys("person", sent.getlist("person")))
        if form.is_valid():
            try:
                questionnaire = questionnaire_get(actor=self.actor, questionnaire_id=sent.get("questionnaire", ""))
                made = round_send(
                    actor=self.actor, questionnaire_id=questionnaire.pk, company_ids=companies, person_ids=people, due_at=form.due_at,
                    name=form.cleaned_data["name"], message=form.cleaned_data["message"], reminder_days=form.cleaned_data["reminder_days"],
                )  # fmt: skip
            except (Invalid, Conflict) as refusal:
                form.add_refusal(refusal)
            else:
                toast(request, _("Sent. Each person has a link of their own."))
                return HttpResponseRedirect(reverse("vendor:questionnaires:round-people", args=[made.public_id]))
        return self.shown(form, companies, sent.get("questionnaire", ""), ticked=people, status=422)

    def _selected(self, request: HttpRequest) -> list[UUID]:
        state = source_of("companies").asked(self.actor, QueryDict(request.POST.get("query", "").lstrip("?"))).state
        return selected_companies(
            actor=self.actor,
            ids=request.POST.getlist("id"),
            q=state.q,
            filters=state.values,
            everything=request.POST.get("all") == "1",
        )

    def _companies(self, query: QueryDict, chosen: list[UUID]) -> list[UUID]:
        if chosen or "life" not in query:
            return chosen
        found = companies_to_ask(
            actor=self.actor,
            lifecycles=query.getlist("life"),
            territory=query.get("territory", ""),
            typology=query.get("typology", ""),
        )
        return list(found.values_list("pk", flat=True)[:COMPANIES])

    def shown(
        self,
        form: SendForm,
        companies: list[UUID],
        questionnaire: str,
        *,
        ticked: list[UUID] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        language = get_language() or "en"
        audience = audience_of(actor=self.actor, company_ids=companies)
        offered = [
            (q.public_id, said(q.title, language).text, q.is_anonymous)
            for q in questionnaire_list(actor=self.actor)
            if version_published(actor=self.actor, questionnaire=q) is not None
        ]
        query = self.request.GET
        lives = query.getlist("life") or ["active", "extended"]
        context = {
            "form": form, "offered": offered, "questionnaire": questionnaire or next((key for key, _t, _a in offered), ""),
            "people": [(p, p.person_id in ticked if ticked is not None else p.is_first) for p in audience.people], "audience": audience,
            "is_filtered": not companies or "life" in query, "lives": [(life, Lifecycle(life).label, life in lives) for life in LIFE],
            "typologies": Typology.choices, "typology": query.get("typology", ""), "territories": territory_options(actor=self.actor),
            "territory": query.get("territory", ""), "least": SMALL_GROUP, "was_asked": bool(companies) or "life" in query,
        }  # fmt: skip
        return TemplateResponse(self.request, "questionnaires/send.html", context, status=status)


class _OneRound(ScopedPage):
    """What the pages of one round share."""

    abstract = True
    permission = "questionnaires.round:view"

    def context(self, round_id: str, tab: str) -> dict[str, Any]:
        round_ = round_get(actor=self.actor, round_id=round_id)
        facts = round_facts(actor=self.actor, ids=[round_.pk])[round_.pk]
        names = [("results", _("Results"), "round-results"), ("people", _("People"), "round-people")]
        if not round_.is_anonymous:
            names.append(("answers", _("Answers"), "round-answers"))
        return {
            "round": round_, "facts": facts, "is_over": round_.is_over(timezone.now()),
            "tabs": [
                {"label": label, "url": reverse(f"vendor:questionnaires:{url}", args=[round_id]), "current": key == tab}
                for key, label, url in names
            ],
        }  # fmt: skip


class RoundResultsPage(_OneRound):
    """What came back: question by question, scores, beside another round, of a part of those asked."""

    def get(self, request: HttpRequest, round_id: str) -> HttpResponse:
        context = self.context(round_id, "results")
        round_, language, query = context["round"], get_language() or "en", request.GET
        typology, territory = query.get("typology", ""), query.get("territory", "")
        found = results_of(actor=self.actor, round_=round_, typology=typology, territory=territory)
        others = list(rounds_before(actor=self.actor, round_=round_)[:12])
        other = next((r for r in others if r.public_id == query.get("with", "")), None)
        beside = results_of(actor=self.actor, round_=other, typology=typology, territory=territory) if other else None
        compared = beside.summary if beside else None
        typologies, territories = part_choices(actor=self.actor, round_=round_)
        context |= {
            "found": found, "least": SMALL_GROUP, "other": other, "others": others, "typology": typology, "territory": territory,
            "blocks": tally_blocks(found.summary, language, compared) if found.summary else [],
            "scores": score_bars(round_.version.form, found.summary, language, compared) if found.summary else [],
            "total": found.summary.total if found.summary else None, "total_before": compared.total if compared else None,
            "typologies": [(key, Typology(key).label) for key in typologies], "territories": territories,
        }  # fmt: skip
        return TemplateResponse(request, "questionnaires/round_results.html", context)


class RoundPeoplePage(_OneRound):
    """Who was asked, how far they came, the link of each."""

    def get(self, request: HttpRequest, round_id: str) -> HttpResponse:
        context = self.context(round_id, "people")
        rows = invitation_list(actor=self.actor, round_=context["round"])[:500]
        root = request.build_absolute_uri("/")[:-1]
        # Whoever holds a link reads what was begun behind it, and answers by it: nobody else's in a round that promised to lead to nobody.
        is_told = not context["round"].is_anonymous and not context["is_over"]
        may = is_told and self.actor.may("questionnaires.round:send")
        context["people"] = [
            (i, f"{root}{link_of(i)}" if may and i.state != "submitted" and link_of(i) else "") for i in rows
        ]
        return TemplateResponse(request, "questionnaires/round_people.html", context)


class RoundAnswersPage(_OneRound):
    """Named answers, one line each."""

    permission = "questionnaires.answer:view"

    def get(self, request: HttpRequest, round_id: str) -> HttpResponse:
        context = self.context(round_id, "answers")
        context["answers"] = list(answer_list(actor=self.actor, round_=context["round"])[:500])
        return TemplateResponse(request, "questionnaires/round_answers.html", context)


class AnswerPage(ScopedPage):
    """One named answer, question by question."""

    permission = "questionnaires.answer:view"

    def get(self, request: HttpRequest, answer_id: str) -> HttpResponse:
        answer = answer_get(actor=self.actor, answer_id=answer_id)
        lines = lines_of(answer.values, answer.round.version.form, get_language() or "en")
        return TemplateResponse(request, "questionnaires/answer.html", {"answer": answer, "lines": lines})


class AnswerFilePage(ScopedPage):
    """A file of an answer, as a download."""

    permission = "questionnaires.answer_file:view"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, file_id: str) -> HttpResponseBase:
        return attachment(answer_file_get(actor=self.actor, file_id=file_id))


class RoundClosePage(ScopedPage):
    """No more answers; or again until another day."""

    permission = "questionnaires.round:close"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, round_id: str) -> HttpResponse:
        day = parse_date(request.POST.get("due_on", "")) if "due_on" in request.POST else None
        try:
            if day is not None:
                round_reopen(actor=self.actor, round_id=round_id, due_at=end_of(day))
                toast(request, _("Answers are taken until the new day."))
            else:
                round_close(actor=self.actor, round_id=round_id)
                toast(request, _("Closed: no more answers are taken."))
        except (Invalid, Conflict) as refusal:
            toast(request, refusal.message)
        return HttpResponseRedirect(reverse("vendor:questionnaires:round-results", args=[round_id]))
