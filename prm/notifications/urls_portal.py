"""Notifications of a partner's people and candidates: addresses."""

from django.urls import path

from prm.notifications import portal

app_name = "notifications"
urlpatterns = [
    path("notifications", portal.NotificationListPage.as_view(), name="list"),
    path("notifications/count", portal.UnreadCountPage.as_view(), name="count"),
    path("notifications/read", portal.NotificationsReadPage.as_view(), name="read-all"),
    path("notifications/preferences", portal.PreferencesPage.as_view(), name="preferences"),
    path("notifications/<str:notification_id>/open", portal.NotificationOpenPage.as_view(), name="open"),
]
