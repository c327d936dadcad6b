"""What this package itself does with everything that happened: one link of the audit chain each."""

from __future__ import annotations

from prm.access.actors import Actor
from prm.events.received import Received
from prm.events.selectors_audit import CHAIN
from prm.events.services import audit_append
from prm.events.subscribing import Order, subscriber


# It does not give up: an event left out would be a hole. The health page tells when it is stuck.
@subscriber(CHAIN, order=Order.POSITION, most_attempts=30_000)
def chain(happened: Received, *, actor: Actor) -> None:
    """Everything that happened enters the chain, in order of position."""
    audit_append(actor=actor, event_id=happened.id)
