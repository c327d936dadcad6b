"""The company's own lines of its timeline: what happened to it and to the relationship, and why."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from prm.access.actors import Actor
from prm.partners.models import Company
from prm.partners.selectors.company import company_history
from prm.partners.selectors.record import reasons_of
from prm.partners.timeline import TimelineEntry, TimelineSource, timeline


def _lines(actor: Actor, company: Company, limit: int) -> Iterable[TimelineEntry]:
    happened = company_history(actor=actor, company=company, limit=limit)
    moves = [UUID(line.data["move_id"]) for line in happened if line.data.get("move_id")]
    reasons = reasons_of(actor=actor, move_ids=moves)
    for line in happened:
        reason = reasons.get(UUID(line.data["move_id"]), "") if line.data.get("move_id") else ""
        about = " · ".join(part for part in (line.about, reason) if part)
        yield TimelineEntry(at=line.at, text=line.sentence, about=about, icon=line.icon, who=line.who)


def register() -> None:
    """Called once, when the app is ready."""
    timeline.register(TimelineSource(key="history", provider=_lines, order=10))
