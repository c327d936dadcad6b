"""Who reads history: whoever reads the record it belongs to; the vendor's people here."""

from django.utils.translation import gettext_lazy as _

from prm.access.policies import Policy, vendor_verbs
from prm.events.models import AuditCheck, AuditEntry, Delivery, OutboxEvent, PersonalPayload


class OutboxEventPolicy(Policy):
    """Events are written by services and never changed. Who reads a record reads its history; the log of all is for whoever sees the
    audit trail."""

    model = OutboxEvent
    name = "events.event"
    label = _("What happened")
    # A record's history is read with the record.
    read_with = (
        "events companies partners products vendors sales studies target_lists persons imports exports jobs saved_views"
    )
    verbs = vendor_verbs(managers=["view"])


class DeliveryPolicy(Policy):
    """Who has heard of what; a dead letter is replayed or discarded by directors and administrators."""

    model = Delivery
    name = "events.delivery"
    label = _("Deliveries that failed")
    verbs = vendor_verbs(managers=["view"], directors=["replay", "discard"])


class PersonalPayloadPolicy(Policy):
    """What events say about people is read beside the event, and erased for a person who asks."""

    model = PersonalPayload
    name = "events.personal"
    label = _("Personal details in histories")
    verbs = vendor_verbs(managers=["view"], directors=["erase"])


class AuditEntryPolicy(Policy):
    """The chain is read by directors and administrators, and changed by nobody."""

    model = AuditEntry
    name = "events.audit"
    label = _("Audit chain")
    api = "events"
    verbs = vendor_verbs(managers=[], directors=["view", "verify"])


class AuditCheckPolicy(Policy):
    """Likewise what its verifications found."""

    model = AuditCheck
    name = "events.audit_check"
    part_of = "events.audit"
    verbs = vendor_verbs(managers=[], directors=["view"])
