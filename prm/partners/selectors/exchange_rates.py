"""Amounts in the installation's one reporting currency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from prm.access.actors import Actor
from prm.core.money import BEYOND, reporting_currency
from prm.partners.models import ExchangeRate


def reporting_amount(*, actor: Actor, amount: Decimal | None, currency: str | None, day: date) -> Decimal | None:
    """``amount`` in the reporting currency at the last rate known on ``day``; None where there is none, or more comes out than a column
    of amounts holds: unknown, not 0."""
    if amount is None or not currency:
        return None
    if currency == reporting_currency():
        return amount
    rates = ExchangeRate.objects.visible_to(actor).filter(
        from_currency=currency, to_currency=reporting_currency(), day__lte=day
    )
    rate = rates.order_by("-day").values_list("rate", flat=True).first()
    found = None if rate is None else round(amount * rate, 4)
    return None if found is None or abs(found) >= BEYOND else found
