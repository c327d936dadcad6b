"""Work that comes round: each period is claimed by a row in Postgres, so that two beats or a late one do it once.

    @periodic("exports.old_files", every=timedelta(hours=1))
    def remove_old_files(*, actor: Actor) -> None: …

Short work only; it runs inside the sweep's task, in the system's role. Longer work starts a job.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_system
from prm.api.idempotency import idempotency_purge
from prm.core.correlation import correlated
from prm.core.ids import uuid7
from prm.core.registry import Registry
from prm.jobs.models import PeriodicSlot
from prm.jobs.rules import slot_of

log = logging.getLogger(__name__)
KEPT = timedelta(days=2)


@dataclass(frozen=True)
class Periodic:
    """A function that comes round ``every`` so often."""

    name: str
    every: timedelta
    run: Callable[..., Any]


PERIODIC: Registry[Periodic] = Registry("periodic work", key=lambda entry: entry.name, order=lambda entry: entry.name)


def periodic(name: str, *, every: timedelta) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers ``function(*, actor)`` to run once in each period, by whichever worker comes first."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        PERIODIC.register(Periodic(name, every, function))
        return function

    return register


def slot_claim(task: str, slot: int) -> bool:
    """True for the one caller that may run ``task`` for ``slot``."""
    with as_system("claim of periodic work"):
        fresh = PeriodicSlot(task=task, slot=slot)
        PeriodicSlot.objects.bulk_create([fresh], ignore_conflicts=True)
        return PeriodicSlot.objects.filter(pk=fresh.pk).exists()


def run_due(now: datetime | None = None) -> list[str]:
    """Runs what is due and unclaimed; the names of what ran. An error is noted on the slot and ends only that one."""
    now = now or timezone.now()
    ran = []
    for entry in PERIODIC:
        slot = slot_of(now, entry.every)
        if not slot_claim(entry.name, slot):
            continue
        error = ""
        try:
            with correlated(uuid7()), as_system(f"periodic work {entry.name}") as actor:
                entry.run(actor=actor)
        except Exception as failure:
            log.exception("periodic work %s failed", entry.name)
            error = f"{type(failure).__name__}: {failure}"[:2000]
        with as_system("claim of periodic work"):
            PeriodicSlot.objects.filter(task=entry.name, slot=slot).update(finished_at=timezone.now(), error=error)
        ran.append(entry.name)
    return ran


@periodic("jobs.pulse", every=timedelta(seconds=30))
def pulse(*, actor: Actor) -> None:
    """The beat's pulse: its last slot tells that beat and a worker live. Also forgets old slots."""
    PeriodicSlot.objects.filter(claimed_at__lt=timezone.now() - KEPT).delete()


@periodic("api.idempotency", every=timedelta(hours=1))
def forget_answers(*, actor: Actor) -> None:
    """Answers kept for callers that ask twice are forgotten after a day."""
    idempotency_purge()
