"""Each check of the two walls on a wall that is broken on purpose: it tells which, and where, in words that a developer acts on (T1 to T5).

T2 on a product that leaks is in ``test_canaries``, T5 in ``test_two_partners``, T4 with the benchmark ``crossing``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections, models

from prm.access import rowsecurity
from prm.access.actors import Actor, ActorKind
from prm.access.roles import as_role, as_system
from prm.access.rowsecurity import managed_tables
from prm.core.ids import uuid7
from prm.core.scoping import POLICIES
from prm.partners.models import Sale, Site
from tests.access import test_matrix, test_walls
from tests.access.samples import Samples

in_the_database = pytest.mark.django_db


def differences(observed: dict[str, Any], committed: dict[str, Any]) -> str:
    """What the matrix says to these answers."""
    with pytest.raises(AssertionError) as told:
        test_matrix.compare(observed, committed)
    return str(told.value)


def test_t1_tells_an_address_that_is_not_in_the_matrix() -> None:
    committed = json.loads(test_matrix.MATRIX.read_text())
    observed = {**committed, "portal:new /portal/new": {"GET": {"partner_sales": 200}}}
    assert "portal:new /portal/new GET: committed None, now {'partner_sales': 200}" in differences(observed, committed)


def test_t1_tells_an_address_that_is_gone_and_one_that_opened() -> None:
    committed = json.loads(test_matrix.MATRIX.read_text())
    observed = json.loads(json.dumps(committed))
    observed.pop("portal:help /portal/help")
    observed["portal:brand /portal/brand"]["GET"]["partner_sales"] = 200
    told = differences(observed, committed)
    assert "portal:help /portal/help: in the matrix, but no such route" in told
    assert "portal:brand /portal/brand GET: committed" in told


def broken(statement: str) -> list[str]:
    """What start-up would say after the owner ran ``statement``; the test's end takes it back."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)
    return rowsecurity.problems(connections["owner"])


@in_the_database
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ('DROP POLICY prm_portal_rows ON "partners_sale"', "partners_sale (owned) lacks prm_portal_rows"),
        ('ALTER TABLE "partners_sale" DISABLE ROW LEVEL SECURITY', "partners_sale (owned) has no forced row security"),
        ('GRANT SELECT ON "partners_companyfact" TO prm_portal', "prm_portal holds SELECT on partners_companyfact"),
        (
            'ALTER POLICY prm_portal_rows ON "partners_sale" USING (true)',
            "partners_sale (owned): the policy prm_portal_rows is not the one of its class",
        ),
        (
            'CREATE POLICY helpful ON "partners_sale" TO prm_portal USING (true)',
            "partners_sale (owned) has a policy that its class does not give: helpful",
        ),
        ("CREATE VIEW all_sales AS SELECT * FROM partners_sale", "the view all_sales runs with its owner's rights"),
        ("CREATE MATERIALIZED VIEW sums AS SELECT 1; GRANT SELECT ON sums TO prm_portal", "prm_portal holds SELECT on sums"),
        ("CREATE TABLE forgotten (id int); GRANT SELECT ON forgotten TO PUBLIC", "everybody holds SELECT on forgotten"),
        ('GRANT SELECT ON "partners_sale" TO prm_app', "prm_app holds SELECT on partners_sale"),
    ],
)
def test_a_hole_in_the_second_wall_stops_the_start(statement: str, words: str) -> None:
    told = broken(statement)
    assert any(words in text for text in told), told


Hole = Callable[[str], None]


@pytest.fixture
def hole(django_db_setup: None, django_db_blocker: Any) -> Iterator[Hole]:
    """Runs a statement of the owner's before the test's own transaction begins, and mends what it broke after that has ended."""
    owner = connections["owner"]

    def make(statement: str) -> None:
        with django_db_blocker.unblock(), owner.cursor() as cursor:
            cursor.execute(statement)

    yield make
    with django_db_blocker.unblock():
        with owner.cursor() as cursor:
            cursor.execute("REVOKE ALL ON partners_vendor FROM prm_portal")
        rowsecurity.apply(owner)
        owner.close()


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ('ALTER POLICY prm_portal_rows ON "partners_sale" USING (true)', "partners_sale"),
        ('ALTER TABLE "partners_site" DISABLE ROW LEVEL SECURITY', "partners_site"),
        ('GRANT SELECT ON "partners_vendor" TO prm_portal', "partners_vendor"),
    ],
)
def test_t3_tells_the_table_that_lets_strangers_in(
    statement: str, table: str, hole: Hole, request: pytest.FixtureRequest
) -> None:
    hole(statement)
    request.getfixturevalue("db")
    Samples()
    with pytest.raises(AssertionError, match=table):
        test_walls.test_nobody_outside_reads_a_row_that_is_not_theirs(ActorKind.PARTNER, None)


@in_the_database
def test_the_second_wall_holds_when_a_policy_class_forgets_its_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the first when the second is gone: neither check passes because of the other."""
    Samples()
    monkeypatch.setattr(type(POLICIES[Site]), "scope", lambda self, actor, verb: models.Q())
    stranger = Actor(
        kind=ActorKind.PARTNER, partner_id=uuid7(), company_id=uuid7(), permissions=frozenset({"partners.site:view"})
    )
    with as_system("the first wall alone"):
        assert Site.objects.visible_to(stranger).exists()
    with as_role(stranger):
        assert not Site.objects.visible_to(stranger).exists()


@in_the_database
def test_every_table_is_known_to_these_checks() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')")
        there = {row[0] for row in cursor.fetchall()}
    assert there == {table.name for table in managed_tables()}
    assert Sale._meta.db_table in there
