"""Setting providers of sign-in up (G4). What changes whom a provider speaks for takes the links to accounts with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor, Role
from prm.access.policies import authorize
from prm.access.roles import as_sign_in
from prm.accounts.events import ProviderAdded, ProviderEdited, ProviderRemoved, ProviderSwitched
from prm.accounts.giving import check_giving
from prm.accounts.models import SignInDomain, SignInProvider
from prm.accounts.rules.providers import saml_parts, wrong_domains
from prm.accounts.selectors.providers import provider_get
from prm.accounts.selectors.stale import stale_setting
from prm.core.errors import Conflict, Invalid
from prm.core.validation import validate
from prm.events.publishing import publish

Kind, LetsIn = SignInProvider.Kind, SignInProvider.LetsIn
#: A change of one of these asks for another test.
_CONNECTION = ("issuer", "client_id", "metadata_url", "metadata")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How a provider is to be. ``secret`` "" keeps the one that is there."""

    name: str
    domains: Sequence[str]
    issuer: str = ""
    client_id: str = ""
    secret: str = ""
    metadata_url: str = ""
    metadata: str = ""
    is_required: bool = False
    counts_as_second_step: bool = False
    lets_in: str = LetsIn.INVITED
    role: str = ""


@transaction.atomic
def provider_add(*, actor: Actor, kind: str, partner_id: UUID | None, wanted: Wanted) -> SignInProvider:
    """A provider for the vendor's people (None) or a partner's; it signs nobody in before it was tested and switched on.

    Raises Denied, Invalid, Conflict for a domain that another provider speaks for. Publishes ProviderAdded.
    """
    authorize(actor, "accounts.provider:edit")
    provider = SignInProvider(kind=kind, partner_id=partner_id)
    _write(actor, provider, wanted)
    publish(ProviderAdded(subject_id=provider.pk, kind=kind, domains=sorted(wanted.domains)), actor=actor)
    return provider


@transaction.atomic
def provider_edit(*, actor: Actor, provider_id: UUID | str, wanted: Wanted, seen: str = "") -> SignInProvider:
    """Another connection is switched off until it is tested; another issuer forgets whom the earlier one named. ``seen`` is the
    ``SignInProvider.state`` that was looked at, where that is to be the one that is changed (else Conflict, ``stale_edit``).

    Raises NotFound, Denied, Invalid, Conflict as above. Publishes ProviderEdited with the names of what changed.
    """
    authorize(actor, "accounts.provider:edit")
    provider = provider_get(actor=actor, provider_id=provider_id, locked=True)
    if seen and seen != provider.state:
        raise stale_setting(actor=actor, subject_type="idp", subject_id=provider.pk)
    before = {**_plain(provider), "domains": sorted(domain.domain for domain in provider.domains.all())}
    issued_by = _issuer(provider)
    _write(actor, provider, wanted)
    after = {**_plain(provider), "domains": sorted(wanted.domains)}
    changed = sorted(name for name in before if before[name] != after[name]) + (["secret"] if wanted.secret else [])
    with as_sign_in(actor):
        if set(changed) & {*_CONNECTION, "secret"}:
            provider.tested_at, provider.is_active = None, False
            provider.save(update_fields=["tested_at", "is_active"])
        if issued_by != _issuer(provider):
            SocialAccount.objects.filter(provider=provider.public_id).delete()
    publish(ProviderEdited(subject_id=provider.pk, changed=changed), actor=actor)
    return provider


@transaction.atomic
def provider_tested(*, actor: Actor, provider_id: UUID | str, metadata: str = "") -> SignInProvider:
    """Notes that the provider answers as it should, with the metadata that its address gave. Raises NotFound, Denied."""
    authorize(actor, "accounts.provider:edit")
    provider = provider_get(actor=actor, provider_id=provider_id)
    issued_by = _issuer(provider)
    with as_sign_in(actor):
        provider.tested_at = timezone.now()
        provider.metadata = metadata or provider.metadata
        provider.save(update_fields=["tested_at", "metadata"])
        if issued_by and issued_by != _issuer(provider):
            SocialAccount.objects.filter(provider=provider.public_id).delete()
    return provider


@transaction.atomic
def provider_switch(*, actor: Actor, provider_id: UUID | str, on: bool) -> SignInProvider:
    """Switches it on, once it was tested, or off: then its people sign in by password again. Raises NotFound, Denied, Conflict.

    Publishes ProviderSwitched.
    """
    authorize(actor, "accounts.provider:edit")
    provider = provider_get(actor=actor, provider_id=provider_id)
    if on and provider.tested_at is None:
        raise Conflict("not_tested", _("Test the connection first."))
    if provider.is_active != on:
        with as_sign_in(actor):
            provider.is_active = on
            provider.save(update_fields=["is_active"])
        publish(ProviderSwitched(subject_id=provider.pk, on=on), actor=actor)
    return provider


@transaction.atomic
def provider_remove(*, actor: Actor, provider_id: UUID | str) -> None:
    """Takes it away with its links to accounts; the accounts stay. Raises NotFound, Denied. Publishes ProviderRemoved."""
    authorize(actor, "accounts.provider:edit")
    provider = provider_get(actor=actor, provider_id=provider_id)
    with as_sign_in(actor):
        SocialAccount.objects.filter(provider=provider.public_id).delete()
        SignInProvider.objects.filter(pk=provider.pk).delete()
    publish(ProviderRemoved(subject_id=provider.pk), actor=actor)


def _write(actor: Actor, provider: SignInProvider, wanted: Wanted) -> None:
    """Raises Invalid, Conflict, Denied."""
    wrong = wrong_domains(wanted.domains)
    if not wanted.domains or wrong:
        raise Invalid("domain", _("Not a company’s domain: %(which)s") % {"which": ", ".join(wrong) or "–"}, field="domains")
    values: dict[str, Any] = {key: value for key, value in asdict(wanted).items() if key not in {"domains", "secret"}}
    if wanted.lets_in == LetsIn.ANYBODY:
        check_giving(actor, roles=[wanted.role], partner_id=provider.partner_id)
        if wanted.role in {Role.ADMINISTRATOR, Role.SPECIALIST, Role.CANDIDATE}:
            raise Invalid("role", _("Nobody comes in with this role without being invited."), field="role")
    _check_connection(provider, wanted)
    for key, value in values.items():
        setattr(provider, key, value)
    if wanted.secret:
        provider.secret = wanted.secret
    with as_sign_in(actor):
        validate(provider, exclude=["partner"])
        provider.save()
        try:
            with transaction.atomic():
                provider.domains.exclude(domain__in=wanted.domains).delete()
                known = set(provider.domains.values_list("domain", flat=True))
                for domain in wanted.domains:
                    if domain not in known:
                        SignInDomain.objects.create(domain=domain, provider=provider)
        except IntegrityError as error:
            raise Conflict("domain_taken", _("Another provider speaks for one of these domains."), field="domains") from error


def _check_connection(provider: SignInProvider, wanted: Wanted) -> None:
    if provider.kind == Kind.OIDC:
        for field in ("issuer", "client_id"):
            if not getattr(wanted, field):
                raise Invalid("required", _("This is needed."), field=field)
        if not wanted.secret and not provider.sealed_secret:
            raise Invalid("required", _("This is needed."), field="secret")
        return
    if not wanted.metadata_url and not wanted.metadata:
        raise Invalid("required", _("Give the address of the metadata, or the metadata itself."), field="metadata_url")
    if wanted.metadata:
        try:
            saml_parts(wanted.metadata)
        except ValueError as error:
            raise Invalid("metadata", _("This is no metadata of a SAML provider that signs."), field="metadata") from error


def _plain(provider: SignInProvider) -> dict[str, Any]:
    return {
        name: getattr(provider, name)
        for name in ("name", *_CONNECTION, "is_required", "counts_as_second_step", "lets_in", "role")
    }


def _issuer(provider: SignInProvider) -> str:
    """Whose names for people the links to accounts hold."""
    if provider.kind == Kind.OIDC:
        return provider.issuer
    return saml_parts(provider.metadata).entity_id if provider.metadata else ""
