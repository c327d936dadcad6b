"""Reading accounts: who somebody is when a request arrives. Runs as the bare login; no role may read these tables."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from prm.access.actors import VENDOR_ROLES, Actor, ActorKind, Role, anonymous_actor
from prm.access.policies import api_scopes, authorize, permissions_of
from prm.access.roles import as_sign_in, as_system
from prm.accounts.models import ApiKey, Membership, Person, User
from prm.accounts.rules import digest_of, looks_like_key
from prm.core.ids import typeid_decode


def actor_of_user(user: User) -> Actor:
    """The actor behind a signed-in account. Without a membership it is nobody."""
    held = frozenset(Role(role) for role in Membership.objects.filter(user=user).values_list("role", flat=True))
    if not held & VENDOR_ROLES:
        return anonymous_actor(user.language)
    person = _person(user.pk)
    return Actor(
        kind=ActorKind.VENDOR,
        user_id=user.pk,
        person_id=person[0] if person else None,
        name=person[1] if person else user.email,
        roles=held,
        permissions=permissions_of(held),
        language=user.language,
    )


def actor_of_key(secret: str) -> Actor | None:
    """The actor behind an API key: its owner, narrowed to the key's scopes. None for a wrong, expired or revoked key."""
    if not looks_like_key(secret):
        return None
    live = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    key = (
        ApiKey.objects.select_related("user")
        .filter(live, digest=digest_of(secret), revoked_at__isnull=True, user__is_active=True)
        .first()
    )
    return _narrowed(key) if key is not None else None


def actor_of_key_id(key_id: UUID) -> Actor | None:
    """The actor behind a key by id, for work that the key started; None once it is revoked. Its expiry stops no such work."""
    with as_sign_in():
        key = ApiKey.objects.select_related("user").filter(pk=key_id, revoked_at__isnull=True, user__is_active=True).first()
        return _narrowed(key) if key is not None else None


def _narrowed(key: ApiKey) -> Actor:
    owner = actor_of_user(key.user)
    known = api_scopes()
    allowed = owner.narrowed(permission for scope in key.scopes for permission in known.get(scope, ()))
    return Actor(
        kind=owner.kind,
        user_id=owner.user_id,
        person_id=owner.person_id,
        key_id=key.pk,
        name=owner.name,
        roles=owner.roles,
        permissions=allowed,
        language=owner.language,
    )


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


def api_key_id(public_id: str) -> UUID:
    """The key's id behind ``key_…``; ValueError when it is none."""
    return typeid_decode(ApiKey.typeid_prefix, public_id)


def person_names(*, actor: Actor, user_ids: list[UUID]) -> dict[UUID, str]:
    """Account id → name, for showing who did something."""
    people = Person.objects.visible_to(actor).filter(user_id__in=user_ids)
    return dict(people.values_list("user_id", "name"))


def _person(user_id: UUID) -> tuple[UUID, str] | None:
    with as_system("name of the person signing in"):
        return Person.objects.filter(user_id=user_id).values_list("id", "name").first()
