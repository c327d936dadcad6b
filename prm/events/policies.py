"""Who reads history: whoever reads the record it belongs to; the vendor's people here."""

from prm.access.policies import Policy, vendor_verbs
from prm.events.models import OutboxEvent


class OutboxEventPolicy(Policy):
    """Events are written by services and never changed."""

    model = OutboxEvent
    name = "events.event"
    verbs = vendor_verbs(managers=["view"])
