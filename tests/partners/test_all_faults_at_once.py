"""Whoever makes three mistakes hears of three: in forms each at its field, in the API each with its pointer, all in our words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from prm.access.actors import Actor
from prm.access.roles import as_system
from prm.partners.models import Company, Product
from tests.conftest import Caller

pytestmark = pytest.mark.django_db


def errors_of(page: str) -> dict[str, str]:
    """Field → what is said at it."""
    found = re.findall(r'id="id_(\w+)-error".*?<span>(.*?)</span>', page, re.DOTALL)
    return dict(found)


def test_the_company_form_tells_what_cannot_be_read_beside_what_the_service_refuses(
    manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    sent = {
        "name": "Kerlan", "employees": "many", "website": "kerlan", "revenue": "1,5 M€", "revenue_currency": "",
        "growth": "20000 %", "founded_year": "20",
    }  # fmt: skip
    answer = client_of(manager).post("/companies/new", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert errors_of(page) == {
        "employees": "This is no number: write it like 1,250 or 1.5M.",
        "website": "This is not an address on the web.",
        "revenue_currency": "Say in which currency the revenue is.",
        "growth": "Enter 10,000 or less.",
        "founded_year": "Enter 1000 or more.",
    }
    assert "5 things to correct" in page
    assert 'value="1,5 M€"' in page
    with as_system("a test"):
        assert not Company.objects.exists(), "what was only tried leaves nothing"


def test_amounts_are_read_in_forms_as_in_files(manager: Actor, client_of: Callable[[Actor], Client]) -> None:
    sent = {"name": "Kerlan", "revenue": "1,5 M€", "revenue_currency": "EUR", "employees": "18 300"}
    assert client_of(manager).post("/companies/new", sent).status_code == 302
    with as_system("a test"):
        company = Company.objects.get()
    assert (company.revenue, company.employees) == (1_500_000, 18_300)
    page = client_of(manager).post("/companies/new", {**sent, "name": "Armor", "revenue": "$2m"}).content.decode()
    assert errors_of(page) == {"revenue": "USD stands here, EUR beside it: which is it?"}


def test_a_site_and_a_product_tell_all_at_once(director: Actor, client_of: Callable[[Actor], Client]) -> None:
    with as_system("a test"):
        company = Company.objects.create(name="Kerlan")
        Product.objects.create(code="fw-1", name="Firewall")
    page = client_of(director).post(
        f"/companies/{company.public_id}/details/sites", {"kind": "office", "employees": "-4", "latitude": "48.39"}
    )
    assert set(errors_of(page.content.decode())) == {"employees", "latitude", "city"}
    page = client_of(director).post(
        "/catalogue/products/new", {"name": "", "code": "fw-1", "list_price": "-5", "dealer_price": "12.5"}
    )
    assert set(errors_of(page.content.decode())) == {"name", "code", "list_price", "currency"}


def test_the_api_points_at_everything_in_one_answer(manager: Actor, key_of: Callable[..., str]) -> None:
    call = Caller(key_of(manager, ["companies:write"]))
    body: dict[str, Any] = {"name": None, "employees": "12", "website": "kerlan", "shoe_size": 44, "latitude": 48.1}
    refused = call("POST", "companies", body)
    assert refused.status_code == 422
    told = {error["pointer"]: error["detail"] for error in refused.json()["errors"]}
    assert told == {
        "/name": "Give a value: null is not taken here.",
        "/employees": "Give a number without decimals.",
        "/shoe_size": "There is no such field, or it cannot be set.",
        "/website": "This is not an address on the web.",
        "/latitude": "A position needs latitude and longitude.",
    }
    with as_system("a test"):
        assert not Company.objects.exists()
