"""People by name: the vendor's colleagues, and whom to ask."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from prm.access.actors import Actor, Role
from prm.access.policies import authorize, permissions_of
from prm.access.roles import as_login
from prm.accounts.models import Membership, Person
from prm.core.names import named
from prm.core.scoping import ScopedQuerySet


def person_names(*, actor: Actor, user_ids: list[UUID]) -> dict[UUID, str]:
    """Account id → name, for showing who did something."""
    people = Person.objects.visible_to(actor).filter(user_id__in=user_ids)
    return dict(people.values_list("user_id", "name"))


def account_choices(*, actor: Actor) -> list[tuple[str, str]]:
    """(account id, name) of whoever has or had an account, for a filter by who did something."""
    people = Person.objects.visible_to(actor).filter(user_id__isnull=False).order_by("name_key")
    return [(str(key), name) for key, name in people.values_list("user_id", "name")]


def person_list(*, actor: Actor, q: str = "", archived: bool = False) -> QuerySet[Person]:
    """People with an account, by the beginnings of words of their names: those who are here, or those who left. Raises Denied."""
    authorize(actor, "accounts.person:view")
    people = _people(actor).filter(archived_at__isnull=not archived)
    return named(people, q)


def person_get(*, actor: Actor, person_id: UUID) -> Person:
    """One person with an account, also one who left. Raises NotFound, Denied."""
    authorize(actor, "accounts.person:view")
    found: Person = _people(actor).one(person_id)
    return found


def _people(actor: Actor) -> ScopedQuerySet:
    """The vendor's own. Who works at a company is seen with the company (``prm.partners``), by whoever may see that."""
    return Person.objects.visible_to(actor).filter(user__isnull=False, partner__isnull=True)


def names_of_those_who_may(*, actor: Actor, permission: str, most: int = 3) -> list[str]:
    """Names of the vendor's people whose role holds ``permission``, at most ``most``; nobody for those who may not see people."""
    if not actor.may("accounts.person:view"):
        return []
    roles = [role for role in Role if permission in permissions_of({role})]
    with as_login():
        accounts = list(
            Membership.objects.filter(
                Q(role__in=roles, custom__isnull=True) | Q(custom__permissions__contains=[permission]),
                partner_id__isnull=True,
                user__is_active=True,
            ).values_list("user_id", flat=True)
        )
    people = _people(actor).filter(user_id__in=accounts).order_by("name_key")
    return list(people.values_list("name", flat=True)[:most])
