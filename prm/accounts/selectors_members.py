"""Reading the people with access to one place, the vendor or a partner, with their accounts: for those who manage them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator

from prm.access.actors import ROLE_LABELS, VENDOR_ROLES, Actor, Role
from prm.access.policies import authorize
from prm.access.roles import as_sign_in
from prm.accounts.models import Membership, Person, User
from prm.accounts.places import Held, permissions_held
from prm.accounts.selectors_security import SECOND_STEPS
from prm.core.errors import NotFound
from prm.core.ids import typeid_encode, typeid_key

MOST = 1000


@dataclass(frozen=True)
class Member:
    """A person with access: who, with which roles, since when, last seen when, and whether a second step guards the account."""

    person_id: UUID
    user_id: UUID
    name: str
    email: str
    title: str
    roles: tuple[str, ...]  # codes
    role_names: tuple[str, ...]
    permissions: frozenset[str]
    is_active: bool
    last_login: datetime | None
    has_second_step: bool = False

    @property
    def public_id(self) -> str:
        return typeid_encode(Person.typeid_prefix, self.person_id)


def member_list(*, actor: Actor) -> list[Member]:
    """Everybody with an account at the actor's place, by name; who may sign in first. Four queries. Raises Denied."""
    authorize(actor, "accounts.person:invite")
    held: dict[UUID, list[Membership]] = defaultdict(list)
    with as_sign_in(actor):
        memberships = Membership.objects.filter(partner_id=actor.partner_id)
        if actor.partner_id is None:
            memberships = memberships.filter(role__in=[*VENDOR_ROLES, Role.SPECIALIST])
        for membership in memberships.select_related("custom"):
            held[membership.user_id].append(membership)
        users = {user.pk: user for user in User.objects.filter(pk__in=held)[:MOST]}
        steps = Authenticator.objects.filter(user_id__in=users, type__in=SECOND_STEPS)
        guarded = set(steps.values_list("user_id", flat=True))
    people = (
        Person.objects.visible_to(actor).filter(user_id__in=users, partner_id=actor.partner_id).order_by("name_key", "id")
    )
    found = [
        _member(person, users[person.user_id], held[person.user_id], person.user_id in guarded)
        for person in people
        if person.user_id is not None
    ]
    return sorted(found, key=lambda member: not member.is_active)


def member_get(*, actor: Actor, person_id: UUID | str) -> Member:
    """One of them by key or public id. Raises Denied, NotFound."""
    key = typeid_key(Person.typeid_prefix, person_id)
    for member in member_list(actor=actor):
        if member.person_id == key:
            return member
    raise NotFound


def _member(person: Person, user: User, held: list[Membership], guarded: bool) -> Member:
    ordered = sorted(held, key=lambda row: (row.custom_id is not None, list(Role).index(Role(row.role)), row.pk))
    given = [Held(role=Role(row.role), custom=frozenset(row.custom.permissions) if row.custom else None) for row in ordered]
    return Member(
        person_id=person.pk,
        user_id=user.pk,
        name=person.name,
        email=user.email,
        title=person.title,
        roles=tuple(row.code for row in ordered),
        role_names=tuple(row.custom.name if row.custom else str(ROLE_LABELS[Role(row.role)]) for row in ordered),
        permissions=permissions_held(given),
        is_active=user.is_active,
        last_login=user.last_login,
        has_second_step=guarded,
    )
