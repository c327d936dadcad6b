"""The small tables: listed, added, changed, archived, by those who may (P1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.core.errors import Denied
from prm.partners.catalogue import KINDS, parse_areas
from prm.partners.models import Product, ProductFamily, Territory, Vendor
from prm.partners.services.products import vendor_create

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client_of: Callable[[Actor], Client], director: Actor) -> Client:
    return client_of(director)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_added_changed_archived_and_brought_back(page: Client, director: Actor, kind: str) -> None:
    model = KINDS[kind].model
    form = {
        "name": "Tëst One",
        "name_fr": "Essai",
        "relation": "competing",
        "areas": "FR: Bretagne\nbe",
        "list_price": "12.5",
        "currency": "EUR",
    }
    assert page.post(f"/catalogue/{kind}/new", form).status_code == 302
    with as_role(director):
        record = model.objects.get()
    assert (record.code, record.name_in("fr")) == ("test-one", "Essai")
    address = f"/catalogue/{kind}/{record.public_id}"
    assert "Essai" in page.get(address).content.decode()
    assert page.post(address, {**form, "name": "Tëst Two", "code": "test-one"}).status_code == 302
    assert "Tëst Two" in page.get(f"/catalogue/{kind}?q=two").content.decode()
    page.post(f"{address}/archive")
    assert "Undo" in page.get("/catalogue/vendors").content.decode()
    assert "Tëst Two" not in page.get(f"/catalogue/{kind}?q=two").content.decode()
    assert "Tëst Two" in page.get(f"/catalogue/{kind}?archived=yes").content.decode()
    page.post(f"{address}/restore")
    with as_role(director):
        assert model.objects.get().archived_at is None


def test_a_manager_reads_the_catalogue_but_does_not_change_it(client_of: Any, manager: Actor, director: Actor) -> None:
    with as_role(director):
        family = ProductFamily.objects.create(code="switching", name="Switching")
    client = client_of(manager)
    assert "Switching" in client.get("/catalogue/families").content.decode()
    assert client.post(f"/catalogue/families/{family.public_id}", {"name": "Mine"}).status_code == 403
    assert client.post("/catalogue/families/new", {"name": "Mine"}).status_code == 403
    assert client.post("/catalogue/vendors/new", {"name": "Tessel", "relation": "complementary"}).status_code == 302
    with as_role(director):
        assert ProductFamily.objects.get().name == "Switching"
        assert Vendor.objects.get().name == "Tessel"


def test_a_code_is_taken_once_and_a_territory_cannot_lie_within_itself(page: Client, director: Actor) -> None:
    with as_role(director):
        west = Territory.objects.create(code="west", name="West")
        Territory.objects.create(code="brittany", name="Brittany", parent=west)
    taken = page.post("/catalogue/territories/new", {"name": "Other", "code": "west"})
    assert (taken.status_code, "Another one has this code." in taken.content.decode()) == (409, True)
    address = f"/catalogue/territories/{west.public_id}"
    looped = page.post(address, {"name": "West", "code": "west", "parent": "brittany"})
    assert "It cannot lie within itself." in looped.content.decode()
    wrong = page.post(address, {"name": "West", "code": "west", "areas": "France"})
    assert "“France” is no area" in wrong.content.decode()


def test_areas_are_replaced_by_what_is_entered(page: Client, director: Actor) -> None:
    with as_role(director):
        west = Territory.objects.create(code="west", name="West")
    for text in ("FR: Bretagne\nFR: Pays de la Loire", "FR: Pays de la Loire\nBE"):
        page.post(f"/catalogue/territories/{west.public_id}", {"name": "West", "code": "west", "areas": text})
    with as_role(director):
        assert [(a.country, a.region_key) for a in west.areas.all()] == [("BE", ""), ("FR", "pays de la loire")]


def test_areas_are_read_line_by_line() -> None:
    assert parse_areas(" fr : Bretagne \n\nBE\nBE") == [("FR", "Bretagne"), ("BE", "")]
    with pytest.raises(ValueError, match="France"):
        parse_areas("France")


def test_the_list_asks_as_many_questions_for_twelve_products_as_for_two(page: Client, director: Actor) -> None:
    counts = []
    for target in (2, 12):
        with as_role(director):
            family, _made = ProductFamily.objects.get_or_create(code="f", defaults={"name": "F"})
            for n in range(Product.objects.count(), target):
                Product.objects.create(code=f"p{n}", name=f"P {n}", family=family)
        page.get("/catalogue/products")
        with CaptureQueriesContext(connection) as queries:
            page.get("/catalogue/products")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_unknown_kind_or_record_is_not_found(page: Client) -> None:
    assert page.get("/catalogue/shoes").status_code == 404
    assert page.get("/catalogue/vendors/vendor_nothing").status_code == 404
    assert page.get("/catalogue").headers["Location"] == "/catalogue/vendors"


def test_a_manager_names_a_new_vendor_and_a_director_says_what_it_is_to_us(
    client_of: Any, manager: Actor, director: Actor
) -> None:
    client = client_of(manager)
    assert 'name="relation"' not in client.get("/catalogue/vendors/new").content.decode()
    assert 'name="relation"' in client_of(director).get("/catalogue/vendors/new").content.decode()
    client.post("/catalogue/vendors/new", {"name": "Tessel", "relation": "ours"})
    with as_role(manager):
        assert Vendor.objects.get().relation == "complementary"
        with pytest.raises(Denied) as refusal:
            vendor_create(actor=manager, values={"code": "kestrel", "name": "Kestrel", "relation": "ours"})
    assert refusal.value.field == "relation"
