"""What stands in a company's timeline: each feature adds its own lines.

``timeline.register(TimelineSource(key="deals", provider=…))``; the page lays all sources over each other by time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prm.access.actors import Actor
from prm.core.registry import Registry
from prm.partners.models import Company


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One line: "<who> <text>" (safe markup allowed), what it was about, when; ``url`` leads to it. As ``ui/history.html`` shows it."""

    at: datetime
    text: Any
    about: Any = ""
    icon: str = "history"
    who: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class TimelineSource:
    """Lines of one feature. ``provider(actor, company, limit)`` gives its newest ones, in at most three queries."""

    key: str
    provider: Callable[[Actor, Company, int], Iterable[TimelineEntry]]
    permission: str = ""
    order: int = 100


timeline: Registry[TimelineSource] = Registry(
    "partners.timeline", key=lambda source: source.key, order=lambda source: source.order
)


def timeline_of(actor: Actor, company: Company, *, limit: int) -> list[TimelineEntry]:
    """The newest ``limit`` lines of all sources that ``actor`` may read, newest first."""
    lines = [
        line
        for source in timeline
        if not source.permission or actor.may(source.permission)
        for line in source.provider(actor, company, limit)
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:limit]
