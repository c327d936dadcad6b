"""Kinds of the packages below this one, which cannot declare their own: accounts and events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.access.actors import PORTAL_DOOR, ROLE_LABELS, VENDOR_DOOR, Actor, Role
from prm.accounts.selectors.told import key_names
from prm.events.selectors import letter_subscribers
from prm.notifications.kinds import KINDS, Named, NotificationKind
from prm.notifications.models import Channel


def register() -> None:
    """Called once, when the app is ready."""
    KINDS.register(
        NotificationKind(
            key="accounts.access_given", label=gettext_lazy("I was given access"), subject_type="person", icon="shield-lock",
            one=gettext_lazy("You now have access to %(name)s: %(roles)s"), many=gettext_lazy("%(n)s accesses were given to you"),
            named=_myself, words=_roles, default=Channel.MAIL, doors=VENDOR_DOOR | PORTAL_DOOR, joins=False, order=10,
        )
    )  # fmt: skip
    KINDS.register(
        NotificationKind(
            key="accounts.became_partner", label=gettext_lazy("My company becomes a partner"), subject_type="person",
            icon="users", one=gettext_lazy("%(name)s is a partner now: you look after who comes in for it"),
            many=gettext_lazy("%(n)s companies of yours are partners now"), named=_my_company, default=Channel.MAIL,
            doors=PORTAL_DOOR, joins=False, order=11,
        )
    )  # fmt: skip
    KINDS.register(
        NotificationKind(
            key="accounts.key_ending", label=gettext_lazy("An API key of mine ends soon"), subject_type="api_key", icon="key",
            one=gettext_lazy("Your API key “%(name)s” ends within two weeks"),
            many=gettext_lazy("%(n)s of your API keys end within two weeks"),
            named=_keys, default=Channel.MAIL, doors=VENDOR_DOOR | PORTAL_DOOR, order=20,
        )
    )  # fmt: skip
    KINDS.register(
        NotificationKind(
            key="events.dead_letter", label=gettext_lazy("Something could not be delivered"), subject_type="delivery",
            icon="alert-triangle", one=gettext_lazy("An event could not be delivered to %(name)s"),
            many=gettext_lazy("%(n)s events could not be delivered"), named=_letters, default=Channel.MAIL, order=90,
        )
    )  # fmt: skip


def _myself(actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, Named]:
    home = reverse("portal:home") if actor.kind in PORTAL_DOOR else "/"
    return {key: Named(str(settings.VENDOR_NAME), home) for key in ids if key == actor.person_id}


def _my_company(actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, Named]:
    name = dict(actor.places).get(str(actor.partner_id), "")
    return {key: Named(name, reverse("portal:people")) for key in ids if key == actor.person_id}


def _roles(data: Mapping[str, Any]) -> Mapping[str, Any]:
    known = [str(ROLE_LABELS[Role(role)]) for role in data.get("roles", []) if role in set(Role)]
    return {"roles": ", ".join(known) or _("as before")}


def _keys(actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, Named]:
    names = key_names(actor=actor, key_ids=list(ids))
    door = "portal" if actor.kind in PORTAL_DOOR else "vendor"
    url = reverse(f"{door}:accounts:api-key-list") if actor.may("accounts.person:keys") else ""
    return {key: Named(name, url) for key, name in names.items()}


def _letters(actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, Named]:
    subscribers = letter_subscribers(actor=actor, letter_ids=ids)
    return {key: Named(subscriber, _dead_letters()) for key, subscriber in subscribers.items()}


def _dead_letters() -> str:
    try:
        return reverse("vendor:activity:letter-list")
    except NoReverseMatch:
        return ""
