"""``/api/v1/notifications``: one's own; ``/api/v1/notification-preferences``: how one is told, kind by kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from prm.access.actors import PORTAL_DOOR, VENDOR_DOOR
from prm.api.fields import FlagField, MomentField, ObjectField, PublicIdField, TextField, WholeField
from prm.api.query import Filter, Kind, ListQuery, Shape
from prm.api.router import router
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import ListMixin, RetrieveMixin, ScopedViewSet, UpdateMixin
from prm.notifications.models import Notification
from prm.notifications.selectors import channels_of, digest_time_of, notification_get, notification_list, told_of
from prm.notifications.services import digest_time_set, notification_read, preferences_set

BOTH_DOORS = VENDOR_DOOR | PORTAL_DOOR


class NotificationSerializer(ApiSerializer):
    """What the owner of the key was told, in words."""

    id = PublicIdField("notification")
    kind = TextField(read_only=True)
    text = TextField(read_only=True)
    count = WholeField(read_only=True, help_text="How many events were joined into it.")
    is_read = FlagField()
    told_at = MomentField(read_only=True)
    created_at = MomentField(read_only=True)
    updated_at = MomentField(read_only=True)

    example = {
        "id": "notification_01h455vb4pex5vsknk084sn02q",
        "kind": "partners.moved",
        "text": "12 partners moved",
        "count": 12,
        "is_read": False,
        "told_at": "2026-05-18T12:02:00Z",
        "created_at": "2026-05-18T12:00:00Z",
        "updated_at": "2026-05-18T12:02:00Z",
    }
    example_request = {"is_read": True}


class NotificationViewSet(ListMixin, RetrieveMixin, UpdateMixin):
    """What the owner of the key was told; nobody else's."""

    resource, prefix = "notifications", "notification"
    label = _("Notifications")
    serializer_class = NotificationSerializer
    audiences = BOTH_DOORS
    permissions = {
        "list": "notifications.notification:view",
        "retrieve": "notifications.notification:view",
        "update": "notifications.notification:edit",
        "partial_update": "notifications.notification:edit",
    }
    sentences = {
        "list": "What the owner of the key was told, the newest first.",
        "retrieve": "One notification.",
        "update": "Marks it as read, or as not read.",
        "partial_update": "The same.",
    }
    filters = (Filter("kind", Kind.TEXT), Filter("is_read", Kind.FLAG))
    sorts = {"created_at": ("created_at",)}
    default_sort = "-created_at"

    def rows(self, query: ListQuery) -> QuerySet[Notification]:
        return notification_list(actor=self.actor)

    def find(self, key: UUID) -> Notification:
        return notification_get(actor=self.actor, notification_id=key)

    def represent(self, records: Sequence[Any], shape: Shape = Shape()) -> list[dict[str, Any]]:  # noqa: B008  frozen
        """With the words, as the owner may see them now; one lookup of names a kind."""
        for told in told_of(actor=self.actor, rows=records):
            told.notification.text = told.sentence  # type: ignore[attr-defined]
        return super().represent(records, shape)

    def change_one(self, record: Notification, data: dict[str, Any], *, partial: bool) -> Notification:
        is_read = data.get("is_read", record.is_read)
        return notification_read(actor=self.actor, notification_id=record.pk, is_read=is_read)


class PreferencesSerializer(ApiSerializer):
    """How the owner of the key is told: kind → ``mail``, ``digest``, ``in_app`` or ``off``; and when the daily e-mail leaves."""

    channels = ObjectField()
    digest_hour = WholeField(min_value=0, max_value=23, source="hour")
    digest_zone = TextField(
        allow_blank=True, max_length=60, source="zone", help_text="Such as `Europe/Paris`; empty: the vendor's."
    )
    digest_is_wanted = FlagField(source="is_wanted")

    example = {
        "channels": {"partners.moved": "digest", "jobs.failed": "mail"},
        "digest_hour": 8,
        "digest_zone": "Europe/Paris",
        "digest_is_wanted": True,
    }
    example_request = {"channels": {"partners.moved": "in_app"}, "digest_hour": 18}


class PreferencesViewSet(ScopedViewSet):
    """How one is told."""

    resource = "notification-preferences"
    label = _("Notification preferences")
    is_single = True
    audiences = BOTH_DOORS
    permissions = {"retrieve": "notifications.preference:view", "partial_update": "notifications.preference:edit"}
    serializer_class = PreferencesSerializer

    def retrieve(self, request: Request) -> Response:
        """Every kind that the owner of the key can get, with how."""
        return Response(self.represent([self._chosen()])[0])

    def partial_update(self, request: Request) -> Response:
        """Changes the kinds named, and the daily e-mail; what is not named stays."""
        data = self.body(partial=True)
        preferences_set(actor=self.actor, channels=data.pop("channels", {}))
        if data:
            digest_time_set(actor=self.actor, **data)
        return Response(self.represent([self._chosen()])[0])

    def _chosen(self) -> dict[str, Any]:
        time = digest_time_of(actor=self.actor)
        channels = {kind: channel.value for kind, channel in channels_of(actor=self.actor).items()}
        return {"pk": None, "channels": channels, "hour": time.hour, "zone": time.zone, "is_wanted": time.is_wanted}


router.register(NotificationViewSet)
router.register_single(PreferencesViewSet, {"get": "retrieve", "patch": "partial_update"})
