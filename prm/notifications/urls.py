"""Notifications of the vendor's people: addresses."""

from django.urls import path

from prm.notifications import vendor

app_name = "notifications"
urlpatterns = [
    path("notifications", vendor.NotificationListPage.as_view(), name="list"),
    path("notifications/count", vendor.UnreadCountPage.as_view(), name="count"),
    path("notifications/read", vendor.NotificationsReadPage.as_view(), name="read-all"),
    path("notifications/preferences", vendor.PreferencesPage.as_view(), name="preferences"),
    path("notifications/<str:notification_id>/open", vendor.NotificationOpenPage.as_view(), name="open"),
]
