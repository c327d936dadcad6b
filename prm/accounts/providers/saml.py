"""SAML: allauth's provider. Answers are strict: signed, ours, of now, and to a question of this visit (``InResponseTo``)."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from allauth.socialaccount.providers.saml.utils import build_saml_config, prepare_django_request
from django.http import HttpRequest
from onelogin.saml2.auth import OneLogin_Saml2_Auth


class SamlProvider(SAMLProvider):  # type: ignore[misc]  # allauth has no types
    """One provider. An address is verified by the administrator's word that it speaks for the domain, unless it says otherwise."""

    default_attribute_mapping = {
        **SAMLProvider.default_attribute_mapping,
        "email": [*SAMLProvider.default_attribute_mapping["email"], "email", "mail"],
        "email_verified": [*SAMLProvider.default_attribute_mapping["email_verified"], "email_verified"],
        "name": [
            "http://schemas.microsoft.com/identity/claims/displayname",
            "urn:oid:2.16.840.1.113730.3.1.241",
            "displayName",
        ],
    }

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        """Nothing of it is kept: the name that the provider gives somebody is enough."""
        return {}

    def extract_email_addresses(self, data: Any) -> list[Any]:
        said = self._extract(data)
        if not said.get("email"):
            return []
        self.request._prm_name = said.get("name", "")
        return [EmailAddress(email=said["email"], verified=said.get("email_verified", True) is True, primary=True)]


def build_auth(request: HttpRequest, provider: SAMLProvider) -> OneLogin_Saml2_Auth:
    """Allauth's, but an answer may be signed with any certificate that the metadata names, not the first alone."""
    config = build_saml_config(request, provider.app.settings, provider.app.client_id)
    config["idp"]["x509certMulti"] = {"signing": list(provider.app.settings["idp"]["certs"])}
    return OneLogin_Saml2_Auth(prepare_django_request(request), config)
