"""``/api/v1/territories``, ``/industries`` and ``/offer-categories``: the codes that filters and bodies take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from prm.api.fields import MomentField, PublicIdField, TextField
from prm.api.query import ListQuery
from prm.api.serializers import ApiSerializer
from prm.partners.api.catalogue import NAMES, UNKNOWN, CatalogueViewSet
from prm.partners.api.filters import code_filter
from prm.partners.catalogue import KINDS
from prm.partners.models import Territory
from prm.partners.models.market import Named
from prm.partners.selectors.catalogue import record_get, records, territory_get, territory_list
from prm.partners.services.catalogue import record_save


class ParentField(TextField):
    """The code of what a record lies in; null where it lies in nothing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=60, **UNKNOWN, **options)

    def get_attribute(self, instance: Any) -> Any:
        return instance.parent.code if instance.parent else None


class IndustrySerializer(ApiSerializer):
    """What end customers do."""

    id = PublicIdField("industry")
    code = TextField(max_length=60)
    name = TextField(max_length=200)
    names = serializers.DictField(child=TextField(max_length=200), **NAMES)
    archived_at = MomentField(read_only=True, allow_null=True)
    created_at = MomentField(read_only=True)
    updated_at = MomentField(read_only=True)

    example = {
        "id": "industry_01h455vb4pex5vsknk084sn02q",
        "code": "healthcare",
        "name": "Healthcare",
        "names": {"fr": "Santé"},
        "archived_at": None,
        "created_at": "2026-03-12T09:30:00Z",
        "updated_at": "2026-03-12T09:30:00Z",
    }
    example_request = {"code": "healthcare", "name": "Healthcare", "names": {"fr": "Santé"}}


class OfferCategorySerializer(IndustrySerializer):
    """A category of what companies offer."""

    id = PublicIdField("offer")
    parent = ParentField(help_text="Code of the category above.")

    example = {
        **IndustrySerializer.example,
        "id": "offer_01h455vb4pex5vsknk084sn02q",
        "code": "sd-wan",
        "name": "SD-WAN",
        "names": {},
        "parent": "networks",
    }
    example_request = {"code": "sd-wan", "name": "SD-WAN", "parent": "networks"}


class AreaSerializer(ApiSerializer):
    """A country, or one region of it."""

    country = serializers.RegexField(r"^[A-Z]{2}$", help_text="ISO 3166-1, two capital letters.")
    region = TextField(max_length=100, help_text="Null: the whole country.", **UNKNOWN)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {"country": instance.country, "region": instance.region or None}


class TerritorySerializer(IndustrySerializer):
    """A part of the map. A company lies in the territories that cover its place."""

    id = PublicIdField("territory")
    parent = ParentField(help_text="Code of the territory that it lies in.")
    areas = AreaSerializer(source="covered", many=True, required=False, default=list)

    example = {
        **IndustrySerializer.example,
        "id": "territory_01h455vb4pex5vsknk084sn02q",
        "code": "brittany",
        "name": "Brittany",
        "names": {"fr": "Bretagne"},
        "parent": "west",
        "areas": [{"country": "FR", "region": "Bretagne"}],
    }
    example_request = {
        "code": "brittany",
        "name": "Brittany",
        "parent": "west",
        "areas": [{"country": "FR", "region": "Bretagne"}],
    }


class MarketViewSet(CatalogueViewSet):
    """What the three have in common."""

    abstract = True

    def rows(self, query: ListQuery) -> QuerySet[Any]:
        archived = query.value("is_archived", default=False)
        return records(actor=self.actor, kind=KINDS[self.slug], q=query.q, archived=archived)

    def find(self, key: UUID) -> Named:
        return record_get(actor=self.actor, kind=KINDS[self.slug], record_id=key)

    def create_one(self, data: dict[str, Any]) -> Named:
        return self.find(record_save(actor=self.actor, kind=KINDS[self.slug], values=_values(data)).pk)

    def change_one(self, record: Any, data: dict[str, Any], *, partial: bool) -> Named:
        known = {"code": record.code, "name": record.name, "names": record.names}
        if "parent" in KINDS[self.slug].fields:
            known["parent"] = record.parent.code if record.parent else None
        record_save(actor=self.actor, kind=KINDS[self.slug], values=known | _values(data), record_id=record.pk)
        return self.find(record.pk)


def _values(data: Mapping[str, Any]) -> dict[str, Any]:
    """A body as the service takes it: areas under their name, as pairs."""
    values = dict(data)
    if "covered" in values:
        values["areas"] = [(area["country"], area["region"] or "") for area in values.pop("covered")]
    return values


def _permissions(policy: str) -> dict[str, str]:
    edit, archive = f"{policy}:edit", f"{policy}:archive"
    return {
        "list": f"{policy}:view", "retrieve": f"{policy}:view", "create": f"{policy}:create", "update": edit,
        "partial_update": edit, "archive": archive, "restore": archive,
    }  # fmt: skip


class IndustryViewSet(MarketViewSet):
    """Industries of end customers."""

    resource, prefix, slug = "industries", "industry", "industries"
    label = _("Industries")
    serializer_class = IndustrySerializer
    permissions = _permissions("partners.industry")
    sentences = {
        "list": "Industries of end customers, by name; archived ones on demand.",
        "retrieve": "One industry.",
        "create": "Adds an industry; its code is its own.",
        "update": "All that is said of an industry.",
        "partial_update": "Changes what is named of an industry.",
    }


class OfferCategoryViewSet(MarketViewSet):
    """Categories of what companies offer."""

    resource, prefix, slug = "offer-categories", "offer", "offers"
    label = _("Categories of offer")
    serializer_class = OfferCategorySerializer
    permissions = _permissions("partners.offer_category")
    sentences = {
        "list": "Categories of offer, by name; archived ones on demand.",
        "retrieve": "One category of offer.",
        "create": "Adds a category of offer; it may lie in another, never in itself.",
        "update": "All that is said of a category of offer.",
        "partial_update": "Changes what is named of a category of offer.",
    }
    filters = (*MarketViewSet.filters, code_filter("parent", "offers", "parent__code"))


class TerritoryViewSet(MarketViewSet):
    """The vendor's map."""

    resource, prefix, slug = "territories", "territory", "territories"
    label = _("Territories")
    serializer_class = TerritorySerializer
    permissions = _permissions("partners.territory")
    sentences = {
        "list": "Territories, by name; archived ones on demand.",
        "retrieve": "One territory.",
        "create": "Adds a territory; it may lie in another, never in itself, and covers the areas that are given.",
        "update": "All that is said of a territory; its areas become those that are given.",
        "partial_update": "Changes what is named of a territory.",
    }
    filters = (*MarketViewSet.filters, code_filter("parent", "territories", "parent__code"))

    def rows(self, query: ListQuery) -> QuerySet[Territory]:
        return territory_list(actor=self.actor, q=query.q, archived=query.value("is_archived", default=False))

    def find(self, key: UUID) -> Territory:
        return territory_get(actor=self.actor, territory_id=key)
