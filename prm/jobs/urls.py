"""Pages of long work."""

from django.urls import path

from prm.jobs import vendor

app_name = "jobs"
urlpatterns = [
    path("jobs", vendor.JobListPage.as_view(), name="job-list"),
    path("jobs/pulse", vendor.JobPulsePage.as_view(), name="job-pulse"),
    path("jobs/<str:job_id>", vendor.JobDetailPage.as_view(), name="job-detail"),
    path("jobs/<str:job_id>/progress", vendor.JobProgressPage.as_view(), name="job-progress"),
    path("jobs/<str:job_id>/cancel", vendor.JobCancelPage.as_view(), name="job-cancel"),
    path("jobs/<str:job_id>/retry", vendor.JobRetryPage.as_view(), name="job-retry"),
]
