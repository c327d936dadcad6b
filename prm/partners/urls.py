"""Pages of the shared partner model."""

from django.urls import path

from prm.partners import vendor

app_name = "partners"
urlpatterns = [
    path("companies", vendor.CompanyListPage.as_view(), name="company-list"),
    path("companies/export", vendor.CompanyExportPage.as_view(), name="company-export"),
    path("companies/new", vendor.CompanyCreatePage.as_view(), name="company-create"),
    path("companies/<str:company_id>", vendor.CompanyDetailPage.as_view(), name="company-detail"),
    path("companies/<str:company_id>/edit", vendor.CompanyEditPage.as_view(), name="company-edit"),
    path("companies/<str:company_id>/archive", vendor.CompanyArchivePage.as_view(), name="company-archive"),
    path("companies/<str:company_id>/restore", vendor.CompanyRestorePage.as_view(), name="company-restore"),
]
