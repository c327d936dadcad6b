"""Settings pages of administrators: sign-in by companies' own providers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.accounts.confirming import ConfirmedPage
from prm.accounts.forms.providers import ProviderForm
from prm.accounts.forms.sign_in_rules import rules_in_words
from prm.accounts.models import SignInProvider
from prm.accounts.selectors.providers import provider_get, provider_list
from prm.accounts.selectors.sign_in_rules import is_staff_let_off, sign_in_rules_get
from prm.accounts.services.providers import provider_add, provider_edit, provider_remove, provider_switch
from prm.core.errors import Conflict, Denied, Invalid
from prm.ui.toasts import toast

Kind = SignInProvider.Kind


class ProviderListPage(ScopedPage):
    """By which rules people sign in; which providers there are, for whom, and whether they are on."""

    permission = "accounts.provider:view"

    def get(self, request: HttpRequest) -> HttpResponse:
        context: dict[str, Any] = {"providers": provider_list(actor=self.actor)}
        if self.actor.may("accounts.sign_in_rules:view"):
            rules, is_let_off = sign_in_rules_get(actor=self.actor), is_staff_let_off(actor=self.actor)
            context["rules"] = rules_in_words(rules, is_staff_let_off=is_let_off)
        return TemplateResponse(request, "accounts/provider_list.html", context)


class ProviderAddPage(ConfirmedPage):
    """Another provider; its kind is in the address."""

    permission = "accounts.provider:edit"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(ProviderForm(actor=self.actor, kind=self.kind()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProviderForm(request.POST, actor=self.actor, kind=self.kind())
        if form.is_valid():
            try:
                provider = provider_add(actor=self.actor, kind=self.kind(), partner_id=form.partner_id, wanted=form.wanted())
            except (Invalid, Conflict, Denied) as refusal:
                form.add_refusal(refusal)
            else:
                toast(request, _("Now test the connection, then switch it on"))
                return HttpResponseRedirect(reverse("vendor:accounts:provider-detail", args=[provider.public_id]))
        return self.shown(form, status=422)

    def kind(self) -> str:
        """OIDC unless the address says SAML."""
        return Kind.SAML if self.request.GET.get("kind") == Kind.SAML else Kind.OIDC

    def shown(self, form: ProviderForm, status: int = 200) -> HttpResponse:
        """The page with ``form``."""
        context = {"form": form, "kind": Kind(self.kind())}
        return TemplateResponse(self.request, "accounts/provider_form.html", context, status=status)


class ProviderPage(ConfirmedPage):
    """One provider: what it is asked by, and what its administrator needs of us."""

    permission = "accounts.provider:edit"

    def get(self, request: HttpRequest, provider_id: str) -> HttpResponse:
        provider = provider_get(actor=self.actor, provider_id=provider_id)
        return self.shown(ProviderForm(actor=self.actor, kind=provider.kind, provider=provider), provider)

    def post(self, request: HttpRequest, provider_id: str) -> HttpResponse:
        provider = provider_get(actor=self.actor, provider_id=provider_id)
        form = ProviderForm(request.POST, actor=self.actor, kind=provider.kind, provider=provider)
        done: list[SignInProvider] = []

        def change() -> None:
            seen = form.cleaned_data.get("seen", "")
            done.append(provider_edit(actor=self.actor, provider_id=provider.pk, wanted=form.wanted(), seen=seen))

        try:
            if form.taken_by(change):
                said = _("Kept") if done[0].tested_at else _("Now test the connection, then switch it on")
                toast(request, said)
                return HttpResponseRedirect(reverse("vendor:accounts:provider-detail", args=[provider.public_id]))
        except Denied as refusal:
            form.add_refusal(refusal)
        return self.shown(form, provider, status=form.status)

    def shown(self, form: ProviderForm, provider: SignInProvider, status: int = 200) -> HttpResponse:
        """The page with ``form``."""
        slug, whole = provider.public_id, self.request.build_absolute_uri
        ours: list[tuple[Any, str]] = [(_("Redirect address"), whole(reverse("openid_connect_callback", args=[slug])))]
        if provider.kind == Kind.SAML:
            ours = [
                (_("Entity id and metadata"), whole(reverse("saml_metadata", args=[slug]))),
                (_("Assertion consumer service"), whole(reverse("saml_acs", args=[slug]))),
            ]
        context = {"form": form, "provider": provider, "kind": Kind(provider.kind), "ours": ours}
        return TemplateResponse(self.request, "accounts/provider_form.html", context, status=status)


class ProviderSwitchPage(ConfirmedPage):
    """Switches it on or off."""

    permission = "accounts.provider:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, provider_id: str) -> HttpResponse:
        provider = provider_switch(actor=self.actor, provider_id=provider_id, on=request.POST.get("on") == "1")
        words = _("People sign in by %(name)s now") if provider.is_active else _("Nobody signs in by %(name)s any more")
        toast(request, words % {"name": provider.name})
        return HttpResponseRedirect(reverse("vendor:accounts:provider-detail", args=[provider.public_id]))


class ProviderRemovePage(ConfirmedPage):
    """Takes it away; accounts stay."""

    permission = "accounts.provider:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, provider_id: str) -> HttpResponse:
        provider = provider_get(actor=self.actor, provider_id=provider_id)
        provider_remove(actor=self.actor, provider_id=provider.pk)
        toast(request, _("%(name)s is taken away; the accounts stay") % {"name": provider.name})
        return HttpResponseRedirect(reverse("vendor:accounts:provider-list"))
