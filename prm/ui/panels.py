"""Panels: what a later stage shows on an earlier one's page (a partner's deals on its profile), without an upward import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from prm.access.actors import Actor
from prm.core.registry import Registry

Provider = Callable[[Actor, Any], "dict[str, Any] | None"]


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One block. ``provider(actor, subject)`` gives the template's context, or None to stay away.

    ``place`` names the page and side that it hangs on, such as ``company:main`` or ``company:rail``.
    """

    key: str
    place: str
    title: Any
    template: str
    provider: Provider
    order: int = 100
    permission: str = ""


panels: Registry[Panel] = Registry(
    "ui.panels", key=lambda panel: f"{panel.place}/{panel.key}", order=lambda panel: panel.order
)


def panels_of(place: str, actor: Actor, subject: Any) -> list[dict[str, Any]]:
    """The panels of ``place`` that have something to show to ``actor``, in order: key, title, template, data."""
    shown = []
    for panel in panels:
        if panel.place != place or (panel.permission and not actor.may(panel.permission)):
            continue
        data = panel.provider(actor, subject)
        if data is not None:
            shown.append({"key": panel.key, "title": panel.title, "template": panel.template, "data": data})
    return shown
