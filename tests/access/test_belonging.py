"""What belongs to a partner points to what belongs to it: on every table, by the database, whoever writes."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, models, transaction

from prm.access import belonging, rowsecurity
from prm.access.actors import Actor, Role
from prm.access.belonging import Bond, bonds, bonds_of
from prm.access.checks import every_table_has_a_class_and_a_policy
from prm.access.roles import as_role, as_system
from prm.access.rowsecurity import managed_tables
from prm.accounts.models import Person
from prm.core.ids import uuid7
from prm.core.tables import Whose
from prm.events.models import OutboxEvent, PersonalPayload
from prm.notifications.models import DigestTime, Notification, Preference
from prm.partners.models import Company, FactProposal, Partner
from tests.access.samples import Samples
from tests.conftest import PartnersSide

pytestmark = pytest.mark.django_db
BONDS = list(bonds())
HELD = [bond for bond in BONDS if not bond.reason]


def named(bond: Bond) -> str:
    return f"{bond.table}.{bond.column}"


@pytest.fixture
def two(partners_side: PartnersSide) -> tuple[Actor, Actor]:
    """Somebody of each of two competitors."""
    return partners_side.member(partners_side.kerlan), partners_side.member(partners_side.nordisk, Role.PARTNER_SALES)


def test_every_key_between_tables_with_a_partner_is_held_or_says_why_not() -> None:
    """Read from the catalogue, not from the declarations: a table that no model shows would be found too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.conrelid::regclass::text, a.attname FROM pg_constraint c"
            " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
            " WHERE c.contype = 'f' AND cardinality(c.conkey) = 1 AND a.attname <> 'partner_id'"
            " AND EXISTS (SELECT 1 FROM pg_attribute p WHERE p.attrelid = c.conrelid AND p.attname = 'partner_id')"
            " AND EXISTS (SELECT 1 FROM pg_attribute p WHERE p.attrelid = c.confrelid AND p.attname = 'partner_id')"
        )
        standing = {f"{table}.{column}" for table, column in cursor.fetchall()}
    # A partner's own row carries no partner_id: its id is it.
    assert standing | {"partners_partner.account_manager_id", "partners_partner.merged_into_id"} == {named(b) for b in BONDS}
    assert all(len(bond.reason.split()) > 5 for bond in BONDS if bond.reason)
    assert belonging.problems(connection) == []


def test_no_row_of_any_table_is_turned_to_another_partners(partners_side: PartnersSide) -> None:
    """As the product itself, which row security lets everywhere: the row of one partner names one of the other, or goes over to it."""
    Samples()
    member = partners_side.member(partners_side.nordisk)
    for bond in HELD:
        if bond.table == OutboxEvent._meta.db_table:
            continue  # nothing of it changes at all; the next test adds to it
        column, key = (bond.column, member.person_id) if bond.to == "accounts_person" else (bond.partner, member.partner_id)
        with pytest.raises(DatabaseError, match=r"same_partner|names no row that may stand there"):
            turn(bond, column, key)


def turn(bond: Bond, column: str, key: UUID | None) -> None:
    """Writes ``key`` into a row of somebody else's, and asks the database for what it would ask at the end of the transaction."""
    with as_system("a test"), transaction.atomic(), connection.cursor() as cursor:
        its = f'SELECT id FROM "{bond.table}" WHERE {bond.column} IS NOT NULL AND {bond.partner} IS DISTINCT FROM %s LIMIT 1'
        if column == bond.column:  # what names nobody yet may be made to
            its = its.replace(f"{bond.column} IS NOT NULL", "true")
        cursor.execute(f'UPDATE "{bond.table}" SET {column} = %s WHERE id = ({its})', [key, key])
        assert cursor.rowcount == 1, f"no row in {bond.table}"
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_event_carries_no_words_kept_for_another_partner(two: tuple[Actor, Actor]) -> None:
    mine, theirs = two
    with as_system("a test"):
        kept = PersonalPayload.objects.create(partner_id=theirs.partner_id, data={}, salt=b"0")
    with as_role(mine), pytest.raises(DatabaseError, match="same_partner"), transaction.atomic():
        OutboxEvent.objects.bulk_create(
            [
                OutboxEvent(
                    type="a.b",
                    actor_kind="partner",
                    partner_id=mine.partner_id,
                    subject_type="x",
                    subject_id=uuid7(),
                    personal=kept,
                )
            ]
        )


HOSTILE = {
    Preference: {"kind": "partner_moved", "channel": "off"},
    DigestTime: {"zone": "Europe/Paris"},
}


@pytest.mark.parametrize("model", list(HOSTILE), ids=lambda model: model.__name__)
def test_a_partner_writes_no_wish_for_somebody_of_another(model: type[models.Model], two: tuple[Actor, Actor]) -> None:
    """Row security saw a row of one's own; whom it spoke for nobody asked: mails of a competitor's people could be switched off."""
    mine, theirs = two
    with as_role(mine), pytest.raises(DatabaseError, match="same_partner"), transaction.atomic():
        model._default_manager.create(partner_id=mine.partner_id, person_id=theirs.person_id, **HOSTILE[model])
    with as_role(mine):
        made = model._default_manager.create(partner_id=mine.partner_id, person_id=mine.person_id, **HOSTILE[model])
        with pytest.raises(DatabaseError, match="same_partner"), transaction.atomic():
            model._default_manager.filter(pk=made.pk).update(person_id=theirs.person_id)


def test_the_refusal_does_not_tell_whether_there_is_such_a_person(two: tuple[Actor, Actor]) -> None:
    mine, theirs = two
    told = set()
    for key in (theirs.person_id, uuid7()):
        with as_role(mine), pytest.raises(DatabaseError) as refused, transaction.atomic():
            Preference.objects.create(partner_id=mine.partner_id, person_id=key, kind="partner_moved", channel="off")
        told.add(str(refused.value).replace(str(key), "…"))
    assert len(told) == 1


def test_a_partner_proposes_nothing_in_the_name_of_somebody_else(two: tuple[Actor, Actor]) -> None:
    mine, theirs = two
    with as_system("a test"):
        company_id = Partner.objects.get(pk=mine.partner_id).company_id
    proposal = {
        "partner_id": mine.partner_id, "company_id": company_id, "field": "employees", "value": 4, "as_of": "2026-01-01",
        "source_kind": "partner", "source_name": "x", "source_key": "x",
    }  # fmt: skip
    told = set()
    for key in (theirs.person_id, uuid7()):
        with as_role(mine), pytest.raises(DatabaseError, match="names no row") as refused, transaction.atomic():
            FactProposal.objects.create(**proposal, proposed_by_id=key)
        told.add(str(refused.value).splitlines()[0])
    assert len(told) == 1
    with as_role(mine):
        FactProposal.objects.create(**proposal, proposed_by_id=mine.person_id)
        with pytest.raises(DatabaseError, match="names no row"), transaction.atomic():
            FactProposal.objects.update(decided_by_id=mine.person_id)


def test_what_the_vendor_is_told_is_for_the_vendors_people(two: tuple[Actor, Actor]) -> None:
    """A key says nothing of a row without a partner: so the trigger beside it does."""
    with as_system("a test"), pytest.raises(DatabaseError, match="names no row"), transaction.atomic():
        Notification.objects.create(
            partner_id=None,
            person_id=two[0].person_id,
            kind="jobs.done",
            channel="in_app",
            subject_type="job",
            subject_id=uuid7(),
        )


def test_somebodys_partner_does_not_change_below_what_names_them(two: tuple[Actor, Actor]) -> None:
    mine, theirs = two
    with as_system("a test"), pytest.raises(DatabaseError, match="stays with its partner"), transaction.atomic():
        Person.objects.filter(pk=mine.person_id).update(partner_id=theirs.partner_id)


def broken(statement: str) -> list[str]:
    """What start-up would say after the owner ran ``statement``; the test's end takes it back."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)
    return rowsecurity.problems(connections["owner"])


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            'ALTER TABLE notifications_preference DROP CONSTRAINT "notifications_preference_person_id_same_partner"',
            "notifications_preference.person_id may name another partner's row: its composite key",
        ),
        (
            "ALTER TABLE questionnaires_answer DROP CONSTRAINT answer_same_partner",
            "questionnaires_answer.invitation_id may name",
        ),
        (
            "ALTER TABLE partners_factproposal DISABLE TRIGGER partners_factproposal_proposed_by_id_same_partner",
            "partners_factproposal.proposed_by_id may name another partner's row: its trigger",
        ),
        (
            "CREATE OR REPLACE FUNCTION partners_partner_account_manager_id_same_partner() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RETURN NULL; END'",
            "partners_partner.account_manager_id may name another partner's row: its trigger",
        ),
    ],
)
def test_a_bond_that_was_loosened_stops_the_start_and_comes_back_with_the_next_migrate(statement: str, words: str) -> None:
    told = broken(statement)
    assert any(words in text for text in told), told
    rowsecurity.apply(connections["owner"])
    assert belonging.problems(connections["owner"]) == []


def test_rows_that_a_rule_forbids_stop_the_migration_and_are_not_hidden() -> None:
    """Alone in the database: rows that the application's connection has written would keep the owner waiting for their tables."""
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(
            'ALTER TABLE notifications_preference DROP CONSTRAINT "notifications_preference_person_id_same_partner"'
        )
        cursor.execute(
            "DROP TRIGGER notifications_preference_person_id_same_partner ON notifications_preference;"
            " INSERT INTO accounts_organisation (partner_id, company_id, name, door)"
            " VALUES (gen_random_uuid(), gen_random_uuid(), 'x', 'partner');"
            " INSERT INTO accounts_person (id, created_at, updated_at, partner_id, name, name_key, email, title, phone)"
            " SELECT gen_random_uuid(), now(), now(), partner_id, 'x', 'x', '', '', '' FROM accounts_organisation WHERE name = 'x';"
            " INSERT INTO notifications_preference (id, created_at, updated_at, partner_id, person_id, kind, channel)"
            " SELECT gen_random_uuid(), now(), now(), gen_random_uuid(), id, 'a', 'off' FROM accounts_person WHERE name = 'x';"
            " SET CONSTRAINTS ALL IMMEDIATE"
        )
    with pytest.raises(IntegrityError, match=r"violates foreign key .*same_partner"):
        belonging.apply(owner)


def test_a_model_that_forgets_to_say_why_it_names_another_partner_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Partner, "points_anywhere")
    assert [error.id for error in every_table_has_a_class_and_a_policy()] == ["access.E005"]


def test_a_declaration_for_a_field_that_points_nowhere_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Company, "table_class", Partner.table_class)
    monkeypatch.setattr(Preference, "points_to", {"channel": Whose.EITHER}, raising=False)
    with pytest.raises(LookupError, match="declares channel"):
        bonds_of(Preference)


def test_a_bond_not_declared_otherwise_is_the_strictest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(FactProposal, "points_to")
    assert {bond.whose for bond in bonds_of(FactProposal)} == {Whose.OWN}
    assert OutboxEvent._meta.db_table in {bond.table for bond in BONDS}
    assert {bond.table for bond in BONDS} <= {table.name for table in managed_tables()}
