"""Pages of the shared partner model."""

from django.urls import path

from prm.partners import vendor, vendor_acts, vendor_catalogue, vendor_company_form, vendor_details, vendor_partners

app_name = "partners"
urlpatterns = [
    path("companies", vendor.CompanyListPage.as_view(), name="company-list"),
    path("companies/new", vendor_company_form.CompanyCreatePage.as_view(), name="company-create"),
    path("companies/twins", vendor_company_form.CompanyTwinsPage.as_view(), name="company-twins"),
    path("companies/candidates", vendor_acts.CompanyCandidatesPage.as_view(), name="company-candidates"),
    path("companies/archive", vendor_acts.CompanyArchiveManyPage.as_view(), name="company-archive-many"),
    path("companies/restore", vendor_acts.CompanyRestoreManyPage.as_view(), name="company-restore-many"),
    path("companies/<str:company_id>", vendor.CompanyDetailPage.as_view(), name="company-detail"),
    path("companies/<str:company_id>/partner", vendor_acts.CompanyPartnerPage.as_view(), name="company-partner"),
    path("companies/<str:company_id>/advance", vendor_acts.CompanyAdvancePage.as_view(), name="company-advance"),
    path("companies/<str:company_id>/history", vendor.CompanyHistoryPage.as_view(), name="company-history"),
    path("companies/<str:company_id>/edit", vendor_company_form.CompanyEditPage.as_view(), name="company-edit"),
    path("companies/<str:company_id>/archive", vendor.CompanyArchivePage.as_view(), name="company-archive"),
    path("companies/<str:company_id>/restore", vendor.CompanyRestorePage.as_view(), name="company-restore"),
    path(
        "companies/<str:company_id>/facts/<str:fact>",
        vendor_company_form.FactHistoryPage.as_view(),
        name="fact-history",
    ),
    path(
        "companies/<str:company_id>/facts/<str:fact>/withdraw",
        vendor_company_form.FactWithdrawPage.as_view(),
        name="fact-withdraw",
    ),
    path("companies/<str:company_id>/details/<str:part>", vendor_details.DetailListPage.as_view(), name="detail-list"),
    path(
        "companies/<str:company_id>/details/<str:part>/<str:detail_id>",
        vendor_details.DetailEditPage.as_view(),
        name="detail-edit",
    ),
    path(
        "companies/<str:company_id>/details/<str:part>/<str:detail_id>/remove",
        vendor_details.DetailDeletePage.as_view(),
        name="detail-delete",
    ),
    path(
        "companies/<str:company_id>/details/<str:part>/<str:detail_id>/restore",
        vendor_details.DetailRestorePage.as_view(),
        name="detail-restore",
    ),
    path("partners", vendor_partners.PartnerListPage.as_view(), name="partner-list"),
    path("partners/assign", vendor_partners.PartnerAssignPage.as_view(), name="partner-assign"),
    path("partners/move", vendor_partners.PartnerMoveManyPage.as_view(), name="partner-move-many"),
    path("sales", vendor_partners.SaleListPage.as_view(), name="sale-list"),
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
