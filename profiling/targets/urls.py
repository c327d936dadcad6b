"""Pages of target lists."""

from django.urls import path

from profiling.targets import vendor

urlpatterns = [
    path("target-lists", vendor.TargetListListPage.as_view(), name="target-list-list"),
    path("target-lists/new", vendor.TargetListCreatePage.as_view(), name="target-list-create"),
    path("target-lists/add/<str:study_id>", vendor.TargetAddPage.as_view(), name="target-add"),
    path("target-lists/<str:list_id>", vendor.TargetListDetailPage.as_view(), name="target-list-detail"),
    path("target-lists/<str:list_id>/edit", vendor.TargetListEditPage.as_view(), name="target-list-edit"),
    path("target-lists/<str:list_id>/archive", vendor.TargetListArchivePage.as_view(), name="target-list-archive"),
    path("target-lists/<str:list_id>/remove", vendor.TargetListRemovePage.as_view(), name="target-list-remove"),
]
