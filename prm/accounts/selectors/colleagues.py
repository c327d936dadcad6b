"""A partner's people as they see each other: who comes in for the partner, in which role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from prm.access.actors import ROLE_WORDS, Actor, Role
from prm.access.policies import authorize
from prm.access.roles import as_sign_in
from prm.accounts.models import Membership, Person
from prm.accounts.of_person import OfPerson
from prm.accounts.places import role_at
from prm.core.names import named


@dataclass(frozen=True, kw_only=True)
class Colleague(OfPerson):
    """Somebody who comes in for a partner."""

    person_id: UUID
    user_id: UUID
    name: str
    title: str
    email: str
    phone: str
    roles: tuple[Role, ...]
    #: How many open invitations of theirs went with the access that was ended.
    taken_back: int = 0

    @property
    def role_name(self) -> str:
        """The roles in the words of the trade."""
        return ", ".join(str(ROLE_WORDS[role]) for role in self.roles)


def colleague_list(*, actor: Actor) -> list[Colleague]:
    """Everybody who comes in for the actor's partner, by name; nobody for those of no partner. Two queries. Raises Denied."""
    authorize(actor, "accounts.person:view")
    return colleagues_at(actor=actor, partner_id=actor.partner_id) if actor.partner_id is not None else []


def colleagues_at(*, actor: Actor, partner_id: UUID) -> list[Colleague]:
    """The same of a partner that the caller has authorised. Two queries."""
    held = _held_at(actor, partner_id)
    return _colleagues(_people_at(actor, partner_id, held), held)


def colleague_rows(*, actor: Actor, partner_id: UUID, q: str = "") -> QuerySet[Person]:
    """The same as rows of people, by the beginnings of words of their names."""
    people = _people_at(actor, partner_id, _held_at(actor, partner_id))
    return named(people, q)


def colleagues_behind(*, actor: Actor, partner_id: UUID, people: Iterable[Person]) -> list[Colleague]:
    """Those behind rows of ``colleague_rows``, in their order. One query."""
    return _colleagues(people, _held_at(actor, partner_id))


def _held_at(actor: Actor, partner_id: UUID) -> dict[UUID, list[Role]]:
    held: dict[UUID, list[Role]] = defaultdict(list)
    with as_sign_in(actor):
        rows = Membership.objects.filter(partner_id=partner_id).order_by("role")
        for user_id, role, door in rows.values_list("user_id", "role", "partner__door"):
            if role_at(door, Role(role)) not in held[user_id]:
                held[user_id].append(role_at(door, Role(role)))
    return held


def _people_at(actor: Actor, partner_id: UUID, held: Collection[UUID]) -> QuerySet[Person]:
    people: QuerySet[Person] = Person.objects.visible_to(actor)
    return people.filter(user_id__in=list(held), partner_id=partner_id, archived_at__isnull=True)


def _colleagues(people: Iterable[Person], held: Mapping[UUID, list[Role]]) -> list[Colleague]:
    return [
        Colleague(
            person_id=p.pk, user_id=p.user_id, name=p.name, title=p.title, email=p.email, phone=p.phone,
            roles=tuple(held[p.user_id]),
        )
        for p in people
        if p.user_id is not None and p.user_id in held
    ]  # fmt: skip
