"""Exchange rates into the installation's currency, and which are missing."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.money import reporting_currency
from prm.partners.models import Company, ExchangeRate, Sale


def rate_list(*, actor: Actor) -> QuerySet[ExchangeRate]:
    """Rates into the installation's currency. Raises Denied."""
    authorize(actor, "partners.exchange_rate:view")
    return ExchangeRate.objects.visible_to(actor).filter(to_currency=reporting_currency())


def rate_get(*, actor: Actor, rate_id: UUID | str) -> ExchangeRate:
    """One rate. Raises NotFound, Denied."""
    rate: ExchangeRate = rate_list(actor=actor).one(rate_id)  # type: ignore[attr-defined]
    return rate


@dataclass(frozen=True, slots=True)
class Unreckoned:
    """A currency with amounts that no rate brings into the installation's: they are in no sum and in no order."""

    currency: str
    companies: int
    sales: int


def unreckoned(*, actor: Actor) -> list[Unreckoned]:
    """Those currencies, the most frequent first. Two queries over all companies and order lines. Raises Denied."""
    authorize(actor, "partners.exchange_rate:view")
    companies = Company.objects.visible_to(actor).filter(revenue__isnull=False, revenue_reporting__isnull=True)
    sales = Sale.objects.visible_to(actor).filter(amount_reporting__isnull=True)
    of_companies = dict(companies.order_by().values_list("revenue_currency").annotate(Count("pk")))
    of_sales = dict(sales.order_by().values_list("currency").annotate(Count("pk")))
    found = [
        Unreckoned(code, of_companies.get(code, 0), of_sales.get(code, 0))
        for code in of_companies.keys() | of_sales.keys()
        if code
    ]
    return sorted(found, key=lambda one: (-one.companies - one.sales, one.currency))


def spans_of(*, actor: Actor, what: str, currency: str, size: int) -> list[tuple[UUID, UUID, int]]:
    """Companies or sales with amounts in a currency, cut into spans of at most ``size``: first id, last id, how many. One query."""
    authorize(actor, "partners.exchange_rate:view")
    rows = (
        Company.objects.visible_to(actor).filter(revenue_currency=currency)
        if what == "companies"
        else Sale.objects.visible_to(actor).filter(currency=currency)
    )
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    parts = [keys[start : start + size] for start in range(0, len(keys), size)]
    return [(part[0], part[-1], len(part)) for part in parts]
