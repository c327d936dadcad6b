"""``/api/v1/questionnaires`` and their versions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.api.fields import ChoiceField, FlagField, MomentField, ObjectField, PublicIdField, TypeIdField, WholeField
from prm.api.query import Filter, Kind, ListQuery
from prm.api.serializers import ApiSerializer, EmptySerializer
from prm.api.viewsets import CreateMixin, ListMixin, NestedList, RetrieveMixin, ScopedViewSet, UpdateMixin
from prm.core.errors import Invalid, NotFound
from prm.core.translated import known_languages
from prm.questionnaires.api.fields import TextsField
from prm.questionnaires.library import TEMPLATES
from prm.questionnaires.models import Purpose, Questionnaire, Version, VersionState
from prm.questionnaires.rules.document import FormFault, read_form
from prm.questionnaires.selectors.questionnaires import questionnaire_get, questionnaire_list, version_draft, version_list
from prm.questionnaires.services.questionnaires import (
    draft_change,
    draft_ensure,
    questionnaire_archive,
    questionnaire_create,
    questionnaire_edit,
    version_publish,
)

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
    content = ObjectField(help_text="Intro, thanks, sections with their questions; texts by language.")
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


class QuestionnaireViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, ScopedViewSet):
    """Questionnaires and their versions."""

    resource, prefix = "questionnaires", "questionnaire"
    label = _("Questionnaires")
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
        Filter("archived", Kind.FLAG, is_column=False, help="Those put away."),
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
        if draft is None:
            raise NotFound
        return self._version(version_publish(actor=self.actor, version_id=draft.pk))

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, id: str) -> Response:
        """Puts it away; rounds and answers stay."""
        self.body()
        questionnaire_archive(actor=self.actor, questionnaire_id=self.record().pk)
        return self.answer(self.record())

    def _version(self, version: Version) -> Response:
        return Response(dict(VersionSerializer(version, context={"request": self.request}).data))
