"""``/api/v1/questionnaire-answers``: named answers that were sent."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from prm.api.fields import MomentField, ObjectField, PublicIdField, TypeIdField
from prm.api.query import Filter, Kind, ListQuery
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import ListMixin, RetrieveMixin, ScopedViewSet
from prm.questionnaires.models import Answer
from prm.questionnaires.selectors.answers import answer_get, answer_list


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


class AnswerViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Named answers that were sent."""

    resource, prefix = "questionnaire-answers", "answer"
    label = _("Answers")
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
