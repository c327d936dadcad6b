"""Pages of relationships and of what they bought: partners with their account managers and moves, order lines with their total."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from prm.access.pages import ScopedPage
from prm.core.errors import Invalid
from prm.core.money import reporting_currency
from prm.partners import lists
from prm.partners.models import Lifecycle
from prm.partners.rules.lifecycle import may_move
from prm.partners.selectors import partners as reading
from prm.partners.selectors import sales as selling
from prm.partners.services.lifecycle import partners_advance
from prm.partners.services.partners import partners_assign
from prm.ui import formats
from prm.ui.listings import BulkAct, Empty, Listing, ViewTab
from prm.ui.pages import keyset_listing_page
from prm.ui.tables import ListSpec, ListState, Page
from prm.ui.toasts import toast
from prm.views.listing import ListPage

#: So many partners are named before an act on many.
NAMED = 12
#: Tabs of the list: what a relationship is good for now.
STAGES = (
    (gettext_lazy("All"), tuple(Lifecycle.values)),
    (gettext_lazy("Selling"), (Lifecycle.ACTIVE, Lifecycle.EXTENDED)),
    (gettext_lazy("On the way"), (Lifecycle.ENGAGED, Lifecycle.CONTRACTED, Lifecycle.ONBOARDING)),
    (gettext_lazy("Candidates"), (Lifecycle.CANDIDATE,)),
    (gettext_lazy("Leaving"), (Lifecycle.EXITING, Lifecycle.EXITED)),
)


class _Partners(ScopedPage):
    """What list, acts and export share: the spec, and the rows that a query means."""

    abstract = True

    def spec(self) -> ListSpec:
        return lists.partners_spec(actor=self.actor)

    def rows(self, state: ListState) -> Any:
        return lists.partners_of(actor=self.actor, state=state)


class PartnerListPage(_Partners, ListPage):
    """Companies we have a relationship with: where it stands, who looks after it, what it brings."""

    permission = "partners.partner:view"
    list_name, template = "partners", "partners/partner/partner_list.html"

    def listing(self, request: HttpRequest) -> Listing:
        spec = self.spec()
        state = spec.state(request)
        page = keyset_listing_page(self.rows(state), lists.order_of(state), state, spec.page_size)
        return Listing(
            spec=spec, state=state, page=page, noun=_("Partners"), views=self.views(state), bulk=self.bulk(),
            sums=self.sums(state, page),
            export="partners",
            row_id=lambda partner: partner.public_id,
            empty=Empty(
                title=_("No partner yet"), text=_("Make a company a candidate, or bring in those that sell already."),
                act_label=_("Choose companies"), act_url=reverse("vendor:partners:company-list"),
            ),
        )  # fmt: skip

    def sums(self, state: ListState, page: Page) -> str:
        """What they bought together, up to 10,000 of them."""
        if page.capped or not page.rows:
            return ""
        sold = reading.partners_sold(actor=self.actor, rows=self.rows(state))
        return _("%(amount)s in 12 months") % {"amount": formats.money(sold, reporting_currency(), short=True)}

    def views(self, state: ListState) -> list[ViewTab]:
        counted = reading.partners_counted(actor=self.actor)
        now = state.query.getlist("lifecycle")
        tabs = []
        for label, stages in STAGES:
            query = QueryDict(mutable=True)
            if len(stages) < len(Lifecycle.values):
                query.setlist("lifecycle", [str(stage) for stage in stages])
            current = sorted(query.getlist("lifecycle")) == sorted(now)
            count = sum(counted.get(str(stage), 0) for stage in stages)
            tabs.append(ViewTab(label=label, query=query.urlencode(), count=count, current=current))
        return tabs

    def bulk(self) -> list[BulkAct]:
        acts = []
        if self.actor.may("partners.partner:advance"):
            acts.append(BulkAct(label=_("Move on"), icon="route-2", url=reverse("vendor:partners:partner-move-many")))
        if self.actor.may("partners.partner:assign"):
            acts.append(
                BulkAct(label=_("Assign"), icon="user-plus", url=reverse("vendor:partners:partner-assign"), main=True)
            )
        return acts


class _Many(_Partners):
    """An act on the ticked partners: first says on whom, then does it."""

    abstract = True
    http_method_names = ["post"]
    title = ""

    def post(self, request: HttpRequest) -> HttpResponse:
        query = request.POST.get("query", "").lstrip("?")
        back = reverse("vendor:partners:partner-list") + (f"?{query}" if query else "")
        try:
            everything = self.rows(self.spec().state_of(QueryDict(query))) if request.POST.get("all") == "1" else None
            chosen = reading.selected_partners(actor=self.actor, ids=request.POST.getlist("id"), rows=everything)
            if request.POST.get("sure") == "1":
                words, undo = self.done(request, chosen)
                toast(request, words, undo_url=undo)
                return redirect(back)
            refusal = None
        except Invalid as error:
            if error.field is None:
                toast(request, error.message)
                return redirect(back)
            refusal = error
        standing = reading.partners_standing(actor=self.actor, partner_ids=chosen, limit=NAMED)
        context = {
            "standing": [(Lifecycle(stage).label, count, names, count - len(names)) for stage, count, names in standing],
            "count": len(chosen), "ids": request.POST.getlist("id"), "all": request.POST.get("all", ""), "query": query, "back": back,
            "refusal": refusal, "sent": request.POST, **self.asked({stage: count for stage, count, _names in standing}),
        }  # fmt: skip
        return TemplateResponse(request, "partners/partner/many.html", context, status=422 if refusal else 200)

    def asked(self, standing: dict[str, int]) -> dict[str, Any]:
        """What the form asks for, given how many stand where: label, name and choices of its one field, and the words of its button."""
        raise NotImplementedError

    def done(self, request: HttpRequest, chosen: list[UUID]) -> tuple[str, str]:
        """Does it; says what was done, and where it is undone ("" = nowhere)."""
        raise NotImplementedError


class PartnerAssignPage(_Many):
    """Who looks after them from now on."""

    permission = "partners.partner:assign"

    def asked(self, standing: dict[str, int]) -> dict[str, Any]:
        people = [("", _("Nobody")), *reading.manager_options(actor=self.actor)]
        return {"field": "person", "label": _("Account manager"), "choices": people, "act": _("Assign"), "asks_reason": False}

    def done(self, request: HttpRequest, chosen: list[UUID]) -> tuple[str, str]:
        try:
            person = UUID(request.POST["person"]) if request.POST.get("person") else None
        except ValueError as error:
            raise Invalid("unknown_person", _("There is no such person among your colleagues."), field="person") from error
        number = partners_assign(actor=self.actor, partner_ids=chosen, person_id=person)
        words = ngettext("%(n)s partner has changed hands.", "%(n)s partners have changed hands.", number)
        return words % {"n": formats.number(number)}, ""


class PartnerMoveManyPage(_Many):
    """Where they stand from now on; those that may not go there stay."""

    permission = "partners.partner:advance"

    def asked(self, standing: dict[str, int]) -> dict[str, Any]:
        choices = []
        for stage in Lifecycle:
            may = sum(count for before, count in standing.items() if may_move(before, stage))
            if may:
                stay = sum(standing.values()) - may
                words = _("%(stage)s: %(may)s go, %(stay)s stay") if stay else _("%(stage)s: all %(may)s go")
                shown = {"stage": stage.label, "may": formats.number(may), "stay": formats.number(stay)}
                choices.append((str(stage), words % shown))
        return {"field": "to", "label": _("To"), "choices": choices, "act": _("Move on"), "asks_reason": True}

    def done(self, request: HttpRequest, chosen: list[UUID]) -> tuple[str, str]:
        to, reason = request.POST.get("to", ""), request.POST.get("reason", "")
        moved, stayed, batch = partners_advance(actor=self.actor, partner_ids=chosen, to=to, reason=reason)
        words = ngettext("%(n)s partner is moved on.", "%(n)s partners are moved on.", moved) % {"n": formats.number(moved)}
        if stayed:
            stay = ngettext("%(n)s may not go there from where it is.", "%(n)s may not go there from where they are.", stayed)
            words += " " + stay % {"n": formats.number(stayed)}
        return words, reverse("vendor:partners:moves-take-back", args=[batch]) if moved else ""


class SaleListPage(ListPage):
    """Order lines: by partner, product, family, day and source, with what they add up to."""

    permission = "partners.sale:view"
    list_name, template = "sales", "partners/sale/sale_list.html"

    def listing(self, request: HttpRequest) -> Listing:
        spec = lists.sales_spec(actor=self.actor, named=request.GET.getlist("partner"))
        state = spec.state(request)
        rows = lists.sales_of(actor=self.actor, state=state)
        page = keyset_listing_page(rows, lists.order_of(state), state, spec.page_size)
        return Listing(
            spec=spec, state=state, page=page, noun=_("Sales"), sums=self.sums(rows, page),
            export="sales",
            empty=Empty(
                title=_("No sale yet"), text=_("Bring the order lines of your partners: what they sell is the base of every ranking."),
                act_label=_("Import a file"), act_url=reverse("vendor:imports:import-new"),
            ),
        )  # fmt: skip

    def sums(self, rows: Any, page: Page) -> str:
        """What the lines add up to, up to 10,000 of them."""
        if page.capped or not page.rows:
            return ""
        total = selling.sales_total(actor=self.actor, rows=rows)
        words = formats.money(total.amount, reporting_currency())
        if total.without_rate:
            words += " · " + ngettext("%(n)s line has no rate", "%(n)s lines have no rate", total.without_rate) % {
                "n": formats.number(total.without_rate)
            }
        return words
