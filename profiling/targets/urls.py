"""Pages of target lists."""

from django.urls import path

from profiling.targets import vendor, vendor_acts

urlpatterns = [
    path("target-lists", vendor.TargetListListPage.as_view(), name="target-list-list"),
    path("target-lists/new", vendor.TargetListCreatePage.as_view(), name="target-list-create"),
    path("target-lists/add/<str:study_id>", vendor.TargetAddPage.as_view(), name="target-add"),
    path("target-lists/add-companies", vendor_acts.TargetAddCompaniesPage.as_view(), name="target-add-companies"),
    path("target-lists/<str:list_id>", vendor.TargetListDetailPage.as_view(), name="target-list-detail"),
    path("target-lists/<str:list_id>/edit", vendor.TargetListEditPage.as_view(), name="target-list-edit"),
    path("target-lists/<str:list_id>/archive", vendor.TargetListArchivePage.as_view(), name="target-list-archive"),
    path("target-lists/<str:list_id>/remove", vendor.TargetListRemovePage.as_view(), name="target-list-remove"),
    path("target-lists/<str:list_id>/put-back", vendor.TargetListPutBackPage.as_view(), name="target-list-put-back"),
    path(
        "target-lists/<str:list_id>/candidates", vendor_acts.TargetListCandidatesPage.as_view(), name="target-list-candidates"
    ),
    path("target-lists/<str:list_id>/take", vendor_acts.TargetListTakePage.as_view(), name="target-list-take"),
    path("target-lists/<str:list_id>/merge", vendor_acts.TargetListMergePage.as_view(), name="target-list-merge"),
    path("target-lists/<str:list_id>/entries/<str:entry_id>", vendor.TargetEditPage.as_view(), name="target-edit"),
]
