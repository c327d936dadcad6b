"""Filling the demo world: every registered part that is not there yet, each in a transaction of its own, as the system."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from time import perf_counter
from typing import Any

from django.conf import settings
from django.utils import timezone

from prm.access.roles import as_system
from prm.core.errors import Conflict
from prm.demo import parts as _own_parts  # noqa: F401  registers what prm itself adds
from prm.demo.market import MARK
from prm.demo.registry import WorldContext, parts
from prm.demo.world.build import COMPANIES, SEED
from prm.demo.world.calendar import WorldDay, last_day
from prm.partners.models import Company, FactSource


def world_fill(
    *, today: date | None = None, seed: int = SEED, companies: int = COMPANIES, say: Callable[[str], None] = print
) -> bool:
    """Adds what is missing of the demo world and says each part. True when something was added.

    A world that stands keeps the day it was made on, whatever ``today`` is. Raises Conflict outside the demo's settings, and
    where companies are that are not the demo's: a demo never mixes with real data.
    """
    if not getattr(settings, "PRM_DEMO", False):
        raise Conflict("not_a_demo", "The demo world is only for development and demo settings (PRM_DEMO).")
    with as_system("look for the demo world"):
        standing = FactSource.objects.filter(key=MARK).values_list("note", flat=True).first()
        if standing is None and Company.objects.exists():
            raise Conflict("not_empty", "This installation has companies already; the demo world needs an empty one.")
    day = WorldDay.of_note(standing) if standing else WorldDay(seed, today or last_day(timezone.now()), companies)
    if day is None:
        raise Conflict("unreadable", f"The mark of the demo world cannot be read: {standing!r}")
    added = False
    shared: dict[str, Any] = {}
    for part in parts:
        start = perf_counter()
        with as_system(f"demo world: {part.key}") as actor:
            context = WorldContext(actor, day, shared)
            if part.is_there(context):
                continue
            made = part.build(context) if part.whole else ""
        made = made or part.build(context)
        added = True
        say(f"{made} ({perf_counter() - start:.1f} s)")
    return added
