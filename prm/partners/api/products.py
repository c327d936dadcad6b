"""``/api/v1/products``, ``/product-families`` and ``/vendors``: the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from prm.api.fields import ChoiceField, MomentField, PublicIdField, TextField
from prm.api.query import Filter, Kind, ListQuery
from prm.api.serializers import ApiSerializer
from prm.partners.api.catalogue import NAMES, UNKNOWN, CatalogueViewSet
from prm.partners.api.fields import PriceField
from prm.partners.api.filters import code_filter
from prm.partners.api.market import IndustrySerializer
from prm.partners.models import Product, ProductFamily, Vendor, VendorRelation
from prm.partners.selectors.products import (
    family_get,
    family_list,
    product_get,
    product_list,
    vendor_get,
    vendor_list,
)
from prm.partners.services.products import (
    PRICES,
    family_create,
    family_edit,
    product_create,
    product_edit,
    vendor_create,
    vendor_edit,
)


class ProductSerializer(ApiSerializer):
    """One of our products; its prices are in one currency."""

    id = PublicIdField("product")
    code = TextField(max_length=60)
    name = TextField(max_length=200)
    names = serializers.DictField(child=TextField(max_length=200), **NAMES)
    family = TextField(source="family.code", max_length=60, help_text="Code of its family.", **UNKNOWN)
    sku = TextField(max_length=60, **UNKNOWN)
    line = TextField(max_length=100, **UNKNOWN)
    list_price = PriceField()
    dealer_price = PriceField(help_text="What a partner pays.")
    unit_cost = PriceField()
    archived_at = MomentField(read_only=True, allow_null=True)
    created_at = MomentField(read_only=True)
    updated_at = MomentField(read_only=True)

    example = {
        "id": "product_01h455vb4pex5vsknk084sn02q",
        "code": "OR-FW-200",
        "name": "Orvane Firewall 200",
        "names": {"fr": "Pare-feu Orvane 200"},
        "family": "firewalls",
        "sku": "FW200",
        "line": None,
        "list_price": {"amount": "1890.00", "currency": "EUR"},
        "dealer_price": {"amount": "1323.00", "currency": "EUR"},
        "unit_cost": None,
        "archived_at": None,
        "created_at": "2026-03-12T09:30:00Z",
        "updated_at": "2026-03-12T09:30:00Z",
    }
    example_request = {
        "code": "OR-FW-200",
        "name": "Orvane Firewall 200",
        "family": "firewalls",
        "list_price": {"amount": "1890.00", "currency": "EUR"},
    }

    def validate(self, attrs: Mapping[str, Any]) -> dict[str, Any]:
        data = dict(attrs)
        if isinstance(data.get("family"), Mapping):
            data["family"] = data["family"]["code"]
        currencies = {data[name][1] for name in PRICES if data.get(name) is not None}
        if len(currencies) > 1:
            wrong = next(name for name in PRICES if data.get(name) is not None and data[name][1] != data[_first(data)][1])
            raise serializers.ValidationError({wrong: [_("The prices of a product are in one currency.")]}, code="currency")
        data |= {name: data[name][0] for name in PRICES if data.get(name) is not None}
        return data | {"currency": currencies.pop()} if currencies else data


def _first(data: Mapping[str, Any]) -> str:
    return next(name for name in PRICES if data.get(name) is not None)


class ProductViewSet(CatalogueViewSet):
    """Our products."""

    resource, prefix = "products", "product"
    label = _("Products")
    slug = "products"
    sentences = {
        "list": "Our products, by name; archived ones on demand.",
        "retrieve": "One product.",
        "create": "Adds a product; its code is its own, its prices are in one currency.",
        "update": "All that is said of a product.",
        "partial_update": "Changes what is named of a product.",
    }
    serializer_class = ProductSerializer
    permissions = {
        "list": "partners.product:view",
        "retrieve": "partners.product:view",
        "create": "partners.product:create",
        "update": "partners.product:edit",
        "partial_update": "partners.product:edit",
        "archive": "partners.product:archive",
        "restore": "partners.product:archive",
    }
    filters = (*CatalogueViewSet.filters, code_filter("family", "families", "family__code"), Filter("sku", Kind.TEXT))

    def rows(self, query: ListQuery) -> QuerySet[Product]:
        return product_list(actor=self.actor, q=query.q, archived=query.value("is_archived", default=False))

    def find(self, key: UUID) -> Product:
        return product_get(actor=self.actor, product_id=key)

    def create_one(self, data: dict[str, Any]) -> Product:
        return product_create(actor=self.actor, values=data)

    def change_one(self, record: Product, data: dict[str, Any], *, partial: bool) -> Product:
        return product_edit(actor=self.actor, product_id=record.pk, values=data)


class FamilySerializer(IndustrySerializer):
    """A family of our products."""

    id = PublicIdField("family")

    example = {
        **IndustrySerializer.example,
        "id": "family_01h455vb4pex5vsknk084sn02q",
        "code": "firewalls",
        "name": "Firewalls",
        "names": {"fr": "Pare-feu"},
    }
    example_request = {"code": "firewalls", "name": "Firewalls", "names": {"fr": "Pare-feu"}}


class FamilyViewSet(CatalogueViewSet):
    """Families of products."""

    resource, prefix = "product-families", "family"
    label = _("Product families")
    slug = "families"
    sentences = {
        "list": "Families of our products, by name; archived ones on demand.",
        "retrieve": "One product family.",
        "create": "Adds a product family; its code is its own.",
        "update": "All that is said of a product family.",
        "partial_update": "Changes what is named of a product family.",
    }
    serializer_class = FamilySerializer
    permissions = {
        "list": "partners.product_family:view",
        "retrieve": "partners.product_family:view",
        "create": "partners.product_family:create",
        "update": "partners.product_family:edit",
        "partial_update": "partners.product_family:edit",
        "archive": "partners.product_family:archive",
        "restore": "partners.product_family:archive",
    }

    def rows(self, query: ListQuery) -> QuerySet[ProductFamily]:
        return family_list(actor=self.actor, q=query.q, archived=query.value("is_archived", default=False))

    def find(self, key: UUID) -> ProductFamily:
        return family_get(actor=self.actor, family_id=key)

    def create_one(self, data: dict[str, Any]) -> ProductFamily:
        return family_create(actor=self.actor, values=data)

    def change_one(self, record: ProductFamily, data: dict[str, Any], *, partial: bool) -> ProductFamily:
        return family_edit(actor=self.actor, family_id=record.pk, values=data)


class VendorSerializer(ApiSerializer):
    """A vendor that companies carry."""

    id = PublicIdField("vendor")
    code = TextField(max_length=60)
    name = TextField(max_length=200)
    names = serializers.DictField(child=TextField(max_length=200), **NAMES)
    relation = ChoiceField(choices=VendorRelation.values, required=False, default=VendorRelation.COMPLEMENTARY.value)
    website = TextField(max_length=300, **UNKNOWN)
    archived_at = MomentField(read_only=True, allow_null=True)
    created_at = MomentField(read_only=True)
    updated_at = MomentField(read_only=True)

    example = {
        "id": "vendor_01h455vb4pex5vsknk084sn02q",
        "code": "nordwall",
        "name": "Nordwall",
        "names": {},
        "relation": "competing",
        "website": "https://nordwall.example",
        "archived_at": None,
        "created_at": "2026-03-12T09:30:00Z",
        "updated_at": "2026-03-12T09:30:00Z",
    }
    example_request = {"code": "nordwall", "name": "Nordwall", "relation": "competing"}


class VendorViewSet(CatalogueViewSet):
    """Vendors: ours, competing, complementary."""

    resource, prefix = "vendors", "vendor"
    label = _("Vendors")
    slug = "vendors"
    sentences = {
        "list": "Vendors that companies carry, by name; archived ones on demand.",
        "retrieve": "One vendor.",
        "create": "Adds a vendor; its code is its own.",
        "update": "All that is said of a vendor.",
        "partial_update": "Changes what is named of a vendor.",
    }
    serializer_class = VendorSerializer
    permissions = {
        "list": "partners.vendor:view",
        "retrieve": "partners.vendor:view",
        "create": "partners.vendor:create",
        "update": "partners.vendor:edit",
        "partial_update": "partners.vendor:edit",
        "archive": "partners.vendor:archive",
        "restore": "partners.vendor:archive",
    }
    filters = (*CatalogueViewSet.filters, Filter("relation", Kind.CHOICE, choices=VendorRelation.values))

    def rows(self, query: ListQuery) -> QuerySet[Vendor]:
        return vendor_list(actor=self.actor, q=query.q, archived=query.value("is_archived", default=False))

    def find(self, key: UUID) -> Vendor:
        return vendor_get(actor=self.actor, vendor_id=key)

    def create_one(self, data: dict[str, Any]) -> Vendor:
        return vendor_create(actor=self.actor, values=data)

    def change_one(self, record: Vendor, data: dict[str, Any], *, partial: bool) -> Vendor:
        return vendor_edit(actor=self.actor, vendor_id=record.pk, values=data)
