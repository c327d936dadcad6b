"""Pages of the shared partner model."""

from django.urls import path

from prm.partners import vendor, vendor_acts, vendor_catalogue

app_name = "partners"
urlpatterns = [
    path("companies", vendor.CompanyListPage.as_view(), name="company-list"),
    path("companies/new", vendor.CompanyCreatePage.as_view(), name="company-create"),
    path("companies/candidates", vendor_acts.CompanyCandidatesPage.as_view(), name="company-candidates"),
    path("companies/archive", vendor_acts.CompanyArchiveManyPage.as_view(), name="company-archive-many"),
    path("companies/restore", vendor_acts.CompanyRestoreManyPage.as_view(), name="company-restore-many"),
    path("companies/views", vendor_acts.SavedViewCreatePage.as_view(), name="saved-view-create"),
    path("companies/views/<str:view_id>/delete", vendor_acts.SavedViewDeletePage.as_view(), name="saved-view-delete"),
    path("companies/<str:company_id>", vendor.CompanyDetailPage.as_view(), name="company-detail"),
    path("companies/<str:company_id>/partner", vendor_acts.CompanyPartnerPage.as_view(), name="company-partner"),
    path("companies/<str:company_id>/advance", vendor_acts.CompanyAdvancePage.as_view(), name="company-advance"),
    path("companies/<str:company_id>/edit", vendor.CompanyEditPage.as_view(), name="company-edit"),
    path("companies/<str:company_id>/archive", vendor.CompanyArchivePage.as_view(), name="company-archive"),
    path("companies/<str:company_id>/restore", vendor.CompanyRestorePage.as_view(), name="company-restore"),
    path("catalogue", vendor_catalogue.CatalogueHomePage.as_view(), name="catalogue-home"),
    path("catalogue/<str:kind>", vendor_catalogue.CatalogueListPage.as_view(), name="catalogue-list"),
    path("catalogue/<str:kind>/new", vendor_catalogue.CatalogueNewPage.as_view(), name="catalogue-new"),
    path("catalogue/<str:kind>/<str:record_id>", vendor_catalogue.CatalogueEditPage.as_view(), name="catalogue-edit"),
    path(
        "catalogue/<str:kind>/<str:record_id>/archive",
        vendor_catalogue.CatalogueArchivePage.as_view(),
        name="catalogue-archive",
    ),
    path(
        "catalogue/<str:kind>/<str:record_id>/restore",
        vendor_catalogue.CatalogueRestorePage.as_view(),
        name="catalogue-restore",
    ),
]
