"""What happens to events themselves."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import Event


class DeliveryDied(Event, subject="delivery", sentence=_("gave up delivering to %(subscriber)s")):
    """An event could not be delivered to a subscriber, however often it was tried: a dead letter, until somebody decides."""

    subscriber: str
    event_id: UUID
