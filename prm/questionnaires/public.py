"""The pages behind a link: somebody answers without an account, as the one whom the invitation asked (``respondents``).

What is wrong with a link is told by four pages: it opens nothing, it is closed, it is over, it was used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from prm.access.pages import refuse_unreadable
from prm.access.roles import as_role, as_system
from prm.access.uploads import allowances, taken_file
from prm.core.errors import Conflict, DomainError, Invalid, NotFound
from prm.core.text import whole_number
from prm.core.throttle import Limit, address_of
from prm.core.translated import said
from prm.questionnaires.doors import door_state
from prm.questionnaires.files import attachment
from prm.questionnaires.page import conditions_json, errors_first, fields_of, minutes, pages_of
from prm.questionnaires.rules.answers import AnswerFault, clean, is_whole, missing, posted, progress, visible
from prm.questionnaires.rules.document import Kind, Section
from prm.questionnaires.selectors.answers import draft_file, draft_values
from prm.questionnaires.selectors.rounds import Door, door_of
from prm.questionnaires.services.answers import answer_keep, answer_submit, file_keep, file_remove

LANGUAGE_COOKIE = "prm_language"
YEAR = 365 * 24 * 3600
# What one address may do in ten minutes: try links that open nothing, send pages of answers.
WRONG_LINKS, SENDINGS = Limit("questionnaires.wrong", 20, 600), Limit("questionnaires.sent", 600, 600)


class DoorPage(View):
    """The parent: finds what the link opens and acts in the role of whoever it belongs to; answers at once, inside that role."""

    door: Door

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = self._opened(request, *args, **kwargs)
        except (DomainError, BadRequest) as refusal:
            state = refusal.code if isinstance(refusal, Conflict) else "unknown"
            response = self.state(request, state, status=404 if isinstance(refusal, NotFound) else 409)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def _opened(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        visitor = address_of(request)
        refuse_unreadable(request)
        if request.method == "POST" and SENDINGS.use(visitor).is_used_up:
            return self.state(request, "many", status=429)
        try:
            with as_system("a link of a questionnaire") as system:
                self.door = door_of(actor=system, token=kwargs.pop("token"))
        except NotFound:
            # Only wrong links are refused: a right one opens for everybody behind the same address.
            if WRONG_LINKS.use(visitor).is_used_up:
                return self.state(request, "many", status=429)
            raise
        with as_role(self.door.actor):
            response = super().dispatch(request, *args, **kwargs)
            if isinstance(response, TemplateResponse):
                response.render()
        return response

    def state(self, request: HttpRequest, state: str, *, status: int) -> HttpResponse:
        """One of the pages that say why nothing can be answered here."""
        context = {"state": state, "door": getattr(self, "door", None)}
        return TemplateResponse(request, "questionnaires/answer_state.html", context, status=status).render()

    def address(self, section: Section | None = None) -> str:
        """The address of the link, or of one of its sections."""
        token = self.request.resolver_match.kwargs["token"]  # type: ignore[union-attr]
        return reverse("q:section", args=[token, section.key]) if section else reverse("q:start", args=[token])

    def is_over(self) -> str:
        return door_state(self.door, self.door.invitation, timezone.now())


class StartPage(DoorPage):
    """The link: leads to the first section that is not answered yet, or says what is."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("language", "")
        if wanted and translation.check_for_language(wanted):
            back = HttpResponseRedirect(self.address())
            back.set_cookie(LANGUAGE_COOKIE, wanted, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
            return back
        over = self.is_over()
        if over:
            return self.state(request, over, status=200 if over == "used" else 410)
        values = draft_values(actor=self.door.actor)
        pages = pages_of(self.door.form, values)
        whole = [page for page in pages if values and self._is_whole(page, values)]
        if len(whole) == len(pages):
            return HttpResponseRedirect(self.address(pages[-1]))
        return HttpResponseRedirect(self.address(next(page for page in pages if page not in whole)))

    def _is_whole(self, page: Section, values: Mapping[str, Any]) -> bool:
        shown = {question.key for question in visible(self.door.form, values)}
        return all(is_whole(q, values.get(q.key)) for q in page.questions if q.key in shown)


class SectionPage(DoorPage):
    """One section a page: kept as it is typed, sent at the end."""

    http_method_names = ["get", "post", "head", "options"]

    def get(self, request: HttpRequest, section: str) -> HttpResponse:
        over = self.is_over()
        if over:
            return HttpResponseRedirect(self.address())
        values = draft_values(actor=self.door.actor)
        here = self._section(section, values)
        if here is None:
            return HttpResponseRedirect(self.address())
        errors = {}
        if "lack" in request.GET:
            errors = {q.key: _("This is still needed.") for q in missing(self.door.form, values)}
        return self.shown(here, values, errors=errors, status=422 if errors else 200)

    def post(self, request: HttpRequest, section: str) -> HttpResponse:
        values = draft_values(actor=self.door.actor)
        here = self.door.form.section(section)
        if here is None:
            raise NotFound
        go = request.POST.get("go", "next")
        told, typed, errors = self._read(here)
        values = dict(answer_keep(actor=self.door.actor, door=self.door, answers=told).values)
        if go == "keep":
            return HttpResponse(status=204)
        errors |= self._files(here, go)
        values = draft_values(actor=self.door.actor)
        if go.startswith(("file.", "drop.")) and not errors:
            return HttpResponseRedirect(f"{self.address(here)}#q-{go.partition('.')[2]}")
        if go not in {"back", "later"} and not go.startswith(("file.", "drop.")):
            lacking = {q.key for q in missing(self.door.form, values)} & set(request.POST.getlist("shown"))
            errors = {**{key: _("This is still needed.") for key in lacking}, **errors}
        if errors:
            return self.shown(here, values, typed=typed, errors=errors, status=422)
        return self._onwards(here, values, go)

    def _read(self, here: Section) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
        """What was sent of the questions that were shown: as kept, as typed where it is wrong, and what is wrong."""
        sent, language = self.request.POST, translation.get_language() or "en"
        told: dict[str, Any] = {}
        typed: dict[str, Any] = {}
        errors: dict[str, str] = {}
        shown = set(sent.getlist("shown"))
        for question in here.questions:
            if question.key not in shown or question.kind == Kind.FILE:
                continue
            raw = posted(question, sent.getlist)
            try:
                told[question.key] = clean(question, raw, language)
            except AnswerFault as fault:
                typed[question.key], errors[question.key] = raw, str(fault.words)
        return told, typed, errors

    def _files(self, here: Section, go: str) -> dict[str, str]:
        """Keeps the files that came, or takes back the one that was to go."""
        for question in here.questions:
            upload = self.request.FILES.get(f"q.{question.key}")
            try:
                if go == f"drop.{question.key}":
                    file_remove(actor=self.door.actor, door=self.door, question=question)
                elif upload is not None and question.kind == Kind.FILE:
                    taken = taken_file(upload, most=settings.PRM_ANSWER_FILE_BYTES)
                    file_keep(actor=self.door.actor, door=self.door, question=question, taken=taken)
            except Invalid as refusal:
                return {question.key: str(refusal.message)}
        return {}

    def _onwards(self, here: Section, values: Mapping[str, Any], go: str) -> HttpResponse:
        pages = pages_of(self.door.form, values)
        keys = [page.key for page in pages]
        at = keys.index(here.key) if here.key in keys else 0
        if go == "back":
            return HttpResponseRedirect(self.address(pages[max(0, at - 1)]))
        if go == "later":
            return self.shown(here, values, kept=True)
        asked = {question.key for question in visible(self.door.form, values)}
        fresh = [q for q in here.questions if q.key in asked and q.key not in self.request.POST.getlist("shown")]
        if fresh:
            return HttpResponseRedirect(f"{self.address(here)}?more={len(fresh)}#q-{fresh[0].key}")
        if at + 1 < len(pages):
            return HttpResponseRedirect(self.address(pages[at + 1]))
        try:
            answer_submit(actor=self.door.actor, door=self.door)
        except Invalid as refusal:
            lacking = refusal.data["missing"][0]
            page = next(page for page in pages if any(q.key == lacking for q in page.questions))
            return HttpResponseRedirect(f"{self.address(page)}?lack=1")
        return HttpResponseRedirect(self.address())

    def _section(self, key: str, values: Mapping[str, Any]) -> Section | None:
        return next((page for page in pages_of(self.door.form, values) if page.key == key), None)

    def shown(
        self, here: Section, values: Mapping[str, Any], *, typed: Mapping[str, Any] = {}, errors: Mapping[str, str] = {}, status: int = 200,
        kept: bool = False,
    ) -> HttpResponse:  # fmt: skip
        form, language = self.door.form, translation.get_language() or "en"
        pages = pages_of(form, values)
        keys = [page.key for page in pages]
        at = keys.index(here.key) if here.key in keys else 0
        fields = fields_of(form, here, values, language, typed=typed, errors=errors)
        more = self.request.GET.get("more", "")
        n = whole_number(more, 0)
        follows = ngettext(
            "%(n)s more question follows from your answer.", "%(n)s more questions follow from your answer.", n
        )
        context = {
            "door": self.door, "section": here, "fields": fields, "faulty": errors_first(fields), "at": at + 1, "of": len(pages),
            "share": progress(form, values), "is_first": at == 0, "is_last": at + 1 == len(pages), "title": said(self.door.title, language),
            "section_title": said(here.title, language), "section_help": said(here.help, language), "intro": said(form.intro, language),
            "message": said(self.door.message, language), "minutes": minutes(form), "conditions": conditions_json(form),
            "values": {k: v for k, v in values.items() if not any(q.key == k for q in here.questions)}, "kept": kept,
            "more": follows % {"n": n} if n else "",
            "start": self.address(), "files": [f.question.key for f in fields if f.kind == Kind.FILE and f.value],
            "most": settings.PRM_ANSWER_FILE_BYTES // (1024 * 1024),
        }  # fmt: skip
        response = TemplateResponse(self.request, "questionnaires/answer_section.html", context, status=status)
        response.keep_transaction = True  # type: ignore[attr-defined]  # what is right beside what is wrong stays
        return response


class FilePage(DoorPage):
    """A file of one's own draft, back as a download."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, question: str) -> HttpResponseBase:
        if self.is_over():
            raise NotFound
        kept = draft_file(actor=self.door.actor, question=question)
        return attachment(kept)


def _allowed(request: HttpRequest) -> int:
    """What whoever holds a link may bring in files: nothing to a link that opens nothing."""
    parts = request.path.split("/")
    if len(parts) < 3 or parts[1] != "q":
        return 0
    try:
        with as_system("a file for a questionnaire") as system:
            door_of(actor=system, token=parts[2])
    except NotFound:
        return 0
    return int(settings.PRM_ANSWER_FILE_BYTES) + 64 * 1024


allowances.append(_allowed)
