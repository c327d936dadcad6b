"""``/api/v1/territories``, ``/industries`` and ``/offer-categories``: the codes that filters and bodies take."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from prm.api.fields import MomentField, PublicIdField, TextField
from prm.api.query import Filter, Kind, ListQuery
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import ListMixin, RetrieveMixin, ScopedViewSet
from prm.partners.api.filters import code_filter
from prm.partners.catalogue import KINDS
from prm.partners.models import Territory
from prm.partners.models.market import Named
from prm.partners.selectors.catalogue import record_get, records, territory_get, territory_list

_PARENT: dict[str, Any] = {"source": "parent.code", "read_only": True, "allow_null": True, "default": None}


class IndustrySerializer(ApiSerializer):
    """What end customers do."""

    id = PublicIdField("industry")
    code = TextField(read_only=True)
    name = TextField(read_only=True)
    names = serializers.DictField(child=TextField(), read_only=True, help_text="Names in other languages, by language tag.")
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


class OfferCategorySerializer(IndustrySerializer):
    """A category of what companies offer."""

    id = PublicIdField("offer")
    parent = TextField(help_text="Code of the category above.", **_PARENT)

    example = {
        **IndustrySerializer.example,
        "id": "offer_01h455vb4pex5vsknk084sn02q",
        "code": "sd-wan",
        "name": "SD-WAN",
        "names": {},
        "parent": "networks",
    }


class AreaSerializer(ApiSerializer):
    """A country, or one region of it."""

    country = TextField()
    region = TextField(allow_null=True, help_text="null: the whole country")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {"country": instance.country, "region": instance.region or None}


class TerritorySerializer(IndustrySerializer):
    """A part of the map. A company lies in the territories that cover its place."""

    id = PublicIdField("territory")
    parent = TextField(help_text="Code of the territory that it lies in.", **_PARENT)
    areas = AreaSerializer(source="covered", many=True, read_only=True)

    example = {
        **IndustrySerializer.example,
        "id": "territory_01h455vb4pex5vsknk084sn02q",
        "code": "brittany",
        "name": "Brittany",
        "names": {"fr": "Bretagne"},
        "parent": "west",
        "areas": [{"country": "FR", "region": "Bretagne"}],
    }


class MarketViewSet(ListMixin, RetrieveMixin, ScopedViewSet):
    """What the three have in common: found by name or code, archived ones on demand."""

    abstract = True
    slug: ClassVar[str]
    filters = (
        Filter("code", Kind.TEXT),
        Filter("is_archived", Kind.FLAG, is_column=False, help="the archived ones instead of the others"),
        Filter("updated_at", Kind.MOMENT),
    )
    sorts = {"name": ("name_key", "id"), "created_at": ("created_at", "id")}
    default_sort = "name"
    searchable = True

    def rows(self, query: ListQuery) -> QuerySet[Any]:
        archived = query.value("is_archived", default=False)
        return records(actor=self.actor, kind=KINDS[self.slug], q=query.q, archived=archived)

    def find(self, key: UUID) -> Named:
        return record_get(actor=self.actor, kind=KINDS[self.slug], record_id=key)


class IndustryViewSet(MarketViewSet):
    """Industries of end customers."""

    resource, prefix, slug = "industries", "industry", "industries"
    serializer_class = IndustrySerializer
    permissions = {"list": "partners.industry:view", "retrieve": "partners.industry:view"}
    sentences = {"list": "Industries of end customers, by name; archived ones on demand.", "retrieve": "One industry."}


class OfferCategoryViewSet(MarketViewSet):
    """Categories of what companies offer."""

    resource, prefix, slug = "offer-categories", "offer", "offers"
    serializer_class = OfferCategorySerializer
    permissions = {"list": "partners.offer_category:view", "retrieve": "partners.offer_category:view"}
    sentences = {"list": "Categories of offer, by name; archived ones on demand.", "retrieve": "One category of offer."}
    filters = (*MarketViewSet.filters, code_filter("parent", "offers", "parent__code"))


class TerritoryViewSet(MarketViewSet):
    """The vendor's map."""

    resource, prefix, slug = "territories", "territory", "territories"
    serializer_class = TerritorySerializer
    permissions = {"list": "partners.territory:view", "retrieve": "partners.territory:view"}
    sentences = {"list": "Territories, by name; archived ones on demand.", "retrieve": "One territory."}
    filters = (*MarketViewSet.filters, code_filter("parent", "territories", "parent__code"))

    def rows(self, query: ListQuery) -> QuerySet[Territory]:
        return territory_list(actor=self.actor, q=query.q, archived=query.value("is_archived", default=False))

    def find(self, key: UUID) -> Territory:
        return territory_get(actor=self.actor, territory_id=key)
