"""Reading accounts: who somebody is when a request arrives. Runs as the bare login; no role may read these tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, JSONField, OuterRef, Q, QuerySet
from django.utils import timezone

from prm.access.actors import VENDOR_ROLES, Actor, ActorKind, Role, anonymous_actor
from prm.access.policies import api_scopes, authorize, permissions_of
from prm.access.roles import as_login, as_sign_in
from prm.accounts.models import ApiKey, Membership, Person, User
from prm.accounts.rules import digest_of, looks_like_key
from prm.core.scoping import ScopedQuerySet
from prm.core.text import text_key


def actor_of_user(user: User) -> Actor:
    """The actor behind a signed-in account. Without a membership it is nobody. One query."""
    return _actor(_with_standing(User.objects.filter(pk=user.pk), "pk").get())


def api_key_of(secret: str) -> ApiKey | None:
    """The living key with this secret, with what its owner holds. One query."""
    if not looks_like_key(secret):
        return None
    live = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    return _living_keys().filter(live, digest=digest_of(secret)).first()


def actor_of_key_id(key_id: UUID) -> Actor | None:
    """The actor behind a key by id, for work that the key started; None once it is revoked. Its expiry stops no such work."""
    with as_sign_in():
        key = _living_keys().filter(pk=key_id).first()
        return actor_behind(key) if key is not None else None


def _living_keys() -> QuerySet[ApiKey]:
    keys = ApiKey.objects.select_related("user").filter(revoked_at__isnull=True, user__is_active=True)
    return _with_standing(keys, "user_id").order_by()


def _with_standing(rows: QuerySet[Any], account: str) -> QuerySet[Any]:
    """``rows`` with the roles of an account and its person, so that signing in is one statement."""
    held = Membership.objects.filter(user=OuterRef(account)).order_by("role").values("role")
    person = Func(F(account), function="accounts_person_of", output_field=JSONField())
    return rows.annotate(held=ArraySubquery(held), behind=person)


def _actor(found: Any, user: User | None = None) -> Actor:
    """The actor of a row that ``_with_standing`` read."""
    account: User = user or found
    held = frozenset(Role(role) for role in found.held)
    if not held & VENDOR_ROLES:
        return anonymous_actor(account.language)
    person = found.behind or {}
    return Actor(
        kind=ActorKind.VENDOR,
        user_id=account.pk,
        person_id=UUID(person["id"]) if person else None,
        name=person.get("name", account.email),
        roles=held,
        permissions=permissions_of(held),
        language=account.language,
    )


def actor_behind(key: ApiKey) -> Actor:
    """The owner of a key that ``api_key_of`` read, narrowed to the key's scopes."""
    owner = _actor(key, key.user)
    known = api_scopes()
    allowed = owner.narrowed(permission for scope in key.scopes for permission in known.get(scope, ()))
    return replace(owner, key_id=key.pk, permissions=allowed)


def actor_of_user_id(user_id: UUID) -> Actor | None:
    """The actor of an account by id, for work that a person started and a worker carries on. None for a closed account."""
    with as_sign_in():
        user = User.objects.filter(pk=user_id, is_active=True).first()
        return actor_of_user(user) if user is not None else None


def api_key_list(*, actor: Actor) -> list[ApiKey]:
    """The actor's own API keys, newest first."""
    authorize(actor, "accounts.person:keys")
    with as_sign_in():
        return list(ApiKey.objects.filter(user_id=actor.account_id))


def person_names(*, actor: Actor, user_ids: list[UUID]) -> dict[UUID, str]:
    """Account id → name, for showing who did something."""
    people = Person.objects.visible_to(actor).filter(user_id__in=user_ids)
    return dict(people.values_list("user_id", "name"))


def person_list(*, actor: Actor, q: str = "", archived: bool = False) -> QuerySet[Person]:
    """People with an account, by the beginnings of words of their names: those who are here, or those who left. Raises Denied."""
    authorize(actor, "accounts.person:view")
    people = _people(actor).filter(archived_at__isnull=not archived)
    for word in text_key(q).split():
        people = people.filter(name_key__regex=rf"(^| ){word}")
    return people


def person_get(*, actor: Actor, person_id: UUID) -> Person:
    """One person with an account, also one who left. Raises NotFound, Denied."""
    authorize(actor, "accounts.person:view")
    found: Person = _people(actor).one(person_id)
    return found


def _people(actor: Actor) -> ScopedQuerySet:
    """The vendor's own. Who works at a company is seen with the company (``prm.partners``), by whoever may see that."""
    return Person.objects.visible_to(actor).filter(user__isnull=False)


def names_of_those_who_may(*, actor: Actor, permission: str, most: int = 3) -> list[str]:
    """Names of the vendor's people whose role holds ``permission``, at most ``most``; nobody for those who may not see people."""
    if not actor.may("accounts.person:view"):
        return []
    roles = [role for role in Role if permission in permissions_of({role})]
    with as_login():
        accounts = list(
            Membership.objects.filter(role__in=roles, partner_id__isnull=True, user__is_active=True).values_list(
                "user_id", flat=True
            )
        )
    people = Person.objects.visible_to(actor).filter(user_id__in=accounts).order_by("name_key")
    return list(people.values_list("name", flat=True)[:most])
