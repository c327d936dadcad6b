"""The first search after a large import: each range of words is read once, whatever the planner still believes of the words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.partners.selectors.companies import company_list

pytestmark = pytest.mark.django_db

MANY = 600


@pytest.fixture
def counted_before() -> Iterator[None]:
    """The planner's view of a moment at which none of the words was there; taken back afterwards, since other tests share the tables."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE partners_company, partners_companyword")
        yield
        for name in ("company", "companyword"):
            cursor.execute("SELECT pg_clear_relation_stats('public', %s)", [f"partners_{name}"])


@pytest.fixture
def imported(counted_before: None, bring: Any) -> None:
    rows = "".join(f"S{n},Stau bd346d {n},{'France' if n % 2 else 'Germany'}\n" for n in range(MANY))
    assert bring("companies", f"Account ID,Company,Country\n{rows}").created == MANY


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize(
    ("q", "filters", "total"),
    [
        ("Stau bd346d", {}, MANY),
        ("Stau bd346d 1", {}, 111),
        ("Stau bd346d", {"country": ("FR",)}, MANY // 2),
        ("Stau bd346d", {"country": ("FR",), "partner": False}, MANY // 2),
    ],
)  # fmt: skip
def test_many_new_companies_with_the_same_words_are_found_by_reading_each_range_of_words_once(
    manager: Actor, q: str, filters: dict[str, Any], total: int
) -> None:
    """20,000 rows that began alike: each was looked for through all words of the others, and the search was given up after 30 seconds."""
    plans: list[dict[str, Any]] = []

    def explained(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "MATERIALIZED" in sql:
            before, _with, rest = sql.partition("WITH c AS")
            execute(f"{before}EXPLAIN (ANALYZE, FORMAT JSON) WITH c AS{rest}", params, many, context)
            plans.extend(part["Plan"] for part in context["cursor"].fetchone()[0])
        return execute(sql, params, many, context)

    with as_role(manager), connection.cursor() as cursor, connection.execute_wrapper(explained):
        cursor.execute("SET LOCAL statement_timeout = '30s'")
        assert company_list(actor=manager, q=q, filters=filters, limit=1).total == total
    ranges = [scan for plan in plans for scan in scans(plan) if scan["Relation Name"] == "partners_companyword"]
    assert len(ranges) == len(q.split())
    assert [scan["Actual Loops"] for scan in ranges] == [1] * len(ranges)


def scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "Relation Name" in plan:
        yield plan
    for part in plan.get("Plans", ()):
        yield from scans(part)
