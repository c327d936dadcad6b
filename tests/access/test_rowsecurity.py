"""Wall 2 is generated from table classes and read back from the catalogue."""

import pytest
from django.db import connection, connections

from prm.access import rowsecurity
from prm.access.checks import every_table_has_a_class_and_a_policy
from prm.accounts.models import Person
from prm.core.scoping import POLICIES
from prm.core.tables import TableClass
from prm.partners.models import Company, CompanyFact, Industry, Partner, Sale

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


def test_a_right_that_somebody_gave_by_hand_is_told() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute('GRANT DELETE ON "partners_company" TO prm_portal')
        assert "prm_portal holds DELETE on partners_company, which its class does not give" in rowsecurity.problems(
            connections["owner"]
        )


def test_an_owned_table_gives_the_portal_its_own_rows_only_and_to_read() -> None:
    rules = rowsecurity.rules_of(Sale)
    assert rules["prm_portal"].rows.startswith("partner_id = (select nullif(current_setting('prm.partner'")
    assert rules["prm_portal"].verbs == "SELECT"
    assert set(rules) == {"prm_owner", "prm_system", "prm_vendor", "prm_portal"}


def test_a_partners_own_row_is_found_by_its_key_and_its_company_by_the_companys() -> None:
    assert rowsecurity.rules_of(Partner)["prm_portal"].rows.startswith("id = (select nullif(current_setting('prm.partner'")
    assert rowsecurity.rules_of(Company)["prm_portal"].rows.startswith("id = (select nullif(current_setting('prm.company'")
    assert "prm_portal" not in rowsecurity.rules_of(CompanyFact), "what others said of a company is the vendor's"


def test_words_of_the_trade_are_read_by_everybody_who_is_signed_in() -> None:
    rules = rowsecurity.rules_of(Industry)
    assert (rules["prm_portal"], rules["prm_guest"]) == (rowsecurity.Rule("true", "SELECT"),) * 2
    assert "prm_public" not in rules


def test_a_published_table_without_an_audience_cannot_be_made() -> None:
    class Leaflet:
        _meta = Sale._meta
        table_class = TableClass.PUBLISHED

    with pytest.raises(LookupError, match="neither audience nor members"):
        rowsecurity.rules_of(Leaflet)  # type: ignore[arg-type]


def test_applying_again_changes_nothing() -> None:
    owner = connections["owner"]

    def stands() -> list[tuple[object, ...]]:
        with owner.cursor() as cursor:
            cursor.execute("SELECT tablename, policyname, roles, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2")
            policies = cursor.fetchall()
            cursor.execute(
                "SELECT relname, ARRAY(SELECT a::text FROM unnest(relacl) a ORDER BY 1), relrowsecurity, relforcerowsecurity"
                " FROM pg_class WHERE relkind = 'r' ORDER BY 1"
            )
            return policies + cursor.fetchall()

    before = stands()
    rowsecurity.apply(owner)
    assert stands() == before
    assert [text for text in rowsecurity.problems(owner) if " owns " not in text] == []
