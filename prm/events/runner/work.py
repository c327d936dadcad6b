"""Delivering: what is due goes to its handlers, batch by batch, until nothing is due or the turn is over."""

from __future__ import annotations

import logging
import time
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction

from prm.access.actors import Actor, system_actor
from prm.access.roles import as_system
from prm.core.correlation import correlated
from prm.core.ids import uuid7
from prm.core.locks import held, lock_number
from prm.events.models import Delivery
from prm.events.received import received
from prm.events.runner.claims import claim, end, fail, mine, put_back
from prm.events.runner.dispatching import BATCH, dispatch
from prm.events.subscribing import SUBSCRIBERS, Order, Subscriber

log = logging.getLogger(__name__)
# Inside: one commit for so many. Outside: each is marked as soon as it has left, so that a kill repeats one at most.
TOGETHER, TOGETHER_OUTSIDE = 100, 10


class Overtaken(Exception):
    """What a worker had taken is no longer its own: its session was thought dead. What it did is undone."""


def deliver(*, seconds: float | None = None, ignore_pauses: bool = False) -> bool:
    """Delivers what is due, for at most about ``seconds``; True when the time was up and something is left.

    Safe to call at any time and from many processes: locks and rows decide who does what.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    session = uuid7()
    with held(session):
        while True:
            placed = dispatch()
            done = sum(_batch(entry, lock_number(session), ignore_pauses) for entry in SUBSCRIBERS)
            if placed < BATCH and not done:
                return False
            if deadline is not None and time.monotonic() > deadline:
                return True


def deliver_all() -> None:
    """Delivers everything here and now, without pauses between attempts: for tests and commands."""
    deliver(ignore_pauses=True)


def _batch(subscriber: Subscriber, worker: int, ignore_pauses: bool) -> int:
    """Some deliveries of one subscriber; how many were tried."""
    most = TOGETHER_OUTSIDE if subscriber.outside else TOGETHER
    keys = claim(subscriber, worker, most=most, ignore_pauses=ignore_pauses)
    if not keys:
        return 0
    actor = system_actor(f"subscriber {subscriber.name}")
    try:
        if subscriber.outside:
            _outside(subscriber, keys, worker, actor)
        else:
            _inside(subscriber, keys, worker, actor)
    except Overtaken:
        log.warning("subscriber %s: another worker went on with what this one had taken", subscriber.name)
    except (InterfaceError, OperationalError):
        if not connection.in_atomic_block and not connection.is_usable():
            connection.close()  # and with it the lock: whoever looks next goes on
        raise
    return len(keys)


def _inside(subscriber: Subscriber, keys: list[UUID], worker: int, actor: Actor) -> None:
    """Effects and marks of all of them in one transaction; one that fails undoes itself only."""
    with as_system(actor.reason):
        rows = list(mine(keys, worker).select_for_update(of=("self",)))
        if len(rows) != len(keys):
            raise Overtaken
        done, untried, stuck = [], [], set()
        for row in rows:
            if _lane(subscriber, row) in stuck:
                untried.append(row.pk)
                continue
            try:
                with transaction.atomic(), correlated(row.event.correlation_id):
                    subscriber.handler(received(row.event), actor=actor)
            except Exception as error:
                _raise_when_the_database_left(error)
                _failed(subscriber, row, error)
                stuck.add(_lane(subscriber, row))
            else:
                done.append(row.pk)
        end(done, worker)
        put_back(untried, worker)


def _outside(subscriber: Subscriber, keys: list[UUID], worker: int, actor: Actor) -> None:
    """One by one, no transaction open while the handler works. Each is marked before the next begins."""
    with as_system(actor.reason):
        rows = list(mine(keys, worker))
    stuck = set()
    for row in rows:
        if _lane(subscriber, row) in stuck:
            with as_system(actor.reason):
                put_back([row.pk], worker)
            continue
        try:
            with correlated(row.event.correlation_id):
                subscriber.handler(received(row.event), actor=actor)
        except Exception as error:
            _raise_when_the_database_left(error)
            with as_system(actor.reason):
                _failed(subscriber, row, error)
            stuck.add(_lane(subscriber, row))
            continue
        with as_system(actor.reason):
            if not end([row.pk], worker):
                raise Overtaken


def _lane(subscriber: Subscriber, row: Delivery) -> UUID | None:
    return row.subject_id if subscriber.order is Order.SUBJECT else None


def _failed(subscriber: Subscriber, row: Delivery, error: Exception) -> None:
    dead = fail(row, f"{type(error).__name__}: {error}", subscriber)
    log.error(
        "subscriber %s, event %s, attempt %s%s",
        subscriber.name, row.event_id, row.attempts, ": a dead letter" if dead else "", exc_info=error,
    )  # fmt: skip


def _raise_when_the_database_left(error: Exception) -> None:
    """A broken connection can note nothing, and what it had taken is free again."""
    if isinstance(error, InterfaceError | OperationalError) and (
        connection.connection is None or connection.connection.closed
    ):
        raise error
