"""``/api/v1/fact-proposals``: what partners say of themselves, until somebody decides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from prm.api.fields import AnyField, ChoiceField, DateField, MomentField, PublicIdField, TextField, TypeIdField
from prm.api.query import Filter, Kind, ListQuery
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import ListMixin, RetrieveMixin, ScopedViewSet
from prm.partners.models import FactProposal, ProposalState, SourceKind
from prm.partners.selectors.proposals import proposal_get, proposal_list
from prm.partners.services.proposals import fact_proposals_accept, fact_proposals_refuse


class FactProposalSerializer(ApiSerializer):
    """One fact as a partner tells it. ``field`` is a fact of a company, ``vendors`` or ``mix.<industry>``."""

    id = PublicIdField("proposal")
    partner = TypeIdField("partner", source="partner_id", read_only=True)
    company = TypeIdField("company", source="company_id", read_only=True)
    field = TextField(read_only=True)
    value = AnyField(read_only=True, allow_null=True, help_text="A number, a text, a list or an object, as the fact is kept.")
    as_of = DateField(read_only=True)
    source_kind = ChoiceField(choices=SourceKind.values, read_only=True)
    source_name = TextField(read_only=True)
    note = TextField(read_only=True)
    proposed_by = TypeIdField("person", source="proposed_by_id", read_only=True, allow_null=True)
    state = ChoiceField(choices=ProposalState.values, read_only=True)
    written = AnyField(
        read_only=True, allow_null=True, help_text="What was written, where it was changed before it was accepted."
    )
    reason = TextField(read_only=True, help_text="Why it was refused.")
    decided_by = TypeIdField("person", source="decided_by_id", read_only=True, allow_null=True)
    decided_at = MomentField(read_only=True, allow_null=True)
    created_at = MomentField(read_only=True)

    example = {
        "id": "proposal_01h455vb4pex5vsknk084sn02q",
        "partner": "partner_01h455vb4pex5vsknk084sn02q",
        "company": "company_01h455vb4pex5vsknk084sn02q",
        "field": "employees",
        "value": 46,
        "as_of": "2026-03-12",
        "source_kind": "questionnaire",
        "source_name": "Partner profile",
        "note": "",
        "proposed_by": "person_01h455vb4pex5vsknk084sn02q",
        "state": "pending",
        "written": None,
        "reason": "",
        "decided_by": None,
        "decided_at": None,
        "created_at": "2026-03-12T09:20:00Z",
    }


class AcceptSerializer(ApiSerializer):
    """Another value, where the proposed one was to be put right."""

    value = AnyField(required=False, allow_null=True)

    example_request: dict[str, Any] = {"value": 47}


class RefuseSerializer(ApiSerializer):
    """Why; the partner reads it."""

    reason = TextField(max_length=300)

    example_request = {"reason": "The whole group, not the company."}


class FactProposalViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """Proposed facts."""

    resource, prefix = "fact-proposals", "proposal"
    label = _("Proposed facts")
    serializer_class = FactProposalSerializer
    request_serializers = {"accept": AcceptSerializer, "refuse": RefuseSerializer}
    permissions = {
        "list": "partners.fact_proposal:view",
        "retrieve": "partners.fact_proposal:view",
        "accept": "partners.fact_proposal:decide",
        "refuse": "partners.fact_proposal:decide",
    }
    sentences = {"list": "Facts that partners propose, newest first.", "retrieve": "One proposed fact."}
    filters = (
        Filter("state", Kind.CHOICE, choices=ProposalState.values),
        Filter("partner", Kind.ID, "partner_id", prefix="partner"),
        Filter("company", Kind.ID, "company_id", prefix="company"),
        Filter("field", Kind.TEXT),
        Filter("created_at", Kind.MOMENT),
    )
    sorts = {"created_at": ("created_at", "id")}
    default_sort = "-created_at"

    def rows(self, query: ListQuery) -> QuerySet[FactProposal]:
        return proposal_list(actor=self.actor)

    def find(self, key: UUID) -> FactProposal:
        return proposal_get(actor=self.actor, proposal_id=key)

    @action(detail=True, methods=["post"])
    def accept(self, request: Request, id: str) -> Response:
        """Writes the fact, with its own source and day; 409 when it is decided already."""
        data, record = self.body(), self.record()
        values = {record.pk: data["value"]} if "value" in data else None
        fact_proposals_accept(actor=self.actor, proposal_ids=[record.pk], values=values)
        return self.answer(self.record())

    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, id: str) -> Response:
        """Refuses it, with the reason; 409 when it is decided already."""
        data = self.body()
        fact_proposals_refuse(actor=self.actor, proposal_ids=[self.record().pk], reason=data["reason"])
        return self.answer(self.record())
