"""Events by API: the log to replay from, by position; and the history of every record, alike for all of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import get_resolver

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.api.history import HistoryMixin
from prm.api.router import router
from prm.events.runner.work import deliver_all
from prm.partners.models import Company
from prm.partners.services.companies import company_create, company_edit
from prm.partners.services.partners import partner_create
from tests.conftest import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(director: Actor, key_of: Callable[..., str]) -> Caller:
    return Caller(key_of(director, ["events:read"]))


@pytest.fixture
def company(manager: Actor) -> Company:
    with as_role(manager):
        made = company_create(actor=manager, values={"name": "Kerlan", "country": "FR"})
        company_edit(actor=manager, company_id=made.pk, values={"employees": 44})
        company_edit(actor=manager, company_id=made.pk, values={"employees": 46})
    return made


def test_the_log_is_read_by_position_and_goes_on_where_it_was_left(call: Caller, manager: Actor, company: Company) -> None:
    assert call("GET", f"events?subject={company.public_id}").json()["data"] == [], (
        "no position yet: nobody could come after it"
    )
    deliver_all()
    first = call("GET", f"events?subject={company.public_id}&limit=2").json()
    assert [event["type"] for event in first["data"]] == ["partners.company_created", "partners.company_edited"]
    with as_role(manager):
        company_edit(actor=manager, company_id=company.pk, values={"employees": 47})
    deliver_all()
    rest = call("GET", f"events?subject={company.public_id}&limit=2&cursor={first['next_cursor']}").json()
    assert [event["data"]["changes"]["employees"][1] for event in rest["data"]] == [46, 47]
    places = [event["position"] for event in first["data"] + rest["data"]]
    assert places == sorted(set(places))
    later = call("GET", f"events?position[gt]={places[2]}&subject={company.public_id}").json()
    assert [event["position"] for event in later["data"]] == places[3:]


def test_an_event_says_what_happened_to_what_and_by_whom(call: Caller, manager: Actor, company: Company) -> None:
    deliver_all()
    event = call("GET", "events?type=partners.company_created").json()["data"][-1]
    assert event["subject"] == {"type": "company", "id": company.public_id, "version": 1}
    assert event["actor"]["kind"] == "vendor"
    assert event["actor"]["account"].startswith("user_")
    assert call("GET", f"events/{event['id']}").json() == event


def test_the_log_is_not_for_every_key(manager: Actor, director: Actor, key_of: Callable[..., str]) -> None:
    assert Caller(key_of(director, ["companies:read"]))("GET", "events").status_code == 403


def test_a_companys_history_tells_who_changed_what_with_before_and_after(
    manager: Actor,
    company: Company,
    key_of: Callable[..., str],
) -> None:
    call = Caller(key_of(manager, ["companies:read", "partners:read", "persons:read"]))
    with as_role(manager):
        partner_create(actor=manager, company_id=company.pk, reason="Sells already")
    history = call("GET", f"companies/{company.public_id}/history").json()
    told = [(line["actor"]["name"], line["sentence"], line["changes"]) for line in history["data"]]
    assert told[1:] == [
        ("Claire Rousset", "changed a fact", ["Employees 44 → 46"]),
        ("Claire Rousset", "changed a fact", ["Employees ? → 44"]),
        ("Claire Rousset", "added the company", []),
    ]
    page = call("GET", f"companies/{company.public_id}/history?limit=1").json()
    assert (len(page["data"]), page["has_more"]) == (1, True)
    unnamed = Caller(key_of(manager, ["companies:read"]))("GET", f"companies/{company.public_id}/history").json()["data"]
    assert {line["actor"]["name"] for line in unnamed} == {"Somebody"}, "who may not read people reads no names"
    french = call("GET", f"companies/{company.public_id}/history?type=partners.company_created", Accept_Language="fr").json()
    assert len(french["data"]) == 1


def test_a_history_is_as_far_away_as_its_record(manager: Actor, key_of: Callable[..., str]) -> None:
    call = Caller(key_of(manager, ["companies:read"]))
    assert call("GET", "companies/company_01h455vb4pex5vsknk084sn02q/history").status_code == 404
    assert call("GET", "partners/partner_01h455vb4pex5vsknk084sn02q/history").status_code == 403


def test_every_record_that_people_change_has_a_history() -> None:
    get_resolver()
    have = {viewset.resource for _prefix, viewset, _name in router.registry if issubclass(viewset, HistoryMixin)}
    assert {
        "companies", "partners", "products", "product-families", "vendors", "sales", "persons", "imports", "exports", "jobs",
        "studies", "target-lists", "saved-views",
    } <= have  # fmt: skip
