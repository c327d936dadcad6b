"""How imports look records up: from the row at hand through an index, whatever the planner believes of the tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from prm.imports import matching
from prm.imports.staging import Chunk

pytestmark = pytest.mark.django_db

COMPANIES = (
    "Account ID,Company,Country,Website,Registration number\n"
    "A1,Kerlan Systèmes,France,kerlan.example,812 404 117\nA2,Isère Cloud,France,isere.example,\n"
)
SITES = "Account ID,City,Street,Country\nA1,Brest,1 quai de la Douane,France\n"
SALES = (
    "Order number,Order line,Partner,Product,Date,Quantity,Amount,Currency\n"
    "O1,1,A1,P1,2026-01-12,2,1200,EUR\nO2,1,A2,P1,2026-01-13,1,600,EUR\n"
)


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
        with matching.index_lookups(chunk):
            plans.append(chunk.fetch(f"EXPLAIN (FORMAT JSON) SELECT * FROM ({found}) f(row_no, id)")[0][0][0]["Plan"])
        return look_up(chunk, found)

    monkeypatch.setattr(matching, "_look_up", watched)
    bring(target, text)
    found = [scan for plan in plans for scan in scans(plan) if not scan["Relation Name"].startswith("import_")]
    assert found
    assert [scan for scan in found if "Index Cond" not in scan] == []
