"""Pages of dead letters: what could not be delivered; sent on its way again, or discarded with a reason."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.access.pages import ScopedPage
from prm.activity.selectors import log_rows
from prm.activity.tables import letter_list_spec, letters_of
from prm.core.errors import Conflict, Invalid
from prm.events.models import Delivery
from prm.events.services import MOST_AT_ONCE, deliveries_discard, deliveries_replay
from prm.ui import formats
from prm.ui.listings import BulkAct, Empty, Listing
from prm.ui.pages import keyset_listing_page
from prm.ui.tables import ListState
from prm.ui.toasts import toast
from prm.views.listing import ListPage


class LetterListPage(ListPage):
    """Events that could not be brought to a subscriber, newest first."""

    permission = "events.delivery:view"
    list_name, template = "dead_letters", "activity/letter_list.html"

    def listing(self, request: HttpRequest) -> Listing:
        spec = letter_list_spec()
        state = spec.state(request)
        order = ["-id"] if state.descending else ["id"]
        page = keyset_listing_page(letters_of(actor=self.actor, state=state), order, state, spec.page_size)
        events = log_rows(actor=self.actor, events=[letter.event for letter in page.rows])
        bulk = []
        if self.actor.may("events.delivery:replay"):
            bulk.append(
                BulkAct(label=_("Deliver again"), icon="refresh", url=reverse("vendor:activity:letter-replay"), main=True)
            )
        if self.actor.may("events.delivery:discard"):
            bulk.append(BulkAct(label=_("Discard"), icon="trash", url=reverse("vendor:activity:letter-discard"), danger=True))
        return Listing(
            spec=spec, state=state, page=replace(page, rows=list(zip(page.rows, events, strict=True))), noun=_("Dead letters"),
            bulk=bulk, row_id=lambda row: row[0].public_id,
            empty=Empty(
                title=_("No dead letters"),
                text=_("Every event has reached those who react to it. One that cannot, after eight attempts, would wait here."),
            ),
        )  # fmt: skip

    def rows(self, state: ListState) -> QuerySet[Delivery]:
        return letters_of(actor=self.actor, state=state)


class _Act(ScopedPage):
    """An act on the letters that were ticked, or on all of those that a list shows."""

    abstract = True
    http_method_names = ["post"]

    def chosen(self, request: HttpRequest) -> list[str]:
        if request.POST.get("all") != "1":
            return request.POST.getlist("id")
        state = letter_list_spec().state_of(QueryDict(request.POST.get("query", "")))
        return [letter.public_id for letter in letters_of(actor=self.actor, state=state)[: MOST_AT_ONCE + 1]]

    def back(self) -> HttpResponse:
        return HttpResponseRedirect(reverse("vendor:activity:letter-list"))


class LetterReplayPage(_Act):
    """Sends them on their way again."""

    permission = "events.delivery:replay"

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            count = deliveries_replay(actor=self.actor, deliveries=self.chosen(request))
        except (Invalid, Conflict) as refusal:
            toast(request, refusal.message)
            return self.back()
        words = ngettext("%(n)s letter is on its way again", "%(n)s letters are on their way again", count)
        toast(request, words % {"n": formats.number(count)})
        return self.back()


class LetterDiscardPage(_Act):
    """Asks for the reason, then discards them."""

    permission = "events.delivery:discard"

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = self.chosen(request)
        error = ""
        if "reason" in request.POST:
            try:
                count = deliveries_discard(actor=self.actor, deliveries=chosen, reason=request.POST["reason"])
            except Invalid as refusal:
                error = str(refusal.message)
            except Conflict as refusal:
                toast(request, refusal.message)
                return self.back()
            else:
                words = ngettext("%(n)s letter discarded", "%(n)s letters discarded", count)
                toast(request, words % {"n": formats.number(count)})
                return self.back()
        context = {"chosen": chosen, "count": len(chosen), "error": error}
        return TemplateResponse(request, "activity/letter_discard.html", context, status=422 if error else 200)
