"""``publish``: a service says what happened, inside its transaction.

An event is a class in the past tense, in the feature's ``events.py``; it becomes a frozen dataclass by itself::

    class CompanyArchived(Event, subject="company", sentence=_("archived the company")):
        # A company left the lists.

Its type on the wire is its app and its name: ``partners.company_archived``. Its own fields (ids, codes, numbers, money, dates) become
the event's ``data``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from secrets import token_bytes
from typing import Any, ClassVar, dataclass_transform
from uuid import UUID

from django.db import transaction

from prm.access.actors import Actor
from prm.core.correlation import correlated, correlation
from prm.core.ids import uuid7
from prm.events.models import OutboxEvent, PersonalPayload
from prm.events.rules_chain import personal_digest
from prm.events.runner.waking import wake

EVENT_TYPES: dict[str, type[Event]] = {}
ENVELOPE = {"subject_id", "partner_id", "correlation_id"}
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass_transform(kw_only_default=True, frozen_default=True)
@dataclass(frozen=True, kw_only=True)
class Event:
    """The parent of every event.

    ``subject`` is what the record that it happened to is called; ``sentence`` finishes "<who> …" in history and may use ``%(field)s``
    of ``data``. ``correlation_id`` comes by itself (``prm.core.correlation``). A class without a subject is a
    parent of others that share its fields.
    """

    type: ClassVar[str]
    version: ClassVar[int] = 1
    subject_type: ClassVar[str]
    sentence: ClassVar[Any]

    subject_id: UUID
    partner_id: UUID | None = None
    correlation_id: UUID | None = None

    def __init_subclass__(cls, *, subject: str = "", sentence: Any = "") -> None:
        dataclass(frozen=True, kw_only=True)(cls)
        if not subject:
            return
        app = cls.__module__.removeprefix("prm.").partition(".")[0]
        cls.type, cls.subject_type, cls.sentence = f"{app}.{_CAPITAL.sub('_', cls.__name__).lower()}", subject, sentence
        if cls.type in EVENT_TYPES:
            raise ValueError(f"{cls.type} is the type of {EVENT_TYPES[cls.type].__name__} already")
        EVENT_TYPES[cls.type] = cls

    def data(self) -> dict[str, Any]:
        """The event's own fields as JSON values."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self) if f.name not in ENVELOPE}


@dataclass(frozen=True, kw_only=True)
class Personal:
    """What an event says in words of or about a person. It is kept apart from the event and can be erased (G10)."""

    person_id: UUID | None
    texts: Mapping[str, str]


def publish(event: Event, *, actor: Actor, personal: Personal | None = None) -> None:
    """Writes one outbox row; it exists exactly when the surrounding transaction commits."""
    row = _row(event, actor)
    if personal is not None:
        salt, texts = token_bytes(32), dict(personal.texts)
        row.personal = PersonalPayload(partner_id=row.partner_id, person_id=personal.person_id, data=texts, salt=salt)
        row.personal_digest = personal_digest(salt, texts)
        PersonalPayload.objects.bulk_create([row.personal])
    OutboxEvent.objects.bulk_create([row])
    transaction.on_commit(wake)


def publish_all(events: Iterable[Event], *, actor: Actor) -> None:
    """The same for many events in one statement; none of them with personal texts."""
    with correlated(correlation() or uuid7()):
        OutboxEvent.objects.bulk_create(_row(event, actor) for event in events)
    transaction.on_commit(wake)


def _row(event: Event, actor: Actor) -> OutboxEvent:
    key = uuid7()
    return OutboxEvent(
        id=key,
        type=event.type,
        version=event.version,
        actor_kind=actor.kind.value,
        actor_id=actor.user_id,
        # What a partner's people do happens on their side, whatever it is about.
        partner_id=event.partner_id or actor.partner_id,
        subject_type=event.subject_type,
        subject_id=event.subject_id,
        # What nothing began begins by itself.
        correlation_id=event.correlation_id or correlation() or key,
        data=event.data(),
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
