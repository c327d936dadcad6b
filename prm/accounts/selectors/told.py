"""Who is to be told, and where: read by ``prm.notifications`` as the product itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from prm.access.actors import Actor, Role
from prm.access.roles import as_login, as_role
from prm.accounts.models import ApiKey, Membership, Person, User


def address_of(*, actor: Actor, user_id: UUID) -> str:
    """The e-mail address of a living account, for the product itself; "" for others."""
    if not actor.is_system:
        return ""
    with as_login():
        return User.objects.filter(pk=user_id, is_active=True).values_list("email", flat=True).first() or ""


@dataclass(frozen=True)
class Account:
    """Whom a letter about an account itself goes to."""

    name: str
    email: str
    language: str


def account_to_mail(*, actor: Actor, person_id: UUID) -> Account | None:
    """The living account behind a person, for the product itself; None for others. It has no transaction of the caller's."""
    if not actor.is_system:
        return None
    with as_role(actor):
        person = Person.objects.visible_to(actor).filter(pk=person_id, user_id__isnull=False).first()
        with as_login():
            user = User.objects.filter(pk=person.user_id, is_active=True).first() if person is not None else None
    return Account(person.name, user.email, user.language) if person is not None and user is not None else None


def administrator_ids(*, actor: Actor) -> list[UUID]:
    """The vendor's administrators as persons. Two queries."""
    with as_login():
        held = Membership.objects.filter(role=Role.ADMINISTRATOR, partner_id__isnull=True, user__is_active=True)
        accounts = list(held.values_list("user_id", flat=True))
    return person_ids_of(actor=actor, user_ids=accounts)


def person_ids_of(*, actor: Actor, user_ids: list[UUID], partner_id: UUID | None = None) -> list[UUID]:
    """The people behind accounts at one place: a partner, or (None) the vendor."""
    people = Person.objects.visible_to(actor).filter(user_id__in=user_ids, partner_id=partner_id)
    return list(people.values_list("pk", flat=True))


def keys_ending(*, actor: Actor, after: datetime, before: datetime) -> list[tuple[UUID, UUID, UUID | None]]:
    """Living keys that end in between, for the product itself: key, account, place."""
    if not actor.is_system:
        return []
    with as_login():
        living = ApiKey.objects.filter(revoked_at__isnull=True, expires_at__gt=after, expires_at__lte=before)
        return list(living.order_by("pk").values_list("pk", "user_id", "partner_id"))


def key_names(*, actor: Actor, key_ids: list[UUID]) -> dict[UUID, str]:
    """The actor's own keys of these by name."""
    if actor.user_id is None:
        return {}
    with as_login():
        return dict(ApiKey.objects.filter(pk__in=key_ids, user_id=actor.user_id).values_list("pk", "name"))
