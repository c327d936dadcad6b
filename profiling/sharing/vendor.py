"""Pages of shared answers: for invited specialists, and for the vendor's people, who see the same."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.access.actors import GUEST_DOOR, ActorKind
from prm.access.pages import ScopedPage
from prm.accounts.selectors.guests import own_days
from prm.core.errors import Conflict, Invalid, TooOften
from prm.core.text import whole_number
from prm.exports.writers import export_response
from prm.ui.toasts import toast
from profiling.sharing import page
from profiling.sharing.models import Publication
from profiling.sharing.selectors import publication_get, publication_list, published_rows, remark_list
from profiling.sharing.services import shared_file_take, study_remark, study_share, study_unshare

ROWS = 50


class SharedListPage(ScopedPage):
    """What is shared with the reader: a specialist's home."""

    permission = "profiling.publication:view"
    audiences = GUEST_DOOR

    def get(self, request: HttpRequest) -> HttpResponse:
        is_guest = self.actor.kind is ActorKind.SPECIALIST
        days = own_days(actor=self.actor) if is_guest else {}
        shown = [
            {"shared": shared, "finding": page.in_language(shared.finding, ""), "day": days.get(shared.study_id)}
            for shared in publication_list(actor=self.actor)
        ]
        return TemplateResponse(request, "profiling/sharing/shared_list.html", {"shown": shown, "is_guest": is_guest})


class SharedPage(ScopedPage):
    """One shared answer: what was asked, what came out, company by company, and what was written about it."""

    permission = "profiling.publication:view"
    audiences = GUEST_DOOR

    def get(self, request: HttpRequest, study_id: str) -> HttpResponse:
        return self.shown(publication_get(actor=self.actor, study_id=study_id))

    def shown(self, shared: Publication, *, written: str = "", error: str = "") -> HttpResponse:
        """The page; with a remark that was refused as it was written."""
        q, after = self.request.GET.get("q", "").strip(), whole_number(self.request.GET.get("after"), 0) or 0
        found = list(published_rows(actor=self.actor, publication=shared, q=q, after=after)[: ROWS + 1])
        context = {
            "shared": shared, "study_id": shared.study_public_id, "may_share": self.actor.may("profiling.publication:share"),
            "finding": page.in_language(shared.finding, ""), "question": page.in_language(shared.question, {}),
            "heads": page.heads(shared), "lines": page.lines(shared, found[:ROWS]), "q": q, "after": after,
            "next": found[ROWS - 1].rank if len(found) > ROWS else None, "remarks": remark_list(actor=self.actor, publication=shared),
            "is_guest": self.is_guest, "day": own_days(actor=self.actor).get(shared.study_id) if self.is_guest else None,
            "written": written, "error": error,
        }  # fmt: skip
        return TemplateResponse(self.request, "profiling/sharing/shared.html", context, status=422 if error else 200)

    @property
    def is_guest(self) -> bool:
        """Whether an outsider reads, whom nothing may lead elsewhere."""
        return self.actor.kind is ActorKind.SPECIALIST


class SharedFilePage(ScopedPage):
    """The shared rows as a file."""

    permission = "profiling.publication:view"
    audiences = GUEST_DOOR

    def get(self, request: HttpRequest, study_id: str) -> HttpResponseBase:
        shared = shared_file_take(actor=self.actor, study_id=study_id)
        return export_response(
            rows=published_rows(actor=self.actor, publication=shared, q=request.GET.get("q", "")).iterator(2_000),
            columns=page.file_columns(shared), stem=shared.title, language=self.actor.language,
            file_format="xlsx" if request.GET.get("format") == "xlsx" else "csv",
        )  # fmt: skip


class SharedRemarkPage(SharedPage):
    """Writes a remark."""

    permission = "profiling.remark:write"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, study_id: str) -> HttpResponse:
        written = request.POST.get("text", "")
        try:
            study_remark(actor=self.actor, study_id=study_id, text=written)
        except (Invalid, TooOften) as refusal:
            return self.shown(
                publication_get(actor=self.actor, study_id=study_id), written=written, error=str(refusal.message)
            )
        return HttpResponseRedirect(f"{reverse('vendor:profiling:shared', args=[study_id])}#remarks")


class StudySharePage(ScopedPage):
    """Shows a run to the specialists invited to its study."""

    permission = "profiling.publication:share"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, study_id: str) -> HttpResponse:
        try:
            study_share(actor=self.actor, study_id=study_id, number=whole_number(request.POST.get("run"), None))
        except Conflict as refusal:
            toast(request, refusal.message)
            return HttpResponseRedirect(reverse("vendor:profiling:study-detail", args=[study_id]))
        toast(request, _("Specialists invited to this study see this run now."))
        return HttpResponseRedirect(reverse("vendor:profiling:shared", args=[study_id]))


class StudyUnsharePage(ScopedPage):
    """Takes it away from them."""

    permission = "profiling.publication:share"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, study_id: str) -> HttpResponse:
        study_unshare(actor=self.actor, study_id=study_id)
        toast(request, _("Specialists see nothing of this study any more."))
        return HttpResponseRedirect(reverse("vendor:profiling:study-detail", args=[study_id]))
