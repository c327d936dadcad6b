"""Wall 2 is generated from table classes and read back from the catalogue."""

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from prm.access import rowsecurity
from prm.access.checks import every_table_has_a_class_and_a_policy
from prm.accounts.models import Person
from prm.core.scoping import POLICIES
from prm.core.tables import TableClass

pytestmark = pytest.mark.django_db


def test_the_database_has_no_problem() -> None:
    assert rowsecurity.problems(connection) == []


def test_a_table_without_its_policy_is_told() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute('DROP POLICY prm_vendor_rows ON "accounts_person"')
        assert any("accounts_person" in text for text in rowsecurity.problems(connections["owner"]))


def test_a_table_without_forced_row_security_is_told() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute('ALTER TABLE "accounts_person" NO FORCE ROW LEVEL SECURITY')
        assert any("no forced row security" in text for text in rowsecurity.problems(connections["owner"]))


def test_a_superuser_login_would_be_told() -> None:
    problems = rowsecurity.problems(connections["owner"])
    assert any("prm_owner owns accounts_person" in text for text in problems)


def test_a_model_without_a_policy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert every_table_has_a_class_and_a_policy() == []
    monkeypatch.delitem(POLICIES, Person)
    assert [error.id for error in every_table_has_a_class_and_a_policy()] == ["access.E002"]


def test_a_model_without_a_table_class_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Person, "table_class")
    assert "access.E001" in [error.id for error in every_table_has_a_class_and_a_policy()]


def test_an_owned_table_gives_the_portal_its_own_rows_only() -> None:
    sql = "\n".join(rowsecurity.statements("deal", TableClass.OWNED))
    assert 'CREATE POLICY "prm_portal_rows" ON "deal" TO prm_portal USING (partner_id =' in sql
    assert "prm_guest" not in sql.replace('"prm_guest_rows"', "").split("FROM PUBLIC", 1)[1].split("\n", 1)[1]


def test_applying_again_changes_nothing() -> None:
    with CaptureQueriesContext(connections["owner"]):
        rowsecurity.apply(connections["owner"])
    assert rowsecurity.problems(connection) == []
