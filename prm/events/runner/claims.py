"""Who delivers what: the one place where a worker takes deliveries, and where they end.

A worker holds an advisory lock with its session and writes the lock's number on what it takes. What carries a number that nobody holds
belongs to a dead worker. Hence a row is read first and the living locks after it, never the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from prm.access.actors import system_actor
from prm.access.roles import as_system
from prm.core.locks import held_numbers
from prm.events.events import DeliveryDied
from prm.events.models import Delivery, DeliveryState
from prm.events.publishing import publish
from prm.events.rules import Choice, Waiting, choose, is_hopeless, pause_after
from prm.events.subscribing import Order, Subscriber

LOOKS = 50
_REASON = "delivery of events"
_EVER = timedelta(days=3650)


def claim(subscriber: Subscriber, worker: int, *, most: int, ignore_pauses: bool = False) -> list[UUID]:
    """Takes up to ``most`` deliveries of ``subscriber`` for ``worker``, in order; they are counted as tried from here on."""
    for _look in range(LOOKS):
        with as_system(_REASON):
            choice = _choose(subscriber, most, ignore_pauses)
            Delivery.objects.filter(pk__in=choice.now).update(claimed_by=worker, attempts=F("attempts") + 1)
            for due_at in set(choice.later.values()):
                behind = [key for key, until in choice.later.items() if until == due_at]
                Delivery.objects.filter(pk__in=behind).update(due_at=due_at)
        # Whole screens of what waits behind a put-off one are put off with it, until something else is seen.
        if choice.now or not choice.later:
            return choice.now
    return []


def _choose(subscriber: Subscriber, most: int, ignore_pauses: bool) -> Choice:
    """The next that are due and nobody living has, locked; of them, what may go out."""
    waiting = Delivery.objects.filter(subscriber=subscriber.name, state=DeliveryState.WAITING)
    now = timezone.now() + (_EVER if ignore_pauses else timedelta(0))
    held = held_numbers()
    free = waiting.filter(Q(claimed_by__isnull=True) | ~Q(claimed_by__in=held), due_at__lte=now)
    rows = list(free.select_for_update(skip_locked=True).order_by("position")[: 2 * most])
    if any(row.claimed_by for row in rows):
        # A worker may have come up since the locks were read.
        held = held_numbers()
        rows = [row for row in rows if row.claimed_by not in held]
    if not rows:
        return Choice([], {})
    by_subject = subscriber.order is Order.SUBJECT
    heads = _as_waiting(_heads(waiting, rows, by_subject), by_subject)
    return choose(_as_waiting(rows, by_subject), heads, now=now, most=most)


def _heads(waiting: QuerySet[Delivery], rows: list[Delivery], by_subject: bool) -> QuerySet[Delivery]:
    """The first of what else waits in each lane of ``rows``, where it stands before the last of them."""
    others = waiting.filter(position__lt=rows[-1].position).exclude(pk__in=[row.pk for row in rows])
    if by_subject:
        subjects = {row.subject_id for row in rows}
        return others.filter(subject_id__in=subjects).order_by("subject_id", "position").distinct("subject_id")
    return others.order_by("position")[:1]


def _as_waiting(rows: Iterable[Delivery], by_subject: bool) -> list[Waiting]:
    return [Waiting(row.pk, row.subject_id if by_subject else None, row.position, row.attempts, row.due_at) for row in rows]


def mine(keys: Iterable[UUID], worker: int) -> QuerySet[Delivery]:
    """Those of ``keys`` that are still this worker's, in order, with their events."""
    owned = Delivery.objects.filter(pk__in=list(keys), claimed_by=worker, state=DeliveryState.WAITING)
    return owned.select_related("event").order_by("position")


def end(keys: Iterable[UUID], worker: int) -> int:
    """The marks that these were delivered, in the transaction of their effects; how many were still this worker's to mark."""
    now = timezone.now()
    rows = Delivery.objects.filter(pk__in=list(keys), claimed_by=worker, state=DeliveryState.WAITING)
    return rows.update(state=DeliveryState.DONE, claimed_by=None, error="", ended_at=now, updated_at=now)


def put_back(keys: Iterable[UUID], worker: int) -> None:
    """Gives up what was taken and not tried."""
    rows = Delivery.objects.filter(pk__in=list(keys), claimed_by=worker, state=DeliveryState.WAITING)
    rows.update(claimed_by=None, attempts=F("attempts") - 1)


def fail(delivery: Delivery, error: str, subscriber: Subscriber) -> bool:
    """Notes that it could not be delivered: it waits for its next attempt, or is a dead letter from now on (True).

    Publishes DeliveryDied then; not of a DeliveryDied that died itself, which would go on for ever.
    """
    now = timezone.now()
    dead = is_hopeless(delivery.attempts, subscriber.most_attempts)
    marked = Delivery.objects.filter(pk=delivery.pk, claimed_by=delivery.claimed_by, state=DeliveryState.WAITING).update(
        state=DeliveryState.DEAD if dead else DeliveryState.WAITING,
        due_at=now if dead else now + pause_after(delivery.attempts),
        claimed_by=None,
        error=error[:2000],
        ended_at=now if dead else None,
        updated_at=now,
    )
    if dead and marked and delivery.event.type != DeliveryDied.type:
        died = DeliveryDied(
            subject_id=delivery.pk, subscriber=subscriber.name, event_id=delivery.event_id,
            correlation_id=delivery.event.correlation_id,
        )  # fmt: skip
        publish(died, actor=system_actor(_REASON))
    return dead
