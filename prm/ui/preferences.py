"""How a person likes the product: language, theme, density. Kept in cookies of the browser and, once signed
in, for the person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views import View

from prm.access.actors import Actor, anonymous_actor


@dataclass(frozen=True)
class Choice:
    """One way in which a person may like it: ``words`` say it beside the icon, and to whoever hears the page."""

    value: str
    icon: str
    words: Any


#: In the order in which they are offered.
THEMES = (
    Choice("light", icon="sun", words=_("Light")),
    Choice("dark", icon="moon", words=_("Dark")),
    Choice("system", icon="device-desktop", words=_("As this device")),
)
DENSITIES = (
    Choice("compact", icon="baseline-density-small", words=_("Compact")),
    Choice("normal", icon="baseline-density-medium", words=_("Normal")),
    Choice("comfortable", icon="baseline-density-large", words=_("Comfortable")),
)
_YEAR = 365 * 24 * 3600

Keeper = Callable[[Actor, dict[str, str]], None]
_keepers: list[Keeper] = []


def keep_with(keeper: Keeper) -> Keeper:
    """Registers who stores the choices for a person: ``keeper(actor, {"theme": "dark"})`` (``prm.accounts`` does)."""
    _keepers.append(keeper)
    return keeper


def cookie_name(preference: str) -> str:
    """The cookie of a preference."""
    return f"prm_{preference}"


class PreferencesView(View):
    """``POST /preferences`` with language, theme or density; anyone may call it, for their own browser.
    Answers 204 to scripts.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        allowed = {
            "language": {code for code, _name in settings.LANGUAGES},
            "theme": {choice.value for choice in THEMES},
            "density": {choice.value for choice in DENSITIES},
        }
        chosen = {name: value for name, values in allowed.items() if (value := request.POST.get(name, "")) in values}
        actor: Actor = getattr(request, "actor", None) or anonymous_actor()
        if chosen and not actor.is_anonymous:
            for keeper in _keepers:
                keeper(actor, chosen)
        response: HttpResponse
        if request.headers.get("X-Requested-With") == "fetch":
            response = HttpResponse(status=204)
        else:
            response = HttpResponseRedirect(_safe_next(request))
        for name, value in chosen.items():
            response.set_cookie(
                cookie_name(name), value, max_age=_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
            )
        return response


def _safe_next(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return "/"
