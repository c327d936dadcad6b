"""The API as it is mounted, for the description alone."""

from django.urls import include, path

urlpatterns = [path("api/v1/", include("prm.api.urls"))]
