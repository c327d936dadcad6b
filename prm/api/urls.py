"""API v1: each feature adds its routes to ``prm.api.router``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
