"""``/api/v1/questionnaires``, their versions, rounds and answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.api.fields import ChoiceField, FlagField, MomentField, ObjectField, PublicIdField, TextField, TypeIdField, WholeField
from prm.api.query import Filter, Kind, ListQuery
from prm.api.router import router
from prm.api.serializers import ApiSerializer, EmptySerializer
from prm.api.viewsets import CreateMixin, ListMixin, NestedList, RetrieveMixin, ScopedViewSet, UpdateMixin
from prm.core.errors import Invalid, NotFound
from prm.core.translated import known_languages
from prm.questionnaires.library import TEMPLATES
from prm.questionnaires.models import Answer, Purpose, Questionnaire, Round, Version, VersionState
from prm.questionnaires.rules import FormFault, read_form
from prm.questionnaires.selectors import questionnaire_get, questionnaire_list, version_draft, version_list
from prm.questionnaires.selectors_answers import answer_get, answer_list
from prm.questionnaires.selectors_rounds import round_facts, round_get, round_list
from prm.questionnaires.services import (
    draft_change,
    draft_ensure,
    questionnaire_archive,
    questionnaire_create,
    questionnaire_edit,
    version_publish,
)
from prm.questionnaires.services_rounds import round_close, round_send

_CONTENT: dict[str, Any] = {
    "intro": {"en": "Hello", "fr": "Bonjour"},
    "sections": [
        {
            "key": "s1",
            "title": {"en": "Your company", "fr": "Votre entreprise"},
            "questions": [
                {
                    "key": "employees",
                    "kind": "number",
                    "text": {"en": "How many people?", "fr": "Combien de personnes ?"},
                    "fact": "employees",
                }
            ],
        }
    ],
}


class TextsField(serializers.DictField):
    """A text by language: ``{"en": "…", "fr": "…"}``."""

    child = TextField(allow_blank=True, max_length=2000)


class QuestionnaireSerializer(ApiSerializer):
    """A questionnaire; its questions are in its versions."""

    id = PublicIdField("questionnaire")
    title = TextsField()
    purpose = ChoiceField(choices=Purpose.values, required=False, default=Purpose.OTHER.value)
    languages = serializers.ListField(child=ChoiceField(choices=known_languages()), required=False, default=known_languages)
    is_anonymous = FlagField(required=False, default=False)
    owner = TypeIdField("person", source="owner_id", read_only=True, allow_null=True)
    is_archived = serializers.SerializerMethodField()
    created_at = MomentField(read_only=True)
    updated_at = MomentField(read_only=True)

    example = {
        "id": "questionnaire_01h455vb4pex5vsknk084sn02q",
        "title": {"en": "Partner profile", "fr": "Profil du partenaire"},
        "purpose": "profile",
        "languages": ["en", "fr"],
        "is_anonymous": False,
        "owner": "person_01h455vb4pex5vsknk084sn02q",
        "is_archived": False,
        "created_at": "2026-05-18T12:00:00Z",
        "updated_at": "2026-05-18T12:02:00Z",
    }
    example_request = {"title": {"en": "Partner profile", "fr": "Profil du partenaire"}, "purpose": "profile"}

    @extend_schema_field({"type": "boolean"})
    def get_is_archived(self, questionnaire: Questionnaire) -> bool:
        return questionnaire.archived_at is not None


class NewQuestionnaireSerializer(QuestionnaireSerializer):
    """A questionnaire that begins, empty or from the library."""

    template = ChoiceField(choices=["", *TEMPLATES], required=False, default="", write_only=True)

    example_request = {"title": {"en": "Partner profile", "fr": "Profil du partenaire"}, "template": "profile"}


class VersionSerializer(ApiSerializer):
    """One version: the whole questionnaire as one document."""

    id = PublicIdField("questionnaire_version")
    number = WholeField(read_only=True)
    state = ChoiceField(choices=VersionState.values, read_only=True)
    content = ObjectField(help_text="intro, thanks, sections with their questions; texts by language.")
    revision = WholeField(read_only=True)
    published_at = MomentField(read_only=True, allow_null=True)

    example = {
        "id": "questionnaire_version_01h455vb4pex5vsknk084sn02q",
        "number": 1,
        "state": "draft",
        "content": _CONTENT,
        "revision": 3,
        "published_at": None,
    }
    example_request: dict[str, Any] = {"content": _CONTENT}


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


class AnswerSerializer(ApiSerializer):
    """One named answer that was sent. Anonymous answers are never given one by one."""

    id = PublicIdField("answer")
    round = TypeIdField("round", source="round_id", read_only=True)
    partner = TypeIdField("partner", source="partner_id", read_only=True)
    company = TypeIdField("company", source="invitation.company_id", read_only=True)
    person = TypeIdField("person", source="invitation.person_id", read_only=True)
    values = ObjectField(read_only=True, help_text="By key of question.")
    submitted_at = MomentField(read_only=True)

    example = {
        "id": "answer_01h455vb4pex5vsknk084sn02q",
        "round": "round_01h455vb4pex5vsknk084sn02q",
        "partner": "partner_01h455vb4pex5vsknk084sn02q",
        "company": "company_01h455vb4pex5vsknk084sn02q",
        "person": "person_01h455vb4pex5vsknk084sn02q",
        "values": {"employees": "46", "typology": "var"},
        "submitted_at": "2026-05-19T09:02:00Z",
    }


class QuestionnaireViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, ScopedViewSet):
    """Questionnaires and their versions."""

    resource, prefix = "questionnaires", "questionnaire"
    serializer_class = QuestionnaireSerializer
    request_serializers = {
        "create": NewQuestionnaireSerializer,
        "draft": VersionSerializer,
        "publish": EmptySerializer,
        "archive": EmptySerializer,
    }
    permissions = {
        "list": "questionnaires.questionnaire:view",
        "retrieve": "questionnaires.questionnaire:view",
        "create": "questionnaires.questionnaire:create",
        "update": "questionnaires.questionnaire:edit",
        "partial_update": "questionnaires.questionnaire:edit",
        "versions": "questionnaires.version:view",
        "draft": "questionnaires.version:edit",
        "publish": "questionnaires.questionnaire:publish",
        "archive": "questionnaires.questionnaire:archive",
    }
    sentences = {
        "list": "Questionnaires in use.",
        "retrieve": "One questionnaire.",
        "create": "Begins a questionnaire with a first draft.",
        "update": "Changes title, purpose, languages and anonymity.",
        "partial_update": "Changes what is named.",
    }
    filters = (
        Filter("purpose", Kind.CHOICE, choices=Purpose.values),
        Filter("archived", Kind.FLAG, is_column=False, help="those put away"),
        Filter("created_at", Kind.MOMENT),
    )
    sorts = {"created_at": ("created_at", "id"), "title": ("title_key", "id")}
    default_sort = "-created_at"
    searchable = True
    lists = {"versions": NestedList(VersionSerializer, {"number": ("number",)}, "-number")}

    def rows(self, query: ListQuery) -> QuerySet[Questionnaire]:
        return questionnaire_list(actor=self.actor, q=query.q, archived=query.value("archived", default=False))

    def find(self, key: UUID) -> Questionnaire:
        return questionnaire_get(actor=self.actor, questionnaire_id=key)

    def body(self, *, partial: bool = False, serializer: type[ApiSerializer] | None = None) -> dict[str, Any]:
        return super().body(partial=partial, serializer=serializer or self.request_serializers.get(self.action or ""))

    def create_one(self, data: dict[str, Any]) -> Questionnaire:
        return self.find(questionnaire_create(actor=self.actor, **data).pk)

    def change_one(self, record: Questionnaire, data: dict[str, Any], *, partial: bool) -> Questionnaire:
        questionnaire_edit(actor=self.actor, questionnaire_id=record.pk, values=data)
        return self.find(record.pk)

    @action(detail=True, methods=["get"])
    def versions(self, request: Request, id: str) -> Response:
        """Its versions with their questions, newest first."""
        query = self.nested_query()
        return self.nested(query.narrow(version_list(actor=self.actor, questionnaire=self.record())), query)

    @action(detail=True, methods=["post"])
    def draft(self, request: Request, id: str) -> Response:
        """Puts a whole document in the place of the draft, which is begun from the last version when there is none."""
        content = self.body()["content"]
        try:
            form = read_form(content)
        except FormFault as fault:
            raise Invalid(fault.code, fault.words, field=f"content.{fault.path}" if fault.path else "content") from fault
        draft = draft_ensure(actor=self.actor, questionnaire_id=self.record().pk)
        return self._version(draft_change(actor=self.actor, version_id=draft.pk, change=lambda _form: form))

    @action(detail=True, methods=["post"])
    def publish(self, request: Request, id: str) -> Response:
        """Publishes the draft; 422 with what is missing, 404 when there is none."""
        self.body()
        draft = version_draft(actor=self.actor, questionnaire=self.record())
        return self._version(version_publish(actor=self.actor, version_id=draft.pk if draft else self.record().pk))

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, id: str) -> Response:
        """Puts it away; rounds and answers stay."""
        self.body()
        questionnaire_archive(actor=self.actor, questionnaire_id=self.record().pk)
        return self.answer(self.record())

    def _version(self, version: Version) -> Response:
        return Response(dict(VersionSerializer(version, context={"request": self.request}).data))


class RoundViewSet(ListMixin, RetrieveMixin, CreateMixin, ScopedViewSet):
    """Rounds: what was sent to whom."""

    resource, prefix = "questionnaire-rounds", "round"
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

    def body(self, *, partial: bool = False, serializer: type[ApiSerializer] | None = None) -> dict[str, Any]:
        return super().body(partial=partial, serializer=serializer or self.request_serializers.get(self.action or ""))

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


class AnswerViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Named answers that were sent."""

    resource, prefix = "questionnaire-answers", "answer"
    serializer_class = AnswerSerializer
    permissions = {"list": "questionnaires.answer:view", "retrieve": "questionnaires.answer:view"}
    sentences = {
        "list": "Named answers that were sent, newest first; drafts and anonymous answers are nobody's to read.",
        "retrieve": "One answer.",
    }
    filters = (
        Filter("round", Kind.ID, "round_id", prefix="round"),
        Filter("partner", Kind.ID, "partner_id", prefix="partner"),
        Filter("submitted_at", Kind.MOMENT),
    )
    sorts = {"created_at": ("created_at", "id")}
    default_sort = "-created_at"

    def rows(self, query: ListQuery) -> QuerySet[Answer]:
        return answer_list(actor=self.actor)

    def find(self, key: UUID) -> Answer:
        return answer_get(actor=self.actor, answer_id=key)


for viewset in (QuestionnaireViewSet, RoundViewSet, AnswerViewSet):
    router.register(viewset)
