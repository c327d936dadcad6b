"""Pages of every door."""

from django.urls import URLPattern, path
from django.views.generic import TemplateView

from prm.ui.preferences import PreferencesView

app_name = "common"
urlpatterns: list[URLPattern] = [
    path("preferences", PreferencesView.as_view(), name="preferences"),
    path("offline", TemplateView.as_view(template_name="errors/offline.html"), name="offline"),
]
