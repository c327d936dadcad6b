"""The sidebar: Home, then the stages as quiet labels with their pages.

A feature registers its entry in its ``AppConfig.ready``: ``register(NavItem(...))``. Entries that the actor
may not open are not shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from prm.access.actors import VENDOR_DOOR, Actor
from prm.core.registry import Registry


class Stage(IntEnum):
    """Groups of the sidebar, in order. The six stages are numbered as the field numbers them."""

    HOME = 0
    PROFILING = 1
    PROGRAMME = 2
    RECRUITMENT = 3
    ONBOARDING = 4
    SUPPORT = 5
    EXTENDED = 6
    ADMIN = 9


STAGE_LABELS = {
    Stage.PROFILING: _("1 Profiling"),
    Stage.PROGRAMME: _("2 Programme"),
    Stage.RECRUITMENT: _("3 Recruitment"),
    Stage.ONBOARDING: _("4 Onboarding"),
    Stage.SUPPORT: _("5 Support"),
    Stage.EXTENDED: _("6 Extended"),
    Stage.ADMIN: _("Keeping it running"),
}


@dataclass(frozen=True)
class NavItem:
    """An entry. ``url_name`` is its key; ``permission`` "" means every signed-in person; ``count(actor)`` is
    shown when not 0.

    ``key`` is the letter after ``g`` that opens it ("" for none); ``under`` are the prefixes of URL names
    during which it is current.
    """

    stage: Stage
    label: Any
    icon: str
    url_name: str
    permission: str = ""
    order: int = 100
    count: Callable[[Actor], int | None] | None = None
    key: str = ""
    under: tuple[str, ...] = ()
    hot: bool = False


items: Registry[NavItem] = Registry("ui.nav", key=lambda item: item.url_name, order=lambda item: (item.stage, item.order))
register = items.register


def groups_for(actor: Actor, current: str) -> list[dict[str, Any]]:
    """The sidebar of ``actor``: groups of {label, items}; the entry whose page is open is marked current.

    ``current`` is the URL name of the page (``vendor:partners:company-detail``); the longest matching entry wins.
    """
    shown: dict[Stage, list[dict[str, Any]]] = {}
    best: tuple[int, dict[str, Any]] | None = None
    for item in items:
        # What needs no permission is for the vendor's people: an outside specialist gets what it was given.
        if not actor.may(item.permission) if item.permission else actor.kind not in VENDOR_DOOR:
            continue
        try:
            url = reverse(item.url_name)
        except NoReverseMatch:  # registered before its page exists
            continue
        entry = {
            "label": item.label,
            "icon": item.icon,
            "url": url,
            "key": item.key,
            "hot": item.hot,
            "count": item.count(actor) if item.count else None,
            "current": False,
        }
        shown.setdefault(item.stage, []).append(entry)
        stem = item.url_name.rsplit("-", 1)[0]
        for prefix in (*item.under, stem):
            if (current == item.url_name or current.startswith(prefix)) and (best is None or len(prefix) > best[0]):
                best = (len(prefix), entry)
    if best:
        best[1]["current"] = True
    return [{"label": STAGE_LABELS.get(stage, ""), "items": entries} for stage, entries in sorted(shown.items())]
