"""Pages of what happened: the log, one event with who heard of it, the audit trail, and the health of the installation."""

from __future__ import annotations

import json
from dataclasses import replace

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.activity.selectors import log_rows, record_named
from prm.activity.tables import audit_spec, event_list_spec, events_of
from prm.core.health import readings
from prm.core.keyset import keyset_page
from prm.events.models import OutboxEvent
from prm.events.selectors import correlated_count, event_deliveries, event_get, history_told, record_history_rows
from prm.events.selectors_audit import audit_checks, audit_entries
from prm.events.services import audit_check
from prm.ui.listings import Empty, Listing, render_list
from prm.ui.pages import keyset_listing_page
from prm.ui.tables import ListState
from prm.ui.toasts import toast
from prm.views.listing import ListPage


class EventListPage(ListPage):
    """Everything that happened, newest first."""

    permission = "events.audit:view"
    list_name, template = "events", "activity/event_list.html"

    def listing(self, request: HttpRequest) -> Listing:
        spec = event_list_spec(self.actor)
        state = spec.state(request)
        rows = events_of(actor=self.actor, state=state)
        page = keyset_listing_page(rows, ["-id"] if state.descending else ["id"], state, spec.page_size)
        return Listing(
            spec=spec, state=state, page=replace(page, rows=log_rows(actor=self.actor, events=page.rows)), noun=_("Events"),
            empty=Empty(title=_("Nothing has happened yet"), text=_("Every change in the product appears here, with who made it.")),
        )  # fmt: skip

    def rows(self, state: ListState) -> QuerySet[OutboxEvent]:
        return events_of(actor=self.actor, state=state)


class EventDetailPage(ScopedPage):
    """One event, and who was to hear of it."""

    permission = "events.audit:view"

    def get(self, request: HttpRequest, event_id: str) -> HttpResponse:
        event = event_get(actor=self.actor, event_id=event_id)
        context = {
            "event": event,
            "row": log_rows(actor=self.actor, events=[event])[0],
            "data": json.dumps(event.data, indent=2, ensure_ascii=False, sort_keys=True) if event.data else "",
            "deliveries": event_deliveries(actor=self.actor, event=event),
            "together": correlated_count(actor=self.actor, event=event),
        }
        return TemplateResponse(request, "activity/event_detail.html", context)


class RecordHistoryPage(ScopedPage):
    """The history of any record that the reader sees, fifty at a time."""

    permission = "events.event:view"

    def get(self, request: HttpRequest, record_id: str) -> HttpResponse:
        rows = record_history_rows(actor=self.actor, record_id=record_id)
        found = keyset_page(rows, order=["-id"], cursor=request.GET.get("cursor", ""), limit=50)
        name, url = record_named(actor=self.actor, record_id=record_id)
        history = history_told(actor=self.actor, rows=found.rows)
        if self.actor.may("events.audit:view"):
            history = [
                replace(line, url=reverse("vendor:activity:event-detail", args=[row.public_id]))
                for line, row in zip(history, found.rows, strict=True)
            ]
        context = {
            "name": name, "url": url, "history": history,
            "older": found.next, "newer": found.previous,
        }  # fmt: skip
        return TemplateResponse(request, "activity/record_history.html", context)


class AuditTrailPage(ScopedPage):
    """The chain, newest first, with what its last verification found."""

    permission = "events.audit:view"

    def get(self, request: HttpRequest) -> HttpResponse:
        spec = audit_spec()
        state = spec.state(request)
        order = ["-pk"] if state.descending else ["pk"]
        page = keyset_listing_page(audit_entries(actor=self.actor), order, state, spec.page_size)
        events = log_rows(actor=self.actor, events=[entry.event for entry in page.rows])
        listing = Listing(
            spec=spec, state=state, page=replace(page, rows=list(zip(page.rows, events, strict=True))), noun=_("Entries"),
            empty=Empty(title=_("Nothing is chained yet"), text=_("Every event enters the chain moments after it happened.")),
        )  # fmt: skip
        context = {"checks": audit_checks(actor=self.actor), "may_verify": self.actor.may("events.audit:verify")}
        return render_list(request, listing, "activity/audit_trail.html", context)


class AuditVerifyPage(ScopedPage):
    """Verifies the whole chain now."""

    permission = "events.audit:verify"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        check = audit_check(actor=self.actor)
        toast(request, _("The chain is whole.") if check.is_whole else _("The chain is broken: see below."))
        return HttpResponseRedirect(reverse("vendor:activity:audit-trail"))


class HealthPage(ScopedPage):
    """Whether everything runs: what waits and since when, dead letters, the beat, queues, the audit chain."""

    permission = "events.delivery:view"

    def get(self, request: HttpRequest) -> HttpResponse:
        found = readings(self.actor)
        wrong = sum(1 for _vital, reading in found if reading.tone == "no")
        return TemplateResponse(request, "activity/health.html", {"readings": found, "wrong": wrong})
