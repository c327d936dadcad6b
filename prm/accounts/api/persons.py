"""``/api/v1/persons``: the vendor's people."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Person
from prm.accounts.selectors.persons import person_get, person_list
from prm.api.fields import MomentField, PublicIdField, TextField
from prm.api.history import HistoryMixin
from prm.api.query import Filter, Kind, ListQuery
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import ListMixin, RetrieveMixin, ScopedViewSet


class PersonSerializer(ApiSerializer):
    """Somebody by name. ``account_manager`` of partners and ``owner`` of studies and lists are such ids."""

    id = PublicIdField("person")
    name = TextField(read_only=True)
    title = TextField(read_only=True)
    archived_at = MomentField(read_only=True, allow_null=True)
    created_at = MomentField(read_only=True)
    updated_at = MomentField(read_only=True)

    example = {
        "id": "person_01h455vb4pex5vsknk084sn02q",
        "name": "Claire Rousset",
        "title": "Channel manager",
        "archived_at": None,
        "created_at": "2026-03-12T09:30:00Z",
        "updated_at": "2026-03-12T09:30:00Z",
    }


class PersonViewSet(ListMixin, RetrieveMixin, HistoryMixin, ScopedViewSet):
    """The vendor's people."""

    resource, prefix = "persons", "person"
    label = _("People")
    permissions = {"list": "accounts.person:view", "retrieve": "accounts.person:view"}
    sentences = {"list": "The vendor's people, by name; those who left on demand.", "retrieve": "One person."}
    serializer_class = PersonSerializer
    filters = (
        Filter("is_archived", Kind.FLAG, is_column=False, help="Those who left instead of the others."),
        Filter("updated_at", Kind.MOMENT),
    )
    sorts = {"name": ("name_key", "id"), "created_at": ("created_at", "id")}
    default_sort = "name"
    searchable = True

    def rows(self, query: ListQuery) -> QuerySet[Person]:
        return person_list(actor=self.actor, q=query.q, archived=query.value("is_archived", default=False))

    def find(self, key: UUID) -> Person:
        return person_get(actor=self.actor, person_id=key)
