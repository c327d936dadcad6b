"""History: what happened to a record, newest first, as sentences in the reader's language (G7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from babel.numbers import format_decimal
from django.utils.translation import get_language, to_locale

from prm.access.actors import Actor
from prm.events.models import OutboxEvent
from prm.events.publishing import EVENT_TYPES


@dataclass(frozen=True)
class HistoryEntry:
    """One line of a record's history. ``actor_id`` is an account's id, or None for the product itself."""

    id: UUID
    type: str
    at: datetime
    actor_id: UUID | None
    sentence: str
    data: dict[str, Any]


def history_list(*, actor: Actor, subject_type: str, subject_id: UUID, limit: int = 50) -> list[HistoryEntry]:
    """The last ``limit`` events of a record. The caller has authorised the record itself."""
    rows = OutboxEvent.objects.visible_to(actor).filter(subject_type=subject_type, subject_id=subject_id)[:limit]
    return [HistoryEntry(row.pk, row.type, row.occurred_at, row.actor_id, _sentence(row), row.data) for row in rows]


@dataclass(frozen=True)
class RecentEntry:
    """One thing that happened lately, with what it happened to. ``actor_id`` is an account's id, or None for the product."""

    at: datetime
    actor_id: UUID | None
    sentence: str
    subject_type: str
    subject_id: UUID


def recent_list(*, actor: Actor, subject_types: Iterable[str], limit: int = 6) -> list[RecentEntry]:
    """The last ``limit`` events about such subjects that the actor may see, newest first. One query."""
    rows = OutboxEvent.objects.visible_to(actor).filter(subject_type__in=list(subject_types)).order_by("-id")[:limit]
    return [RecentEntry(row.occurred_at, row.actor_id, _sentence(row), row.subject_type, row.subject_id) for row in rows]


def _sentence(row: OutboxEvent) -> str:
    known = EVENT_TYPES.get(row.type)
    if known is None:
        return row.type
    # Counts are grouped as the reader writes them; numbers below a thousand look the same either way.
    said = {
        key: format_decimal(value, locale=to_locale(get_language() or "en")) if type(value) is int else value
        for key, value in row.data.items()
    }
    return str(known.sentence) % said
