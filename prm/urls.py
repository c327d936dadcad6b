"""The composition root of URLs: stages are mounted by name, so that ``prm`` imports none of them."""

from django.urls import include, path

from prm.core.health import healthz, readyz
from prm.ui.errors import page_not_found

vendor = (
    [
        path("", include("prm.ui.urls")),
        path("", include("prm.accounts.urls")),
        path("", include("prm.api.vendor_urls")),
        path("", include("prm.views.urls")),
        path("", include("prm.jobs.urls")),
        path("", include("prm.exports.urls")),
        path("", include("prm.imports.urls")),
        path("", include("prm.partners.urls")),
        path("", include("profiling.urls")),
    ],
    "vendor",
)

handler400 = "prm.ui.errors.bad_request"
handler403 = "prm.ui.errors.permission_denied"
handler404 = "prm.ui.errors.page_not_found"
handler500 = "prm.ui.errors.server_error"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    # Addresses are given by whoever invites; allauth's page for adding others by oneself is not offered.
    path("accounts/email/", page_not_found),
    path("accounts/", include("allauth.account.urls")),
    path("", include(vendor)),
    path("api/v1/", include("prm.api.urls")),
]
