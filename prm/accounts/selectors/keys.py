"""Reading API keys: one's own of the vendor's people, a partner's by its administrators."""

from __future__ import annotations

from django.db.models import QuerySet

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.access.roles import as_sign_in
from prm.accounts.models import ApiKey, Membership, Person


def keys_of(*, actor: Actor) -> QuerySet[ApiKey]:
    """The keys that the actor looks after at their place, to be read as the sign-in login."""
    keys = ApiKey.objects.filter(partner_id=actor.partner_id)
    return keys if actor.partner_id is not None else keys.filter(user_id=actor.account_id)


def api_key_list(*, actor: Actor) -> list[ApiKey]:
    """The actor's own API keys, newest first; to a partner's administrator all of the partner's, each with the name of who made it and
    whether they are still there (``owner_name``, ``is_orphan``). Three queries at most. Raises Denied."""
    authorize(actor, "accounts.person:keys")
    with as_sign_in(actor):
        keys = list(keys_of(actor=actor))
        if actor.partner_id is None:
            return keys
        there = set(Membership.objects.filter(partner_id=actor.partner_id).values_list("user_id", flat=True))
    people = Person.objects.visible_to(actor).filter(user_id__in={key.user_id for key in keys}, partner_id=actor.partner_id)
    names = dict(people.values_list("user_id", "name"))
    for key in keys:
        key.owner_name, key.is_orphan = names.get(key.user_id, ""), key.user_id not in there
    return keys
