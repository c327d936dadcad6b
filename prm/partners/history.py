"""The company's own lines of its timeline: what happened to it and to the relationship, and why."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from prm.access.actors import Actor
from prm.accounts.selectors import person_names
from prm.partners.models import Company
from prm.partners.profile import history_lines
from prm.partners.selectors.company import company_history
from prm.partners.selectors.record import reasons_of
from prm.partners.timeline import TimelineEntry, TimelineSource, timeline


def _lines(actor: Actor, company: Company, limit: int) -> Iterable[TimelineEntry]:
    happened = company_history(actor=actor, company=company, limit=limit)
    names = person_names(actor=actor, user_ids=[entry.actor_id for entry in happened if entry.actor_id])
    moves = [UUID(entry.data["move_id"]) for entry in happened if entry.data.get("move_id")]
    return history_lines(happened, names, reasons_of(actor=actor, move_ids=moves))


def register() -> None:
    """Called once, when the app is ready."""
    timeline.register(TimelineSource(key="history", provider=_lines, order=10))
