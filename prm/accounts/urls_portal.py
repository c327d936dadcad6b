"""Account pages of a partner's people: addresses."""

from django.urls import path

from prm.accounts import portal

app_name = "accounts"
urlpatterns = [
    path("api-keys", portal.ApiKeyListPage.as_view(), name="api-key-list"),
    path("api-keys/create", portal.ApiKeyCreatePage.as_view(), name="api-key-create"),
    path("api-keys/<str:key_id>/revoke", portal.ApiKeyRevokePage.as_view(), name="api-key-revoke"),
]
