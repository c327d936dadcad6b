"""The list of companies: search, filters, orders and pages that neither skip nor repeat, whichever way they are found (P1, UX 3)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.core import keyset, long_tables
from prm.core.errors import DomainError, Invalid
from prm.partners.conditions import narrowed
from prm.partners.models import (
    Company,
    OfferCarried,
    OfferCategory,
    Partner,
    Territory,
    TerritoryArea,
    Vendor,
    VendorCarried,
)
from prm.partners.selectors.companies import ORDERS, company_counts, company_list, company_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def acting(manager: Actor) -> Any:
    with as_role(manager):
        yield manager


@pytest.fixture
def universe(acting: Actor) -> list[Company]:
    """60 companies: every third size unknown, sizes repeated, two vendors, some partners, some archived."""
    ours, theirs = (
        Vendor.objects.create(code=c, name=c.title(), relation=r) for c, r in (("orvane", "ours"), ("nordwall", "competing"))
    )
    cloud = OfferCategory.objects.create(code="cloud", name="Cloud")
    found = []
    for n in range(60):
        company = Company.objects.create(
            name=f"{'Côte' if n % 2 else 'Armor'} Réseaux {n:02d}",
            country="FR" if n % 4 else "DE", region="Bretagne" if n % 4 == 1 else None,
            employees=None if n % 3 == 0 else n // 6,
            typology="var" if n % 5 == 0 else "msp", growth=Decimal(n) / 100 if n % 7 else None,
            revenue=None if n % 2 else n * 1000, revenue_currency=None if n % 2 else "EUR", revenue_reporting=None if n % 2 else n * 1000,
        )  # fmt: skip
        if n % 6 == 0:
            VendorCarried.objects.create(company=company, vendor=theirs)
        if n % 10 == 0:
            VendorCarried.objects.create(company=company, vendor=ours)
            Partner.objects.create(company=company, lifecycle="active" if n % 20 else "candidate")
        if n % 8 == 0:
            OfferCarried.objects.create(company=company, category=cloud)
        found.append(company)
    return found


def expected(companies: list[Company], sort: str) -> list[str]:
    column = ORDERS[sort.removeprefix("-")]
    down = sort.startswith("-")
    for company in companies:
        company.refresh_from_db()
    known = [c for c in companies if getattr(c, column) is not None]
    unknown = [c for c in companies if getattr(c, column) is None]
    known.sort(key=lambda c: (getattr(c, column), c.pk), reverse=down)
    unknown.sort(key=lambda c: c.pk, reverse=down)
    return [c.name for c in (*known, *unknown)]


@pytest.mark.parametrize("sort", [sign + name for name in ORDERS for sign in ("", "-")])
def test_pages_neither_skip_nor_repeat_and_unknown_comes_last(
    acting: Actor, universe: list[Company], way: str, sort: str
) -> None:
    seen: list[str] = []
    cursor, pages = "", []
    while True:
        page = company_list(actor=acting, sort=sort, cursor=cursor, limit=7)
        pages.append([row.name for row in page.rows])
        seen += pages[-1]
        if not page.next:
            break
        cursor = page.next
    assert seen == expected(universe, sort)
    back = []
    while page.previous:
        page = company_list(actor=acting, sort=sort, cursor=page.previous, limit=7)
        back.append([row.name for row in page.rows])
    assert back == pages[-2::-1]


FILTERS: list[tuple[str, dict[str, Any], Any]] = [
    ("country", {"country": ("DE",)}, lambda n: n % 4 == 0),
    ("two countries", {"country": ("DE", "FR")}, lambda n: True),
    ("region", {"region": ("bretagne",)}, lambda n: n % 4 == 1),
    ("typology", {"typology": ("var",)}, lambda n: n % 5 == 0),
    ("employees", {"employees": (Decimal(3), Decimal(5))}, lambda n: n % 3 and 3 <= n // 6 <= 5),
    ("revenue from", {"revenue": (Decimal(30_000), None)}, lambda n: n % 2 == 0 and n >= 30),
    ("growth in per cent", {"growth": (Decimal(50), None)}, lambda n: n % 7 and n >= 50),
    ("carries", {"vendor": ("nordwall",)}, lambda n: n % 6 == 0),
    ("carries one of", {"vendor": ("nordwall", "orvane")}, lambda n: n % 6 == 0 or n % 10 == 0),
    ("carries nobody known", {"vendor": ("tessel",)}, lambda n: False),
    ("offers", {"offer": ("cloud",)}, lambda n: n % 8 == 0),
    ("partner", {"partner": True}, lambda n: n % 10 == 0),
    ("no partner", {"partner": False}, lambda n: n % 10),
    ("lifecycle", {"lifecycle": ("active",)}, lambda n: n % 20 == 10),
    ("identified", {"lifecycle": ("none",)}, lambda n: n % 10),
    ("identified or candidate", {"lifecycle": ("none", "candidate")}, lambda n: n % 10 or n % 20 == 0),
    ("pair", {"country": ("DE",), "vendor": ("orvane",)}, lambda n: n % 20 == 0),
    ("empty pair", {"region": ("bretagne",), "country": ("DE",)}, lambda n: False),
]


@pytest.mark.parametrize(("filters", "is_in"), [(f, i) for _name, f, i in FILTERS], ids=[name for name, _f, _i in FILTERS])
def test_each_filter_means_the_same_however_it_is_found(
    acting: Actor, universe: list[Company], way: str, filters: dict[str, Any], is_in: Any
) -> None:
    wanted = {c.name for n, c in enumerate(universe) if is_in(n)}
    for sort in ("name", "-employees"):
        page = company_list(actor=acting, filters=filters, sort=sort, limit=60)
        assert {row.name for row in page.rows} == wanted
    assert {c.name for c in company_rows(actor=acting, filters=filters)} == wanted


def test_a_territory_covers_its_areas_and_those_within_it(acting: Actor, universe: list[Company]) -> None:
    west = Territory.objects.create(code="west", name="West")
    brittany = Territory.objects.create(code="brittany", name="Brittany", parent=west)
    TerritoryArea.objects.create(territory=brittany, country="FR", region="Bretagne")
    assert company_list(actor=acting, filters={"territory": ("west",)}).total == 15
    TerritoryArea.objects.create(territory=west, country="DE")
    assert company_list(actor=acting, filters={"territory": ("west",)}).total == 30
    assert company_list(actor=acting, filters={"territory": ("brittany",)}).total == 15
    assert company_list(actor=acting, filters={"territory": ("nowhere",)}).total == 0


@pytest.mark.parametrize("q", ["cote res 0", "CÔTE", "réseaux 01", "res co 0", "c", "01"])
def test_every_word_may_be_begun_without_accents_or_case(acting: Actor, universe: list[Company], way: str, q: str) -> None:
    starts = q.lower().replace("ô", "o").replace("é", "e").split()
    wanted = {c.name for c in universe if all(any(w.startswith(s) for w in c.name_key.split()) for s in starts)}
    assert wanted
    assert {row.name for row in company_list(actor=acting, q=q, limit=60).rows} == wanted


def test_search_treats_wildcards_as_text(acting: Actor, universe: list[Company]) -> None:
    assert company_list(actor=acting, q="zzz%").total == 0
    assert company_list(actor=acting, q="c_te").total == 0


def test_archived_companies_are_only_found_when_asked_for(acting: Actor, universe: list[Company]) -> None:
    Company.objects.filter(pk=universe[0].pk).update(archived_at="2026-01-01T00:00Z")
    assert company_list(actor=acting, limit=5).total == 59
    assert [c.name for c in company_list(actor=acting, filters={"archived": True}).rows] == [universe[0].name]


def test_counts_stop_at_the_cap(acting: Actor, universe: list[Company], monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (long_tables, keyset):
        monkeypatch.setattr(module, "COUNT_CAP", 10)
    page = company_list(actor=acting, filters={"country": ("FR",)}, limit=5)
    assert (page.total, page.capped) == (10, True)
    assert company_counts(actor=acting, asked=[("", {"partner": True}), ("res", {}), ("", {"vendor": ("nobody",)})]) == [
        (6, False),
        (10, True),
        (0, False),
    ]


def test_many_are_not_counted_again_for_a_minute_and_few_always_are(
    acting: Actor, universe: list[Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (long_tables, keyset):
        monkeypatch.setattr(module, "COUNT_CAP", 10)
    many, few = {"country": ("FR",)}, {"partner": True}

    def statements(filters: dict[str, Any], sort: str = "name") -> tuple[list[str], Any]:
        with CaptureQueriesContext(connection) as queries:
            page = company_list(actor=acting, filters=filters, sort=sort, limit=5)
        return [query["sql"] for query in queries if "AS MATERIALIZED" in query["sql"]], page

    counted, before = statements(many, "-employees")
    assert counted
    again, after = statements(many, "-employees")
    assert (again, after.total, after.capped) == ([], 10, True)
    assert [company.pk for company in after.rows] == [company.pk for company in before.rows]
    assert all(statements(few)[0] for _time in range(2))
    other = replace(acting, person_id=uuid4())  # what somebody else saw says nothing of one's own
    with CaptureQueriesContext(connection) as queries:
        company_list(actor=other, filters=many, limit=5)
    assert any("AS MATERIALIZED" in query["sql"] for query in queries)


def test_a_changed_or_foreign_cursor_is_refused(acting: Actor, universe: list[Company]) -> None:
    cursor = company_list(actor=acting, limit=5).next
    for wrong, sort in ((cursor + "x", "name"), ("nonsense", "name"), (cursor, "-name"), (cursor, "employees")):
        with pytest.raises(DomainError) as refusal:
            company_list(actor=acting, cursor=wrong, sort=sort)
        assert refusal.value.field == "cursor"
    with pytest.raises(Invalid):
        company_list(actor=acting, sort="shoe_size")
    with pytest.raises(Invalid):
        company_list(actor=acting, filters={"shoe_size": 1})


def test_the_number_of_queries_does_not_grow_with_the_rows(acting: Actor, universe: list[Company]) -> None:
    counts = []
    for limit in (2, 12):
        with CaptureQueriesContext(connection) as queries:
            company_list(actor=acting, filters={"country": ("FR",)}, sort="-employees", limit=limit)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_website_is_looked_up_in_the_index_of_domains(manager: Actor) -> None:
    with as_system("a test"):
        Company.objects.bulk_create(Company(name=f"C{n}", domain=f"c{n}.example") for n in range(5_000))
    with connections["owner"].cursor() as cursor:  # only the owner may, and the planner of a test database knows it as empty
        cursor.execute("ANALYZE partners_company, partners_companyword")
    rows = narrowed(Company.objects.all(), actor=manager, q="https://www.kerlan.example/", filters={})
    with as_role(manager), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Company.objects.visible_to(manager).filter(pk__in=rows.values("pk")).explain()
    assert "company_domain" in plan, plan
    assert "partners_companyword_pkey" in plan
