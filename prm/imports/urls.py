"""Pages of imports."""

from django.urls import path

from prm.imports import vendor, vendor_acts

app_name = "imports"
urlpatterns = [
    path("imports", vendor.ImportListPage.as_view(), name="import-list"),
    path("imports/new", vendor.ImportNewPage.as_view(), name="import-new"),
    path("imports/<str:import_id>", vendor.ImportDetailPage.as_view(), name="import-detail"),
    path("imports/<str:import_id>/progress", vendor.ImportProgressPage.as_view(), name="import-progress"),
    path("imports/<str:import_id>/settings", vendor.ImportSettingsPage.as_view(), name="import-settings"),
    path("imports/<str:import_id>/mapping", vendor.ImportMappingPage.as_view(), name="import-mapping"),
    path("imports/<str:import_id>/fix", vendor_acts.ImportFixPage.as_view(), name="import-fix"),
    path("imports/<str:import_id>/apart", vendor_acts.ImportApartPage.as_view(), name="import-apart"),
    path("imports/<str:import_id>/write", vendor_acts.ImportWritePage.as_view(), name="import-write"),
    path("imports/<str:import_id>/undo", vendor_acts.ImportUndoPage.as_view(), name="import-undo"),
    path("imports/<str:import_id>/discard", vendor_acts.ImportDiscardPage.as_view(), name="import-discard"),
    path("imports/<str:import_id>/rejected", vendor_acts.ImportRejectedPage.as_view(), name="import-rejected"),
]
