"""How allauth's sign-in by providers behaves here: providers are rows that administrators keep, requests go to vetted addresses only, and
whose account an answer opens is decided by ``services.coming_in`` alone."""

from __future__ import annotations

from typing import Any

import requests
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from prm.access.actors import anonymous_actor
from prm.accounts.models import SignInProvider
from prm.accounts.rules.keys import device_of
from prm.accounts.rules.providers import SamlParts, is_for, saml_parts
from prm.accounts.selectors.providers import provider_named
from prm.accounts.services.coming_in import Answer, provider_come_in
from prm.accounts.services.sign_in import sign_in_note
from prm.core import outgoing
from prm.core.errors import Denied, NotFound
from prm.core.text import plain_line

CLAIMS, TAKEN = "_prm_claims", "_prm_second_step_taken"


def app_of(provider: SignInProvider) -> SocialApp:
    """A provider as allauth knows one. It is kept in no table of allauth's: the secret lies sealed in ours."""
    if provider.kind == SignInProvider.Kind.OIDC:
        return SocialApp(
            provider="openid_connect", provider_id=provider.public_id, name=provider.name, client_id=provider.client_id,
            secret=provider.secret, settings={"server_url": provider.issuer.rstrip("/"), "oauth_pkce_enabled": True},
        )  # fmt: skip
    strict = {
        "strict": True, "want_assertion_signed": True, "want_name_id": True, "want_attribute_statement": False,
        "reject_deprecated_algorithm": True, "reject_idp_initiated_sso": True, "allow_single_label_domains": True,
    }  # fmt: skip
    parts = saml_parts(provider.metadata) if provider.metadata else SamlParts("", "", ("",))
    # ``x509cert`` is the one that allauth knows of, ``certs`` what answers are checked against: ``providers.saml.build_auth``.
    idp = {"entity_id": parts.entity_id, "sso_url": parts.sso_url, "x509cert": parts.certs[0], "certs": list(parts.certs)}
    return SocialApp(
        provider="saml", provider_id=provider.public_id, name=provider.name, client_id=provider.public_id,
        settings={"idp": idp, "advanced": strict},
    )  # fmt: skip


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """The one door through which answers of providers come."""

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[SocialApp]:
        """The provider that is named, while it is switched on."""
        named = client_id if provider == "saml" else provider
        try:
            found = provider_named(actor=anonymous_actor(), provider_id=named or "")
        except NotFound:
            return []
        return [app_of(found)] if found.is_active else []

    def get_requests_session(self) -> requests.Session:
        return outgoing.session()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Finds or makes the account that the answer opens, or shows why it opens none."""
        provider = provider_named(actor=anonymous_actor(), provider_id=sociallogin.account.provider)
        claims = getattr(request, CLAIMS, None)
        if claims is not None and not is_for(
            claims, audience=provider.client_id, nonce=sociallogin.state.get("nonce", "")
        ):  # of another question than ours: replayed
            raise ImmediateHttpResponse(
                refusal(request, provider, _("The answer of your company’s sign-in is not for this visit."))
            )
        address = sociallogin.email_addresses[0] if sociallogin.email_addresses else None
        answer = Answer(
            subject=sociallogin.account.uid, email=address.email if address else "", is_verified=bool(address and address.verified),
            name=plain_line(str(getattr(request, "_prm_name", ""))), language=(get_language() or "en")[:2],
        )  # fmt: skip
        try:
            found = provider_come_in(actor=anonymous_actor(), provider=provider, answer=answer)
        except Denied as denied:
            _note_refusal(request, answer.email)
            raise ImmediateHttpResponse(refusal(request, provider, str(denied.message))) from denied
        sociallogin.user, sociallogin.account = found.user, found.link
        setattr(request, TAKEN, provider.counts_as_second_step)
        if found.is_newly_linked:
            self.send_notification_mail("socialaccount/email/account_connected", found.user, {"provider": provider.name})

    def on_authentication_error(self, request: HttpRequest, provider: Any, **more: Any) -> None:
        _note_refusal(request, "")


class SecondStepStage(AuthenticateStage):  # type: ignore[misc]  # as above
    """The second step after signing in, but for who took it at their provider, where the administrator counts that."""

    def _should_handle(self, request: HttpRequest) -> bool:
        return not took_it_there(request) and bool(super()._should_handle(request))


def took_it_there(request: HttpRequest) -> bool:
    """Whether this sign-in came by a provider whose second step counts."""
    return bool(getattr(request, TAKEN, False))


def refusal(request: HttpRequest, provider: SignInProvider | None, message: str) -> HttpResponse:
    """The page that says why a provider's answer opens nothing."""
    return render(request, "socialaccount/refused.html", {"provider": provider, "message": message}, status=403)


def _note_refusal(request: HttpRequest, email: str) -> None:
    sign_in_note(
        actor=anonymous_actor(), email=email, is_in=False, way="provider", ip=get_account_adapter().get_client_ip(request),
        device=device_of(request.headers.get("User-Agent", "")),
    )  # fmt: skip
