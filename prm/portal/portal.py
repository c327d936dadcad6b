"""The portal's home: what is urgent, then panels that features register at place ``portal:home`` (``prm.ui.panels``)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from prm.access.pages import PortalPage
from prm.partners.selectors.own import own_partner
from prm.ui.panels import panels_of


class PortalHomePage(PortalPage):
    """What a partner's person sees first. The subject of its panels is the own partner."""

    permission = "partners.partner:view"

    def get(self, request: HttpRequest) -> HttpResponse:
        partner = own_partner(actor=self.actor)
        panels = panels_of("portal:home", self.actor, partner)
        return TemplateResponse(request, "portal/home.html", {"partner": partner, "panels": panels})
