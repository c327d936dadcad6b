"""Addresses of the portal itself."""

from django.urls import path

from prm.portal import installing, portal, portal_company, portal_people

urlpatterns = [
    path("", portal.PortalHomePage.as_view(), name="home"),
    path("company", portal_company.CompanyPage.as_view(), name="company"),
    path("company/edit", portal_company.CompanyEditPage.as_view(), name="company-edit"),
    path("people", portal_people.PeoplePage.as_view(), name="people"),
    path("people/new", portal_people.ColleagueAddPage.as_view(), name="people-add"),
    path(
        "people/invitations/<str:invitation_id>/resend",
        portal_people.InvitationResendPage.as_view(),
        name="people-invitation-resend",
    ),
    path(
        "people/invitations/<str:invitation_id>/revoke",
        portal_people.InvitationRevokePage.as_view(),
        name="people-invitation-revoke",
    ),
    path("people/<str:person_id>", portal_people.ColleaguePage.as_view(), name="people-detail"),
    path("people/<str:person_id>/end", portal_people.ColleagueEndPage.as_view(), name="people-end"),
    path("more", portal.MorePage.as_view(), name="more"),
    path("help", portal.HelpPage.as_view(), name="help"),
    path("brand", portal.BrandPage.as_view(), name="brand"),
    path("logo", portal.LogoPage.as_view(), name="logo"),
    path("manifest.webmanifest", installing.ManifestView.as_view(), name="manifest"),
    path("worker.js", installing.WorkerView.as_view(), name="worker"),
    path("offline", installing.OfflineView.as_view(), name="offline"),
]
