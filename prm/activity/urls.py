"""Pages of what happened and of how the installation is."""

from django.urls import path

from prm.activity import vendor, vendor_letters

app_name = "activity"
urlpatterns = [
    path("events", vendor.EventListPage.as_view(), name="event-list"),
    path("events/<str:event_id>", vendor.EventDetailPage.as_view(), name="event-detail"),
    path("history/<str:record_id>", vendor.RecordHistoryPage.as_view(), name="record-history"),
    path("dead-letters", vendor_letters.LetterListPage.as_view(), name="letter-list"),
    path("dead-letters/replay", vendor_letters.LetterReplayPage.as_view(), name="letter-replay"),
    path("dead-letters/discard", vendor_letters.LetterDiscardPage.as_view(), name="letter-discard"),
    path("audit", vendor.AuditTrailPage.as_view(), name="audit-trail"),
    path("audit/verify", vendor.AuditVerifyPage.as_view(), name="audit-verify"),
    path("health", vendor.HealthPage.as_view(), name="health"),
]
