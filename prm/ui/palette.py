"""The palette's answers: records first, acts second. Features register providers; each answers fast and within
the actor's scope.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import View

from prm.access.actors import VENDOR_DOOR, Actor
from prm.core.registry import Registry
from prm.core.text import text_key
from prm.ui import nav

RECORDS, ACTS = 8, 6


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A line of the palette. ``text`` is what is matched and marked, ``about`` the grey words, ``key`` a shortcut to show."""

    text: str
    url: str
    icon: str = "file-text"
    about: str = ""
    key: str = ""
    rank: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Provider:
    """``find(actor, words, limit)``: the best hits for ``words`` (a text key, may be empty: then what was used last)."""

    name: str
    kind: Literal["record", "act"]
    find: Callable[[Actor, str, int], Iterable[Hit]]
    permission: str = ""
    order: int = 100


providers: Registry[Provider] = Registry("ui.palette", key=lambda p: p.name, order=lambda p: p.order)
register = providers.register


def hits_for(actor: Actor, asked: str) -> dict[str, list[dict[str, Any]]]:
    """{"records": […], "acts": […]} for what somebody typed, best first."""
    words = text_key(asked)
    found: dict[str, list[Hit]] = {"record": [], "act": [*_pages(actor, words)]}
    for provider in providers:
        if provider.permission and not actor.may(provider.permission):
            continue
        limit = RECORDS if provider.kind == "record" else ACTS
        found[provider.kind].extend(provider.find(actor, words, limit))
    return {
        "records": [_shown(hit) for hit in sorted(found["record"], key=lambda h: -h.rank)[:RECORDS]],
        "acts": [_shown(hit) for hit in sorted(found["act"], key=lambda h: -h.rank)[:ACTS]],
    }


def _pages(actor: Actor, words: str) -> Iterable[Hit]:
    """The pages of the sidebar as acts: "Open Companies"."""
    for group in nav.groups_for(actor, ""):
        for item in group["items"]:
            if not words or all(part in text_key(str(item["label"])) for part in words.split()):
                text = _("Open %(page)s") % {"page": item["label"]}
                yield Hit(text=text, url=item["url"], icon=item["icon"], key=f"g {item['key']}" if item["key"] else "")


def _shown(hit: Hit) -> dict[str, Any]:
    return {"text": str(hit.text), "url": hit.url, "icon": hit.icon, "about": str(hit.about), "key": hit.key}


class PaletteView(View):
    """``GET /palette?q=``: JSON for signed-in people; 401 for others."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if actor.is_anonymous:
            return JsonResponse({"detail": _("Sign in first.")}, status=401)
        if actor.kind not in VENDOR_DOOR:
            raise Http404
        response = JsonResponse(hits_for(actor, request.GET.get("q", "")[:100]))
        response["Cache-Control"] = "private, no-store"
        return response
