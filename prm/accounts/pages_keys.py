"""Pages of API keys, of both doors: ``vendor.py`` and ``portal.py`` open them, each by its own."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.access.actors import VENDOR_DOOR
from prm.access.pages import ScopedPage
from prm.accounts.confirming import ConfirmedPage
from prm.accounts.forms.keys import ApiKeyForm
from prm.accounts.models import ApiKey
from prm.accounts.selectors.keys import api_key_list
from prm.accounts.services.keys import api_key_create, api_key_revoke
from prm.accounts.tables.keys import API_KEYS, KEY_SORTS, PARTNER_KEYS, key_id, key_state, key_words
from prm.core.errors import Invalid
from prm.core.ids import typeid_key
from prm.ui.listings import Empty, Listing, render_list
from prm.ui.pages import narrowed, whole_page
from prm.ui.toasts import toast


class _KeyPage(ScopedPage):
    """What they share: the door's own addresses."""

    abstract: ClassVar[bool] = True
    permission = "accounts.person:keys"

    def at(self, name: str, *args: Any) -> str:
        """The address of a page of keys behind the door that this one is behind."""
        match = self.request.resolver_match
        space = match.namespace if match else "vendor:accounts"
        return reverse(f"{space}:api-key-{name}", args=args)

    @property
    def is_vendors(self) -> bool:
        """Whether the reader came in by the vendor's door."""
        return self.actor.kind in VENDOR_DOOR


class ApiKeyListPage(_KeyPage):
    """Keys with their last use: my own; to a partner's administrator all of the partner's."""

    abstract: ClassVar[bool] = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.key_list()

    def key_list(self, **more: Any) -> HttpResponse:
        """The page; ``fresh`` and ``secret`` are those of a key that was made just now."""
        spec = API_KEYS if self.is_vendors else PARTNER_KEYS
        state = spec.state(self.request)
        keys = narrowed(api_key_list(actor=self.actor), state, words=key_words, sorts=KEY_SORTS)
        listing = Listing(
            spec=spec, state=state, page=whole_page(keys), noun=_("API keys"), export="api-keys" if self.is_vendors else "",
            empty=Empty(
                title=_("No key yet"),
                text=_("A key lets a program read and write what you may: companies, imports, studies.")
                if self.is_vendors
                else _("A key lets a program of your company read and write what you may here."),
            ),
        )  # fmt: skip
        ends = [
            (key_id(key), key.name, self.at("revoke", key_id(key)))
            for key in keys
            if key_state(key) in {"live", "soon", "orphan"}
        ]
        host = self.request.build_absolute_uri("/").rstrip("/")
        context = {
            "ends": ends, "host": host, "create": self.at("create"), "is_vendors": self.is_vendors,
            "reference": reverse(f"{'vendor' if self.is_vendors else 'portal'}:api:reference-detail"),
        }  # fmt: skip
        return render_list(self.request, listing, "accounts/api_key_list.html", {**context, **more})


class ApiKeyCreatePage(ConfirmedPage, ApiKeyListPage):
    """The form for another key. Its secret is on the answer, once: there is nothing to be redirected to."""

    abstract: ClassVar[bool] = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form_page(ApiKeyForm(actor=self.actor))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ApiKeyForm(request.POST, actor=self.actor)
        if form.is_valid():
            try:
                key, secret = api_key_create(
                    actor=self.actor,
                    name=form.cleaned_data["name"],
                    scopes=form.cleaned_data["scopes"],
                    expires_at=form.expires_at(),
                )
            except Invalid as refusal:
                form.add_refusal(refusal)
            else:
                return self.key_list(fresh=key, secret=secret)
        return self.form_page(form, status=422)

    def form_page(self, form: ApiKeyForm, status: int = 200) -> HttpResponse:
        """The page with ``form``."""
        context = {"form": form, "list": self.at("list"), "is_vendors": self.is_vendors}
        return TemplateResponse(self.request, "accounts/api_key_create.html", context, status=status)


class ApiKeyRevokePage(_KeyPage):
    """Ends a key at once."""

    abstract: ClassVar[bool] = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, key_id: str) -> HttpResponse:
        api_key_revoke(actor=self.actor, key_id=typeid_key(ApiKey.typeid_prefix, key_id))
        toast(request, _("The key is revoked; programs that use it are refused from now on"))
        return HttpResponseRedirect(self.at("list"))
