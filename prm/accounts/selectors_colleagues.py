"""A partner's people as they see each other: who comes in for the partner, in which role."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from prm.access.actors import Actor, Role
from prm.access.policies import authorize
from prm.access.roles import as_sign_in
from prm.accounts.models import Membership, Person
from prm.accounts.places import role_at
from prm.accounts.words_of_partners import ROLE_WORDS
from prm.core.ids import typeid_encode


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody who comes in for a partner."""

    person_id: UUID
    user_id: UUID
    name: str
    title: str
    email: str
    phone: str
    role: Role

    @property
    def role_name(self) -> str:
        """The role in the words of the trade."""
        return str(ROLE_WORDS[self.role])

    @property
    def public_id(self) -> str:
        """The TypeID of the person."""
        return typeid_encode(Person.typeid_prefix, self.person_id)


def colleague_list(*, actor: Actor) -> list[Colleague]:
    """Everybody who comes in for the actor's partner, by name; nobody for those of no partner. Two queries. Raises Denied."""
    authorize(actor, "accounts.person:view")
    return colleagues_at(actor=actor, partner_id=actor.partner_id) if actor.partner_id is not None else []


def colleagues_at(*, actor: Actor, partner_id: UUID) -> list[Colleague]:
    """The same of a partner that the caller has authorised. Two queries."""
    with as_sign_in(actor):
        rows = Membership.objects.filter(partner_id=partner_id).order_by("-role")
        held = {user: role_at(door, Role(role)) for user, role, door in rows.values_list("user_id", "role", "partner__door")}
    people = Person.objects.visible_to(actor).filter(user_id__in=held, partner_id=partner_id, archived_at__isnull=True)
    return [
        Colleague(
            person_id=p.pk, user_id=p.user_id, name=p.name, title=p.title, email=p.email, phone=p.phone,
            role=held[p.user_id],
        )
        for p in people
        if p.user_id is not None
    ]  # fmt: skip
