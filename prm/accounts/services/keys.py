"""API keys: made, used and taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.access.roles import as_sign_in
from prm.accounts.events import ApiKeyCreated, ApiKeyRevoked
from prm.accounts.models import ApiKey
from prm.accounts.rules.keys import digest_of, new_secret, shown_prefix
from prm.accounts.selectors.keys import keys_of
from prm.api.served import scopes_served
from prm.core.errors import Invalid, NotFound
from prm.events.publishing import publish

MAX_KEYS = 50


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


def key_touch(*, actor: Actor, last_used_at: datetime | None) -> None:
    """Notes that a key was used, at most once a minute: for its owner to see which keys still live."""
    now = timezone.now()
    if actor.key_id and (last_used_at is None or last_used_at <= now - timedelta(minutes=1)):
        ApiKey.objects.filter(pk=actor.key_id).update(last_used_at=now)
