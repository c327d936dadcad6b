"""Tabs of a company's page that later features add: ``record_tabs.register(RecordTab(…))``.

The page keeps its head and its address (``/companies/{id}/tab/{key}``); the tab brings what stands below.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from prm.access.actors import Actor
from prm.core.registry import Registry
from prm.partners.models import Company


@dataclass(frozen=True, kw_only=True)
class RecordTab:
    """One tab. ``provider(actor, company)`` gives the context of ``template``, read only when the tab is open; ``template`` fills the
    sheet below the tabs.

    ``partners_only`` tabs stand on pages of companies with a relationship. ``count`` gives the figure beside the label from what
    ``company`` carries already: it is asked on every tab's page, so it reads nothing.
    """

    key: str
    label: Any
    template: str
    provider: Callable[[Actor, Company], dict[str, Any]]
    permission: str
    partners_only: bool = True
    count: Callable[[Company], int | None] = lambda company: None
    order: int = 100


record_tabs: Registry[RecordTab] = Registry("partners.tabs", key=lambda tab: tab.key, order=lambda tab: tab.order)


def tabs_of(actor: Actor, company: Company) -> list[RecordTab]:
    """The registered tabs that ``actor`` may open on this company's page, in order."""
    is_partner = getattr(company, "partner", None) is not None
    return [tab for tab in record_tabs if actor.may(tab.permission) and (is_partner or not tab.partners_only)]
