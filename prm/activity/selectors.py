"""Events with the names of people and records, as the pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from prm.access.actors import Actor
from prm.events.models import OutboxEvent
from prm.events.selectors import history_told
from prm.events.subjects import subject_model, subject_public_id
from prm.events.telling import HistoryLine
from prm.ui import home


@dataclass(frozen=True)
class LogRow:
    """One event: as a line of history, and what it happened to (name and address where there are such)."""

    event: OutboxEvent
    line: HistoryLine
    subject: str
    subject_url: str


def log_rows(*, actor: Actor, events: Sequence[OutboxEvent]) -> list[LogRow]:
    """Events for a page. One query for the people, one for each kind of record among them."""
    named: dict[tuple[str, UUID], tuple[str, str]] = {}
    for kind in {event.subject_type for event in events}:
        if kind in home.subjects:
            ids = [event.subject_id for event in events if event.subject_type == kind]
            named.update({(kind, key): found for key, found in home.subjects.get(kind).names(actor, ids).items()})
    rows = []
    for event, line in zip(events, history_told(actor=actor, rows=events), strict=True):
        public_id = subject_public_id(event.subject_type, event.subject_id)
        name, url = named.get((event.subject_type, event.subject_id), (public_id, ""))
        rows.append(LogRow(event, line, name, url))
    return rows


def record_named(*, actor: Actor, record_id: str) -> tuple[str, str]:
    """Name and address of a record that was found: those that its feature gives, else what it calls itself."""
    model = subject_model(record_id.rpartition("_")[0])
    record = model._default_manager.visible_to(actor).one(record_id)  # type: ignore[attr-defined]
    kind = record.typeid_prefix
    named = home.subjects.get(kind).names(actor, [record.pk]) if kind in home.subjects else {}
    return named.get(record.pk, (str(record), ""))
