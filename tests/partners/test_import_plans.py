"""How imports look records up: from the row at hand through an index, whatever the planner believes of the tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from prm.imports.runner import matching
from prm.imports.runner.staging import ROW_BY_ROW, Chunk, planned
from prm.partners.models import Company

pytestmark = pytest.mark.django_db

COMPANIES = (
    "Account ID,Company,Country,Website,Registration number\n"
    "A1,Kerlan Systèmes,France,kerlan.example,812 404 117\nA2,Isère Cloud,France,isere.example,\n"
)
SITES = "Account ID,City,Street,Country,Latitude,Longitude\nA1,Brest,1 quai de la Douane,France,48.38,-4.49\n"
SALES = (
    "Order number,Order line,Partner,Product,Date,Quantity,Amount,Currency\n"
    "O1,1,A1,P1,2026-01-12,2,1200,EUR\nO2,1,A2,P1,2026-01-13,1,600,EUR\n"
)
PRODUCTS = "Product code,Product name\nP1,Firewall\n"
TABLES = ("company", "companyexternalid", "partner", "product", "sale", "site")


@pytest.fixture
def counted_while_empty() -> Iterator[None]:
    """What autovacuum does on a new installation; taken back afterwards, since other tests share the tables."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(f"partners_{name}" for name in TABLES))
        yield
        for name in TABLES:
            cursor.execute("SELECT pg_clear_relation_stats('public', %s)", [f"partners_{name}"])


def scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "Relation Name" in plan:
        yield plan
    for part in plan.get("Plans", ()):
        yield from scans(part)


@pytest.mark.usefixtures("counted_while_empty")
@pytest.mark.parametrize(("target", "text"), [("companies", COMPANIES), ("sites", SITES), ("sales", SALES)])
def test_records_are_met_by_an_index_even_where_tables_were_counted_while_empty(
    bring: Any, monkeypatch: pytest.MonkeyPatch, target: str, text: str
) -> None:
    """50,000 order lines after the resellers of the same day went through all resellers for each line, for want of this."""
    plans: list[dict[str, Any]] = []
    look_up = matching._look_up

    def watched(chunk: Chunk, found: str) -> Any:
        with planned(ROW_BY_ROW):
            plans.append(chunk.fetch(f"EXPLAIN (FORMAT JSON) SELECT * FROM ({found}) f(row_no, id)")[0][0][0]["Plan"])
        return look_up(chunk, found)

    monkeypatch.setattr(matching, "_look_up", watched)
    bring(target, text)
    found = [scan for plan in plans for scan in scans(plan) if not scan["Relation Name"].startswith("import_")]
    assert found
    assert [scan for scan in found if "Index Cond" not in scan] == []


@pytest.mark.usefixtures("counted_while_empty")
@pytest.mark.parametrize(("target", "text"), [("companies", COMPANIES), ("sales", SALES)])
def test_records_are_changed_in_time_that_follows_the_rows_whatever_the_planner_believes(
    bring: Any, monkeypatch: pytest.MonkeyPatch, target: str, text: str
) -> None:
    """20,000 known companies took three minutes to change: for each, all that the chunk had changed were gone through."""
    for name, known in (("resellers", COMPANIES), ("products", PRODUCTS), (target, text)):
        bring(name, known)
    plans: list[tuple[str, dict[str, Any]]] = []
    execute = Chunk.execute

    def watched(chunk: Chunk, sql: str, params: Any = None) -> int:
        if sql.startswith(("UPDATE", "INSERT INTO imports_importbefore")):
            plans.append((sql, chunk.fetch(f"EXPLAIN (FORMAT JSON) {sql}", params)[0][0][0]["Plan"]))
        return execute(chunk, sql, params)

    monkeypatch.setattr(Chunk, "execute", watched)
    changed = {"companies": ("kerlan.example", "kerlan.test"), "sales": ("1200", "1300")}[target]
    bring(target, text.replace(*changed))
    changes = [plan for sql, plan in plans if sql.startswith('UPDATE "partners_')]
    kept = [plan for sql, plan in plans if sql.startswith("INSERT")]
    assert changes
    assert [part for plan in changes for part in parts(plan) if part["Node Type"] == "Nested Loop"] == []
    found = [scan for plan in kept for scan in scans(plan) if scan["Relation Name"].startswith("partners_")]
    assert found
    assert [scan for scan in found if "Index Cond" not in scan] == []


def parts(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from parts(part)


@pytest.mark.usefixtures("counted_while_empty", "as_system")
def test_what_points_to_a_record_that_goes_is_met_by_an_index(bring: Any, take_back: Any) -> None:
    """The connection planned these checks while the tables were small; taking 30,000 rows back stood still for minutes."""
    bring("sites", SITES)
    with connections["default"].cursor() as cursor:
        Company.objects.create(name="Gone")
        Company.objects.filter(name="Gone").delete()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the checks that wait for the commit run, and are planned
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        batch = bring("companies", COMPANIES)
        before = read_whole(cursor)
        take_back(batch)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert read_whole(cursor) == before


@pytest.mark.parametrize("counted", ["never", "while empty", "whole"])
def test_words_of_companies_that_go_are_met_by_their_whole_key(bring: Any, sql: Any, counted: str) -> None:
    """Looked up by the company alone, all words were gone through for each: taking 5,000 companies back took a minute and a half."""
    if counted == "while empty":
        analyze_words()
    bring("companies", "Company,Country\n" + "".join(f"Kerlan {n % 7} Systèmes {n},FR\n" for n in range(400)))
    [(body, settings)] = sql("SELECT prosrc, proconfig FROM pg_proc WHERE proname = 'partners_company_words_delete'")
    if counted == "whole":
        analyze_words()
    statement = body[body.index("DELETE") : body.index(";")]
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE old_rows AS SELECT * FROM partners_company")
        for name, value in (setting.split("=") for setting in settings):
            cursor.execute(f"SET {name} = {value}")
        try:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}")
            plan = cursor.fetchone()[0][0]["Plan"]
        finally:
            cursor.execute("DROP TABLE old_rows; RESET ALL")
    # The index is read alone or through a bitmap, as the planner's figures of the day have it.
    [scan] = [part for part in parts(plan) if part.get("Index Name", "").startswith("partners_companyword")]
    assert "(word)::text = " in scan["Index Cond"]
    assert "company_id = " in scan["Index Cond"]
    assert ["TID Cond" in part for part in parts(plan) if part["Node Type"] == "Tid Scan"] == [True]


def analyze_words() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE partners_companyword")


def read_whole(cursor: Any) -> dict[str, int]:
    """How often this transaction read each table that points to companies from its beginning to its end."""
    cursor.execute(
        "SELECT relname, seq_scan FROM pg_stat_xact_user_tables WHERE relname LIKE 'partners_%' AND relname <> 'partners_company'"
    )
    return dict(cursor.fetchall())
