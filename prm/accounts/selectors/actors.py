"""Reading accounts: who somebody is when a request arrives. Runs as the bare login; no role may read these tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, JSONField, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from prm.access.actors import Actor, ActorKind, Role, anonymous_actor
from prm.access.policies import permissions_of_scopes, scopes_giving
from prm.access.roles import as_sign_in
from prm.accounts.models import ApiKey, Membership, StudyPass, User
from prm.accounts.places import VENDOR, Held, Place, place_chosen, places_of
from prm.accounts.rules.keys import digest_of, looks_like_key
from prm.accounts.rules.sign_in import Rules
from prm.accounts.selectors.sign_in_rules import rules_of, with_rules
from prm.api.served import permissions_asked, scopes_served


def standing_of_user(user: User, place: str = "") -> tuple[Actor, Rules]:
    """The actor behind a signed-in account at the place that it chose, else at its first, and the rules of signing in that hold. Without
    a membership it is nobody. One query."""
    found = with_rules(_with_standing(User.objects.filter(pk=user.pk), "pk")).get()
    return _actor(found, found, place), rules_of(found.rules)


def actor_of_user(user: User, place: str = "") -> Actor:
    """The same, where only who it is matters."""
    return standing_of_user(user, place)[0]


def actor_of_email(email: str) -> Actor | None:
    """Whoever signs in with an address, at their first place; None for nobody."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    return actor_of_user(user) if user else None


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


def actor_behind(key: ApiKey) -> Actor:
    """The owner of a key that ``api_key_of`` read, at the key's place, narrowed to the key's scopes."""
    place = str(key.partner_id) if key.partner_id else VENDOR
    owner = _actor(key, key.user, place)
    if owner.partner_id != key.partner_id:  # its owner left that place
        return anonymous_actor(owner.language)
    unscoped = owner.permissions - permissions_of_scopes(scopes_served(owner.kind))
    return replace(owner, key_id=key.pk, permissions=owner.narrowed(permissions_of_scopes(key.scopes)), unscoped=unscoped)


def key_scopes(*, actor: Actor) -> list[str]:
    """The scopes with which somebody asks: those of their key, with the reading that writing includes, or of their roles; each that opens
    anything to them where they come in, beyond reading."""
    asked = permissions_asked(actor.kind)
    if actor.key_id is None:
        return scopes_giving(asked & actor.permissions)
    with as_sign_in():
        held = ApiKey.objects.filter(pk=actor.key_id).values_list("scopes", flat=True).first() or ()
    return scopes_giving(asked & actor.permissions, held)


def actor_of_user_id(user_id: UUID, place: str) -> Actor | None:
    """The actor of an account by id at one place (``Actor.place``), for what a worker does for a person.

    None for a closed account, and where that place is closed to it: nobody's work goes on elsewhere, with other rights.
    """
    with as_sign_in():
        user = User.objects.filter(pk=user_id, is_active=True).first()
        actor = actor_of_user(user, place) if user is not None else None
    return actor if actor is not None and actor.place == place else None


def _living_keys() -> QuerySet[ApiKey]:
    keys = ApiKey.objects.select_related("user").filter(revoked_at__isnull=True, user__is_active=True)
    return _with_standing(keys, "user_id").order_by()


def _with_standing(rows: QuerySet[Any], account: str) -> QuerySet[Any]:
    """``rows`` with what an account holds where, its studies and its people, so that signing in is one statement."""
    held = Membership.objects.filter(user=OuterRef(account)).order_by("role").values(
        row=JSONObject(
            role="role", partner="partner_id", company="partner__company_id", name="partner__name", door="partner__door",
            custom="custom__permissions", custom_name="custom__name",
        )
    )  # fmt: skip
    passes = StudyPass.objects.filter(user=OuterRef(account)).exclude(valid_until__lte=timezone.now())
    return rows.annotate(
        held=ArraySubquery(held),
        studies=ArraySubquery(passes.order_by("study_id").values("study_id")),
        behind=Func(F(account), function="accounts_people_of", output_field=JSONField()),
    )


def _places(found: Any) -> list[Place]:
    return places_of(
        Held(
            role=Role(row["role"]), partner_id=_key(row["partner"]), company_id=_key(row["company"]), name=row["name"] or "",
            door=row["door"] or "", custom=frozenset(row["custom"]) if row["custom"] is not None else None,
            custom_name=row["custom_name"] or "",
        )
        for row in found.held
    )  # fmt: skip


def _actor(found: Any, account: User, chosen: str) -> Actor:
    """The actor of a row that ``_with_standing`` read."""
    places = _places(found)
    place = place_chosen(places, chosen)
    if place is None:
        return anonymous_actor(account.language)
    person: dict[str, Any] = next((p for p in found.behind or () if _key(p["partner"]) == place.partner_id), {})
    return Actor(
        kind=place.kind,
        user_id=account.pk,
        person_id=_key(person.get("id")),
        partner_id=place.partner_id,
        company_id=place.company_id,
        study_ids=tuple(found.studies) if place.kind is ActorKind.SPECIALIST else (),
        name=person.get("name", account.email),
        roles=place.roles,
        permissions=place.permissions,
        role_name=place.role_name,
        language=account.language,
        places=tuple((one.key, one.name) for one in places),
    )


def _key(text: str | None) -> UUID | None:
    return UUID(text) if text else None
