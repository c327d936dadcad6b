"""Pages of both doors: ``vendor.py`` and ``portal.py`` open them, each by its own."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.core.errors import Invalid
from prm.core.keyset import keyset_page
from prm.notifications.models import Channel
from prm.notifications.selectors import (
    channels_of,
    digest_time_of,
    kinds_for,
    notification_list,
    told_of,
    unread_count,
)
from prm.notifications.services import digest_time_set, notification_read, notifications_read, preferences_set
from prm.ui.toasts import toast

PAGE = 25


class _Page(ScopedPage):
    """What they share: the door's own addresses."""

    abstract = True
    permission = "notifications.notification:view"

    def at(self, name: str, *args: Any) -> str:
        """The address of a page of notifications behind the door that this one is behind."""
        match = self.request.resolver_match
        space = match.namespace if match else "vendor:notifications"
        return reverse(f"{space}:{name}", args=args)


class NotificationListPage(_Page):
    """What I was told: unread first."""

    abstract = True
    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        kinds = kinds_for(actor=self.actor)
        kind = request.GET.get("kind", "")
        chosen = kind if kind in {entry.key for entry in kinds} else ""
        rows = notification_list(actor=self.actor, kind=chosen)
        page = keyset_page(rows, order=["is_read", "-id"], cursor=request.GET.get("cursor", ""), limit=PAGE)
        told = told_of(actor=self.actor, rows=page.rows)
        return TemplateResponse(
            request, "notifications/list.html",
            {
                "items": [(item, self.at("open", item.notification.public_id)) for item in told], "kinds": kinds, "kind": chosen,
                "next": page.next, "previous": page.previous, "has_unread": any(not t.notification.is_read for t in told),
                "urls": {name.replace("-", "_"): self.at(name) for name in ("list", "read-all", "preferences")},
            },
        )  # fmt: skip


class NotificationOpenPage(_Page):
    """Marks one as read and goes to what it is about; with ``stay`` back to the list."""

    abstract = True
    permission = "notifications.notification:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, notification_id: str) -> HttpResponse:
        row = notification_read(actor=self.actor, notification_id=notification_id)
        told = told_of(actor=self.actor, rows=[row])[0]
        return redirect(self.at("list") if request.POST.get("stay") or not told.url else told.url)


class NotificationsReadPage(_Page):
    """Marks all as read."""

    abstract = True
    permission = "notifications.notification:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        notifications_read(actor=self.actor)
        toast(request, _("All are marked as read"))
        return HttpResponseRedirect(self.at("list"))


class UnreadCountPage(_Page):
    """The figure at the bell."""

    abstract = True
    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return TemplateResponse(request, "notifications/count.html", {"n": unread_count(actor=self.actor)})


class PreferencesPage(_Page):
    """How I want to be told, kind by kind, and when the daily mail leaves."""

    abstract = True
    permission = "notifications.preference:edit"
    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        known = [kind.key for kind in kinds_for(actor=self.actor)]
        try:
            preferences_set(actor=self.actor, channels={key: request.POST[key] for key in known if key in request.POST})
            hour = request.POST.get("hour", "")
            digest_time_set(
                actor=self.actor, hour=int(hour) if hour.isdecimal() else None, zone=request.POST.get("zone"),
                is_wanted=bool(request.POST.get("daily")),
            )  # fmt: skip
        except Invalid as refusal:
            return self._shown(request, refusal)
        toast(request, _("Saved"))
        return HttpResponseRedirect(self.at("preferences"))

    def _shown(self, request: HttpRequest, refusal: Invalid | None = None) -> HttpResponse:
        channels = channels_of(actor=self.actor)
        context = {
            "kinds": [(kind, channels[kind.key]) for kind in kinds_for(actor=self.actor)], "channels": Channel.choices,
            "time": digest_time_of(actor=self.actor), "hours": range(24), "zones": sorted(available_timezones()),
            "default_zone": settings.TIME_ZONE, "refusal": refusal, "list_url": self.at("list"),
        }  # fmt: skip
        return TemplateResponse(request, "notifications/preferences.html", context, status=422 if refusal else 200)
