"""Money: the currency that figures are reported in, and amounts as tables keep them."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings

STORED = Decimal("0.0001")  # what a column of amounts keeps
BEYOND = Decimal(10) ** 15  # what it no longer holds


def reporting_currency() -> str:
    """The installation's currency (``PRM_CURRENCY``): figures that were computed, and sums over several currencies, are in it."""
    return str(settings.REPORTING_CURRENCY)


def stored_amount(value: float) -> Decimal:
    """A computed figure as a column of amounts keeps it: rounded half-even to four decimals, from its shortest decimal form, so that
    the same figure is the same amount on every machine.

    >>> stored_amount(0.1 + 0.2)
    Decimal('0.3000')
    """
    return Decimal(repr(float(value))).quantize(STORED)
