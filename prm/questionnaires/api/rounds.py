"""``/api/v1/questionnaire-rounds``: what was sent to whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.api.fields import FlagField, MomentField, PublicIdField, TextField, TypeIdField, WholeField
from prm.api.query import Filter, Kind, ListQuery
from prm.api.serializers import ApiSerializer, EmptySerializer
from prm.api.viewsets import CreateMixin, ListMixin, RetrieveMixin, ScopedViewSet
from prm.core.errors import Invalid, NotFound
from prm.questionnaires.api.fields import TextsField
from prm.questionnaires.models import Round
from prm.questionnaires.selectors.questionnaires import questionnaire_get
from prm.questionnaires.selectors.rounds import round_facts, round_get, round_list
from prm.questionnaires.services.rounds import round_close, round_send


class RoundSerializer(ApiSerializer):
    """One time that a version is sent to people, and how far it came."""

    id = PublicIdField("round")
    questionnaire = TypeIdField("questionnaire", source="questionnaire_id")
    version = WholeField(source="version.number", read_only=True)
    name = TextField(max_length=120, required=False, allow_blank=True, default="")
    message = TextsField(required=False, default=dict)
    companies = serializers.ListField(child=TypeIdField("company"), min_length=1, max_length=500, write_only=True)
    people = serializers.ListField(child=TypeIdField("person"), min_length=1, max_length=2000, write_only=True)
    is_anonymous = FlagField(read_only=True)
    due_at = MomentField()
    reminder_days = serializers.ListField(child=WholeField(min_value=1, max_value=60), required=False, default=lambda: [7, 1])
    closed_at = MomentField(read_only=True, allow_null=True)
    asked = serializers.SerializerMethodField()
    answered = serializers.SerializerMethodField()
    created_at = MomentField(read_only=True)

    example = {
        "id": "round_01h455vb4pex5vsknk084sn02q",
        "questionnaire": "questionnaire_01h455vb4pex5vsknk084sn02q",
        "version": 1,
        "name": "Spring",
        "message": {"en": "Three minutes, please."},
        "is_anonymous": False,
        "due_at": "2026-06-01T22:00:00Z",
        "reminder_days": [7, 1],
        "closed_at": None,
        "asked": 24,
        "answered": 11,
        "created_at": "2026-05-18T12:00:00Z",
    }
    example_request = {
        "questionnaire": "questionnaire_01h455vb4pex5vsknk084sn02q",
        "name": "Spring",
        "companies": ["company_01h455vb4pex5vsknk084sn02q"],
        "people": ["person_01h455vb4pex5vsknk084sn02q"],
        "due_at": "2026-06-01T22:00:00Z",
    }

    @extend_schema_field({"type": "integer"})
    def get_asked(self, round_: Round) -> int:
        return self._facts(round_).asked

    @extend_schema_field({"type": "integer"})
    def get_answered(self, round_: Round) -> int:
        return self._facts(round_).answered

    def _facts(self, round_: Round) -> Any:
        return self.context["facts"][round_.pk]


class RoundViewSet(ListMixin, RetrieveMixin, CreateMixin, ScopedViewSet):
    """Rounds: what was sent to whom."""

    resource, prefix = "questionnaire-rounds", "round"
    label = gettext_lazy("Rounds")
    serializer_class = RoundSerializer
    request_serializers = {"close": EmptySerializer}
    permissions = {
        "list": "questionnaires.round:view",
        "retrieve": "questionnaires.round:view",
        "create": "questionnaires.round:send",
        "close": "questionnaires.round:close",
    }
    sentences = {
        "list": "Rounds, newest first.",
        "retrieve": "One round, with how many answered.",
        "create": "Sends the last published version to people of partners and candidates. Needs companies:read as well.",
    }
    filters = (
        Filter("questionnaire", Kind.ID, "questionnaire_id", prefix="questionnaire"),
        Filter("is_anonymous", Kind.FLAG),
        Filter("due_at", Kind.MOMENT),
        Filter("created_at", Kind.MOMENT),
    )
    sorts = {"created_at": ("created_at", "id")}
    default_sort = "-created_at"

    def rows(self, query: ListQuery) -> QuerySet[Round]:
        return round_list(actor=self.actor)

    def find(self, key: UUID) -> Round:
        return round_get(actor=self.actor, round_id=key)

    def represent(self, records: Any, shape: Any = None) -> list[dict[str, Any]]:
        facts = round_facts(actor=self.actor, ids=[record.pk for record in records])
        fields = shape.fields if shape is not None else ()
        context = {"request": self.request, "actor": self.actor, "fields": fields, "facts": facts}
        return [dict(item) for item in RoundSerializer(records, many=True, context=context).data]

    def create_one(self, data: dict[str, Any]) -> Round:
        try:
            questionnaire_get(actor=self.actor, questionnaire_id=data["questionnaire_id"])
        except NotFound as refusal:
            raise Invalid("unknown_questionnaire", _("There is no such questionnaire."), field="questionnaire") from refusal
        made = round_send(
            actor=self.actor, questionnaire_id=data["questionnaire_id"], company_ids=data["companies"], person_ids=data["people"],
            due_at=data["due_at"], name=data["name"], message=data["message"], reminder_days=data["reminder_days"],
        )  # fmt: skip
        return self.find(made.pk)

    @action(detail=True, methods=["post"])
    def close(self, request: Request, id: str) -> Response:
        """Takes no more answers."""
        self.body()
        round_close(actor=self.actor, round_id=self.record().pk)
        return self.answer(self.record())
