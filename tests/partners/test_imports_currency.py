"""Amounts of a file whose rows name their currency in a column of its own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.partners.test_imports import bring_network

pytestmark = pytest.mark.django_db


def test_a_company_has_its_revenue_in_the_currency_of_its_row(bring: Any, sql: Any) -> None:
    text = "Company,Country,Revenue,Currency\nKerlan,FR,100,EUR\nAcme,US,200,USD\nPlain,US,300,\nBad,US,400,ZZZ\nBeside,US,£500,USD\n"
    batch = bring("companies", text, currency="EUR")
    assert (batch.created, batch.rows_rejected) == (4, 1)
    assert [(kind["field"], kind["code"]) for kind in batch.error_kinds] == [("currency", "not_currency")]
    assert sql("SELECT name, revenue, revenue_currency FROM partners_company ORDER BY revenue") == [
        ("Kerlan", Decimal(100), "EUR"), ("Acme", Decimal(200), "USD"), ("Plain", Decimal(300), "EUR"), ("Beside", Decimal(500), "GBP"),
    ]  # fmt: skip


def test_an_order_line_and_a_price_are_in_the_currency_of_their_rows(bring: Any, sql: Any) -> None:
    bring_network(bring)
    lines = "SO9,1,2025-02-01,R1,212,2,10,20,USD\nSO9,2,2025-02-01,R1,212,2,10,,GBP\nSO9,3,2025-02-01,R1,212,1,5,5,\n"
    head = "order_number,line,order_date,reseller_id,product_code,quantity,unit_price,amount,Devise\n"
    assert bring("sales", head + lines, currency="EUR").created == 3
    assert sql("SELECT order_line, amount, currency FROM partners_sale WHERE order_number = 'SO9' ORDER BY 1") == [
        (1, Decimal(20), "USD"), (2, Decimal(20), "GBP"), (3, Decimal(5), "EUR"),
    ]  # fmt: skip
    assert bring("products", "code,name,list price,currency\nX1,Cable,9.5,CHF\n", currency="EUR").created == 1
    assert sql("SELECT list_price, currency FROM partners_product WHERE code = 'X1'") == [(Decimal("9.5"), "CHF")]
