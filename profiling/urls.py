"""Pages of the stage, feature by feature."""

from django.urls import include, path

app_name = "profiling"
urlpatterns = [
    path("studies/", include("profiling.studies.urls")),
]
