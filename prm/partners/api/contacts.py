"""``/api/v1/contacts``: everybody known at a company, one row for each place of work."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from prm.api.fields import ChoiceField, MomentField, PublicIdField, TextField, TypeIdField
from prm.api.query import Filter, Kind, ListQuery
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import ListMixin, RetrieveMixin, ScopedViewSet
from prm.partners.api.filters import COUNTRY
from prm.partners.models import Department, Level, Lifecycle, Position
from prm.partners.selectors.people import people_list


class ContactSerializer(ApiSerializer):
    """Somebody at a company. They are changed where they work: ``/companies/{id}/people/{id}``."""

    id = PublicIdField("position")
    person = TypeIdField("person", source="person_id")
    name = TextField()
    title = TextField()
    email = TextField()
    phone = TextField()
    department = ChoiceField(choices=Department.values, allow_null=True)
    level = ChoiceField(choices=Level.values, allow_null=True)
    company = TypeIdField("company", source="company_id")
    company_name = TextField(source="company.name")
    lifecycle = ChoiceField(
        source="company.partner.lifecycle",
        choices=Lifecycle.values,
        allow_null=True,
        default=None,
        help_text="Null: no relationship.",
    )
    speakers = serializers.ListField(
        child=TextField(), help_text="Names of those of the vendor who speak to them, the last first."
    )
    created_at = MomentField()
    updated_at = MomentField()

    example = {
        "id": "position_01h455vb4pex5vsknk084sn02q", "person": "person_01h455vb4pex5vsknk084sn02q", "name": "Anne Le Goff",
        "title": "Sales director", "email": "anne.legoff@isere-cloud.example", "phone": "", "department": "sales", "level": "head",
        "company": "company_01h455vb4pex5vsknk084sn02q", "company_name": "Isère Cloud", "lifecycle": "candidate",
        "speakers": ["Claire Rousset"], "created_at": "2026-03-12T09:30:00Z", "updated_at": "2026-03-12T09:30:00Z",
    }  # fmt: skip


class ContactViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """The directory of people at companies."""

    resource, prefix = "contacts", "position"
    label = _("Directory of people")
    serializer_class = ContactSerializer
    permissions = {"list": "partners.position:view", "retrieve": "partners.position:view"}
    sentences = {
        "list": "People at companies, by words that begin words of their name or of the company's. Those put away on demand.",
        "retrieve": "One of them at one company.",
    }
    filters = (
        Filter("department", Kind.CHOICE, choices=Department.values),
        Filter("level", Kind.CHOICE, choices=Level.values),
        Filter("company", Kind.ID, "company_id", prefix="company"),
        Filter("person", Kind.ID, "person_id", prefix="person"),
        Filter("lifecycle", Kind.CHOICE, "company__partner__lifecycle", choices=Lifecycle.values),
        Filter("account_manager", Kind.ID, "company__partner__account_manager_id", prefix="person"),
        Filter("country", Kind.TEXT, "company__country", pattern=COUNTRY),
        Filter("is_archived", Kind.FLAG, is_column=False, help="Those who were put away instead of the others."),
        Filter("updated_at", Kind.MOMENT),
    )
    sorts = {"name": ("name_key", "id"), "created_at": ("id",)}
    default_sort = "name"
    searchable = True

    def rows(self, query: ListQuery) -> QuerySet[Position]:
        archived = query.value("is_archived", default=False)
        return people_list(actor=self.actor, q=query.q, filters={"archived": archived})

    def find(self, key: UUID) -> Position:
        found: Position = people_list(actor=self.actor).one(key)  # type: ignore[attr-defined]
        return found
