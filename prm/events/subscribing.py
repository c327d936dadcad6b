"""``@subscriber``: a feature hears what happened. Delivered once, in effect, whatever is killed in between.

A feature writes it in its ``receivers.py``, which its AppConfig's ``ready`` imports; the handler only calls a service::

    @subscriber("programs.tier_points", DealWon, DealLost)
    def count_points(happened: Received, *, actor: Actor) -> None:
        points_recount(actor=actor, partner_id=happened.told.partner_id)

Promises to a handler:

* It runs after the event's commit, as the product itself (role ``prm_system``), in ONE transaction with the mark that this subscriber
  has had this event: what it wrote exists exactly when the event counts as delivered. A kill in between undoes both.
* Order holds per subject: while an earlier event of the same subject is undelivered to this subscriber, later ones wait. With
  ``order=Order.POSITION`` that holds over all events.
* An exception is written down and tried again: after 2 s, 10 s, 1 min, 5 min, 30 min, 2 h, 6 h. Then the delivery is a dead letter: later
  events go on, and a person looks at it and replays or discards it (``/administration/dead-letters``).
* ``outside=True`` is for effects that leave the database (mail, HTTP). It runs with no transaction open and reads inside
  ``as_role(actor)``; a worker killed between effect and mark does it again, with the same event id: hand that id over, so that the other
  side can tell.
* A subscriber that is new hears of what happens from then on. Its name is what its marks are kept under: it never changes. One that is
  taken away leaves what it had not yet heard; its migration deletes those deliveries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from prm.core.registry import Registry
from prm.events.publishing import Event
from prm.events.rules import MOST_ATTEMPTS


class Order(StrEnum):
    """Within what an earlier event holds up later ones."""

    SUBJECT = "subject"
    POSITION = "position"


@dataclass(frozen=True)
class Subscriber:
    """Who hears of what. An empty ``types`` means everything."""

    name: str
    types: frozenset[str]
    handler: Callable[..., Any]
    order: Order = Order.SUBJECT
    outside: bool = False
    most_attempts: int = MOST_ATTEMPTS

    def wants(self, type_: str) -> bool:
        """Whether events of this type go to it."""
        return not self.types or type_ in self.types


SUBSCRIBERS: Registry[Subscriber] = Registry("subscribers", key=lambda entry: entry.name, order=lambda entry: entry.name)


def subscriber(
    name: str,
    *events: type[Event],
    order: Order = Order.SUBJECT,
    outside: bool = False,
    most_attempts: int = MOST_ATTEMPTS,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers ``handler(happened, *, actor)`` for these events, or for all of them. See the head of this file."""

    def register(handler: Callable[..., Any]) -> Callable[..., Any]:
        types = frozenset(event.type for event in events)
        SUBSCRIBERS.register(Subscriber(name, types, handler, order, outside, most_attempts))
        return handler

    return register
