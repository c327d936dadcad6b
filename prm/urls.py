"""The composition root of URLs: stages are mounted by name, so that ``prm`` imports none of them.

``PRM_SURFACE`` says which doors this process serves: the vendor's pages and the API for integrators, the portal, or both.
"""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from prm.core.health import healthz, readyz

vendor = (
    [
        path("", include("prm.ui.urls")),
        path("", include("prm.accounts.urls")),
        path("", include("prm.api.vendor_urls")),
        path("", include("prm.notifications.urls")),
        path("", include("prm.views.urls")),
        path("", include("prm.jobs.urls")),
        path("", include("prm.activity.urls")),
        path("", include("prm.exports.urls")),
        path("", include("prm.imports.urls")),
        path("", include("prm.partners.urls")),
        path("", include("prm.questionnaires.urls")),
        path("", include("profiling.urls")),
    ],
    "vendor",
)
portal = (
    [
        path("", include("prm.portal.urls")),
        path("", include("prm.accounts.urls_portal")),
        path("", include("prm.api.portal_urls")),
        path("", include("prm.notifications.urls_portal")),
    ],
    "portal",
)

handler400 = "prm.ui.errors.bad_request"
handler403 = "prm.ui.errors.permission_denied"
handler404 = "prm.ui.errors.page_not_found"
handler429 = "prm.ui.errors.too_many_requests"
handler500 = "prm.ui.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("accounts/", include("prm.accounts.urls_public")),
    path("", include("prm.ui.common_urls")),
    path("q/", include("prm.questionnaires.public_urls")),
    path("", include("prm.notifications.urls_public")),
    path("", include("prm.api.public_urls")),
    path("api/v1/", include("prm.api.urls")),
]
if settings.PRM_SURFACE != "vendor":
    urlpatterns.append(path("portal/", include(portal)))
if settings.PRM_SURFACE != "portal":
    urlpatterns.append(path("", include(vendor)))
else:
    urlpatterns.append(path("", RedirectView.as_view(pattern_name="portal:home"), name="front"))
