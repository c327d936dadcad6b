"""SAML: allauth's provider. Answers are strict: signed, ours, of now, and to a question of this visit (``InResponseTo``)."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.providers.saml.provider import SAMLProvider


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
