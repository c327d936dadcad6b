"""Events with the names of people and records, as the pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prm.access.actors import Actor
from prm.events.models import OutboxEvent
from prm.events.selectors import history_told, record_seen
from prm.events.subjects import subject_public_id, subjects_named
from prm.events.telling import HistoryLine


@dataclass(frozen=True)
class LogRow:
    """One event: as a line of history, and what it happened to (name and address where there are such)."""

    event: OutboxEvent
    line: HistoryLine
    subject: str
    subject_url: str


def log_rows(*, actor: Actor, events: Sequence[OutboxEvent]) -> list[LogRow]:
    """Events for a page. One query for the people, one for each kind of record among them."""
    named = subjects_named(actor=actor, subjects=[(event.subject_type, event.subject_id) for event in events])
    rows = []
    for event, line in zip(events, history_told(actor=actor, rows=events), strict=True):
        public_id = subject_public_id(event.subject_type, event.subject_id)
        name, url = named.get((event.subject_type, event.subject_id), (public_id, ""))
        rows.append(LogRow(event, line, name, url))
    return rows


def record_named(*, actor: Actor, record_id: str) -> tuple[str, str]:
    """Name and address of a record that was found: those that its feature gives, else what it calls itself."""
    record = record_seen(actor=actor, record_id=record_id)
    subject = (record.typeid_prefix, record.pk)
    return subjects_named(actor=actor, subjects=[subject]).get(subject, (str(record), ""))
