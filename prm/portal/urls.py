"""Addresses of the portal itself."""

from django.urls import path

from prm.portal.portal import PortalHomePage

urlpatterns = [path("", PortalHomePage.as_view(), name="home")]
