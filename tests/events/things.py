"""Events and subscribers of the tests: what they heard, and how to make them fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.events.publishing import EVENT_TYPES, Event, publish
from prm.events.received import Received
from prm.events.subscribing import SUBSCRIBERS, subscriber


class ThingHappened(Event, subject="thing", sentence="did it"):
    """Number ``n`` of its subject."""

    n: int
    price: Decimal | None = None
    about: list[UUID] | None = None


class OtherHappened(Event, subject="thing", sentence="did something else"):
    """What the subscribers of these tests do not ask for."""


# Registered only while a test runs: the product's own lists are checked elsewhere.
for _kind in (ThingHappened, OtherHappened):
    del EVENT_TYPES[_kind.type]


@dataclass
class Heard:
    """What a subscriber got, in order; ``act`` is done with each."""

    events: list[Received] = field(default_factory=list)
    act: Callable[[Received], Any] = lambda happened: None

    @property
    def numbers(self) -> list[int]:
        return [happened.data["n"] for happened in self.events]


@contextmanager
def hearing(name: str = "tests.ear", *events: type[Event], **options: Any) -> Iterator[Heard]:
    """A subscriber for the length of a test; the product's own are deaf meanwhile."""
    heard = Heard()
    before = SUBSCRIBERS._entries
    SUBSCRIBERS._entries = {key: entry for key, entry in before.items() if key.startswith("tests.")}
    for kind in (ThingHappened, OtherHappened):
        EVENT_TYPES.setdefault(kind.type, kind)

    @subscriber(name, *(events or (ThingHappened,)), **options)
    def hear(happened: Received, *, actor: Actor) -> None:
        heard.act(happened)
        heard.events.append(happened)

    try:
        yield heard
    finally:
        SUBSCRIBERS._entries = before
        for kind in (ThingHappened, OtherHappened):
            EVENT_TYPES.pop(kind.type, None)


def tell(actor: Actor, subject: UUID, *numbers: int) -> None:
    """Publishes numbered events of a subject, each in a transaction of its own."""
    for n in numbers:
        with as_role(actor):
            publish(ThingHappened(subject_id=subject, n=n), actor=actor)
