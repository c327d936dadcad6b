"""What happened, for ``make shots``: one event, and the history of a record. The lists are entries of the sidebar."""

from __future__ import annotations

from django.urls import reverse

from prm.access.actors import Actor, Role
from prm.events.selectors import event_list
from prm.ui.shots import Shot, register


def _event(actor: Actor) -> str | None:
    found = event_list(actor=actor).first()
    return reverse("vendor:activity:event-detail", args=[found.public_id]) if found else None


register(Shot("event", _event, role=Role.ADMINISTRATOR))
