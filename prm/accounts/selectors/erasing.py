"""Whom an administrator may erase: anybody, at whatever place."""

from __future__ import annotations

from uuid import UUID

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.accounts.models import Person


def person_to_erase(*, actor: Actor, person_id: UUID | str) -> Person:
    """One person, with or without an account, of the vendor, of a partner or a contact. Raises NotFound, Denied."""
    found: Person = Person.objects.visible_to(actor).one(person_id)
    authorize(actor, "accounts.person:erase", found)
    return found
