"""Sign-in by a company's own provider: where it begins, where answers come, and the administrator's test of a connection.

All of it runs as the bare login and in autocommit: providers are called, and no transaction of a role may wait for them.
"""

from __future__ import annotations

from typing import Any

import requests
from allauth.core.internal import ratelimit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.saml import views as saml
from allauth.socialaccount.providers.saml.utils import build_saml_config
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View
from onelogin.saml2.errors import OneLogin_Saml2_Error
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from prm.access.actors import anonymous_actor
from prm.access.roles import as_role
from prm.accounts.models import SignInProvider
from prm.accounts.providers.adapter import app_of, refusal
from prm.accounts.providers.check import provider_try
from prm.accounts.providers.oidc import OidcAdapter
from prm.accounts.providers.saml import build_auth
from prm.accounts.public.account import OwnPage
from prm.accounts.selectors.providers import provider_for, provider_get, provider_named
from prm.accounts.services.providers import provider_tested
from prm.core.errors import Denied, NotFound
from prm.ui.errors import too_many_requests
from prm.ui.toasts import toast

saml.build_auth = build_auth  # allauth's pages have no other door for it
TRIES = {"company": "20/m/ip"}
#: What a provider's answer may break on its way in: told on a page, never an error of ours.
BROKEN = (
    OAuth2Error,
    requests.RequestException,
    OneLogin_Saml2_Error,
    PermissionDenied,
    SyntaxError,
    ValueError,
    KeyError,
    TypeError,
)


class CompanyPage(View):
    """Which provider an address belongs to: by its domain alone, so that the answer tells nothing of who has an account.

    The way to the provider is a link of a page of its own: a form may not lead to another site (CSP ``form-action``).
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(request, 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        if not ratelimit.consume(request, app="allauth.account", action="company", config=TRIES):
            return too_many_requests(request)
        provider = provider_for(actor=anonymous_actor(), email=request.POST.get("email", ""))
        if provider is None:
            return self.shown(request, 422, is_unknown=True)
        try:
            way = get_adapter().get_provider(request, provider.public_id)
            answer = way.redirect(request, AuthProcess.LOGIN, next_url=self.next_of(request) or "/")
        except BROKEN:
            return refusal(request, provider, _("Your company’s sign-in does not answer. Try again in a moment."))
        return render(request, "accounts/company_go.html", {"provider": provider, "url": answer["Location"]})

    def next_of(self, request: HttpRequest) -> str:
        """Where they wanted to go, when that is ours."""
        wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
        is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
        return wanted if is_ours else ""

    def shown(self, request: HttpRequest, status: int, *, is_unknown: bool = False) -> HttpResponse:
        """The form."""
        context = {"is_unknown": is_unknown, "email": request.POST.get("email", ""), "next": self.next_of(request)}
        return render(request, "accounts/company.html", context, status=status)


class CancelledPage(View):
    """Somebody turned back at their provider."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_login"))


class ProviderTestPage(OwnPage):
    """An administrator tries a connection. Not below ``/settings``: what is there runs in a transaction."""

    confirmed = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, provider_id: str) -> HttpResponse:
        actor = request.actor  # type: ignore[attr-defined]
        try:
            provider = provider_get(actor=actor, provider_id=provider_id)
        except (Denied, NotFound) as error:
            raise Http404 from error
        tried = provider_try(provider)
        if not tried.problem:
            with as_role(actor):
                provider_tested(actor=actor, provider_id=provider.pk, metadata=tried.metadata)
        toast(request, tried.problem or _("The provider answers as it should"))
        return HttpResponseRedirect(reverse("vendor:accounts:provider-detail", args=[provider.public_id]))


def oidc_answer(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """The browser comes back from an OIDC provider."""
    try:
        answer: HttpResponseBase = OAuth2CallbackView.adapter_view(OidcAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except BROKEN:
        return _broken(request, provider_id)
    return answer


def saml_answer(request: HttpRequest, organization_slug: str) -> HttpResponseBase:
    """The browser brings the answer of a SAML provider."""
    try:
        answer: HttpResponseBase = saml.finish_acs(request, organization_slug)
    except BROKEN:
        return _broken(request, organization_slug)
    return answer


def saml_metadata(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Who we are, for the administrator of a provider: also before it is switched on."""
    provider = _known(organization_slug)
    if provider.kind != SignInProvider.Kind.SAML:
        raise Http404
    config = build_saml_config(request, app_of(provider).settings, provider.public_id)
    del config["sp"]["singleLogoutService"]  # there is none
    settings = OneLogin_Saml2_Settings(settings=config, sp_validation_only=True)
    return HttpResponse(settings.get_sp_metadata(), content_type="text/xml")


def _broken(request: HttpRequest, provider_id: str) -> HttpResponse:
    return refusal(request, _known(provider_id), _("The answer of your company’s sign-in is not believed. Begin again."))


def _known(provider_id: Any) -> SignInProvider:
    try:
        return provider_named(actor=anonymous_actor(), provider_id=provider_id)
    except NotFound as error:
        raise Http404 from error
