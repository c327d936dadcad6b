"""An event as its subscribers get it: the envelope, and the typed class that it was published as.

What was told under an earlier version of a class is brought up to today's by upcasters, one step each::

    @upcaster("support.deal_approved", version=1)
    def amount_became_money(data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "currency": "EUR"}           # now it reads as version 2
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from prm.events.models import OutboxEvent
from prm.events.publishing import ENVELOPE, EVENT_TYPES, Event

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTERS: dict[tuple[str, int], Upcaster] = {}


def upcaster(type_: str, *, version: int) -> Callable[[Upcaster], Upcaster]:
    """Registers how ``data`` of ``version`` becomes that of the next one."""

    def register(function: Upcaster) -> Upcaster:
        if (type_, version) in UPCASTERS:
            raise ValueError(f"{type_} has an upcaster of version {version} already")
        UPCASTERS[type_, version] = function
        return function

    return register


def upcast(type_: str, version: int, data: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """``data`` as today's version of the class reads it, with that version's number."""
    while (type_, version) in UPCASTERS:
        data, version = UPCASTERS[type_, version](data), version + 1
    return version, data


@dataclass(frozen=True, kw_only=True)
class Received:
    """One event, delivered. ``id`` is the same each time that it is delivered; ``position`` is its place among all,
    ``subject_version`` its place among those of its subject (None for what was placed before these were counted)."""

    id: UUID
    position: int
    type: str
    version: int
    occurred_at: datetime
    actor_kind: str
    actor_id: UUID | None
    partner_id: UUID | None
    subject_type: str
    subject_id: UUID
    subject_version: int | None
    correlation_id: UUID | None
    data: dict[str, Any]

    @property
    def told(self) -> Event:
        """The event as its class. LookupError when this installation knows no such class, or not this version of it."""
        known = EVENT_TYPES.get(self.type)
        if known is None or known.version != self.version:
            raise LookupError(f"no class reads {self.type} version {self.version}")
        own = {name: _typed(hint, self.data[name]) for name, hint in _own_fields(known).items() if name in self.data}
        return known(subject_id=self.subject_id, partner_id=self.partner_id, correlation_id=self.correlation_id, **own)


def received(row: OutboxEvent) -> Received:
    """A row of the outbox as subscribers get it."""
    version, data = upcast(row.type, row.version, row.data)
    return Received(
        id=row.pk,
        position=row.position or 0,
        type=row.type,
        version=version,
        occurred_at=row.occurred_at,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        partner_id=row.partner_id,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        subject_version=row.subject_version,
        correlation_id=row.correlation_id,
        data=data,
    )


def _own_fields(known: type[Event]) -> dict[str, Any]:
    hints = get_type_hints(known)
    return {field.name: hints[field.name] for field in fields(known) if field.name not in ENVELOPE}


def _typed(hint: Any, value: Any) -> Any:
    """A JSON value as the type that the class's field says."""
    if value is None:
        return None
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return _typed(next(kind for kind in inner if kind is not type(None)), value)
    if origin in {list, tuple, set, frozenset} and isinstance(value, list):
        return origin(_typed(inner[0], item) if inner else item for item in value)
    if origin is dict and len(inner) == 2:
        return {key: _typed(inner[1], item) for key, item in value.items()}
    if hint in {UUID, Decimal}:
        return hint(value)
    if hint in {date, datetime}:
        return hint.fromisoformat(value)
    return value
