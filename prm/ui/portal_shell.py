"""The portal's frame: its tabs, at the foot of the phone and in the head of the desktop, and the partner's mark beside the vendor's.

Features register their tabs in ``AppConfig.ready``; ``prm.portal`` says whose mark it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from prm.access.actors import Actor
from prm.core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class PortalTab:
    """One tab. ``under`` are the prefixes of URL names during which it is current; ``permission`` "" means everybody of the portal."""

    label: Any
    icon: str
    url_name: str
    permission: str = ""
    order: int = 100
    under: tuple[str, ...] = ()


portal_tabs: Registry[PortalTab] = Registry("ui.portal_tabs", key=lambda tab: tab.url_name, order=lambda tab: tab.order)


def tabs_for(actor: Actor, current: str) -> list[dict[str, Any]]:
    """The tabs that ``actor`` may open; the one whose page is open is marked current."""
    return [
        {
            "label": tab.label,
            "icon": tab.icon,
            "url": reverse(tab.url_name),
            "current": current == tab.url_name or current.startswith(tab.under) if tab.under else current == tab.url_name,
        }
        for tab in portal_tabs
        if not tab.permission or actor.may(tab.permission)
    ]


@dataclass(frozen=True, kw_only=True)
class Mark:
    """How a partner is recognised: its name, the code of its colour, the address of its logo ("" where it has none)."""

    name: str
    colour: str = ""
    logo: str = ""


_reader: list[Callable[[Actor], Mark | None]] = []


def mark_with(reader: Callable[[Actor], Mark | None]) -> None:
    """Says who knows the mark of an actor's partner (``prm.portal`` does)."""
    _reader[:] = [reader]


def mark_of(actor: Actor) -> Mark | None:
    """The mark of the actor's partner."""
    return _reader[0](actor) if _reader else None
