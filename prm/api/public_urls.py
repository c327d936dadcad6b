"""Pages about the API for every door."""

from django.urls import path

from prm.api import public

urlpatterns = [path("developers/problems", public.ProblemsPage.as_view(), name="problems")]
