"""``/api/v1/companies/{id}/liaisons``: who of ours talks to whom at a company."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from prm.api.fields import ChoiceField, DateField, MomentField, PublicIdField, TextField, TypeIdField
from prm.api.query import Filter, Kind, ListQuery
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import CreateMixin, DeleteMixin, ListMixin, RetrieveMixin, ScopedViewSet, UpdateMixin
from prm.partners.models import Department, Liaison
from prm.partners.selectors.record import liaison_get, liaison_list
from prm.partners.services.liaisons import liaison_create, liaison_delete, liaison_edit


class SpokenSerializer(ApiSerializer):
    """When two people last spoke."""

    spoken_on = DateField(required=False, allow_null=True, default=None, help_text="When they last spoke; null is not known.")

    example_request = {"spoken_on": "2026-05-11"}


class LiaisonSerializer(SpokenSerializer):
    """Somebody of ours who talks to somebody of theirs."""

    id = PublicIdField("liaison")
    ours = TypeIdField("person", source="ours_id", help_text="One of the vendor's people.")
    ours_name = TextField(source="ours.name", read_only=True)
    theirs = TypeIdField(
        "person", source="theirs_id", help_text="Somebody who works at the company: the person of one of its people."
    )
    theirs_name = TextField(source="theirs.name", read_only=True)
    department = ChoiceField(
        choices=Department.values, required=False, allow_null=True, default=None,
        help_text="Theirs; needed only where it is not known yet.",
    )  # fmt: skip
    created_at = MomentField(read_only=True)
    updated_at = MomentField(read_only=True)

    example_request = {
        "ours": "person_01h455vb4pex5vsknk084sn02q", "theirs": "person_01h455vb4pex5vsknk084sn02r", "spoken_on": "2026-05-11",
    }  # fmt: skip
    example = {
        "id": "liaison_01h455vb4pex5vsknk084sn02q", **example_request, "ours_name": "Claire Rousset", "theirs_name": "Yann Le Goff",
        "department": "sales", "created_at": "2026-03-12T09:30:00Z", "updated_at": "2026-05-11T08:00:00Z",
    }  # fmt: skip


class LiaisonViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, DeleteMixin, ScopedViewSet):
    """Who talks to whom at one company."""

    resource, prefix, address = "company-liaisons", "liaison", "companies/<str:company_id>/liaisons"
    label = _("Who talks to whom")
    parents = {"company_id": "company"}
    serializer_class = LiaisonSerializer
    request_serializers = {"update": SpokenSerializer, "partial_update": SpokenSerializer}
    permissions = {
        **dict.fromkeys(("list", "retrieve"), "partners.liaison:view"),
        **dict.fromkeys(("create", "update", "partial_update", "destroy"), "partners.liaison:edit"),
    }
    sentences = {
        "list": "Who of ours talks to whom there, oldest first.",
        "retrieve": "One of them.",
        "create": "Introduces somebody of ours to somebody who works there. Needs persons:read as well.",
        "update": "Says when they last spoke.",
        "partial_update": "Says when they last spoke.",
        "destroy": "They speak no more. If-Match is honoured when sent.",
    }
    filters = (
        Filter("department", Kind.CHOICE, choices=Department.values),
        Filter("ours", Kind.ID, "ours_id", prefix="person"),
        Filter("spoken_on", Kind.DATE),
    )
    sorts = {"created_at": ("id",)}
    default_sort = "created_at"

    def rows(self, query: ListQuery) -> QuerySet[Liaison]:
        return liaison_list(actor=self.actor, company_id=self.parent("company_id"))

    def find(self, key: UUID) -> Liaison:
        return liaison_get(actor=self.actor, company_id=self.parent("company_id"), liaison_id=key)

    def create_one(self, data: dict[str, Any]) -> Liaison:
        made = liaison_create(
            actor=self.actor, company_id=self.parent("company_id"), ours=data["ours_id"], theirs=data["theirs_id"],
            department=data["department"], spoken_on=data["spoken_on"],
        )  # fmt: skip
        return self.find(made.pk)

    def change_one(self, record: Liaison, data: dict[str, Any], *, partial: bool) -> Liaison:
        liaison_edit(actor=self.actor, liaison_id=record.pk, spoken_on=data.get("spoken_on", record.spoken_on))
        return self.find(record.pk)

    def remove_one(self, record: Liaison) -> None:
        liaison_delete(actor=self.actor, liaison_id=record.pk)
