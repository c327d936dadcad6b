"""Writing accounts: people, their roles, their API keys, their preferences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor, Role
from prm.access.policies import authorize
from prm.access.roles import as_sign_in
from prm.accounts.events import ApiKeyCreated, ApiKeyRevoked, MemberAdded
from prm.accounts.giving import check_side
from prm.accounts.models import ApiKey, Membership, Person, User
from prm.accounts.rules import digest_of, new_secret, shown_prefix
from prm.accounts.selectors_keys import keys_of
from prm.accounts.selectors_roles import cards_behind
from prm.api.served import scopes_served
from prm.core.errors import Conflict, Denied, Invalid, NotFound
from prm.core.validation import validate
from prm.events.publishing import publish

MAX_KEYS = 50


@transaction.atomic
def member_add(
    *, actor: Actor, email: str, name: str, roles: Iterable[str], password: str | None = None, language: str = "en",
    is_new: bool = False,
) -> Person:  # fmt: skip
    """Adds a person of the vendor with an account and roles (G4). An existing account gets the roles it lacks; with ``is_new`` it is
    refused, also one that somebody else makes at the same moment.

    ``password`` None makes an account that must choose one through the reset e-mail. Raises Denied, Invalid, Conflict.
    Publishes MemberAdded when that gave an account or a role.
    """
    authorize(actor, "accounts.person:invite")
    wanted = list(roles)
    if Role.ADMINISTRATOR in wanted and not actor.is_system and Role.ADMINISTRATOR not in actor.roles:
        raise Denied("not_allowed", _("Only an administrator makes another administrator."))
    account = Account(email=email, name=name, password=password, language=language)
    return account_give(actor=actor, account=account, roles=wanted, is_new=is_new)


@dataclass(frozen=True, kw_only=True)
class Account:
    """Whom an account is made for."""

    email: str
    name: str
    password: str | None = None
    language: str = "en"


@transaction.atomic
def account_give(
    *, actor: Actor, account: Account, roles: Iterable[str], partner_id: UUID | None = None, is_new: bool = False
) -> Person:
    """An account with these roles at one place: the vendor, or the partner with this id, which has an ``Organisation``. Its person there.

    The caller has authorised it. Raises Invalid for a role of the other side, Conflict as ``member_add``. Publishes MemberAdded.
    """
    wanted = cards_behind(actor=actor, codes=roles)
    check_side(wanted, partner_id=partner_id, field="role")
    with as_sign_in():
        user = User.objects.filter(email__iexact=account.email).first()
        if user is not None and is_new:
            raise _known_address()
        is_known = user is not None
        if user is None:
            try:
                with transaction.atomic():
                    user = User.objects.create_user(email=account.email, password=account.password, language=account.language)
            except IntegrityError as error:
                raise _known_address() from error
        EmailAddress.objects.get_or_create(
            user=user, email=user.email, defaults={"verified": account.password is not None, "primary": True}
        )
        held = [
            Membership.objects.get_or_create(user=user, role=card.base, custom_id=card.custom_id, partner_id=partner_id)
            for card in wanted
        ]
    person = Person.objects.visible_to(actor).filter(user_id=user.pk, partner_id=partner_id).first()
    if person is None:
        person = Person(user_id=user.pk, partner_id=partner_id, name=account.name, email=user.email)
        validate(person, exclude=["name_key", "user", "partner"], constraints=False)
        person.save()
    given = [membership.code for membership, is_given in held if is_given]
    if given or not is_known:
        publish(MemberAdded(subject_id=person.pk, partner_id=partner_id, roles=given), actor=actor)
    return person


def _known_address() -> Conflict:
    return Conflict("known_address", _("Somebody with this address has an account already."), field="email")


@transaction.atomic
def api_key_create(
    *, actor: Actor, name: str, scopes: Iterable[str], expires_at: datetime | None = None, test: bool = False
) -> tuple[ApiKey, str]:
    """A new API key of the actor and its secret, which is never shown again.

    Raises Invalid for no scope or one that opens nothing behind the actor's door, a date in the past or too many keys.
    Publishes ApiKeyCreated.
    """
    authorize(actor, "accounts.person:keys")
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= set(scopes_served(actor.kind)):
        raise Invalid("unknown_scope", _("Choose at least one of the scopes listed."), field="scopes")
    if not name.strip():
        raise Invalid("required", _("Name the key after the program that will use it."), field="name")
    if expires_at is not None and expires_at <= timezone.now():
        raise Invalid("expired", _("Choose a day in the future."), field="expires_at")
    secret = new_secret(test=test)
    with as_sign_in(actor):
        if ApiKey.objects.filter(user_id=actor.account_id, revoked_at__isnull=True).count() >= MAX_KEYS:
            raise Invalid("too_many", _("Revoke a key before making another one: 50 is the most."))
        key = ApiKey.objects.create(
            user_id=actor.account_id,
            partner_id=actor.partner_id,
            name=name.strip(),
            prefix=shown_prefix(secret),
            digest=digest_of(secret),
            scopes=wanted,
            expires_at=expires_at,
        )
    publish(ApiKeyCreated(subject_id=key.pk, prefix=key.prefix, scopes=wanted, expires_at=expires_at), actor=actor)
    return key, secret


@transaction.atomic
def api_key_revoke(*, actor: Actor, key_id: UUID) -> None:
    """Ends one of the actor's keys at once; for a partner's administrator any of the partner's. Raises NotFound for another's. Publishes
    ApiKeyRevoked."""
    authorize(actor, "accounts.person:keys")
    with as_sign_in(actor):
        key = keys_of(actor=actor).filter(pk=key_id, revoked_at__isnull=True).select_for_update().first()
        if key is None:
            raise NotFound
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
    publish(ApiKeyRevoked(subject_id=key.pk, prefix=key.prefix), actor=actor)


def preferences_update(*, actor: Actor, language: str = "", theme: str = "", density: str = "") -> None:
    """Keeps how a person likes the product to look. Empty values stay as they are."""
    changes = {k: v for k, v in {"language": language, "theme": theme, "density": density}.items() if v}
    if actor.user_id and changes:
        with as_sign_in():
            user = User.objects.get(pk=actor.account_id)
            for field, value in changes.items():
                setattr(user, field, value)
            validate(user, exclude=["password"])
            user.save(update_fields=list(changes))


def key_touch(*, actor: Actor, last_used_at: datetime | None) -> None:
    """Notes that a key was used, at most once a minute: for its owner to see which keys still live."""
    now = timezone.now()
    if actor.key_id and (last_used_at is None or last_used_at <= now - timedelta(minutes=1)):
        ApiKey.objects.filter(pk=actor.key_id).update(last_used_at=now)
