"""``/api/v1/territories``, ``/industries``, ``/offer-categories``, ``/persons``: the codes and ids that filters and bodies take."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.accounts.models import Person, User
from prm.core.ids import typeid_encode
from prm.partners.details import DETAILS
from prm.partners.models import Company, Industry, OfferCategory, Partner, Territory, TerritoryArea
from prm.partners.services.companies import company_create
from prm.partners.services.details import detail_create
from tests.conftest import Caller

pytestmark = pytest.mark.django_db
KeyOf = Callable[..., str]


@pytest.fixture
def call(manager: Actor, key_of: KeyOf) -> Caller:
    """A program that reads companies and people, and nothing else."""
    return Caller(key_of(manager, ["companies:read", "persons:read"]))


@pytest.fixture
def west() -> Territory:
    """The West with Brittany in it, and one that is archived."""
    with as_system("a test"):
        above = Territory.objects.create(code="west", name="West", names={"fr": "Ouest"})
        inside = Territory.objects.create(code="brittany", name="Brittany", names={"fr": "Bretagne"}, parent=above)
        TerritoryArea.objects.create(territory=inside, country="FR", region="Bretagne")
        TerritoryArea.objects.create(territory=inside, country="GG")
        Territory.objects.create(code="north", name="North", archived_at=timezone.now())
        return inside


def test_a_territory_says_where_it_lies_and_what_it_covers(call: Caller, west: Territory) -> None:
    found = call("GET", f"territories/{west.public_id}").json()
    assert (found["code"], found["parent"], found["names"]) == ("brittany", "west", {"fr": "Bretagne"})
    assert found["areas"] == [{"country": "FR", "region": "Bretagne"}, {"country": "GG", "region": None}]
    listed = call("GET", "territories").json()["data"]
    assert [(t["code"], t["parent"]) for t in listed] == [("brittany", "west"), ("west", None)]
    assert listed[0] == found


def test_territories_are_found_by_code_by_name_and_by_what_they_lie_in(call: Caller, west: Territory) -> None:
    for query, codes in (
        ("code=west", ["west"]), ("code[in]=west,brittany&sort=-name", ["west", "brittany"]), ("q=britt", ["brittany"]),
        ("parent=west", ["brittany"]), ("is_archived=true", ["north"]), ("limit=1", ["brittany"]), ("q=nowhere", []),
    ):  # fmt: skip
        assert [t["code"] for t in call("GET", f"territories?{query}").json()["data"]] == codes, query
    for wrong in ("territories?colour=red", "territories?parent=wets", "offer-categories?parent=wets"):
        assert call("GET", wrong).status_code == 400, wrong


def test_a_code_that_was_found_narrows_the_list_of_partners(manager: Actor, key_of: KeyOf, west: Territory) -> None:
    with as_system("a test"):
        here, _there = (
            Partner.objects.create(company=Company.objects.create(name=n), lifecycle="active") for n in ("Here", "There")
        )
        here.territory_links.create(territory=west)
    program = Caller(key_of(manager, ["partners:read"]))
    code = program("GET", "territories?q=brittany").json()["data"][0]["code"]
    assert [p["company_name"] for p in program("GET", f"partners?territory={code}").json()["data"]] == ["Here"]


def test_industries_and_categories_of_offer_answer_alike(call: Caller) -> None:
    with as_system("a test"):
        health = Industry.objects.create(code="healthcare", name="Healthcare", names={"fr": "Santé"})
        networks = OfferCategory.objects.create(code="networks", name="Networks")
        wan = OfferCategory.objects.create(code="sd-wan", name="SD-WAN", parent=networks)
    assert [i["code"] for i in call("GET", "industries").json()["data"]] == ["healthcare"]
    assert call("GET", f"industries/{health.public_id}").json()["names"] == {"fr": "Santé"}
    assert [c["code"] for c in call("GET", "offer-categories?parent=networks").json()["data"]] == ["sd-wan"]
    found = call("GET", f"offer-categories/{wan.public_id}").json()
    assert found["id"].startswith("offer_")
    assert found["parent"] == "networks"
    assert call("GET", f"offer-categories/{health.public_id}").status_code == 404


def test_twelve_territories_ask_the_database_as_often_as_two(call: Caller, west: Territory) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert call("GET", "territories?limit=100").status_code == 200
        return len(asked)

    questions()
    few = questions()
    with as_system("a test"):
        for n in range(10):
            inside = Territory.objects.create(code=f"t{n}", name=f"T {n}", parent=west)
            TerritoryArea.objects.create(territory=inside, country="BE", region=f"R {n}")
    assert questions() == few


def test_people_are_found_by_name_and_who_left_only_on_demand(call: Caller, manager: Actor, director: Actor) -> None:
    account = User.objects.create_user("yann@orvane.example")
    with as_system("a test"):
        gone = Person.objects.create(name="Yann Le Goff", user_id=account.pk, archived_at=timezone.now())
    assert [p["name"] for p in call("GET", "persons").json()["data"]] == ["Claire Rousset", "Daniel Weiss"]
    assert [p["name"] for p in call("GET", "persons?q=rous").json()["data"]] == ["Claire Rousset"]
    assert [p["name"] for p in call("GET", "persons?is_archived=true").json()["data"]] == ["Yann Le Goff"]
    assert call("GET", f"persons/{gone.public_id}").json()["archived_at"] is not None
    me = call("GET", "me").json()["id"]
    assert set(call("GET", f"persons/{me}").json()) == {"id", "name", "title", "archived_at", "created_at", "updated_at"}


def test_who_works_at_a_company_is_no_person_of_the_vendor(call: Caller, manager: Actor) -> None:
    with as_role(manager):
        company = company_create(actor=manager, values={"name": "Kerlan"})
        at = detail_create(actor=manager, kind=DETAILS["people"], company_id=company.pk, values={"name": "Anne Le Goff"})
    assert call("GET", f"persons/{at.person.public_id}").status_code == 404
    assert call("GET", f"persons/{typeid_encode('person', manager.person_id)}").status_code == 200


@pytest.fixture
def writer(director: Actor, key_of: KeyOf) -> Caller:
    """A program of the director's that keeps the market."""
    return Caller(key_of(director, ["market:write"]))


def version(call: Caller, path: str) -> dict[str, str]:
    return {"If-Match": call("GET", path)["ETag"]}


def test_a_territory_is_made_changed_put_away_and_brought_back(writer: Caller, west: Territory, director: Actor) -> None:
    body = {
        "code": "finistere",
        "name": "Finistère",
        "parent": "brittany",
        "areas": [{"country": "FR", "region": "Finistère: nord"}],
    }
    made = writer("POST", "territories", body)
    assert made.status_code == 201, made.content
    path = f"territories/{made.json()['id']}"
    assert writer("GET", path).json() == made.json()
    assert {name: made.json()[name] for name in body} == body
    assert made.json()["names"] == {}
    changed = writer("PATCH", path, {"names": {"fr": "Le Finistère"}}, **version(writer, path)).json()
    assert (changed["names"], changed["parent"], changed["areas"]) == ({"fr": "Le Finistère"}, "brittany", body["areas"])
    whole = {"code": "finistere", "name": "Finistère", "areas": [{"country": "GG"}]}
    put = writer("PUT", path, whole, **version(writer, path)).json()
    assert (put["names"], put["parent"], put["areas"]) == ({}, None, [{"country": "GG", "region": None}])
    writer("POST", f"{path}/archive", {})
    assert "finistere" not in [t["code"] for t in writer("GET", "territories").json()["data"]]
    writer("POST", f"{path}/restore", {})
    assert "finistere" in [t["code"] for t in writer("GET", "territories").json()["data"]]


def test_what_a_page_shows_of_a_territory_is_what_a_program_wrote(
    writer: Caller, director: Actor, client_of: Callable[[Actor], Client]
) -> None:
    areas = [{"country": "BE", "region": None}, {"country": "FR", "region": "Pays de la Loire"}]
    made = writer("POST", "territories", {"code": "west", "name": "West", "names": {"fr": "Ouest"}, "areas": areas}).json()
    page = client_of(director)
    shown = page.get(f"/catalogue/territories/{made['id']}").context["form"].initial
    assert (shown["name"], shown["name_fr"], shown["code"]) == ("West", "Ouest", "west")
    assert shown["areas"].splitlines() == ["BE", "FR: Pays de la Loire"]
    page.post(f"/catalogue/territories/{made['id']}", {"name": "West", "code": "west", "areas": "FR: Bretagne"})
    assert writer("GET", f"territories/{made['id']}").json()["areas"] == [{"country": "FR", "region": "Bretagne"}]


def test_what_is_wrong_with_a_territory_is_pointed_at(writer: Caller, west: Territory) -> None:
    def wrong(**said: object) -> tuple[int, str]:
        answer = writer("POST", "territories", {"code": "new", "name": "New"} | said)
        return answer.status_code, answer.json()["errors"][0]["pointer"]

    assert wrong(areas=[{"country": "France"}]) == (422, "/areas/0/country")
    assert wrong(parent="nowhere") == (422, "/parent")
    assert wrong(code="west") == (409, "/code")
    path = f"territories/{west.parent.public_id}"
    looped = writer("PATCH", path, {"parent": "brittany"}, **version(writer, path))
    assert (looped.status_code, looped.json()["code"]) == (422, "parent_within")
    assert writer("PATCH", path, {"name": "Wild west"}).status_code == 428


@pytest.mark.parametrize(("path", "kind"), [("industries", Industry), ("offer-categories", OfferCategory)])
def test_an_industry_and_a_category_of_offer_are_kept_alike(writer: Caller, director: Actor, path: str, kind: type) -> None:
    made = writer("POST", path, {"code": "care", "name": "Care", "names": {"fr": "Soins"}})
    assert made.status_code == 201, made.content
    one = f"{path}/{made.json()['id']}"
    assert writer("PATCH", one, {"name": "Health care"}, **version(writer, one)).json()["names"] == {"fr": "Soins"}
    assert writer("POST", f"{one}/archive", {}).json()["archived_at"]
    with as_role(director):
        assert [(r.code, r.name, r.archived_at is None) for r in kind.objects.all()] == [("care", "Health care", False)]


def test_a_category_of_offer_lies_in_another(writer: Caller) -> None:
    writer("POST", "offer-categories", {"code": "networks", "name": "Networks"})
    made = writer("POST", "offer-categories", {"code": "sd-wan", "name": "SD-WAN", "parent": "networks"}).json()
    path = f"offer-categories/{made['id']}"
    assert writer("PATCH", path, {"name": "SD-WAN 2"}, **version(writer, path)).json()["parent"] == "networks"


def test_only_who_may_keep_the_market_does(manager: Actor, director: Actor, key_of: KeyOf, west: Territory) -> None:
    body = {"code": "new", "name": "New"}
    for path in ("territories", "industries", "offer-categories"):
        assert Caller(key_of(manager, ["market:write"]))("POST", path, body).status_code == 403, path
        assert Caller(key_of(director, ["companies:write", "market:read"]))("POST", path, body).status_code == 403, path


def test_none_of_it_is_read_without_the_scope_and_none_is_written(manager: Actor, key_of: KeyOf, west: Territory) -> None:
    narrow = Caller(key_of(manager, ["jobs:read"]))
    for path in ("persons", "territories", "industries", "offer-categories"):
        assert narrow("GET", path).status_code == 403, path
        assert Caller("prm_live_nothing")("GET", path).status_code == 401, path
    assert narrow("GET", f"territories/{west.public_id}").status_code == 403
