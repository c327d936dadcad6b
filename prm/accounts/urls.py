"""Account pages of the vendor: my API keys, the people who have access."""

from django.urls import path

from prm.accounts import vendor, vendor_erasing, vendor_people, vendor_providers, vendor_roles, vendor_rules

app_name = "accounts"
urlpatterns = [
    path("settings/api-keys", vendor.ApiKeyListPage.as_view(), name="api-key-list"),
    path("settings/api-keys/create", vendor.ApiKeyCreatePage.as_view(), name="api-key-create"),
    path("settings/api-keys/<str:key_id>/revoke", vendor.ApiKeyRevokePage.as_view(), name="api-key-revoke"),
    path("settings/people", vendor.MemberListPage.as_view(), name="member-list"),
    path("settings/people/add", vendor.MemberAddPage.as_view(), name="member-add"),
    path("settings/invitations", vendor_people.InvitationListPage.as_view(), name="invitation-list"),
    path(
        "settings/invitations/<str:invitation_id>/studies",
        vendor_people.InvitationStudiesPage.as_view(),
        name="invitation-studies",
    ),
    path(
        "settings/invitations/<str:invitation_id>/resend",
        vendor_people.InvitationResendPage.as_view(),
        name="invitation-resend",
    ),
    path(
        "settings/invitations/<str:invitation_id>/revoke",
        vendor_people.InvitationRevokePage.as_view(),
        name="invitation-revoke",
    ),
    path("settings/people/<str:person_id>/roles", vendor_people.MemberRolesPage.as_view(), name="member-roles"),
    path(
        "settings/people/<str:person_id>/reset-steps", vendor_people.MemberResetStepsPage.as_view(), name="member-reset-steps"
    ),
    path("settings/people/<str:person_id>/deactivate", vendor.MemberDeactivatePage.as_view(), name="member-deactivate"),
    path("settings/people/<str:person_id>/activate", vendor.MemberActivatePage.as_view(), name="member-activate"),
    path("settings/people/<str:person_id>/erase", vendor_erasing.PersonErasePage.as_view(), name="person-erase"),
    path("settings/sign-in", vendor_providers.ProviderListPage.as_view(), name="provider-list"),
    path("settings/sign-in/rules", vendor_rules.SignInRulesPage.as_view(), name="sign-in-rules"),
    path("settings/sign-in/new", vendor_providers.ProviderAddPage.as_view(), name="provider-add"),
    path("settings/sign-in/<str:provider_id>", vendor_providers.ProviderPage.as_view(), name="provider-detail"),
    path("settings/sign-in/<str:provider_id>/switch", vendor_providers.ProviderSwitchPage.as_view(), name="provider-switch"),
    path("settings/sign-in/<str:provider_id>/remove", vendor_providers.ProviderRemovePage.as_view(), name="provider-remove"),
    path("settings/roles", vendor_roles.RoleListPage.as_view(), name="role-list"),
    path("settings/roles/new", vendor_roles.RoleMakePage.as_view(), name="role-make"),
    path("settings/roles/<str:role_id>", vendor_roles.RolePage.as_view(), name="role-detail"),
    path("settings/roles/<str:role_id>/archive", vendor_roles.RoleArchivePage.as_view(), name="role-archive"),
    path("settings/roles/<str:role_id>/restore", vendor_roles.RoleRestorePage.as_view(), name="role-restore"),
]
