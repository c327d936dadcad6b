"""Telling owners that their API keys end soon."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from prm.access.actors import Actor
from prm.accounts.selectors.told import keys_ending, person_ids_of
from prm.notifications.kinds import KINDS
from prm.notifications.services import tell

SOON = timedelta(days=14)


def keys_warn(*, actor: Actor) -> int:
    """Tells owners of keys that end within two weeks, once a key; how many were told. Comes round by itself, without an event."""
    now = timezone.now()
    told = 0
    for key_id, user_id, partner_id in keys_ending(actor=actor, after=now, before=now + SOON):
        people = person_ids_of(actor=actor, user_ids=[user_id], partner_id=partner_id)
        entry = {"id": str(key_id), "cause": str(key_id), "data": {}}
        told += tell(actor=actor, kind=KINDS.get("accounts.key_ending"), people=people, entry=entry)
    return told
