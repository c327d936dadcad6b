"""Pages of studies, whatever their kind."""

from django.urls import path

from profiling.studies import vendor

urlpatterns = [
    path("studies", vendor.StudyListPage.as_view(), name="study-list"),
    path("studies/new", vendor.StudyNewPage.as_view(), name="study-new"),
    path("studies/<str:study_id>", vendor.StudyDetailPage.as_view(), name="study-detail"),
    path("studies/<str:study_id>/progress", vendor.StudyProgressPage.as_view(), name="study-progress"),
    path("studies/<str:study_id>/cancel", vendor.StudyCancelPage.as_view(), name="study-cancel"),
    path("studies/<str:study_id>/resume", vendor.StudyResumePage.as_view(), name="study-resume"),
    path("studies/<str:study_id>/edit", vendor.StudyEditPage.as_view(), name="study-edit"),
    path("studies/<str:study_id>/archive", vendor.StudyArchivePage.as_view(), name="study-archive"),
    path("studies/<str:study_id>/restore", vendor.StudyRestorePage.as_view(), name="study-restore"),
    path("studies/<str:study_id>/export", vendor.StudyExportPage.as_view(), name="study-export"),
    path("studies/<str:study_id>/compare", vendor.StudyComparePage.as_view(), name="study-compare"),
    path("studies/<str:study_id>/runs/<int:number>/pin", vendor.RunPinPage.as_view(), name="run-pin"),
]
