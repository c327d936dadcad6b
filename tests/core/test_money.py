"""Amounts as they are kept, and the currency that figures are in."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from prm.core.money import reporting_currency, stored_amount


@pytest.mark.parametrize(("value", "kept"), [
    (0.1 + 0.2, "0.3000"),
    (1234.00005, "1234.0000"),  # half to even
    (1234.00015, "1234.0002"),
    (np.float64(84_000), "84000.0000"),
])  # fmt: skip
def test_a_figure_is_kept_to_four_decimals_of_its_shortest_form(value: float, kept: str) -> None:
    assert str(stored_amount(value)) == kept
    assert isinstance(stored_amount(value), Decimal)


def test_the_reporting_currency_is_the_installations(settings: Any) -> None:
    settings.REPORTING_CURRENCY = "CHF"
    assert reporting_currency() == "CHF"
