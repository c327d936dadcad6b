"""Sign-in and one's own account, under ``/accounts/``: ours where allauth's own page says less, then allauth's."""

from allauth.account import views as account
from allauth.socialaccount.providers.saml import views as saml
from django.urls import include, path
from django.views.generic import RedirectView

from prm.accounts.pacing import evenly
from prm.accounts.public import account as own
from prm.accounts.public import providers as own_providers
from prm.ui.errors import page_not_found

to_security = RedirectView.as_view(pattern_name="account_security")

urlpatterns = [
    # Addresses are given by whoever invites; allauth's page for adding others by oneself is not offered.
    path("email/", page_not_found),
    # With an account there is a query and a token more to make: both are told nothing of it.
    path("password/reset/", evenly(account.password_reset), name="account_reset_password"),
    path("security/", own.SecurityPage.as_view(), name="account_security"),
    path("security/second-step/", own.SecondStepPage.as_view(), name="account_second_step"),
    path("security/sessions/end-others/", own.SessionsEndOthersPage.as_view(), name="account_sessions_end_others"),
    path("security/sessions/<int:session_id>/end/", own.SessionEndPage.as_view(), name="account_session_end"),
    path("place/", own.PlacePage.as_view(), name="account_place"),
    path("invitation/<str:token>/", own.InvitationPage.as_view(), name="account_invitation"),
    # A company's own sign-in. It begins on one page, by a form; a provider's answers come to the others.
    path("company/", own_providers.CompanyPage.as_view(), name="account_company"),
    path("company/cancelled/", own_providers.CancelledPage.as_view(), name="socialaccount_login_cancelled"),
    path("company/<str:provider_id>/test/", own_providers.ProviderTestPage.as_view(), name="account_provider_test"),
    path("oidc/<str:provider_id>/login/callback/", own_providers.oidc_answer, name="openid_connect_callback"),
    path("saml/<str:organization_slug>/acs/", saml.acs, name="saml_acs"),
    path("saml/<str:organization_slug>/acs/finish/", own_providers.saml_answer, name="saml_finish_acs"),
    path("saml/<str:organization_slug>/metadata/", own_providers.saml_metadata, name="saml_metadata"),
    path("saml/<str:organization_slug>/sls/", page_not_found, name="saml_sls"),
    # One page shows all of it: allauth's own lists lead there.
    path("2fa/", to_security),
    path("2fa/webauthn/", to_security),
    path("2fa/", include("allauth.mfa.urls")),
    path("", include("allauth.account.urls")),
]
