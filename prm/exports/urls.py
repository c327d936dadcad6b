"""Pages of exports."""

from django.urls import path

from prm.exports import vendor

app_name = "exports"
urlpatterns = [
    path("exports", vendor.ExportListPage.as_view(), name="export-list"),
    path("exports/of/<str:source>", vendor.ListExportPage.as_view(), name="list-export"),
    path("exports/<str:export_id>", vendor.ExportDetailPage.as_view(), name="export-detail"),
    path("exports/<str:export_id>/file", vendor.ExportFilePage.as_view(), name="export-file"),
]
