"""Pages of answers shared with specialists."""

from django.urls import path

from profiling.sharing import vendor, vendor_specialists

urlpatterns = [
    path("shared-studies", vendor.SharedListPage.as_view(), name="shared-list"),
    path("shared-studies/<str:study_id>", vendor.SharedPage.as_view(), name="shared"),
    path("shared-studies/<str:study_id>/file", vendor.SharedFilePage.as_view(), name="shared-file"),
    path("shared-studies/<str:study_id>/remarks", vendor.SharedRemarkPage.as_view(), name="shared-remark"),
    path("studies/<str:study_id>/specialists", vendor_specialists.StudySpecialistsPage.as_view(), name="study-specialists"),
    path(
        "studies/<str:study_id>/specialists/<str:person_id>/end",
        vendor_specialists.SpecialistEndPage.as_view(),
        name="study-specialist-end",
    ),
    path("studies/<str:study_id>/share", vendor.StudySharePage.as_view(), name="study-share"),
    path("studies/<str:study_id>/unshare", vendor.StudyUnsharePage.as_view(), name="study-unshare"),
]
