"""What a phone asks for to put the portal on its home screen: the manifest, the worker, the page for when the line is down.

The same for everybody, and asked for without cookies: nothing here knows who somebody is.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views import View

_FOR_AN_HOUR = "public, max-age=3600"


class ManifestView(View):
    """The web app manifest."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        home = reverse("portal:home")
        icons = [
            {"src": static(f"img/{name}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for name, size, purpose in (
                ("icon-192", 192, "any"), ("icon-512", 512, "any"), ("icon-maskable-512", 512, "maskable"),
            )
        ]  # fmt: skip
        manifest = {
            "id": home, "name": _("%(vendor)s partner portal") % {"vendor": settings.VENDOR_NAME},
            "short_name": settings.VENDOR_NAME, "start_url": home, "scope": home, "display": "standalone",
            "background_color": "#F4F6F6", "theme_color": "#0B6275", "icons": icons,
        }  # fmt: skip
        headers = {"Cache-Control": _FOR_AN_HOUR}
        return JsonResponse(manifest, content_type="application/manifest+json", headers=headers)


class WorkerView(View):
    """The worker, below the portal's own address: that is as far as it reaches. Asked for anew each time, so that a release is seen."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        found = _built("build/worker.js")
        if found is None:
            raise Http404
        return HttpResponse(found.read_bytes(), content_type="text/javascript", headers={"Cache-Control": "no-cache"})


class OfflineView(View):
    """The page that the worker keeps, in the language that it asks for."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("language", "")
        with translation.override(asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
            page = TemplateResponse(
                request, "portal/offline.html", {"shell": _Nobody()}, headers={"Cache-Control": _FOR_AN_HOUR}
            )
            return page.render()


class _Nobody:
    """The shell of a page that is nobody's."""

    vendor, theme, density, zone, who, languages = settings.VENDOR_NAME, "system", "normal", "", "", ()

    @property
    def language(self) -> str:
        return (translation.get_language() or settings.LANGUAGE_CODE)[:2]


def _built(name: str) -> Path | None:
    """A static file where it was collected, else where it was built."""
    collected = Path(staticfiles_storage.path(name)) if settings.STATIC_ROOT else None
    if collected is not None and collected.is_file():
        return collected
    found = finders.find(name)
    return Path(found) if isinstance(found, str) else None
