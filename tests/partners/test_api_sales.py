"""``/api/v1/sales``, ``/products``, ``/product-families``, ``/vendors``: what is sold, and a line sent twice recorded once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.partners.models import Company, ExchangeRate, Partner, Product, ProductFamily, Sale
from prm.partners.selectors.sales import sale_list
from tests.conftest import Caller

pytestmark = pytest.mark.django_db
KeyOf = Callable[..., str]
SCOPES = ["sales:write", "partners:read", "products:read"]


@pytest.fixture
def call(manager: Actor, key_of: KeyOf) -> Caller:
    return Caller(key_of(manager, SCOPES))


@pytest.fixture
def line() -> dict[str, Any]:
    """A body that is right."""
    with as_system("a test"):
        partner = Partner.objects.create(company=Company.objects.create(name="Kerlan"), lifecycle="active")
        family = ProductFamily.objects.create(code="firewalls", name="Firewalls")
        product = Product.objects.create(code="fw", name="Firewall", family=family)
    return {
        "partner": partner.public_id, "product": product.public_id, "sold_on": "2026-05-19", "quantity": "2",
        "amount": {"amount": "1234.50", "currency": "EUR"}, "source": "ERP", "order_number": "SO-1", "order_line": 1,
    }  # fmt: skip


@pytest.fixture
def sales(line: dict[str, Any]) -> list[Sale]:
    with as_system("a test"):
        partner, product = Partner.objects.get(), Product.objects.get()
        return [
            Sale.objects.create(partner=partner, product=product, sold_on=date(2026, 1, n), quantity=1, amount=n, currency="EUR",
                                order_number=f"A{n}")
            for n in range(1, 14)
        ]  # fmt: skip


def test_a_line_is_recorded_in_its_currency_and_in_ours(call: Caller, line: dict[str, Any]) -> None:
    with as_system("a test"):
        ExchangeRate.objects.create(day=date(2026, 5, 1), from_currency="USD", to_currency="EUR", rate=Decimal("0.9"))
    usd = call(
        "POST",
        "sales",
        line | {"amount": {"amount": "100.00", "currency": "USD"}, "cost": {"amount": "60", "currency": "USD"}},
    )
    assert usd.status_code == 201, usd.content
    body = usd.json()
    assert body["amount"] == {"amount": "100.00", "currency": "USD"}
    assert body["amount_reporting"] == {"amount": "90.00", "currency": "EUR"}
    assert body["cost"] == {"amount": "60.00", "currency": "USD"}
    assert (body["sold_on"], body["quantity"], body["source"]) == ("2026-05-19", "2.0000", "erp")
    assert call("GET", usd.headers["Location"].removeprefix("/api/v1/")).json() == body
    unknown = call("POST", "sales", line | {"order_line": 2, "amount": {"amount": "5", "currency": "CHF"}}).json()
    assert unknown["amount_reporting"] is None, "no rate: unknown, not 0"


def test_the_same_line_again_is_the_same_sale(call: Caller, line: dict[str, Any]) -> None:
    first, second = call("POST", "sales", line), call("POST", "sales", line | {"source": "erp", "quantity": "2.00"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert len(call("GET", "sales").json()["data"]) == 1


def test_the_same_line_with_other_values_is_refused(call: Caller, line: dict[str, Any]) -> None:
    call("POST", "sales", line)
    answer = call("POST", "sales", line | {"quantity": "3"})
    assert (answer.status_code, answer.json()["code"], answer.json()["errors"][0]["pointer"]) == (
        409,
        "sale_differs",
        "/quantity",
    )


def test_a_replayed_key_gives_the_first_answer(call: Caller, line: dict[str, Any]) -> None:
    first = call("POST", "sales", line, Idempotency_Key="k")
    second = call("POST", "sales", line, Idempotency_Key="k")
    assert (second.status_code, second.content, second.headers["Idempotency-Replayed"]) == (201, first.content, "true")


@pytest.mark.parametrize(("wrong", "pointer"), [
    ({"partner": "partner_01h455vb4pex5vsknk084sn02q"}, "/partner"),
    ({"product": "product_01h455vb4pex5vsknk084sn02q"}, "/product"),
    ({"product": "fw"}, "/product"),
    ({"sold_on": "19/05/2026"}, "/sold_on"),
    ({"sold_on": "2026-02-30"}, "/sold_on"),
    ({"quantity": 2}, "/quantity"),
    ({"quantity": "2.00001"}, "/quantity"),
    ({"amount": "1234.50"}, "/amount"),
    ({"amount": {"amount": 1234.5, "currency": "EUR"}}, "/amount"),
    ({"cost": {"amount": "1", "currency": "USD"}}, "/cost"),
    ({"order_number": ""}, "/order_number"),
    ({"order_line": -1}, "/order_line"),
    ({"source": "!"}, "/source"),
    ({"colour": "red"}, "/colour"),
])  # fmt: skip
def test_a_wrong_value_is_pointed_at(call: Caller, line: dict[str, Any], wrong: dict[str, Any], pointer: str) -> None:
    answer = call("POST", "sales", line | wrong)
    assert answer.status_code == 422, answer.content
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_the_list_has_the_selectors_rows_newest_first(call: Caller, manager: Actor, sales: list[Sale]) -> None:
    with as_role(manager):
        shown = [sale.public_id for sale in sale_list(actor=manager).order_by("-sold_on", "-id")]
    assert [item["id"] for item in call("GET", "sales").json()["data"]] == shown


def test_sales_are_filtered_by_day_partner_product_and_family(call: Caller, sales: list[Sale]) -> None:
    def orders(query: str) -> list[str]:
        answer = call("GET", f"sales?sort=sold_on&{query}")
        assert answer.status_code == 200, answer.content
        return [item["order_number"] for item in answer.json()["data"]]

    assert orders("sold_on[gte]=2026-01-12") == ["A12", "A13"]
    assert orders("sold_on[gt]=2026-01-02&sold_on[lt]=2026-01-05") == ["A3", "A4"]
    assert orders("sold_on=2026-01-07") == ["A7"]
    assert orders("family=firewalls&order_number=A3") == ["A3"]
    with as_system("a test"):
        ProductFamily.objects.create(code="cables", name="Cables")
    assert orders("family=cables") == []
    assert len(orders(f"partner={sales[0].partner.public_id}")) == 13
    assert orders("product=product_01h455vb4pex5vsknk084sn02q") == []
    for query in ("sold_on[gte]=May", "day=1", "partner=company_01h455vb4pex5vsknk084sn02q", "sort=amount"):
        assert call("GET", f"sales?{query}").status_code == 400


def test_the_list_asks_the_database_as_often_for_two_rows_as_for_twelve(call: Caller, sales: list[Sale]) -> None:
    def queries(limit: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert len(call("GET", f"sales?limit={limit}").json()["data"]) == limit
        return len(captured)

    queries(2)
    assert queries(2) == queries(12) <= 20


def test_a_narrow_key_does_only_its_own(manager: Actor, key_of: KeyOf, line: dict[str, Any]) -> None:
    reader = Caller(key_of(manager, ["sales:read"]))
    assert reader("GET", "sales").status_code == 200
    assert reader("POST", "sales", line).status_code == 403
    blind = Caller(key_of(manager, ["sales:write"]))("POST", "sales", line)
    assert blind.status_code == 403
    assert "partners.partner:view" in blind.json()["detail"]
    assert Caller(key_of(manager, ["partners:read"]))("GET", "sales").status_code == 403


def test_a_missing_sale_is_404(call: Caller) -> None:
    assert call("GET", "sales/sale_01h455vb4pex5vsknk084sn02q").status_code == 404


# The catalogue


@pytest.fixture
def above(director: Actor, key_of: KeyOf) -> Caller:
    return Caller(key_of(director, ["products:write", "vendors:write"]))


def test_a_product_is_made_in_its_family_with_prices_in_one_currency(above: Caller) -> None:
    assert (
        above("POST", "product-families", {"code": "firewalls", "name": "Firewalls", "names": {"fr": "Pare-feu"}}).status_code
        == 201
    )
    price = {"amount": "1890.00", "currency": "EUR"}
    new = above("POST", "products", {"code": "fw", "name": "Firewall 200", "family": "firewalls", "list_price": price})
    assert new.status_code == 201, new.content
    assert (new.json()["family"], new.json()["list_price"], new.json()["unit_cost"]) == ("firewalls", price, None)
    at = f"products/{new.json()['id']}"
    dearer = above("PATCH", at, {"dealer_price": {"amount": "1323", "currency": "EUR"}}, If_Match=new.headers["ETag"])
    assert (dearer.json()["dealer_price"]["amount"], dearer.json()["list_price"]) == ("1323.00", price)
    mixed = above(
        "POST", "products", {"code": "x", "name": "X", "list_price": price, "unit_cost": {"amount": "1", "currency": "USD"}}
    )
    assert (mixed.status_code, mixed.json()["errors"][0]["pointer"]) == (422, "/unit_cost")
    assert above("POST", "products", {"code": "fw", "name": "Again"}).json()["code"] == "code_taken"
    assert above("POST", "products", {"code": "y", "name": "Y", "family": "boats"}).json()["code"] == "unknown_family"
    assert [p["code"] for p in above("GET", "products?q=fire&family=firewalls").json()["data"]] == ["fw"]
    assert [f["names"] for f in above("GET", "product-families").json()["data"]] == [{"fr": "Pare-feu"}]


def test_a_price_alone_does_not_change_the_currency_of_the_others(above: Caller) -> None:
    new = above("POST", "products", {"code": "fw", "name": "F", "list_price": {"amount": "9.00", "currency": "EUR"}})
    wrong = above(
        "PATCH",
        f"products/{new.json()['id']}",
        {"unit_cost": {"amount": "1", "currency": "USD"}},
        If_Match=new.headers["ETag"],
    )
    assert (wrong.status_code, wrong.json()["code"]) == (422, "currency_mixed")


def test_vendors_say_what_they_are_to_us(above: Caller) -> None:
    new = above("POST", "vendors", {"code": "nordwall", "name": "Nordwall", "relation": "competing"})
    assert new.status_code == 201, new.content
    assert [v["name"] for v in above("GET", "vendors?relation=competing&q=nord").json()["data"]] == ["Nordwall"]
    assert above("GET", "vendors?relation=ours").json()["data"] == []
    put = above("PUT", f"vendors/{new.json()['id']}", {"code": "nordwall", "name": "Nordwall"}, If_Match=new.headers["ETag"])
    assert put.json()["relation"] == "complementary"


def test_managers_read_the_catalogue_and_directors_write_it(manager: Actor, key_of: KeyOf, line: dict[str, Any]) -> None:
    program = Caller(key_of(manager, ["products:write", "vendors:write"]))
    assert [p["name"] for p in program("GET", "products").json()["data"]] == ["Firewall"]
    assert program("POST", "products", {"code": "a", "name": "A"}).status_code == 403
    assert program("POST", "product-families", {"code": "a", "name": "A"}).status_code == 403
    made = program("POST", "vendors", {"code": "a", "name": "A"})
    assert made.status_code == 201, "whoever brings facts may name a vendor"
    assert program("PATCH", f"vendors/{made.json()['id']}", {"name": "B"}, If_Match=made.headers["ETag"]).status_code == 403


def test_names_of_three_pages_come_in_order(above: Caller) -> None:
    with as_system("a test"):
        for n in range(12):
            Product.objects.create(code=f"p{n}", name=f"Produit {n:02}")
    seen, cursor = [], ""
    while True:
        body = above("GET", f"products?limit=5&cursor={cursor}").json()
        seen += [item["name"] for item in body["data"]]
        if not body["has_more"]:
            break
        cursor = body["next_cursor"]
    assert seen == [f"Produit {n:02}" for n in range(12)]


def test_a_family_that_there_is_not_is_refused_to_those_who_read_families(
    manager: Actor,
    key_of: KeyOf,
    sales: list[Sale],
) -> None:
    both = Caller(key_of(manager, ["sales:read", "products:read"]))
    assert len(both("GET", "sales?family=firewalls").json()["data"]) == len(sales)
    for path in ("sales?family=firewals", "products?family=firewals", "sales?family[in]=firewalls,firewals"):
        refused = both("GET", path)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "unknown_code"), path
    only = Caller(key_of(manager, ["sales:read"]))
    assert only("GET", "sales?family=firewals").json()["data"] == [], "who may not read families learns nothing of them"


@pytest.mark.parametrize("resource", ["products", "product-families", "vendors"])
def test_what_is_in_the_catalogue_is_archived_and_brought_back(
    above: Caller,
    manager: Actor,
    key_of: KeyOf,
    resource: str,
) -> None:
    path = f"{resource}/{above('POST', resource, {'code': 'a', 'name': 'Alpha'}).json()['id']}"
    below = Caller(key_of(manager, ["products:write", "vendors:write"]))
    assert below("POST", f"{path}/archive", {}).status_code == 403, "directors decide"
    for _twice in range(2):
        gone = above("POST", f"{path}/archive", {})
        assert gone.status_code == 200, gone.content
        assert gone.json()["archived_at"] is not None
    assert gone["ETag"] == above("GET", path)["ETag"]
    assert above("GET", resource).json()["data"] == []
    assert [one["code"] for one in above("GET", f"{resource}?is_archived=true").json()["data"]] == ["a"]
    assert above("POST", f"{path}/restore", {}).json()["archived_at"] is None
    assert [one["code"] for one in above("GET", resource).json()["data"]] == ["a"]
    assert above("POST", f"{path}/restore", {"colour": "red"}).status_code == 422
