"""Pages of imports."""

from django.urls import path

from prm.imports import vendor

app_name = "imports"
urlpatterns = [
    path("imports", vendor.ImportListPage.as_view(), name="import-list"),
    path("imports/new", vendor.ImportNewPage.as_view(), name="import-new"),
    path("imports/<str:import_id>", vendor.ImportDetailPage.as_view(), name="import-detail"),
    path("imports/<str:import_id>/progress", vendor.ImportProgressPage.as_view(), name="import-progress"),
    path("imports/<str:import_id>/settings", vendor.ImportSettingsPage.as_view(), name="import-settings"),
    path("imports/<str:import_id>/mapping", vendor.ImportMappingPage.as_view(), name="import-mapping"),
    path("imports/<str:import_id>/fix", vendor.ImportFixPage.as_view(), name="import-fix"),
    path("imports/<str:import_id>/write", vendor.ImportWritePage.as_view(), name="import-write"),
    path("imports/<str:import_id>/undo", vendor.ImportUndoPage.as_view(), name="import-undo"),
    path("imports/<str:import_id>/discard", vendor.ImportDiscardPage.as_view(), name="import-discard"),
    path("imports/<str:import_id>/rejected", vendor.ImportRejectedPage.as_view(), name="import-rejected"),
]
