"""Pages about the API for a partner's people."""

from django.urls import path

from prm.api import portal

app_name = "api"
urlpatterns = [path("developers/api", portal.ReferencePage.as_view(), name="reference-detail")]
