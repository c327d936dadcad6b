"""The page where a questionnaire is built: outline, one question in its languages, a phone beside it, and what is still missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.core.errors import Conflict, Invalid
from prm.core.text import whole_number
from prm.core.translated import known_languages, said
from prm.questionnaires.facts import fact_choices
from prm.questionnaires.forms import CONDITIONS, question_of, texts
from prm.questionnaires.models import Questionnaire, Version, VersionState
from prm.questionnaires.page import condition_words, field_of, short, statement_words
from prm.questionnaires.rules import edit
from prm.questionnaires.rules.document import KIND_LABELS, Condition, Form, Kind, Option, Question, Relation, Section
from prm.questionnaires.selectors.questionnaires import questionnaire_get, version_draft
from prm.questionnaires.services.questionnaires import draft_change, draft_ensure, draft_undo, version_publish
from prm.ui.toasts import toast


class BuildPage(ScopedPage):
    """Building. A published questionnaire opens here as a new version's draft, once somebody begins one."""

    permission = "questionnaires.version:edit"

    def get(self, request: HttpRequest, questionnaire_id: str) -> HttpResponse:
        questionnaire = questionnaire_get(actor=self.actor, questionnaire_id=questionnaire_id)
        draft = version_draft(actor=self.actor, questionnaire=questionnaire)
        if draft is None:
            return HttpResponseRedirect(reverse("vendor:questionnaires:questionnaire-detail", args=[questionnaire.public_id]))
        return self.shown(questionnaire, draft, draft.form)

    def post(self, request: HttpRequest, questionnaire_id: str) -> HttpResponse:
        questionnaire = questionnaire_get(actor=self.actor, questionnaire_id=questionnaire_id)
        draft = draft_ensure(actor=self.actor, questionnaire_id=questionnaire.pk)
        act, key = request.POST.get("act", ""), request.POST.get("key", "")
        self.chosen = key
        try:
            if act == "undo":
                draft_undo(actor=self.actor, version_id=draft.pk)
            elif act in _ACTS:
                seen = whole_number(request.POST.get("seen"), -1) if act.startswith("save-") else None
                draft_change(
                    actor=self.actor, version_id=draft.pk, change=lambda form: _ACTS[act](self, form, key), seen=seen
                )
        except Invalid as refusal:
            return self.shown(questionnaire, draft, draft.form, error=str(refusal.message), chosen=key)
        except Conflict as refusal:
            toast(request, refusal.message)
        query = f"?at={self.chosen}" if self.chosen else ""
        return HttpResponseRedirect(reverse("vendor:questionnaires:build", args=[questionnaire.public_id]) + query)

    def shown(
        self, questionnaire: Questionnaire, draft: Version, form: Form, *, error: str = "", chosen: str = ""
    ) -> HttpResponse:
        language = get_language() or "en"
        at = chosen or self.request.GET.get("at", "")
        question, section = form.question(at), form.section(at)
        lacks = [] if draft.state == VersionState.PUBLISHED else draft.lacks()
        where = {lack.question or lack.section for lack in lacks}
        context = {
            "questionnaire": questionnaire, "draft": draft, "form": form, "at": at, "error": error,
            "outline": [self._outlined(form, s, at, where, language) for s in form.sections],
            "places": self._places(form, language), "kinds": list(KIND_LABELS.items()),
            "lacks": [self._lack(form, lack, language) for lack in lacks[:12]], "lacks_more": max(0, len(lacks) - 12),
            "languages": [(code, code.upper()) for code in known_languages() if code in questionnaire.languages],
            "preview": self._preview(form, question, section, language), "is_published": draft.number > 1,
            **(self._question(form, question, language) if question else {"section": section}),
        }  # fmt: skip
        return TemplateResponse(self.request, "questionnaires/build.html", context, status=422 if error else 200)

    def _outlined(self, form: Form, section: Section, at: str, where: set[str], language: str) -> dict[str, Any]:
        return {
            "section": section, "title": said(section.title, language), "is_current": section.key == at, "lacks": section.key in where,
            "questions": [
                {
                    "key": q.key, "text": said(q.text, language), "icon": ICONS[q.kind], "is_current": q.key == at, "lacks": q.key in where,
                    "when": condition_words(form, q, language), "drop": f"{section.key}/{n}",
                }
                for n, q in enumerate(section.questions)
            ],
            "end": f"{section.key}/{len(section.questions)}",
        }  # fmt: skip

    def _places(self, form: Form, language: str) -> list[tuple[str, str]]:
        """Where a question may be moved to, in words."""
        found = []
        for section in form.sections:
            title = said(section.title, language).text or _("Section without a title")
            found.append((f"{section.key}/0", _("%(section)s: first") % {"section": short(title, 30)}))
            for n, q in enumerate(section.questions, start=1):
                name = short(said(q.text, language).text or str(KIND_LABELS[q.kind]), 36)
                found.append(
                    (
                        f"{section.key}/{n}",
                        _("%(section)s: after “%(question)s”") % {"section": short(title, 30), "question": name},
                    )
                )
        return found

    def _question(self, form: Form, question: Question, language: str) -> dict[str, Any]:
        """What the form of one question shows."""
        choices = [*question.options, *([Option("")] * 2)] if question.kind in {Kind.ONE, Kind.MANY} else []
        rows = [*question.rows, *([Option("")] * 2)] if question.kind == Kind.MATRIX else []
        section, place = edit.place_of(form, question.key)
        return {
            "question": question, "kind_label": KIND_LABELS[question.kind], "options": choices, "rows": rows,
            "can_switch": question.kind in {Kind.ONE, Kind.MANY}, "facts": fact_choices(actor=self.actor, kind=question.kind),
            "has_points": question.kind in {Kind.ONE, Kind.MANY}, "here": f"{section}/{place}",
            "conditions": self._conditions(form, question, language),
            "statements": self._statements(form, question, language),
        }  # fmt: skip

    def _conditions(self, form: Form, question: Question, language: str) -> list[tuple[str, str]]:
        """(statement, value) of each condition, and empty ones up to what the form offers."""
        found = []
        for c in question.when[:CONDITIONS]:
            told = form.question(c.question)
            is_option = (
                told is not None and told.kind in {Kind.ONE, Kind.MANY} and c.relation in {Relation.IS, Relation.IS_NOT}
            )
            found.append(
                (
                    f"{c.question}|{c.relation}|{c.value}" if is_option else f"{c.question}|{c.relation}",
                    "" if is_option else c.value,
                )
            )
        return [*found, *([("", "")] * (CONDITIONS - len(found)))]

    def _statements(self, form: Form, question: Question, language: str) -> list[tuple[str, list[tuple[str, str]]]]:
        """All that may be said of earlier questions, in plain words, by question."""
        groups = []
        for earlier in form.questions:
            if earlier.key == question.key:
                break
            said_of: list[Condition] = []
            if earlier.kind in {Kind.ONE, Kind.MANY}:
                said_of += [Condition(earlier.key, r, o.key) for r in (Relation.IS, Relation.IS_NOT) for o in earlier.options]
            if earlier.kind in {Kind.SCALE, Kind.NUMBER}:
                said_of += [Condition(earlier.key, r, "…") for r in (Relation.AT_LEAST, Relation.AT_MOST, Relation.IS)]
            said_of += [Condition(earlier.key, Relation.ANSWERED), Condition(earlier.key, Relation.NOT_ANSWERED)]
            lines = [
                (
                    "|".join([c.question, c.relation, *([c.value] if c.value not in {"", "…"} else [])]),
                    statement_words(form, c, language),
                )
                for c in said_of
            ]
            groups.append((short(said(earlier.text, language).text or str(KIND_LABELS[earlier.kind])), lines))
        return groups

    def _preview(self, form: Form, question: Question | None, section: Section | None, language: str) -> Mapping[str, Any]:
        """The page that somebody sees which the chosen question is on, in the language of the builder or the one asked for."""
        shown = self.request.GET.get("preview", language)
        here = section or (form.section(edit.place_of(form, question.key)[0]) if question else None)
        here = here or (form.sections[0] if form.sections else None)
        if here is None:
            return {}
        number = [s.key for s in form.sections].index(here.key) + 1
        return {
            "section": here, "title": said(here.title, shown), "help": said(here.help, shown), "at": number, "of": len(form.sections),
            "is_last": number == len(form.sections), "language": shown,
            "fields": [(field_of(q, shown), condition_words(form, q, language), q == question) for q in here.questions],
        }  # fmt: skip

    def _lack(self, form: Form, lack: Any, language: str) -> dict[str, Any]:
        """One line of what is missing, with where it leads."""
        question, section = form.question(lack.question), form.section(lack.section)
        texts_ = question.text if question else section.title if section else {}
        name = said(texts_, language).text
        return {
            "at": lack.question or lack.section, "name": short(name, 40), "words": lack.words,
            "language": lack.language.upper() if lack.language else "",
        }  # fmt: skip

    # What each act does to the form; the service holds the draft meanwhile.

    def add_section(self, form: Form, key: str) -> Form:
        found, self.chosen = edit.section_add(form)
        return found

    def add_question(self, form: Form, key: str) -> Form:
        section, after = key, ""
        if form.question(key):
            section, after = edit.place_of(form, key)[0], key
        elif not form.sections:
            form, section = edit.section_add(form)
        found, self.chosen = edit.question_add(form, section, self.request.POST.get("kind", ""), after=after)
        return found

    def copy(self, form: Form, key: str) -> Form:
        found, self.chosen = edit.question_copy(form, key)
        return found

    def remove(self, form: Form, key: str) -> Form:
        self.chosen = ""
        undo = reverse("vendor:questionnaires:undo", args=[self.kwargs["questionnaire_id"]])
        found = edit.question_remove(form, key) if form.question(key) else edit.section_remove(form, key)
        toast(self.request, _("Removed from the draft."), undo_url=undo)
        return found

    def step_up(self, form: Form, key: str) -> Form:
        return self._step(form, key, -1)

    def step_down(self, form: Form, key: str) -> Form:
        return self._step(form, key, 1)

    def _step(self, form: Form, key: str, by: int) -> Form:
        keys = [section.key for section in form.sections]
        return edit.section_move(form, key, keys.index(key) + by) if key in keys else edit.stepped(form, key, by)

    def move(self, form: Form, key: str) -> Form:
        section, _slash, at = self.request.POST.get("to", "").partition("/")
        place = whole_number(at, 0)
        if form.question(key):
            here, was = edit.place_of(form, key)
            place -= 1 if here == section and was < place else 0
        return edit.question_move(form, key, section, place)

    def save_question(self, form: Form, key: str) -> Form:
        old = form.question(key)
        return form if old is None else edit.question_change(form, key, question_of(self.request.POST, old))

    def save_section(self, form: Form, key: str) -> Form:
        sent = self.request.POST
        weight = sent.get("weight", "1").replace(",", ".")
        number = float(weight) if weight.replace(".", "", 1).isdigit() and weight.isascii() else 1.0
        return edit.section_change(form, key, title=texts(sent, "title"), help=texts(sent, "help"), weight=number)

    def save_frame(self, form: Form, key: str) -> Form:
        return edit.frame_change(form, intro=texts(self.request.POST, "intro"), thanks=texts(self.request.POST, "thanks"))


_ACTS: Mapping[str, Callable[[BuildPage, Form, str], Form]] = {
    "add-section": BuildPage.add_section, "add-question": BuildPage.add_question, "copy": BuildPage.copy, "remove": BuildPage.remove,
    "up": BuildPage.step_up, "down": BuildPage.step_down, "move": BuildPage.move, "save-question": BuildPage.save_question,
    "save-section": BuildPage.save_section, "save-frame": BuildPage.save_frame,
}  # fmt: skip

ICONS: Mapping[str, str] = {
    Kind.ONE: "circle-check", Kind.MANY: "list-details", Kind.SCALE: "adjustments-horizontal", Kind.NUMBER: "math-function",
    Kind.TEXT: "pencil", Kind.DATE: "calendar", Kind.FILE: "file-text", Kind.MATRIX: "table",
}  # fmt: skip


class UndoPage(ScopedPage):
    """Takes the last change of a draft back."""

    permission = "questionnaires.version:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, questionnaire_id: str) -> HttpResponse:
        draft = draft_ensure(actor=self.actor, questionnaire_id=questionnaire_id)
        draft_undo(actor=self.actor, version_id=draft.pk)
        toast(request, _("The last change is taken back."))
        return HttpResponseRedirect(reverse("vendor:questionnaires:build", args=[questionnaire_id]))


class PublishPage(ScopedPage):
    """Publishes the draft, or says what is missing."""

    permission = "questionnaires.questionnaire:publish"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, questionnaire_id: str) -> HttpResponse:
        questionnaire = questionnaire_get(actor=self.actor, questionnaire_id=questionnaire_id)
        draft = version_draft(actor=self.actor, questionnaire=questionnaire)
        if draft is not None:
            try:
                version_publish(actor=self.actor, version_id=draft.pk)
            except Invalid as refusal:
                toast(request, refusal.message)
                return HttpResponseRedirect(reverse("vendor:questionnaires:build", args=[questionnaire_id]))
            toast(request, _("Version %(n)s is published. It stays as it is.") % {"n": draft.number})
        return HttpResponseRedirect(reverse("vendor:questionnaires:questionnaire-detail", args=[questionnaire_id]))
