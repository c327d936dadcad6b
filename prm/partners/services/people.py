"""Forgetting people whom no company has any more (TRUST.md, retention)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from prm.access.actors import Actor
from prm.accounts.models import Person

#: So long a removed person can be brought back.
KEPT_FOR = timedelta(days=30)


def people_forget(*, actor: Actor, now: datetime | None = None) -> int:
    """Deletes people without account and place, a month after they lost it; answers how many. Histories hold ids alone, and stay."""
    old = Person.objects.visible_to(actor).filter(
        user__isnull=True, positions__isnull=True, updated_at__lt=(now or timezone.now()) - KEPT_FOR
    )
    return int(old.delete()[1].get(Person._meta.label, 0))
