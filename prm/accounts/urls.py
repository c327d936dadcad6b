"""Account pages of the vendor: my API keys."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
