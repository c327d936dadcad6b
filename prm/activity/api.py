"""``/api/v1/events``: everything that happened in the last 30 days, in the order of its positions: the log to replay from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from prm.access.actors import ActorKind
from prm.api.fields import ChoiceField, MomentField, ObjectField, PublicIdField, TextField, TypeIdField, WholeField
from prm.api.query import Filter, Kind, ListQuery
from prm.api.router import router
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import ListMixin, RetrieveMixin, ScopedViewSet
from prm.core.correlation import PREFIX
from prm.events.models import OutboxEvent
from prm.events.received import upcast
from prm.events.selectors import event_get, event_list
from prm.events.subjects import subject_public_id

KEPT = timedelta(days=30)


class SubjectSerializer(ApiSerializer):
    """What it happened to. ``version`` counts the events of one record, so that a copy of it notices what it missed and what comes late."""

    type = TextField(read_only=True)
    id = TextField(read_only=True)
    version = WholeField(read_only=True, allow_null=True)


class EventActorSerializer(ApiSerializer):
    """Who did it; ``account`` is null for the product itself."""

    kind = ChoiceField(choices=[kind.value for kind in ActorKind], read_only=True)
    account = TypeIdField("user", read_only=True, allow_null=True)


class EventSerializer(ApiSerializer):
    """One event; webhooks carry the same."""

    id = PublicIdField("event")
    position = WholeField(read_only=True)
    type = TextField(read_only=True)
    version = serializers.SerializerMethodField()
    occurred_at = MomentField(read_only=True)
    actor = serializers.SerializerMethodField()
    partner = TypeIdField("partner", source="partner_id", read_only=True, allow_null=True)
    subject = serializers.SerializerMethodField()
    correlation = TypeIdField(PREFIX, source="correlation_id", read_only=True, allow_null=True)
    data = serializers.SerializerMethodField()

    example = {
        "id": "event_01h455vb4pex5vsknk084sn02q",
        "position": 1042,
        "type": "partners.partner_advanced",
        "version": 1,
        "occurred_at": "2026-05-19T07:24:00Z",
        "actor": {"kind": "vendor", "account": "user_01h455vb4pex5vsknk084sn02q"},
        "partner": "partner_01h455vb4pex5vsknk084sn02q",
        "subject": {"type": "partner", "id": "partner_01h455vb4pex5vsknk084sn02q", "version": 7},
        "correlation": "req_01h455vb4pex5vsknk084sn02q",
        "data": {"company_id": "0188bac7-4afa-78aa-bc3b-bd1eef28d881", "before": "candidate", "after": "engaged"},
    }

    @extend_schema_field(serializers.IntegerField())
    def get_version(self, event: OutboxEvent) -> int:
        return upcast(event.type, event.version, event.data)[0]

    @extend_schema_field(ObjectField())
    def get_data(self, event: OutboxEvent) -> dict[str, Any]:
        return upcast(event.type, event.version, event.data)[1]

    @extend_schema_field(EventActorSerializer)
    def get_actor(self, event: OutboxEvent) -> dict[str, Any]:
        return dict(EventActorSerializer({"kind": event.actor_kind, "account": event.actor_id}).data)

    @extend_schema_field(SubjectSerializer)
    def get_subject(self, event: OutboxEvent) -> dict[str, Any]:
        return {
            "type": event.subject_type,
            "id": subject_public_id(event.subject_type, event.subject_id),
            "version": event.subject_version,
        }


class EventViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Everything that happened, in order. Ask again with the last cursor, or ``position[gt]``: nothing is skipped."""

    resource, prefix = "events", "event"
    label = _("Audit chain")
    serializer_class = EventSerializer
    permissions = {"list": "events.audit:view", "retrieve": "events.audit:view"}
    filters = (
        Filter("type", Kind.TEXT),
        Filter("position", Kind.WHOLE),
        Filter("occurred_at", Kind.MOMENT),
        Filter("partner", Kind.ID, "partner_id", prefix="partner"),
        Filter("account", Kind.ID, "actor_id", prefix="user"),
        Filter("correlation", Kind.ID, "correlation_id", prefix=PREFIX),
        Filter("subject", Kind.TEXT, is_column=False, is_single=True, help="The id of a record."),
    )
    sorts = {"position": ("position",)}
    default_sort = "position"

    def rows(self, query: ListQuery) -> QuerySet[OutboxEvent]:
        since = timezone.localdate() - KEPT
        subject = query.value("subject", default="")
        return event_list(actor=self.actor, subject=subject, days=(since, None), placed=True)

    def find(self, key: Any) -> OutboxEvent:
        return event_get(actor=self.actor, event_id=key)


router.register(EventViewSet)
