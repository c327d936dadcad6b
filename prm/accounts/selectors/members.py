"""Reading the people with access to one place, the vendor or a partner, with their accounts: for those who manage them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from prm.access.actors import ROLE_LABELS, VENDOR_ROLES, Actor, Role
from prm.access.policies import authorize
from prm.access.roles import as_sign_in
from prm.accounts.models import Membership, Person, User
from prm.accounts.of_person import OfPerson
from prm.accounts.places import Held, permissions_held
from prm.accounts.rules.keys import state_of
from prm.accounts.selectors.security import SECOND_STEPS
from prm.core.errors import NotFound
from prm.core.ids import typeid_key
from prm.core.names import named

MOST = 1000


@dataclass(frozen=True)
class Member(OfPerson):
    """A person with access: who, with which roles, since when, last seen when, and whether a second step guards the account.

    ``last_login`` and, at the vendor, ``email`` are the account's. A partner is told no sign-in, and the address at which it knows them: it
    would learn from the others when, and at which company, a colleague works besides.
    """

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
    #: How many open invitations of theirs the change took back that gave this answer.
    taken_back: int = 0

    @property
    def state(self) -> str:
        """Changes with the roles that they hold."""
        return state_of(sorted(self.roles))


def member_list(*, actor: Actor) -> list[Member]:
    """Everybody with an account at the actor's place, by name; who may sign in first. Four queries. Raises Denied."""
    authorize(actor, "accounts.person:invite")
    known = _accounts_at(actor)
    people = Person.objects.visible_to(actor).filter(user_id__in=known.users, partner_id=actor.partner_id)
    members = _members(people.order_by("name_key", "id")[:MOST], known)
    return sorted(members, key=lambda member: not member.is_active)


def member_rows(*, actor: Actor, q: str = "", is_active: bool | None = None) -> QuerySet[Person]:
    """The same as rows of people, by the beginnings of words of their names; ``is_active``: whether they may sign in. Raises Denied."""
    authorize(actor, "accounts.person:invite")
    with as_sign_in(actor):
        held = _held_at(actor)
        if is_active is not None:
            held = held.filter(user__is_active=is_active)
        accounts = set(held.values_list("user_id", flat=True))
    people = Person.objects.visible_to(actor).filter(user_id__in=accounts, partner_id=actor.partner_id)
    return named(people, q)


def members_behind(*, actor: Actor, people: Iterable[Person]) -> list[Member]:
    """The members behind rows of ``member_rows``, in their order. Three queries."""
    rows = list(people)
    return _members(rows, _accounts_at(actor, [person.user_id for person in rows if person.user_id is not None]))


@dataclass(frozen=True)
class _Accounts:
    """Accounts at one place: what each holds there, and which are guarded by a second step."""

    held: dict[UUID, list[Membership]]
    users: dict[UUID, User]
    guarded: set[UUID]
    is_vendors: bool


def _accounts_at(actor: Actor, only: Collection[UUID] | None = None) -> _Accounts:
    """Those at the actor's place, or some of them. Three queries."""
    held: dict[UUID, list[Membership]] = defaultdict(list)
    with as_sign_in(actor):
        rows = _held_at(actor) if only is None else _held_at(actor).filter(user_id__in=only)
        for membership in rows.select_related("custom"):
            held[membership.user_id].append(membership)
        users = {user.pk: user for user in User.objects.filter(pk__in=held)}
        steps = Authenticator.objects.filter(user_id__in=held, type__in=SECOND_STEPS)
        return _Accounts(dict(held), users, set(steps.values_list("user_id", flat=True)), actor.partner_id is None)


def _members(people: Iterable[Person], known: _Accounts) -> list[Member]:
    return [_member(person, known) for person in people if person.user_id is not None and person.user_id in known.held]


def _held_at(actor: Actor) -> QuerySet[Membership]:
    held = Membership.objects.filter(partner_id=actor.partner_id)
    return held if actor.partner_id is not None else held.filter(role__in=[*VENDOR_ROLES, Role.SPECIALIST])


def member_get(*, actor: Actor, person_id: UUID | str, locked: bool = False) -> Member:
    """One of them by key or public id; ``locked`` keeps them as they are until the transaction ends. Raises Denied, NotFound."""
    rows = member_rows(actor=actor).filter(pk=typeid_key(Person.typeid_prefix, person_id))
    found = members_behind(actor=actor, people=rows.select_for_update() if locked else rows)
    if not found:
        raise NotFound
    return found[0]


def _member(person: Person, known: _Accounts) -> Member:
    assert person.user_id is not None
    user = known.users[person.user_id]
    ordered = sorted(
        known.held[user.pk], key=lambda row: (row.custom_id is not None, list(Role).index(Role(row.role)), row.pk)
    )
    given = [Held(role=Role(row.role), custom=frozenset(row.custom.permissions) if row.custom else None) for row in ordered]
    return Member(
        person_id=person.pk,
        user_id=user.pk,
        name=person.name,
        email=user.email if known.is_vendors else person.email,
        title=person.title,
        roles=tuple(row.code for row in ordered),
        role_names=tuple(row.custom.name if row.custom else str(ROLE_LABELS[Role(row.role)]) for row in ordered),
        permissions=permissions_held(given),
        is_active=user.is_active,
        last_login=user.last_login if known.is_vendors else None,
        has_second_step=user.pk in known.guarded,
    )
