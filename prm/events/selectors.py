"""Reading what happened: a record's history as sentences (G7), what is new, the log of everything, and what could not be delivered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from prm.access.actors import Actor
from prm.core.correlation import PREFIX, correlation_of
from prm.core.errors import NotFound
from prm.core.ids import typeid_decode
from prm.events.models import Delivery, DeliveryState, OutboxEvent
from prm.events.subjects import model_behind, subject_types
from prm.events.telling import HistoryLine, icon_for, names_of, told, who_is


def record_seen(*, actor: Actor, record_id: str) -> Any:
    """The record that a TypeID names, of whatever kind, if the actor sees it. Raises NotFound, also for what is no subject of access."""
    model = model_behind(record_id.rpartition("_")[0])
    if not hasattr(getattr(model, "objects", None), "visible_to"):
        raise NotFound
    return model._default_manager.visible_to(actor).one(record_id)  # type: ignore[attr-defined]


def history_rows(*, actor: Actor, subject_type: str, subject_id: UUID) -> QuerySet[OutboxEvent]:
    """The events of a record, newest first; a query, for paging. The caller has authorised the record itself."""
    return OutboxEvent.objects.visible_to(actor).filter(subject_type=subject_type, subject_id=subject_id).order_by("-id")


def histories_rows(*, actor: Actor, subjects: Mapping[str, Sequence[UUID]]) -> QuerySet[OutboxEvent]:
    """Likewise of several records together (kind → ids)."""
    ids = [key for keys in subjects.values() for key in keys]
    rows = OutboxEvent.objects.visible_to(actor).filter(subject_type__in=list(subjects), subject_id__in=ids)
    return rows.order_by("-id")


def record_history_rows(*, actor: Actor, record_id: str) -> QuerySet[OutboxEvent]:
    """The events of whatever record a TypeID names, if the actor sees it. Raises NotFound."""
    record = record_seen(actor=actor, record_id=record_id)
    return histories_rows(actor=actor, subjects={kind: [record.pk] for kind in subject_types()})


def history_told(*, actor: Actor, rows: Iterable[OutboxEvent]) -> list[HistoryLine]:
    """Events as the lines of a history, in the reader's language. One query, for the names."""
    rows = list(rows)
    names = names_of(actor, (row.actor_id for row in rows))
    lines = []
    for row in rows:
        said = told(row.type, row.data)
        lines.append(
            HistoryLine(
                row.pk,
                row.type,
                row.occurred_at,
                who_is(row.actor_kind, row.actor_id, names),
                row.actor_kind,
                row.actor_id,
                said.sentence,
                said.changes,
                icon_for(row.type),
                row.data,
            )
        )
    return lines


def history_list(*, actor: Actor, subject_type: str, subject_id: UUID, limit: int = 50) -> list[HistoryLine]:
    """The last ``limit`` events of a record, as lines. Two queries."""
    return history_told(actor=actor, rows=history_rows(actor=actor, subject_type=subject_type, subject_id=subject_id)[:limit])


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
    return [
        RecentEntry(row.occurred_at, row.actor_id, told(row.type, row.data).sentence, row.subject_type, row.subject_id)
        for row in rows
    ]


def event_list(
    *,
    actor: Actor,
    types: Sequence[str] = (),
    subject: str = "",
    people: Sequence[UUID] = (),
    days: tuple[date | None, date | None] = (None, None),
    placed: bool = False,
) -> QuerySet[OutboxEvent]:
    """Everything that happened, for the log: a query, for paging by id (newest first) or position.

    ``subject`` is the TypeID of a record, of an event itself, or the id of a request: that finds everything the request set going, in it
    and after it. What is none of these finds nothing. Days are the vendor's, both included.
    ``placed`` leaves out what has no position yet: whoever reads by position then skips nothing.
    """
    rows = OutboxEvent.objects.visible_to(actor)
    if placed:
        rows = rows.filter(position__isnull=False)
    if types:
        rows = rows.filter(type__in=types)
    if people:
        rows = rows.filter(actor_id__in=people)
    if subject:
        rows = _about(rows, subject)
    since, until = days
    # Ids are ordered by time, and the index on them is there.
    if since is not None:
        rows = rows.filter(id__gte=_first_id(since))
    if until is not None:
        rows = rows.filter(id__lt=_first_id(until + timedelta(days=1)))
    return rows


def _about(rows: QuerySet[OutboxEvent], subject: str) -> QuerySet[OutboxEvent]:
    subject = subject.strip()
    prefix = subject.rpartition("_")[0]
    try:
        key = typeid_decode(prefix, subject)
    except ValueError:
        # A caller may have named its request in its own way.
        return rows.filter(correlation_id=correlation_of(subject))
    if prefix == PREFIX:
        return rows.filter(correlation_id=key)
    if prefix == OutboxEvent.typeid_prefix:
        return rows.filter(pk=key)
    return rows.filter(subject_type__in=subject_types(), subject_id=key)


def _first_id(day: date) -> UUID:
    """The smallest key that was made on a day: a UUIDv7 begins with its milliseconds."""
    midnight = datetime.combine(day, time(), timezone.get_default_timezone()).astimezone(UTC)
    return UUID(int=int(midnight.timestamp() * 1000) << 80)


def event_get(*, actor: Actor, event_id: UUID | str) -> OutboxEvent:
    """One event. Raises NotFound."""
    return OutboxEvent.objects.visible_to(actor).one(event_id)


def correlated_count(*, actor: Actor, event: OutboxEvent) -> int:
    """How many events are part of what this one is part of, itself included."""
    if event.correlation_id is None:
        return 1
    return OutboxEvent.objects.visible_to(actor).filter(correlation_id=event.correlation_id).count()


def event_deliveries(*, actor: Actor, event: OutboxEvent) -> list[Delivery]:
    """Who was to hear of an event, and where that stands; those that arrived long ago are forgotten."""
    return list(Delivery.objects.visible_to(actor).filter(event=event).order_by("subscriber"))


def letter_list(*, actor: Actor, subscribers: Sequence[str] = (), types: Sequence[str] = ()) -> QuerySet[Delivery]:
    """Dead letters with their events; a query, for paging, newest first."""
    rows = Delivery.objects.visible_to(actor).filter(state=DeliveryState.DEAD).select_related("event")
    if subscribers:
        rows = rows.filter(subscriber__in=subscribers)
    if types:
        rows = rows.filter(event__type__in=types)
    return rows


def letter_subscribers(*, actor: Actor, letter_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Id of a dead letter → the subscriber that it did not reach."""
    return dict(Delivery.objects.visible_to(actor).filter(pk__in=letter_ids).values_list("pk", "subscriber"))


def letters_count(*, actor: Actor) -> int:
    """How many dead letters wait for somebody."""
    return Delivery.objects.visible_to(actor).filter(state=DeliveryState.DEAD).count()


@dataclass(frozen=True)
class Unreached:
    """A subscriber that events could not reach: how many dead letters, and when the oldest happened."""

    subscriber: str
    count: int
    oldest: datetime


def letters_by_subscriber(*, actor: Actor) -> list[Unreached]:
    """Dead letters by subscriber, the most first. One query."""
    rows = Delivery.objects.visible_to(actor).filter(state=DeliveryState.DEAD).order_by().values("subscriber")
    found = rows.annotate(count=Count("pk"), oldest=Min("event__occurred_at")).order_by("-count", "subscriber")
    return [Unreached(row["subscriber"], row["count"], row["oldest"]) for row in found]


@dataclass(frozen=True)
class Standing:
    """How delivery stands: deliveries that wait, events without a position, dead letters, and since when the oldest undone one waits."""

    waiting: int
    fresh: int
    dead: int
    oldest: datetime | None


def delivery_standing(*, actor: Actor) -> Standing:
    """How delivery stands now. Four indexed queries."""
    rows = Delivery.objects.visible_to(actor)
    fresh = OutboxEvent.objects.visible_to(actor).filter(position__isnull=True)
    waiting = rows.filter(state=DeliveryState.WAITING)
    oldest = [
        moment
        for moment in (
            fresh.order_by("id").values_list("occurred_at", flat=True).first(),
            waiting.order_by("position").values_list("event__occurred_at", flat=True).first(),
        )
        if moment is not None
    ]
    return Standing(
        waiting=waiting.count(), fresh=fresh.count(), dead=letters_count(actor=actor),
        oldest=min(oldest, default=None),
    )  # fmt: skip
