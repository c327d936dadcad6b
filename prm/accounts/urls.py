"""Account pages of the vendor: my API keys, the people who have access."""

from django.urls import path

from prm.accounts.vendor import erasing, keys, members, people, providers, roles, sign_in_rules

app_name = "accounts"
urlpatterns = [
    path("settings/api-keys", keys.ApiKeyListPage.as_view(), name="api-key-list"),
    path("settings/api-keys/create", keys.ApiKeyCreatePage.as_view(), name="api-key-create"),
    path("settings/api-keys/<str:key_id>/revoke", keys.ApiKeyRevokePage.as_view(), name="api-key-revoke"),
    path("settings/people", members.MemberListPage.as_view(), name="member-list"),
    path("settings/people/add", members.MemberAddPage.as_view(), name="member-add"),
    path("settings/invitations", people.InvitationListPage.as_view(), name="invitation-list"),
    path(
        "settings/invitations/<str:invitation_id>/studies",
        people.InvitationStudiesPage.as_view(),
        name="invitation-studies",
    ),
    path(
        "settings/invitations/<str:invitation_id>/resend",
        people.InvitationResendPage.as_view(),
        name="invitation-resend",
    ),
    path(
        "settings/invitations/<str:invitation_id>/revoke",
        people.InvitationRevokePage.as_view(),
        name="invitation-revoke",
    ),
    path("settings/people/<str:person_id>/roles", people.MemberRolesPage.as_view(), name="member-roles"),
    path("settings/people/<str:person_id>/reset-steps", people.MemberResetStepsPage.as_view(), name="member-reset-steps"),
    path("settings/people/<str:person_id>/deactivate", members.MemberDeactivatePage.as_view(), name="member-deactivate"),
    path("settings/people/<str:person_id>/activate", members.MemberActivatePage.as_view(), name="member-activate"),
    path("settings/people/<str:person_id>/erase", erasing.PersonErasePage.as_view(), name="person-erase"),
    path("settings/sign-in", providers.ProviderListPage.as_view(), name="provider-list"),
    path("settings/sign-in/rules", sign_in_rules.SignInRulesPage.as_view(), name="sign-in-rules"),
    path("settings/sign-in/new", providers.ProviderAddPage.as_view(), name="provider-add"),
    path("settings/sign-in/<str:provider_id>", providers.ProviderPage.as_view(), name="provider-detail"),
    path("settings/sign-in/<str:provider_id>/switch", providers.ProviderSwitchPage.as_view(), name="provider-switch"),
    path("settings/sign-in/<str:provider_id>/remove", providers.ProviderRemovePage.as_view(), name="provider-remove"),
    path("settings/roles", roles.RoleListPage.as_view(), name="role-list"),
    path("settings/roles/new", roles.RoleMakePage.as_view(), name="role-make"),
    path("settings/roles/<str:role_id>", roles.RolePage.as_view(), name="role-detail"),
    path("settings/roles/<str:role_id>/archive", roles.RoleArchivePage.as_view(), name="role-archive"),
    path("settings/roles/<str:role_id>/restore", roles.RoleRestorePage.as_view(), name="role-restore"),
]
