"""``/api/v1/exchange-rates``: what other currencies are worth in the installation's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from prm.api.fields import DateField, DecimalTextField, MomentField, PublicIdField, TextField
from prm.api.history import HistoryMixin
from prm.api.query import Filter, Kind, ListQuery
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import DeleteMixin, ListMixin, RetrieveMixin, SayMixin, ScopedViewSet
from prm.partners.models import ExchangeRate
from prm.partners.selectors.rates import rate_get, rate_list
from prm.partners.services.rates import rate_remove, rate_say


class RateSerializer(ApiSerializer):
    """From a day on, one of a currency is worth this much of the installation's, until a later day says otherwise."""

    id = PublicIdField("rate")
    currency = TextField(source="from_currency", max_length=3, help_text="ISO 4217.")
    into = serializers.CharField(source="to_currency", read_only=True, help_text="The installation's currency.")
    day = DateField()
    rate = DecimalTextField(max_digits=20, decimal_places=10, help_text="Above 0.")
    source = TextField(max_length=100, required=False, default="", allow_blank=True, help_text="Where it was read.")
    created_at = MomentField(read_only=True)
    updated_at = MomentField(read_only=True)

    example = {
        "id": "rate_01h455vb4pex5vsknk084sn02q",
        "currency": "USD",
        "into": "EUR",
        "day": "2026-11-01",
        "rate": "0.9200000000",
        "source": "ECB",
        "created_at": "2026-11-02T09:30:00Z",
        "updated_at": "2026-11-02T09:30:00Z",
    }
    example_request = {"currency": "USD", "day": "2026-11-01", "rate": "0.92", "source": "ECB"}


class ExchangeRateViewSet(ListMixin, RetrieveMixin, HistoryMixin, SayMixin, DeleteMixin, ScopedViewSet):
    """Exchange rates."""

    resource, prefix = "exchange-rates", "rate"
    label = _("Exchange rates")
    serializer_class = RateSerializer
    sentences = {
        "list": "Exchange rates into the installation's currency, newest first.",
        "retrieve": "One exchange rate.",
        "create": "Says a rate; for a day that has one it is replaced (200). Amounts in that currency are reckoned anew by a job.",
        "destroy": "Takes a rate away; the one before holds again. Amounts are reckoned anew by a job.",
    }
    permissions = {
        "list": "partners.exchange_rate:view",
        "retrieve": "partners.exchange_rate:view",
        "create": "partners.exchange_rate:edit",
        "destroy": "partners.exchange_rate:edit",
    }
    filters = (Filter("currency", Kind.TEXT, "from_currency"), Filter("day", Kind.DATE), Filter("updated_at", Kind.MOMENT))
    sorts = {"day": ("day", "id"), "created_at": ("id",)}
    default_sort = "-day"

    def rows(self, query: ListQuery) -> QuerySet[ExchangeRate]:
        return rate_list(actor=self.actor)

    def find(self, key: UUID) -> ExchangeRate:
        return rate_get(actor=self.actor, rate_id=key)

    def say_one(self, data: dict[str, Any]) -> tuple[ExchangeRate, bool]:
        return rate_say(
            actor=self.actor, currency=data["from_currency"], day=data["day"], rate=data["rate"], source=data["source"]
        )

    def remove_one(self, record: ExchangeRate) -> None:
        rate_remove(actor=self.actor, rate_id=record.pk)
