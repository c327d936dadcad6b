"""Wall 2 is generated from table classes and read back from the catalogue."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from prm.access import rowsecurity
from prm.access.actors import Actor, ActorKind, Role, anonymous_actor
from prm.access.checks import every_table_has_a_class_and_a_policy
from prm.access.roles import as_sign_in, is_in_role
from prm.accounts.models import ApiKey, Invitation, Membership, Organisation, Person
from prm.core.scoping import POLICIES
from prm.core.tables import TableClass
from prm.partners.models import Company, CompanyFact, Industry, Partner, Sale
from tests.conftest import PartnersSide

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


def test_a_role_of_outsiders_that_can_make_temporary_tables_is_told() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_database())")
        cursor.execute(f"GRANT TEMPORARY ON DATABASE {cursor.fetchone()[0]} TO prm_portal")
    assert any(text.startswith("prm_portal can make temporary") for text in rowsecurity.problems(connections["owner"]))


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


@pytest.fixture
def invitations(partners_side: PartnersSide) -> dict[str, Invitation]:
    """An open invitation to each of two partners and to the vendor's side; somebody works at both partners."""
    for partner in (partners_side.kerlan, partners_side.nordisk):
        partners_side.member(partner, Role.PARTNER_SALES)
    with as_sign_in():
        return {
            name: Invitation.objects.create(
                email=f"{name}@example.org", name=name, roles=[role], digest=name, partner_id=place,
                sent_at=timezone.now(), expires_at=timezone.now() + timedelta(days=7),
            )
            for name, role, place in [
                ("kerlan", Role.PARTNER_SALES, partners_side.kerlan.pk),
                ("nordisk", Role.PARTNER_SALES, partners_side.nordisk.pk),
                ("vendor", Role.MANAGER, None),
            ]
        }  # fmt: skip


def test_on_behalf_of_a_partner_the_login_reaches_what_is_of_that_partner_only(
    partners_side: PartnersSide, invitations: dict[str, Invitation]
) -> None:
    with as_sign_in():
        assert {row.name for row in Invitation.objects.all()} == {"kerlan", "nordisk", "vendor"}
    actor = partners_side.member(partners_side.kerlan, Role.PARTNER_ADMINISTRATOR)
    with as_sign_in(actor):
        assert [row.name for row in Invitation.objects.all()] == ["kerlan"]
        assert Invitation.objects.filter(pk=invitations["nordisk"].pk).update(revoked_at=timezone.now()) == 0
        assert {row.partner_id for row in Membership.objects.all()} == {actor.partner_id}
        assert [row.partner_id for row in Organisation.objects.all()] == [actor.partner_id]
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Membership.objects.create(
                user_id=actor.user_id, role=Role.PARTNER_ADMINISTRATOR, partner_id=partners_side.nordisk.pk
            )


def test_the_vendor_reaches_all_of_it_and_an_outsider_without_a_place_nothing(
    manager: Actor, invitations: dict[str, Invitation]
) -> None:
    with as_sign_in(manager):
        assert Invitation.objects.count() == 3
    for outsider in (Actor(kind=ActorKind.SPECIALIST), anonymous_actor()):
        with as_sign_in(outsider):
            assert not Invitation.objects.exists()
            assert not Membership.objects.exists()
            assert not ApiKey.objects.exists()


def test_the_place_of_a_reader_ends_with_its_block(partners_side: PartnersSide, invitations: dict[str, Invitation]) -> None:
    actor = partners_side.member(partners_side.kerlan, Role.PARTNER_ADMINISTRATOR)
    with as_sign_in():
        with as_sign_in(actor):
            assert Invitation.objects.count() == 1
        assert Invitation.objects.count() == 3
        assert not is_in_role()
