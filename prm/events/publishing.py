"""``publish``: a service says what happened, inside its transaction.

An event is a frozen dataclass in the past tense, in the feature's ``events.py``::

    @dataclass(frozen=True, kw_only=True)
    class CompanyArchived(Event):
        type = "partners.company_archived"
        subject_type = "company"
        sentence = _("archived the company")

Its own fields (ids, codes, numbers, money, dates) become the event's ``data``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from prm.access.actors import Actor
from prm.events.models import OutboxEvent

EVENT_TYPES: dict[str, type[Event]] = {}
_ENVELOPE = {"subject_id", "partner_id", "correlation_id"}


@dataclass(frozen=True, kw_only=True)
class Event:
    """The parent of every event. ``sentence`` finishes "<who> …" in history; it may use ``%(field)s`` of ``data``."""

    type: ClassVar[str]
    version: ClassVar[int] = 1
    subject_type: ClassVar[str]
    sentence: ClassVar[Any]

    subject_id: UUID
    partner_id: UUID | None = None
    correlation_id: UUID | None = None

    def __init_subclass__(cls) -> None:
        if cls.type in EVENT_TYPES:
            raise ValueError(f"{cls.type} is the type of {EVENT_TYPES[cls.type].__name__} already")
        EVENT_TYPES[cls.type] = cls

    def data(self) -> dict[str, Any]:
        """The event's own fields as JSON values."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self) if f.name not in _ENVELOPE}


def publish(event: Event, *, actor: Actor) -> None:
    """Writes one outbox row; it exists exactly when the surrounding transaction commits."""
    publish_all([event], actor=actor)


def publish_all(events: Iterable[Event], *, actor: Actor) -> None:
    """The same for many events in one statement."""
    OutboxEvent.objects.bulk_create(
        OutboxEvent(
            type=event.type,
            version=event.version,
            actor_kind=actor.kind.value,
            actor_id=actor.user_id,
            partner_id=event.partner_id,
            subject_type=event.subject_type,
            subject_id=event.subject_id,
            correlation_id=event.correlation_id,
            data=event.data(),
        )
        for event in events
    )


def _plain(value: Any) -> Any:
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple | frozenset | set):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
