"""``/api/v1/companies``: the page's numbers and order, facts with their source, another system kept in step (P1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.core.errors import Invalid
from prm.core.ids import typeid_decode
from prm.partners.models import (
    Company,
    CompanyFact,
    CompanyMeasure,
    Measure,
    OfferCarried,
    OfferCategory,
    Partner,
    Site,
    Vendor,
    VendorCarried,
)
from prm.partners.selectors.companies import company_list
from prm.partners.services.companies import company_create, company_edit
from tests.conftest import Caller
from tests.partners.programs import made, names

pytestmark = pytest.mark.django_db
KeyOf = Callable[..., str]


@pytest.fixture
def call(manager: Actor, key_of: KeyOf) -> Caller:
    """A manager's program that reads and writes companies, and nothing else."""
    return Caller(key_of(manager, ["companies:write"]))


@pytest.fixture
def universe() -> list[Company]:
    """Fourteen companies: sizes, places and growths differ, some are not known; three are partners, half carry Nordwall."""
    with as_system("a test"):
        nordwall = Vendor.objects.create(code="nordwall", name="Nordwall", relation="competing")
        training = OfferCategory.objects.create(code="training", name="Training")
        launches = Measure.objects.create(key="launches", name="Launches")
        made = []
        for n in range(14):
            company = Company.objects.create(
                name=f"Réseaux {n:02}", country="FR" if n % 2 else "BE", city="Brest" if n < 3 else None,
                typology="var" if n < 5 else None, employees=None if n in {4, 9} else n * 10, revenue=Decimal(n * 1000),
                revenue_currency="EUR", revenue_reporting=Decimal(n * 1000), growth=Decimal(n) / 100, stalest_on=date(2026, 1, n + 1),
            )  # fmt: skip
            Site.objects.create(company=company, city="Brest", country="FR")
            OfferCarried.objects.create(company=company, category=training, relation="own")
            CompanyMeasure.objects.create(company=company, measure=launches, value=n)
            if n % 2:
                VendorCarried.objects.create(company=company, vendor=nordwall, share_of_business=Decimal("0.4"))
            if n < 3:
                Partner.objects.create(company=company, lifecycle="active")
            made.append(company)
        return made


@pytest.mark.parametrize(("query", "page"), [
    ("", {}),
    ("sort=-employees", {"sort": "-employees"}),
    ("sort=employees", {"sort": "employees"}),
    ("sort=-revenue&country=FR", {"sort": "-revenue", "filters": {"country": ("FR",)}}),
    ("country[in]=FR,BE&sort=-growth", {"sort": "-growth", "filters": {"country": ("FR", "BE")}}),
    ("q=reseaux 1", {"q": "reseaux 1"}),
    ("q=brest&sort=-name", {"q": "brest", "sort": "-name"}),
    ("vendor=nordwall", {"filters": {"vendor": ("nordwall",)}}),
    ("offer=training&vendor=nordwall", {"filters": {"vendor": ("nordwall",), "offer": ("training",)}}),
    ("employees[gte]=20&employees[lte]=80", {"filters": {"employees": (20, 80)}}),
    ("growth[gte]=0.05", {"filters": {"growth": (Decimal(5), None)}}),
    ("lifecycle=active", {"filters": {"lifecycle": ("active",)}}),
    ("lifecycle=none", {"filters": {"lifecycle": ("none",)}}),
    ("is_partner=true", {"filters": {"partner": True}}),
    ("is_partner=false&typology=var", {"filters": {"partner": False, "typology": ("var",)}}),
])  # fmt: skip
def test_a_list_has_the_companies_order_and_total_of_the_page(
    call: Caller, manager: Actor, universe: list[Company], query: str, page: dict[str, Any]
) -> None:
    with as_role(manager):
        shown = company_list(actor=manager, limit=100, **page)
    answer = call("GET", f"companies?{query}&limit=100&include=total")
    assert names(answer) == [row.name for row in shown.rows]
    assert (answer.json()["total"], answer.json()["total_is_capped"]) == (shown.total, False)
    assert shown.total > 0


@pytest.mark.parametrize(("query", "expected"), [
    ("employees=20", {2}),
    ("employees[gt]=110", {12, 13}),
    ("employees[lt]=20&employees[gte]=0", {0, 1}),
    ("employees[gte]=99999999999", set()),
    ("growth[gt]=0.11", {12, 13}),
    ("growth[lt]=0.01", {0}),
    ("revenue[gt]=12000", {13}),
    ("stalest_on[lt]=2026-01-03", {0, 1}),
    ("stalest_on[gte]=2026-01-13", {12, 13}),
    ("known_share[gt]=0.9", set()),
    ("country=FR&country[in]=FR,BE&employees[gte]=100", {11, 13}),
    ("is_archived=true", set()),
    ("updated_at[gte]=2100-01-01T00:00:00Z", set()),
    ("stalest_on[gt]=9999-12-31", set()),
    ("stalest_on[lt]=0001-01-01", set()),
    ("updated_at[gt]=9999-12-31T23:59:59.999999Z", set()),
    ("updated_at[lt]=0001-01-01T00:00:00Z", set()),
    ("stalest_on[lt]=0001-01-01&stalest_on[gte]=2026-01-01", set()),
])  # fmt: skip
def test_each_filter_says_exactly_which(call: Caller, universe: list[Company], query: str, expected: set[int]) -> None:
    assert {int(name[-2:]) for name in names(call("GET", f"companies?{query}"))} == expected


def test_the_list_pages_through_everything_once_unknown_last(call: Caller, universe: list[Company]) -> None:
    seen, cursor = [], ""
    while True:
        body = call("GET", f"companies?sort=-employees&limit=4&cursor={cursor}").json()
        seen += [item["employees"] for item in body["data"]]
        if not body["has_more"]:
            break
        cursor = body["next_cursor"]
    assert seen == [*(n * 10 for n in range(13, -1, -1) if n not in {4, 9}), None, None]


@pytest.mark.parametrize("query", [
    "colour=red", "sort=city", "cursor=made-up", "typology=bank", "employees=many", "employees[in]=1,2", "limit=101",
    "lifecycle=gone", "stalest_on=2026-1-1", "expand[]=secrets", "account_manager=company_1",
])  # fmt: skip
def test_a_parameter_that_is_unknown_or_unreadable_is_400(call: Caller, universe: list[Company], query: str) -> None:
    assert call("GET", f"companies?{query}").status_code == 400


def test_the_list_asks_the_database_as_often_for_two_rows_as_for_twelve(call: Caller, universe: list[Company]) -> None:
    def queries(limit: int) -> int:
        expand = "&".join(f"expand[]={name}" for name in ("sites", "vendors", "offers", "measures"))
        with CaptureQueriesContext(connection) as captured:
            assert len(names(call("GET", f"companies?q=reseaux&limit={limit}&{expand}"))) == limit
        return len(captured)

    queries(2)
    assert queries(2) == queries(12) <= 30


def test_what_hangs_on_a_company_is_expanded_on_demand(call: Caller, universe: list[Company]) -> None:
    path = f"companies/{universe[3].public_id}"
    assert "sites" not in call("GET", path).json()
    body = call("GET", f"{path}?expand[]=sites&expand[]=vendors&expand[]=offers&expand[]=measures").json()
    assert [site["city"] for site in body["sites"]] == ["Brest"]
    assert [(v["code"], v["relation"], v["share_of_business"]) for v in body["vendors"]] == [("nordwall", "competing", 0.4)]
    assert [(o["code"], o["relation"]) for o in body["offers"]] == [("training", "own")]
    assert [(m["key"], m["value"]) for m in body["measures"]] == [("launches", 3.0)]


# One company


def test_a_company_is_made_with_its_facts_and_where_they_come_from(call: Caller) -> None:
    body = made(call, country="FR", employees=46, growth=0.061, revenue={"amount": "8400000.5", "currency": "EUR"},
                revenue_year=2025, languages=["fr"], website="https://www.kerlan.example")  # fmt: skip
    again = call("GET", f"companies/{body['id']}")
    assert again.headers["ETag"] == body.pop("tag")
    assert again.json() == body
    assert (body["employees"], body["growth"], body["city"], body["lifecycle"]) == (46, 0.061, None, None)
    assert body["revenue"] == body["revenue_reporting"] == {"amount": "8400000.50", "currency": "EUR"}
    assert body["provenance"]["employees"].items() >= {"kind": "manual", "name": "Claire Rousset"}.items()
    assert date.fromisoformat(body["provenance"]["employees"]["as_of"])
    assert "city" not in body["provenance"]
    assert body["created_at"].endswith("Z")


def test_a_relationship_shows_on_the_company(call: Caller, universe: list[Company]) -> None:
    body = call("GET", f"companies/{universe[0].public_id}").json()
    assert body["lifecycle"] == "active"
    assert body["partner"].startswith("partner_")


@pytest.mark.parametrize(("facts", "pointer"), [
    ({"name": ""}, "/name"),
    ({"country": "fr"}, "/country"),
    ({"country": "FRA"}, "/country"),
    ({"country": "XX"}, "/country"),
    ({"founded_year": timezone.localdate().year + 1}, "/founded_year"),
    ({"typology": "bank"}, "/typology"),
    ({"employees": -1}, "/employees"),
    ({"employees": 4.5}, "/employees"),
    ({"employees": 3_000_000_000}, "/employees"),
    ({"revenue": 8400000}, "/revenue"),
    ({"revenue": {"amount": "-1", "currency": "EUR"}}, "/revenue"),
    ({"revenue": {"amount": "1", "currency": "ZZZ"}}, "/revenue"),
    ({"growth": "6 %"}, "/growth"),
    ({"growth": 0.061234}, "/growth"),
    ({"latitude": 91, "longitude": 0}, "/latitude"),
    ({"latitude": 48.4}, "/latitude"),
    ({"website": "no address"}, "/website"),
    ({"founded_year": 99}, "/founded_year"),
    ({"languages": "fr"}, "/languages"),
    ({"lifecycle": "active"}, "/lifecycle"),
    ({"nam": "x"}, "/nam"),
])  # fmt: skip
def test_a_wrong_fact_is_pointed_at(call: Caller, facts: dict[str, Any], pointer: str) -> None:
    answer = call("POST", "companies", {"name": "Kerlan", **facts})
    assert answer.status_code == 422, answer.content
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert call("GET", "companies?q=kerlan").json()["data"] == []


def test_a_post_sent_twice_under_one_key_makes_one_company(call: Caller) -> None:
    first = call("POST", "companies", {"name": "Kerlan"}, Idempotency_Key="k1")
    second = call("POST", "companies", {"name": "Kerlan"}, Idempotency_Key="k1")
    assert (first.status_code, second.status_code, first.content) == (201, 201, second.content)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert names(call("GET", "companies?q=kerlan")) == ["Kerlan"]


def test_a_change_rests_on_the_state_that_was_read(call: Caller) -> None:
    body = made(call, employees=46, city="Brest")
    path = f"companies/{body['id']}"
    assert call("PATCH", path, {"employees": 52}).status_code == 428
    changed = call("PATCH", path, {"employees": 52}, If_Match=body["tag"])
    assert (changed.status_code, changed.json()["employees"], changed.json()["city"]) == (200, 52, "Brest")
    assert call("PATCH", path, {"employees": 60}, If_Match=body["tag"]).status_code == 412
    with as_system("a test"):
        assert list(CompanyFact.objects.values_list("field", "status", "value")) == [("employees", "corrected", 46)]


def test_patch_leaves_and_put_forgets_what_is_not_named(call: Caller) -> None:
    body = made(call, employees=46, revenue={"amount": "10.00", "currency": "EUR"}, growth=0.1)
    path = f"companies/{body['id']}"
    null = call("PATCH", path, {"revenue": None}, If_Match=body["tag"])
    assert (null.json()["revenue"], null.json()["employees"]) == (None, 46)
    whole = call("PUT", path, {"name": "Kerlan", "growth": 0.1}, If_Match=null.headers["ETag"])
    assert whole.status_code == 200, whole.content
    assert (whole.json()["name"], whole.json()["employees"], whole.json()["growth"]) == ("Kerlan", None, 0.1)


def test_an_edit_on_the_page_makes_the_programs_state_stale(call: Caller, manager: Actor) -> None:
    body = made(call, employees=46)
    with as_role(manager):
        company_edit(actor=manager, company_id=typeid_decode("company", body["id"]), values={"employees": 50})
    assert call("PATCH", f"companies/{body['id']}", {"city": "Brest"}, If_Match=body["tag"]).status_code == 412


def test_archiving_takes_it_out_of_the_list_and_restoring_brings_it_back(call: Caller) -> None:
    path = f"companies/{made(call)['id']}"
    assert call("POST", f"{path}/archive").json()["archived_at"]
    assert names(call("GET", "companies?q=kerlan")) == []
    assert names(call("GET", "companies?q=kerlan&is_archived=true")) == ["Kerlan Systèmes"]
    assert call("POST", f"{path}/restore").json()["archived_at"] is None
    assert names(call("GET", "companies?q=kerlan")) == ["Kerlan Systèmes"]


# Another system's ids


def test_sites_of_a_company_are_added_changed_and_removed(call: Caller) -> None:
    path = f"companies/{made(call)['id']}/sites"
    new = call("POST", path, {"kind": "headquarters", "city": "Brest", "country": "FR"})
    assert new.status_code == 201, new.content
    assert new.headers["Location"] == f"/api/v1/{path}/{new.json()['id']}"
    assert [site["city"] for site in call("GET", path).json()["data"]] == ["Brest"]
    one = f"{path}/{new.json()['id']}"
    assert call("PATCH", one, {"city": "Rennes"}).status_code == 428
    changed = call("PATCH", one, {"city": "Rennes", "employees": 12}, If_Match=new.headers["ETag"])
    assert (changed.json()["city"], changed.json()["kind"], changed.json()["employees"]) == ("Rennes", "headquarters", 12)
    assert call("DELETE", one, If_Match=new.headers["ETag"]).status_code == 412
    assert call("DELETE", one).status_code == 204
    assert call("GET", one).status_code == 404
    assert call("GET", path).json()["data"] == []


def test_a_site_says_where_it_is(call: Caller) -> None:
    path = f"companies/{made(call)['id']}/sites"
    for wrong, pointer in (
        ({}, "/city"),
        ({"city": "Brest", "latitude": 48.4}, "/latitude"),
        ({"country": "France"}, "/country"),
    ):
        answer = call("POST", path, wrong)
        assert (answer.status_code, [e["pointer"] for e in answer.json()["errors"]]) == (422, [pointer])


def test_a_site_is_found_under_its_own_company_only(call: Caller, universe: list[Company]) -> None:
    with as_system("a test"):
        site = Site.objects.filter(company=universe[0]).get()
    assert call("GET", f"companies/{universe[0].public_id}/sites/{site.public_id}").status_code == 200
    assert call("GET", f"companies/{universe[1].public_id}/sites/{site.public_id}").status_code == 404
    for unknown in ("company_01h455vb4pex5vsknk084sn02q", "nonsense"):
        assert call("GET", f"companies/{unknown}/sites").status_code == 404
        assert call("POST", f"companies/{unknown}/sites", {"city": "Brest"}).status_code == 404


# Who may


def test_missing_and_misspelt_are_404(call: Caller) -> None:
    for path in (
        "companies/company_01h455vb4pex5vsknk084sn02q",
        "companies/nonsense",
        "companies/partner_01h455vb4pex5vsknk084sn02q",
    ):
        assert call("GET", path).status_code == 404
        assert call("PATCH", path, {"city": "Brest"}, If_Match='"x"').status_code == 404
        assert call("POST", f"{path}/archive").status_code == 404


def test_a_reading_key_reads_only(manager: Actor, key_of: KeyOf, universe: list[Company]) -> None:
    reader = Caller(key_of(manager, ["companies:read"]))
    path = f"companies/{universe[0].public_id}"
    assert reader("GET", path).status_code == reader("GET", f"{path}/sites").status_code == 200
    for method, where, body in (
        ("POST", "companies", {"name": "A"}),
        ("PATCH", path, {"city": "A"}),
        ("PUT", "companies/by-external-id/crm/1", {"name": "A"}),
        ("POST", f"{path}/archive", None),
        ("POST", f"{path}/sites", {"city": "A"}),
    ):
        answer = reader(method, where, body, If_Match='"x"')
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), where


def test_a_key_for_something_else_sees_no_company(manager: Actor, key_of: KeyOf, universe: list[Company]) -> None:
    other = Caller(key_of(manager, ["sales:write"]))
    assert other("GET", "companies").status_code == 403
    assert other("GET", f"companies/{universe[0].public_id}").status_code == 403


def test_a_write_does_not_ask_the_database_about_each_rule_beforehand(call: Caller) -> None:
    made(call)
    with CaptureQueriesContext(connection) as captured:
        made(call, employees=46)
    assert len(captured) <= 26
    assert not [query for query in captured if '"_check"' in query["sql"]]


def test_what_only_the_table_forbids_is_told_as_invalid(manager: Actor) -> None:
    with as_role(manager):
        for wrong in ({"employees": -1}, {"growth": Decimal(-2)}, {"latitude": 91.0, "longitude": 0.0}):
            with pytest.raises(Invalid):
                company_create(actor=manager, values={"name": "Kerlan", **wrong})
        assert Company.objects.count() == 0


@pytest.mark.parametrize(("query", "parameter", "code"), [
    ("typology=nonsense", "typology", "unreadable"), ("vendor=nope", "vendor", "unknown_code"),
    ("vendor[in]=nordwall,nope", "vendor[in]", "unknown_code"), ("territory=xx", "territory", "unknown_code"),
    ("offer=trainings", "offer", "unknown_code"), ("vendor=", "vendor", "unknown_code"), ("country=France", "country", "unreadable"),
    ("country[in]=FR,be", "country[in]", "unreadable"),
])  # fmt: skip
def test_a_code_that_there_is_not_is_refused_by_name_and_finds_not_nothing(
    call: Caller, universe: list[Company], query: str, parameter: str, code: str
) -> None:
    refused = call("GET", f"companies?{query}")
    assert refused.status_code == 400
    assert [(e["parameter"], e["code"]) for e in refused.json()["errors"]] == [(parameter, code)]
    assert parameter != "typology" or refused.json()["detail"].startswith("Give one of: distributor, publisher, ")


def test_a_code_that_nobody_carries_yet_finds_nothing(call: Caller, universe: list[Company]) -> None:
    with as_system("a test"):
        Vendor.objects.create(code="kestrel", name="Kestrel")
    assert names(call("GET", "companies?vendor=kestrel")) == []
    assert names(call("GET", "companies?country=ZW")) == []
