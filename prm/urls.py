"""The composition root of URLs: stages are mounted by name, so that ``prm`` imports none of them."""

from django.urls import include, path

from prm.core.health import healthz, readyz

vendor = (
    [
        path("", include("prm.ui.urls")),
        path("", include("prm.accounts.urls")),
    ],
    "vendor",
)

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("accounts/", include("allauth.account.urls")),
    path("", include(vendor)),
    path("api/v1/", include("prm.api.urls")),
]
