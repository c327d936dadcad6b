"""Sign-in and one's own account, under ``/accounts/``: ours where allauth's own page says less, then allauth's."""

from django.urls import include, path
from django.views.generic import RedirectView

from prm.accounts import public
from prm.ui.errors import page_not_found

to_security = RedirectView.as_view(pattern_name="account_security")

urlpatterns = [
    # Addresses are given by whoever invites; allauth's page for adding others by oneself is not offered.
    path("email/", page_not_found),
    path("security/", public.SecurityPage.as_view(), name="account_security"),
    path("security/second-step/", public.SecondStepPage.as_view(), name="account_second_step"),
    path("security/sessions/end-others/", public.SessionsEndOthersPage.as_view(), name="account_sessions_end_others"),
    path("security/sessions/<int:session_id>/end/", public.SessionEndPage.as_view(), name="account_session_end"),
    path("place/", public.PlacePage.as_view(), name="account_place"),
    path("invitation/<str:token>/", public.InvitationPage.as_view(), name="account_invitation"),
    # One page shows all of it: allauth's own lists lead there.
    path("2fa/", to_security),
    path("2fa/webauthn/", to_security),
    path("2fa/", include("allauth.mfa.urls")),
    path("", include("allauth.account.urls")),
]
