"""``/api/v1/companies/{id}/sites``: the places where a company works."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from prm.api.fields import ChoiceField, DateField, MomentField, NumberField, PublicIdField, TextField, WholeField
from prm.api.query import Filter, Kind, ListQuery
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import CreateMixin, DeleteMixin, ListMixin, RetrieveMixin, ScopedViewSet, UpdateMixin
from prm.partners.api.fields import CountryField
from prm.partners.models import Site, SiteKind
from prm.partners.selectors.details import site_get, site_list
from prm.partners.services.sites import site_create, site_delete, site_edit

_UNKNOWN: dict[str, Any] = {"required": False, "allow_null": True, "default": None}


class SiteSerializer(ApiSerializer):
    """One site of a company."""

    id = PublicIdField("site")
    name = TextField(max_length=200, required=False, allow_blank=True, default="")
    kind = ChoiceField(choices=SiteKind.values, required=False, default=SiteKind.OFFICE.value)
    street = TextField(max_length=300, **_UNKNOWN)
    postal_code = TextField(max_length=20, **_UNKNOWN)
    city = TextField(max_length=100, **_UNKNOWN)
    region = TextField(max_length=100, **_UNKNOWN)
    country = CountryField(help_text="ISO 3166-1, two letters.", **_UNKNOWN)
    latitude = NumberField(min_value=-90, max_value=90, **_UNKNOWN)
    longitude = NumberField(min_value=-180, max_value=180, **_UNKNOWN)
    employees = WholeField(min_value=0, max_value=2_000_000_000, **_UNKNOWN)
    as_of = DateField(read_only=True, allow_null=True)
    created_at = MomentField(read_only=True)
    updated_at = MomentField(read_only=True)

    example = {
        "id": "site_01h455vb4pex5vsknk084sn02q",
        "name": "",
        "kind": "headquarters",
        "street": "1 rue du Port",
        "postal_code": "29200",
        "city": "Brest",
        "region": "Bretagne",
        "country": "FR",
        "latitude": 48.39,
        "longitude": -4.49,
        "employees": 38,
        "as_of": "2026-03-12",
        "created_at": "2026-03-12T09:30:00Z",
        "updated_at": "2026-03-12T09:30:00Z",
    }
    example_request = {
        "kind": "headquarters",
        "street": "1 rue du Port",
        "postal_code": "29200",
        "city": "Brest",
        "country": "FR",
    }


class SiteViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, DeleteMixin, ScopedViewSet):
    """Sites of one company."""

    resource, prefix = "company-sites", "site"
    address = "companies/<str:company_id>/sites"
    parents = {"company_id": "company"}
    serializer_class = SiteSerializer
    permissions = {
        "list": "partners.site:view",
        "retrieve": "partners.site:view",
        "create": "partners.site:edit",
        "update": "partners.site:edit",
        "partial_update": "partners.site:edit",
        "destroy": "partners.site:edit",
    }
    sentences = {
        "list": "The sites of a company, oldest first.",
        "retrieve": "One site of a company.",
        "create": "Adds a site to a company.",
        "update": "All that is said of a site: what is not named becomes unknown.",
        "partial_update": "Changes what is named of a site.",
        "destroy": "Removes a site. If-Match is honoured when sent.",
    }
    filters = (Filter("kind", Kind.CHOICE, choices=SiteKind.values), Filter("country", Kind.TEXT))
    sorts = {"created_at": ("id",)}
    default_sort = "created_at"

    def rows(self, query: ListQuery) -> QuerySet[Site]:
        return site_list(actor=self.actor, company_id=self.parent("company_id"))

    def find(self, key: UUID) -> Site:
        return site_get(actor=self.actor, company_id=self.parent("company_id"), site_id=key)

    def create_one(self, data: dict[str, Any]) -> Site:
        return site_create(actor=self.actor, company_id=self.parent("company_id"), values=data)

    def change_one(self, record: Site, data: dict[str, Any], *, partial: bool) -> Site:
        return site_edit(actor=self.actor, site_id=record.pk, values=data)

    def remove_one(self, record: Site) -> None:
        site_delete(actor=self.actor, site_id=record.pk)
