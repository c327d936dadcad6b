"""The portal's home, and what belongs to no single feature: how the partner looks, help.

Panels of the home are registered by the features that own them at place ``portal:home`` and ``portal:home:side`` (``prm.ui.panels``). One
whose data has ``urgent`` says the line under the greeting; one whose data has ``act`` the page's one filled button.
"""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.access.pages import PortalPage
from prm.core.errors import Invalid, NotFound
from prm.partners.selectors.own import own_contact, own_partner
from prm.portal.forms import BrandForm
from prm.portal.selectors import own_brand
from prm.portal.services import brand_set
from prm.ui.panels import panels_of
from prm.ui.toasts import toast


class PortalHomePage(PortalPage):
    """What a partner's person sees first. The subject of its panels is the own partner."""

    permission = "partners.partner:view"

    def get(self, request: HttpRequest) -> HttpResponse:
        partner = own_partner(actor=self.actor)
        main, side = (panels_of(place, self.actor, partner) for place in ("portal:home", "portal:home:side"))
        context = {"partner": partner, "main": main, "side": side, "called": self.actor.name.split(" ")[0]}
        return TemplateResponse(request, "portal/home.html", {**context, **_first(main + side, "urgent", "act")})


class HelpPage(PortalPage):
    """Whom to call, and what to do about what."""

    permission = "partners.partner:view"

    def get(self, request: HttpRequest) -> HttpResponse:
        return TemplateResponse(request, "portal/help.html", {"contact": own_contact(actor=self.actor)})


class MorePage(PortalPage):
    """What has no tab of its own, and how the person likes the portal."""

    permission = "partners.partner:view"

    def get(self, request: HttpRequest) -> HttpResponse:
        return TemplateResponse(request, "portal/more.html")


class BrandPage(PortalPage):
    """The partner's colour and logo."""

    permission = "portal.brand:edit"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(BrandForm(brand=own_brand(actor=self.actor)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = BrandForm(request.POST, request.FILES, brand=own_brand(actor=self.actor))
        if form.is_valid():
            try:
                brand_set(
                    actor=self.actor, colour=form.cleaned_data["colour"], logo=form.picture(),
                    no_logo=form.cleaned_data.get("no_logo", False),
                )  # fmt: skip
            except Invalid as refusal:
                form.add_refusal(refusal)
            else:
                toast(request, _("Your colleagues see it from now on"))
                return HttpResponseRedirect(reverse("portal:brand"))
        return self.shown(form, status=422)

    def shown(self, form: BrandForm, status: int = 200) -> HttpResponse:
        """The page with ``form``."""
        return TemplateResponse(self.request, "portal/brand.html", {"form": form}, status=status)


class LogoPage(PortalPage):
    """The logo of the own partner, as it was drawn anew; there is no address for that of another."""

    permission = "portal.brand:view"

    def get(self, request: HttpRequest) -> Any:
        name = own_brand(actor=self.actor).logo
        if not name or not default_storage.exists(name):
            raise NotFound
        headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
        return FileResponse(default_storage.open(name), content_type="image/png", headers=headers)


def _first(panels: list[dict[str, Any]], *names: str) -> dict[str, Any]:
    """What the panels say under each of ``names``, the first of them that says anything."""
    return {name: next((panel["data"][name] for panel in panels if panel["data"].get(name)), None) for name in names}
