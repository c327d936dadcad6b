"""Pages of target lists: all of them, one, and adding to one from a study."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.access.actors import Actor
from prm.access.pages import ScopedPage
from prm.core.errors import Conflict, Invalid
from prm.core.ids import typeid_keys
from prm.core.money import reporting_currency
from prm.core.text import whole_number
from prm.events.selectors import history_list
from prm.ui import formats
from prm.ui.listings import BulkAct, Empty, Listing, render_list
from prm.ui.pages import keyset_listing_page
from prm.ui.tables import ListState
from prm.ui.toasts import toast
from prm.views.listing import ListPage
from profiling.studies.models import Study, StudyRun
from profiling.studies.selectors import potential_run, result_list, run_by_number, study_get
from profiling.targets.models import TargetList, TargetListEntry
from profiling.targets.selectors import (
    ListFacts,
    entries_dressed,
    entry_get,
    entry_list,
    list_facts,
    target_list_choices,
    target_list_get,
)
from profiling.targets.services import (
    Goal,
    Wanted,
    target_list_archive,
    target_list_create,
    target_list_update,
    target_update,
    targets_put,
    targets_remove,
    targets_restore,
)
from profiling.targets.tables import entry_list_spec, target_list_spec, target_lists_of


class TargetListListPage(ListPage):
    """Every target list."""

    permission = "profiling.target_list:view"
    list_name, template = "target-lists", "profiling/targets/list_list.html"

    def listing(self, request: HttpRequest) -> Listing:
        spec = target_list_spec()
        state = spec.state(request)
        page = keyset_listing_page(self.rows(state), ["-updated_at"], state, spec.page_size)
        potentials = potential_run(actor=self.actor)
        facts = list_facts(actor=self.actor, list_ids=[row.pk for row in page.rows], potentials=potentials)
        for row in page.rows:
            row.facts = facts.get(row.pk, ListFacts())
        return Listing(
            spec=spec,
            state=state,
            page=page,
            noun=_("Target lists"),
            export="target-lists",
            empty=Empty(
                title=_("No target list yet"),
                text=_("Run a study and keep the best of its companies here: they are whom you go after next."),
                act_label=_("New study"),
                act_url=reverse("vendor:profiling:study-new"),
            ),
        )

    def rows(self, state: ListState) -> QuerySet[TargetList]:
        return target_lists_of(actor=self.actor, state=state)


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
        potentials = potential_run(actor=self.actor)
        every = list_facts(actor=self.actor, list_ids=[target_list.pk], potentials=potentials)
        facts = every.get(target_list.pk, ListFacts())
        context = {
            "target_list": target_list,
            "facts": facts,
            "potentials": potentials,
            "history": history_list(actor=self.actor, subject_type="target_list", subject_id=target_list.pk),
            "may_candidate": self.actor.may("partners.partner:create") and facts.size > facts.partners,
            "left": facts.size - facts.partners,
            "others": [one for one in target_list_choices(actor=self.actor) if one.pk != target_list.pk],
        }
        listing = self.listing(request, target_list, facts, potentials)
        return render_list(request, listing, "profiling/targets/list_detail.html", context)

    def listing(
        self, request: HttpRequest, target_list: TargetList, facts: ListFacts, potentials: StudyRun | None
    ) -> Listing:
        """The companies of the list, with the newest potentials, and what can be done with those ticked."""
        spec = entry_list_spec(facts, has_potentials=potentials is not None)
        state = spec.state(request)
        rows = entry_list(actor=self.actor, target_list=target_list, q=state.q)
        page = keyset_listing_page(rows, ["id"], state, spec.page_size)
        entries_dressed(actor=self.actor, entries=page.rows, potentials=potentials)
        return Listing(
            spec=spec,
            state=state,
            page=page,
            noun=_("Companies"),
            bulk=acts_of(target_list),
            sums=_sum_words(facts),
            export="targets",
            export_of=target_list.public_id,
            row_id=lambda entry: entry.public_id,
            empty=Empty(title=_("Nobody on this list yet"), text=_("Open a study, tick companies and add them here.")),
        )


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
        ids = [entry.pk for entry in chosen_entries(self.actor, request, target_list)]
        count, moment = targets_remove(actor=self.actor, list_id=list_id, entry_ids=ids)
        undo = reverse("vendor:profiling:target-list-put-back", args=[list_id]) + "?" + urlencode({"at": moment.isoformat()})
        words = ngettext("%(count)s company removed", "%(count)s companies removed", count) % {"count": count}
        toast(request, words, undo_url=undo if count else "")
        return HttpResponseRedirect(detail_url(target_list))


class TargetListPutBackPage(_OneList):
    """Undo of removing."""

    permission = "profiling.target_list:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, list_id: str) -> HttpResponse:
        try:
            moment = datetime.fromisoformat(request.GET.get("at", ""))
        except ValueError as error:
            raise Http404 from error
        if moment.tzinfo is None:
            raise Http404
        count = targets_restore(actor=self.actor, list_id=list_id, removed_at=moment)
        words = ngettext("%(count)s company is back", "%(count)s companies are back", count)
        toast(request, words % {"count": count})
        return HttpResponseRedirect(detail_url(self.target_list()))


class TargetEditPage(_OneList):
    """Why a company is on the list."""

    permission = "profiling.target:edit"

    def get(self, request: HttpRequest, list_id: str, entry_id: str) -> HttpResponse:
        target_list = self.target_list()
        entry = entry_get(actor=self.actor, target_list=target_list, entry_id=entry_id)
        context = {"target_list": target_list, "entry": entry}
        return TemplateResponse(request, "profiling/targets/entry_form.html", context)

    def post(self, request: HttpRequest, list_id: str, entry_id: str) -> HttpResponse:
        target_list = self.target_list()
        entry = target_update(
            actor=self.actor, list_id=target_list.pk, entry_id=entry_id, reason=request.POST.get("reason", "")
        )
        toast(request, _("%(name)s is saved.") % {"name": entry.company.name})
        return HttpResponseRedirect(detail_url(target_list))


class TargetAddPage(ScopedPage):
    """From a study's page: the ticked companies, or the first N, onto a list, which may be new."""

    permission = "profiling.target_list:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, study_id: str) -> HttpResponse:
        study = study_get(actor=self.actor, study_id=study_id)
        run = run_by_number(actor=self.actor, study=study, number=whole_number(request.POST.get("run"), 0))
        rows = result_list(actor=self.actor, run=run, line=request.POST.get("line", ""))
        ticked = list(typeid_keys("company", request.POST.getlist("id")))
        rows = rows.filter(company_id__in=ticked) if ticked else rows[: whole_number(request.POST.get("top"), 25)]
        wanted = [Wanted(row.company_id, row.score, row.p50) for row in rows]
        try:
            chosen, count = targets_put(
                actor=self.actor, goal=goal_of(request), wanted=wanted, run=run, reason=request.POST.get("reason", "")
            )
        except (Invalid, Conflict) as refusal:
            return self.kept_open(request, study, refusal)
        toast(request, ngettext("%(count)s company added", "%(count)s companies added", count) % {"count": count})
        goal = reverse("vendor:profiling:target-list-detail", args=[chosen])
        # The dialog sends itself: what it is answered would be put into it.
        return HttpResponse(status=204, headers={"HX-Redirect": goal}) if _is_dialog(request) else HttpResponseRedirect(goal)

    def kept_open(self, request: HttpRequest, study: Study, refusal: Invalid | Conflict) -> HttpResponse:
        """The dialog stays as it is, with what is wrong at its field."""
        if not _is_dialog(request):
            toast(request, refusal.message)
            return HttpResponseRedirect(reverse("vendor:profiling:study-detail", args=[study.public_id]))
        goal = goal_of(request)
        context = {
            "target_lists": target_list_choices(actor=self.actor),
            "goal_name": goal.name,
            "chosen": goal.list_id,
            "refused": refusal.message,
            "refused_at": "list" if goal.list_id else "name",
        }
        return TemplateResponse(request, "profiling/targets/add_goal.html", context, status=422)


def _is_dialog(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request"))


def goal_of(request: HttpRequest) -> Goal:
    """The list that a form chose, or the name it gave to a new one."""
    return Goal(list_id=request.POST.get("list", ""), name=request.POST.get("name", ""))


def detail_url(target_list: TargetList) -> str:
    """The page of a list."""
    return reverse("vendor:profiling:target-list-detail", args=[target_list.public_id])


def _sum_words(facts: ListFacts) -> str:
    if facts.potential is None:
        return ""
    return _("potential %(sum)s") % {"sum": formats.money(facts.potential, reporting_currency(), short=True)}


def acts_of(target_list: TargetList) -> list[BulkAct]:
    """What can be done with the ticked companies of a list."""

    def address(name: str) -> str:
        return reverse(f"vendor:profiling:target-list-{name}", args=[target_list.public_id])

    return [
        BulkAct(label=_("Remove from the list"), icon="trash", url=address("remove")),
        BulkAct(label=_("To another list"), icon="list-details", url=address("take")),
        BulkAct(label=_("Make candidates"), url=address("candidates"), main=True),
    ]


def chosen_entries(actor: Actor, request: HttpRequest, target_list: TargetList) -> list[TargetListEntry]:
    """The ticked entries, or with ``all`` those that the list's query string shows."""
    if request.POST.get("all"):
        state = entry_list_spec().state_of(QueryDict(request.POST.get("query", "").lstrip("?")))
        return list(entry_list(actor=actor, target_list=target_list, q=state.q))
    ticked = list(typeid_keys(TargetListEntry.typeid_prefix, request.POST.getlist("id")))
    return list(entry_list(actor=actor, target_list=target_list).filter(pk__in=ticked))
