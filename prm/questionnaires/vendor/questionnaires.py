"""Pages of questionnaires: all of them, a new one, one with its versions and rounds."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.accounts.selectors.persons import person_names
from prm.core.errors import Invalid
from prm.core.text import whole_number
from prm.core.translated import known_languages, said
from prm.events.selectors import history_list
from prm.questionnaires.events import AnswerSubmitted
from prm.questionnaires.forms import FrameForm
from prm.questionnaires.library import template_list
from prm.questionnaires.models import Purpose, Questionnaire
from prm.questionnaires.page import condition_words, field_of, minutes
from prm.questionnaires.rules.checks import differences
from prm.questionnaires.selectors.questionnaires import (
    questionnaire_facts,
    questionnaire_get,
    questionnaire_list,
    version_by_number,
    version_draft,
    version_list,
    version_published,
)
from prm.questionnaires.selectors.rounds import round_facts, round_list
from prm.questionnaires.services.questionnaires import (
    draft_ensure,
    questionnaire_archive,
    questionnaire_create,
    questionnaire_edit,
)
from prm.questionnaires.tables import questionnaire_spec, with_titles
from prm.ui.listings import Empty, Listing
from prm.ui.pages import keyset_listing_page
from prm.ui.tables import ListState
from prm.ui.toasts import toast
from prm.views.listing import ListPage

ROUNDS_SHOWN, HISTORY_SHOWN = 12, 20


def title_of(questionnaire: Questionnaire) -> str:
    """Its title for the reader."""
    return said(questionnaire.title, get_language() or "en").text


class QuestionnaireListPage(ListPage):
    """Every questionnaire."""

    permission = "questionnaires.questionnaire:view"
    list_name, template = "questionnaires", "questionnaires/questionnaire_list.html"

    def listing(self, request: HttpRequest) -> Listing:
        spec = questionnaire_spec()
        state = spec.state(request)
        page = keyset_listing_page(
            self.rows(state), ["-title_key" if state.descending else "title_key"], state, spec.page_size
        )
        with_titles(list(page.rows), title_of, questionnaire_facts(actor=self.actor, ids=[row.pk for row in page.rows]))
        return Listing(
            spec=spec, state=state, page=page, noun=_("Questionnaires"),
            empty=Empty(
                title=_("No questionnaire yet"),
                text=_("Ask partners for their figures, their needs, or how they find you: begin from a ready one."),
                act_label=_("New questionnaire"), act_url=reverse("vendor:questionnaires:questionnaire-new"),
            ),
        )  # fmt: skip

    def rows(self, state: ListState) -> Any:
        purposes = state.values.get("purpose") or ("",)
        return questionnaire_list(
            actor=self.actor,
            q=state.q,
            purpose=purposes[0] if len(purposes) == 1 else "",
            archived=bool(state.values.get("archived")),
        )


class QuestionnaireNewPage(ScopedPage):
    """A new one, from the library or empty."""

    permission = "questionnaires.questionnaire:create"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown()

    def post(self, request: HttpRequest) -> HttpResponse:
        title = {code: request.POST.get(f"title_{code}", "").strip() for code in known_languages()}
        try:
            made = questionnaire_create(
                actor=self.actor, title=title, template=request.POST.get("template", ""), purpose=Purpose.OTHER
            )
        except Invalid as refusal:
            return self.shown(error=str(refusal.message), status=422)
        return HttpResponseRedirect(reverse("vendor:questionnaires:build", args=[made.public_id]))

    def shown(self, *, error: str = "", status: int = 200) -> HttpResponse:
        sent = self.request.POST or QueryDict()
        context = {
            "templates": template_list(), "error": error, "chosen": sent.get("template", "profile" if not sent else ""),
            "languages": [(code, code.upper(), sent.get(f"title_{code}", "")) for code in known_languages()],
        }  # fmt: skip
        return TemplateResponse(self.request, "questionnaires/questionnaire_new.html", context, status=status)


class QuestionnaireDetailPage(ScopedPage):
    """One questionnaire: what to do next, its rounds, its versions, its history."""

    permission = "questionnaires.questionnaire:view"

    def get(self, request: HttpRequest, questionnaire_id: str) -> HttpResponse:
        actor = self.actor
        questionnaire = questionnaire_get(actor=actor, questionnaire_id=questionnaire_id)
        rounds = list(round_list(actor=actor, questionnaire=questionnaire)[:ROUNDS_SHOWN])
        facts = round_facts(actor=actor, ids=[r.pk for r in rounds])
        # When each answer came is nobody's business; how many did stands with the rounds.
        history = [
            entry
            for entry in history_list(actor=actor, subject_type="questionnaire", subject_id=questionnaire.pk, limit=500)
            if entry.type != AnswerSubmitted.type
        ][:HISTORY_SHOWN]
        names = person_names(actor=actor, user_ids=[entry.actor_id for entry in history if entry.actor_id])
        published = version_published(actor=actor, questionnaire=questionnaire)
        draft = version_draft(actor=actor, questionnaire=questionnaire)
        context = {
            "questionnaire": questionnaire, "published": published, "draft": draft, "lacks": draft.lacks() if draft else [],
            "rounds": [(r, facts[r.pk]) for r in rounds], "versions": list(version_list(actor=actor, questionnaire=questionnaire)),
            "history": [(entry, names.get(entry.actor_id, "") if entry.actor_id else "") for entry in history],
            "minutes": minutes(shown.form) if (shown := published or draft) else None,
            "frame": FrameForm(initial={name: getattr(questionnaire, name) for name in ("title", "purpose", "languages", "is_anonymous")}),
        }  # fmt: skip
        return TemplateResponse(request, "questionnaires/questionnaire_detail.html", context)


class QuestionnaireEditPage(ScopedPage):
    """Its title, purpose, languages, anonymity."""

    permission = "questionnaires.questionnaire:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, questionnaire_id: str) -> HttpResponse:
        form = FrameForm(request.POST)
        if form.is_valid():
            try:
                questionnaire_edit(actor=self.actor, questionnaire_id=questionnaire_id, values=form.cleaned_data)
                toast(request, _("Saved."))
            except Invalid as refusal:
                toast(request, refusal.message)
        else:
            toast(request, next(iter(form.errors.values()))[0])
        return HttpResponseRedirect(reverse("vendor:questionnaires:questionnaire-detail", args=[questionnaire_id]))


class QuestionnaireArchivePage(ScopedPage):
    """Puts it away, or brings it back."""

    permission = "questionnaires.questionnaire:archive"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, questionnaire_id: str) -> HttpResponse:
        restore = bool(request.GET.get("restore"))
        made = questionnaire_archive(actor=self.actor, questionnaire_id=questionnaire_id, restore=restore)
        here = reverse("vendor:questionnaires:questionnaire-detail", args=[questionnaire_id])
        if restore:
            return HttpResponseRedirect(here)
        undo = reverse("vendor:questionnaires:questionnaire-archive", args=[questionnaire_id]) + "?restore=1"
        toast(request, _("%(name)s is archived") % {"name": title_of(made)}, undo_url=undo)
        return HttpResponseRedirect(reverse("vendor:questionnaires:questionnaire-list"))


class VersionNewPage(ScopedPage):
    """Begins the next version from the last."""

    permission = "questionnaires.version:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, questionnaire_id: str) -> HttpResponse:
        draft_ensure(actor=self.actor, questionnaire_id=questionnaire_id)
        return HttpResponseRedirect(reverse("vendor:questionnaires:build", args=[questionnaire_id]))


class VersionPage(ScopedPage):
    """One version as it is asked, and what differs from the one before."""

    permission = "questionnaires.version:view"

    def get(self, request: HttpRequest, questionnaire_id: str, number: str) -> HttpResponse:
        language = get_language() or "en"
        questionnaire = questionnaire_get(actor=self.actor, questionnaire_id=questionnaire_id)
        version = version_by_number(actor=self.actor, questionnaire=questionnaire, number=whole_number(number, 0))
        form, before = version.form, None
        if version.number > 1:
            before = version_by_number(actor=self.actor, questionnaire=questionnaire, number=version.number - 1)
        context = {
            "questionnaire": questionnaire, "version": version, "before": before,
            "changes": [(c, said(c.text, language)) for c in differences(before.form, form)] if before else [],
            "sections": [
                (said(s.title, language), [(field_of(q, language), condition_words(form, q, language), q.fact) for q in s.questions])
                for s in form.sections
            ],
        }  # fmt: skip
        return TemplateResponse(request, "questionnaires/version.html", context)
