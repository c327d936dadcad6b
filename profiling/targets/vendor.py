"""Pages of target lists: all of them, one, and adding to one from a study."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.access.pages import ScopedPage
from prm.core.errors import Invalid
from prm.core.ids import typeid_decode
from prm.core.text import whole_number
from prm.ui.pages import keyset_listing_page
from prm.ui.tables import BulkAct, Empty, Listing, render_list
from prm.ui.toasts import toast
from profiling.studies.selectors import result_list, run_by_number, study_get
from profiling.targets.models import TargetList, TargetListEntry
from profiling.targets.selectors import entry_list, target_list_get, target_list_list
from profiling.targets.services import (
    Wanted,
    target_list_archive,
    target_list_create,
    target_list_update,
    targets_add,
    targets_remove,
)
from profiling.targets.tables import entry_list_spec, target_list_spec


class TargetListListPage(ScopedPage):
    """Every target list."""

    permission = "profiling.target_list:view"

    def get(self, request: HttpRequest) -> HttpResponse:
        spec = target_list_spec()
        state = spec.state(request)
        rows = target_list_list(actor=self.actor, q=state.q, archived=bool(state.values.get("archived")))
        listing = Listing(
            spec=spec,
            state=state,
            page=keyset_listing_page(rows, ["-updated_at"], state, spec.page_size),
            noun=_("Target lists"),
            export="target-lists",
            empty=Empty(
                title=_("No target list yet"),
                text=_("Run a study and keep the best of its companies here: they are whom you go after next."),
                act_label=_("New study"),
                act_url=reverse("vendor:profiling:study-new"),
            ),
        )
        return render_list(request, listing, "profiling/targets/list_list.html")


class TargetListCreatePage(ScopedPage):
    """A new, empty list."""

    permission = "profiling.target_list:create"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            made = target_list_create(actor=self.actor, name=request.POST.get("name", ""), note=request.POST.get("note", ""))
        except Invalid as refusal:
            toast(request, refusal.message)
            return HttpResponseRedirect(reverse("vendor:profiling:target-list-list"))
        return HttpResponseRedirect(detail_url(made))


class _OneList(ScopedPage):
    """What the pages of one list share."""

    abstract = True
    permission = "profiling.target_list:view"

    def target_list(self) -> TargetList:
        return target_list_get(actor=self.actor, list_id=self.kwargs["list_id"])


class TargetListDetailPage(_OneList):
    """One list and its companies."""

    def get(self, request: HttpRequest, list_id: str) -> HttpResponse:
        target_list = self.target_list()
        spec = entry_list_spec()
        state = spec.state(request)
        rows = entry_list(actor=self.actor, target_list=target_list, q=state.q)
        listing = Listing(
            spec=spec,
            state=state,
            page=keyset_listing_page(rows, ["id"], state, spec.page_size),
            noun=_("Companies"),
            bulk=[
                BulkAct(
                    label=_("Remove from the list"),
                    icon="trash",
                    url=reverse("vendor:profiling:target-list-remove", args=[target_list.public_id]),
                    main=True,
                )
            ],
            export="targets",
            export_of=target_list.public_id,
            row_id=lambda entry: entry.public_id,
            empty=Empty(title=_("Nobody on this list yet"), text=_("Open a study, tick companies and add them here.")),
        )
        return render_list(request, listing, "profiling/targets/list_detail.html", {"target_list": target_list})


class TargetListEditPage(_OneList):
    """Renames a list, changes its note."""

    permission = "profiling.target_list:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, list_id: str) -> HttpResponse:
        try:
            target_list_update(
                actor=self.actor, list_id=list_id, name=request.POST.get("name"), note=request.POST.get("note")
            )
        except Invalid as refusal:
            toast(request, refusal.message)
        return HttpResponseRedirect(reverse("vendor:profiling:target-list-detail", args=[list_id]))


class TargetListArchivePage(_OneList):
    """Puts a list away, or brings it back."""

    permission = "profiling.target_list:archive"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, list_id: str) -> HttpResponse:
        # Said by the form, not turned round from what is: a form that is sent twice has one effect.
        restore = bool(request.GET.get("restore"))
        target_list = target_list_archive(actor=self.actor, list_id=list_id, restore=restore)
        if restore:
            return HttpResponseRedirect(detail_url(target_list))
        undo = reverse("vendor:profiling:target-list-archive", args=[list_id]) + "?restore=1"
        toast(request, _("%(name)s is archived") % {"name": target_list.name}, undo_url=undo)
        return HttpResponseRedirect(reverse("vendor:profiling:target-list-list"))


class TargetListRemovePage(_OneList):
    """Takes the ticked companies off, or all that the list shows."""

    permission = "profiling.target_list:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, list_id: str) -> HttpResponse:
        target_list = self.target_list()
        ids = _keys(TargetListEntry.typeid_prefix, request.POST.getlist("id"))
        if request.POST.get("all"):
            ids = [entry.pk for entry in entry_list(actor=self.actor, target_list=target_list)]
        count = targets_remove(actor=self.actor, list_id=list_id, entry_ids=ids)
        toast(request, ngettext("%(count)s company removed", "%(count)s companies removed", count) % {"count": count})
        return HttpResponseRedirect(detail_url(target_list))


class TargetAddPage(ScopedPage):
    """From a study's page: the ticked companies, or the first N, onto a list, which may be new."""

    permission = "profiling.target_list:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, study_id: str) -> HttpResponse:
        study = study_get(actor=self.actor, study_id=study_id)
        run = run_by_number(actor=self.actor, study=study, number=whole_number(request.POST.get("run"), 0))
        rows = result_list(actor=self.actor, run=run, line=request.POST.get("line", ""))
        ticked = _keys("company", request.POST.getlist("id"))
        rows = rows.filter(company_id__in=ticked) if ticked else rows[: whole_number(request.POST.get("top"), 25)]
        wanted = [Wanted(row.company_id, row.score, row.p50) for row in rows]
        try:
            chosen = (
                request.POST.get("list") or target_list_create(actor=self.actor, name=request.POST.get("name", "")).public_id
            )
            count = targets_add(
                actor=self.actor, list_id=chosen, wanted=wanted, run=run, reason=request.POST.get("reason", "")
            )
        except Invalid as refusal:
            toast(request, refusal.message)
            return HttpResponseRedirect(reverse("vendor:profiling:study-detail", args=[study_id]))
        toast(request, ngettext("%(count)s company added", "%(count)s companies added", count) % {"count": count})
        return HttpResponseRedirect(reverse("vendor:profiling:target-list-detail", args=[chosen]))


def detail_url(target_list: TargetList) -> str:
    """The page of a list."""
    return reverse("vendor:profiling:target-list-detail", args=[target_list.public_id])


def _keys(prefix: str, public_ids: list[str]) -> list[Any]:
    keys = []
    for public_id in public_ids:
        try:
            keys.append(typeid_decode(prefix, public_id))
        except ValueError:
            continue
    return keys
