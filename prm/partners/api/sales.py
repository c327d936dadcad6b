"""``/api/v1/sales``: what partners bought, line by line. Sending a line twice records it once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from prm.api.fields import (
    DateField,
    DecimalTextField,
    MomentField,
    MoneyField,
    PublicIdField,
    TextField,
    TypeIdField,
    WholeField,
)
from prm.api.history import HistoryMixin
from prm.api.query import Filter, Kind, ListQuery
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import ListMixin, RetrieveMixin, SayMixin, ScopedViewSet
from prm.core.money import reporting_currency
from prm.partners.api.fields import KnownMoneyField, PriceField, reporting_money
from prm.partners.api.filters import code_filter
from prm.partners.models import Sale
from prm.partners.selectors.sales import sale_get, sale_list
from prm.partners.services.sales import sale_create


class SaleSerializer(ApiSerializer):
    """One order line. Negative quantity and amount are a credit note."""

    id = PublicIdField("sale")
    partner = TypeIdField("partner", source="partner_id")
    product = TypeIdField("product", source="product_id")
    sold_on = DateField()
    quantity = DecimalTextField()
    amount = MoneyField(amount="amount", currency="currency")
    amount_reporting = serializers.SerializerMethodField(help_text="In the installation's currency; null without a rate.")
    cost = PriceField(help_text="In the currency of the amount.")
    source = TextField(source="source_key", max_length=120, required=False, default="api")
    order_number = TextField(max_length=60)
    order_line = WholeField(min_value=0, max_value=2_000_000_000, required=False, default=1)
    created_at = MomentField(read_only=True)

    example = {
        "id": "sale_01h455vb4pex5vsknk084sn02q",
        "partner": "partner_01h455vb4pex5vsknk084sn02r",
        "product": "product_01h455vb4pex5vsknk084sn02s",
        "sold_on": "2026-05-19",
        "quantity": "2.0000",
        "amount": {"amount": "1234.50", "currency": "EUR"},
        "amount_reporting": {"amount": "1234.50", "currency": "EUR"},
        "cost": None,
        "source": "erp",
        "order_number": "SO-51131",
        "order_line": 1,
        "created_at": "2026-05-19T07:24:00Z",
    }
    example_request = {
        "partner": "partner_01h455vb4pex5vsknk084sn02r",
        "product": "product_01h455vb4pex5vsknk084sn02s",
        "sold_on": "2026-05-19",
        "quantity": "2",
        "amount": {"amount": "1234.50", "currency": "EUR"},
        "source": "erp",
        "order_number": "SO-51131",
        "order_line": 1,
    }

    @extend_schema_field(KnownMoneyField(amount="a", currency="c"))
    def get_amount_reporting(self, sale: Sale) -> dict[str, str] | None:
        return reporting_money(sale.amount_reporting, reporting_currency())

    def validate(self, attrs: Mapping[str, Any]) -> dict[str, Any]:
        data = dict(attrs)
        if data.get("cost") is not None:
            data["cost"], currency = data["cost"]
            if currency != data["currency"]:
                raise serializers.ValidationError(
                    {"cost": [_("The cost is in the currency of the amount.")]}, code="currency"
                )
        return data


class SaleViewSet(ListMixin, RetrieveMixin, HistoryMixin, SayMixin, ScopedViewSet):
    """Order lines."""

    resource, prefix = "sales", "sale"
    label = _("Sales")
    serializer_class = SaleSerializer
    sentences = {
        "list": "Order lines, latest first; by day, partner, product or family.",
        "retrieve": "One order line.",
        "create": "Records an order line. Sent again it is answered 200 with the one recorded before; with other values 409.",
    }
    permissions = {"list": "partners.sale:view", "retrieve": "partners.sale:view", "create": "partners.sale:create"}
    filters = (
        Filter("sold_on", Kind.DATE),
        Filter("partner", Kind.ID, "partner_id", prefix="partner"),
        Filter("product", Kind.ID, "product_id", prefix="product"),
        code_filter("family", "families", is_column=False, help="Code of a product family."),
        Filter("currency", Kind.TEXT),
        Filter("source", Kind.TEXT, "source_key", help="The system that the line came from, in lower case."),
        Filter("order_number", Kind.TEXT),
        Filter("created_at", Kind.MOMENT),
    )
    sorts = {"sold_on": ("sold_on", "id"), "created_at": ("id",)}
    default_sort = "-sold_on"

    def rows(self, query: ListQuery) -> QuerySet[Sale]:
        return sale_list(actor=self.actor, family=query.values("family"))

    def find(self, key: UUID) -> Sale:
        return sale_get(actor=self.actor, sale_id=key)

    def say_one(self, data: dict[str, Any]) -> tuple[Sale, bool]:
        sale, is_new = sale_create(actor=self.actor, source=data.pop("source_key", "api"), **data)
        return self.find(sale.pk), is_new
