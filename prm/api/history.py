"""``GET /things/{id}/history``: what happened to a record, newest first, as sentences in the caller's language and as data (G7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.access.actors import ActorKind
from prm.api.fields import ChoiceField, MomentField, ObjectField, TextField, TypeIdField
from prm.api.query import Filter, Kind
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import NestedList, ScopedViewSet
from prm.events.models import OutboxEvent
from prm.events.selectors import history_rows, history_told
from prm.events.telling import HistoryLine


class DoerSerializer(ApiSerializer):
    """Who did it."""

    kind = ChoiceField(choices=[kind.value for kind in ActorKind], read_only=True)
    account = TypeIdField("user", read_only=True, allow_null=True)
    name = TextField(read_only=True)


class HistoryLineSerializer(ApiSerializer):
    """One thing that happened to a record."""

    id = TypeIdField("event", read_only=True)
    type = TextField(read_only=True)
    at = MomentField(read_only=True)
    actor = serializers.SerializerMethodField()
    sentence = TextField(read_only=True)
    changes = serializers.ListField(child=TextField(), read_only=True)
    data = ObjectField(read_only=True)

    example = {
        "id": "event_01h455vb4pex5vsknk084sn02q",
        "type": "partners.company_edited",
        "at": "2026-05-19T07:24:00Z",
        "actor": {"kind": "vendor", "account": "user_01h455vb4pex5vsknk084sn02q", "name": "Claire Rousset"},
        "sentence": "changed a fact",
        "changes": ["Employees 44 → 46"],
        "data": {"fields": ["employees"], "count": 1, "changes": {"employees": [44, 46]}},
    }

    @extend_schema_field(DoerSerializer)
    def get_actor(self, line: HistoryLine) -> dict[str, Any]:
        found = {"kind": line.actor_kind, "account": line.actor_id, "name": line.who}
        return dict(DoerSerializer(found).data)


HISTORY = NestedList(
    HistoryLineSerializer, {"at": ("id",)}, "-at", (Filter("type", Kind.TEXT), Filter("at", Kind.MOMENT, "occurred_at"))
)


class HistoryMixin(ScopedViewSet):
    """For resources whose records have a history; who may retrieve one may read it. ``subject_type`` is the prefix unless said."""

    abstract = True
    subject_type: ClassVar[str] = ""

    def __init_subclass__(cls, **options: Any) -> None:
        if not cls.__dict__.get("abstract"):
            permissions: Mapping[str, str] = cls.permissions
            cls.permissions = {"history": permissions["retrieve"], **permissions}
            cls.lists = {"history": HISTORY, **cls.lists}
        super().__init_subclass__(**options)

    def events_of(self, record: Any) -> QuerySet[OutboxEvent]:
        """The events of a record; a resource whose history is that of several subjects overrides it."""
        key: UUID = record.pk
        return history_rows(actor=self.actor, subject_type=self.subject_type or self.prefix, subject_id=key)

    @action(detail=True, methods=["get"])
    def history(self, request: Request, id: str) -> Response:
        """What happened to it, newest first."""
        query = self.nested_query()
        page = self.page_of(query.narrow(self.events_of(self.record())), query)
        page = replace(page, rows=history_told(actor=self.actor, rows=page.rows))
        return self.nested_page(page, query)
