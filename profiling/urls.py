"""Pages of the stage, feature by feature. What has a fixed address comes before what has an id in it."""

from django.urls import include, path

app_name = "profiling"
urlpatterns = [
    path("", include("profiling.scoring.urls")),
    path("", include("profiling.ranking.urls")),
    path("", include("profiling.sharing.urls")),
    path("", include("profiling.studies.urls")),
    path("", include("profiling.targets.urls")),
]
