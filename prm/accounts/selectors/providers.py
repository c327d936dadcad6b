"""Reading providers of sign-in: for administrators, and for signing in itself. Runs as the bare login."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.access.roles import as_sign_in
from prm.accounts.models import Organisation, SignInDomain, SignInProvider
from prm.accounts.rules.providers import domain_of
from prm.core.errors import NotFound
from prm.core.ids import typeid_key


def provider_list(*, actor: Actor) -> list[SignInProvider]:
    """All of them, by name, with domains and partner. Two queries. Raises Denied."""
    authorize(actor, "accounts.provider:view")
    with as_sign_in(actor):
        return list(_all())


def provider_get(*, actor: Actor, provider_id: UUID | str, locked: bool = False) -> SignInProvider:
    """One of them; ``locked`` keeps it as it is until the transaction ends. Raises Denied, NotFound."""
    authorize(actor, "accounts.provider:view")
    with as_sign_in(actor):
        return _one(provider_id, _all().select_for_update(of=("self",)) if locked else _all())


def organisation_choices(*, actor: Actor) -> list[tuple[str, str]]:
    """(id, name) of the partners whose people sign in at all. Raises Denied."""
    authorize(actor, "accounts.provider:view")
    with as_sign_in(actor):
        return [(str(key), name) for key, name in Organisation.objects.order_by("name").values_list("pk", "name")]


def provider_named(*, actor: Actor, provider_id: UUID | str) -> SignInProvider:
    """The provider that an address of sign-in names; the actor is nobody yet. Raises NotFound."""
    with as_sign_in():
        return _one(provider_id)


def provider_for(*, actor: Actor, email: str) -> SignInProvider | None:
    """The provider in use for the domain of an address. Looks at nobody's account: what it answers tells nothing of who has one."""
    with as_sign_in():
        domain = (
            SignInDomain.objects.filter(domain=domain_of(email), provider__is_active=True).select_related("provider").first()
        )
    return domain.provider if domain is not None else None


def is_password_refused(*, actor: Actor, email: str) -> bool:
    """Whether people of this address's domain sign in by their provider only. By the domain alone, as above."""
    provider = provider_for(actor=actor, email=email)
    return provider is not None and provider.is_required


def _one(provider_id: UUID | str, rows: QuerySet[SignInProvider] | None = None) -> SignInProvider:
    found = (_all() if rows is None else rows).filter(pk=typeid_key(SignInProvider.typeid_prefix, provider_id)).first()
    if found is None:
        raise NotFound
    return found


def _all() -> QuerySet[SignInProvider]:
    return SignInProvider.objects.select_related("partner").prefetch_related("domains")
