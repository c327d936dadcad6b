"""Pages about the API."""

from django.urls import path

from prm.api import vendor

app_name = "api"
urlpatterns = [path("developers/api", vendor.ReferencePage.as_view(), name="reference-detail")]
