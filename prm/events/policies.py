"""Who reads history: whoever reads the record it belongs to; the vendor's people here."""

from prm.access.policies import Policy, vendor_verbs
from prm.events.models import Delivery, OutboxEvent


class OutboxEventPolicy(Policy):
    """Events are written by services and never changed."""

    model = OutboxEvent
    name = "events.event"
    verbs = vendor_verbs(managers=["view"])


class DeliveryPolicy(Policy):
    """Who has heard of what; a dead letter is replayed or discarded by directors and administrators."""

    model = Delivery
    name = "events.delivery"
    verbs = vendor_verbs(managers=["view"], directors=["replay", "discard"])
