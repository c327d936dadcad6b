"""Trying a provider before anybody depends on it: it is reached, it is who it says, and it signs."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import requests
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from cryptography import x509
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.accounts.models import SignInProvider
from prm.accounts.providers.oidc import configuration, signing_keys
from prm.accounts.rules.providers import saml_parts
from prm.core import outgoing


@dataclass(frozen=True)
class Tried:
    """What came of it: ``problem`` is "" when all is well; ``metadata`` what the address of a SAML provider gave."""

    problem: str = ""
    metadata: str = ""


def provider_try(provider: SignInProvider) -> Tried:
    """Asks the provider what signing in will ask. Goes out to the network: never inside a role's transaction."""
    try:
        return _oidc(provider) if provider.kind == SignInProvider.Kind.OIDC else _saml(provider)
    except outgoing.OutgoingRefused as error:
        return Tried(_("The address is not called: %(why)s.") % {"why": str(error)})
    except (requests.RequestException, OAuth2Error, ValueError, KeyError, TypeError) as error:
        return Tried(_("The provider does not answer as it should: %(why)s.") % {"why": str(error)[:200]})


def _oidc(provider: SignInProvider) -> Tried:
    keys = signing_keys(configuration(provider.issuer)).get("keys")
    return Tried() if keys else Tried(_("The provider shows no keys to check its signatures with."))


def _saml(provider: SignInProvider) -> Tried:
    metadata = provider.metadata
    if provider.metadata_url:
        with outgoing.session() as session:
            answer = session.get(provider.metadata_url)
            answer.raise_for_status()
            metadata = answer.content.decode()
    parts = saml_parts(metadata)
    ends = [
        x509.load_der_x509_certificate(base64.b64decode("".join(cert.split()))).not_valid_after_utc for cert in parts.certs
    ]
    if max(ends) < timezone.now():
        return Tried(_("The provider’s certificate has expired."))
    if not parts.sso_url.startswith("https://"):
        outgoing.vetted_address(parts.sso_url)
    return Tried(metadata=metadata)
