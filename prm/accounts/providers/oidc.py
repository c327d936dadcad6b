"""OpenID Connect: allauth's provider, with answers believed only when signature, issuer, audience, age and nonce are right."""

from __future__ import annotations

import secrets
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse

from prm.accounts.providers.adapter import CLAIMS
from prm.accounts.rules.providers import claims_in

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def configuration(issuer: str) -> dict[str, Any]:
    """What a provider says of itself. Raises OAuth2Error when it is somebody else than the issuer, or says too little."""
    with get_adapter().get_requests_session() as session:
        found = session.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        found.raise_for_status()
        config = found.json()
    if not isinstance(config, dict) or str(config.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
        raise OAuth2Error("the provider calls itself by another issuer")
    if not all(isinstance(config.get(name), str) for name in ENDPOINTS):
        raise OAuth2Error("the provider does not say where to sign in")
    return config


def signing_keys(config: dict[str, Any]) -> dict[str, Any]:
    """The provider's keys (JWKS)."""
    with get_adapter().get_requests_session() as session:
        answer = session.get(config["jwks_uri"])
        answer.raise_for_status()
        return dict(answer.json())


class OidcAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """One exchange with a provider."""

    @property
    def openid_config(self) -> dict[str, Any]:
        if not hasattr(self, "_openid_config"):
            self._openid_config = configuration(self.get_provider().app.settings["server_url"])
        return self._openid_config

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> Any:
        """What the id token says; the address from the provider's user info where the token has none, of the same subject only."""
        config = self.openid_config
        try:
            claims = claims_in(
                kwargs["response"].get("id_token") or "", keys=signing_keys(config), issuer=config["issuer"],
                audience=app.client_id,
            )  # fmt: skip
        except jwt.PyJWTError as error:
            raise OAuth2Error("the id token is not believed") from error
        if "email" not in claims and "userinfo_endpoint" in config:
            told = self._fetch_user_info(token.token)
            if told.get("sub") != claims["sub"]:
                raise OAuth2Error("the user info is about somebody else")
            claims = {**told, **claims}
        setattr(request, CLAIMS, claims)
        request._prm_name = claims.get("name", "")  # type: ignore[attr-defined]
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})


class OidcProvider(OpenIDConnectProvider):  # type: ignore[misc]  # as above
    """One provider, asked with a nonce of this visit's."""

    oauth2_adapter_class = OidcAdapter

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        nonce = secrets.token_urlsafe(24)
        kwargs["auth_params"] = {**self.get_auth_params(), "nonce": nonce}
        answer: HttpResponse = super().redirect(request, process, next_url, data, nonce=nonce, **kwargs)
        return answer

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Nothing of it is kept: the subject is enough."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """Verified only where the provider says so in so many words."""
        addresses = super().extract_email_addresses(data)
        for address in addresses:
            address.verified = data["id_token"].get("email_verified") in (True, "true")
        return list(addresses)
