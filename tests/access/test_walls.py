"""T3: straight SQL under each database role, on every table that exists (TRUST.md)."""

import pytest
from django.db import DatabaseError, ProgrammingError, connection, connections

from prm.access.actors import Actor, ActorKind
from prm.access.roles import as_role, as_system
from prm.access.rowsecurity import managed_tables
from prm.accounts.models import Person
from prm.core.ids import uuid7
from prm.core.tables import TableClass

pytestmark = pytest.mark.django_db

TABLES = list(managed_tables())
OUTSIDERS = [ActorKind.PARTNER, ActorKind.CANDIDATE, ActorKind.SPECIALIST, ActorKind.ANONYMOUS]


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("kind", OUTSIDERS)
def test_nobody_outside_reads_a_private_table(kind: ActorKind) -> None:
    readable = []
    for table, table_class in TABLES:
        if table_class is TableClass.INFRASTRUCTURE:
            continue
        try:
            with as_role(Actor(kind=kind, partner_id=uuid7())):
                rows = count(table)
        except ProgrammingError:  # permission denied
            continue
        # An owned table answers, with the rows of that partner alone: this one has none.
        readable.append((table, table_class, rows))
    assert all(table_class is TableClass.OWNED and rows == 0 for _table, table_class, rows in readable), readable


@pytest.mark.parametrize("verb", ["INSERT INTO {} DEFAULT VALUES", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}"])
def test_nobody_outside_writes_a_vendors_table(verb: str) -> None:
    for table, table_class in TABLES:
        if table_class is TableClass.OWNED:
            continue
        with (
            pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
            as_role(Actor(kind=ActorKind.PARTNER, partner_id=uuid7())),
            connection.cursor() as cursor,
        ):
            cursor.execute(verb.format(f'"{table}"'))


def test_the_vendor_reaches_every_domain_table_and_no_identity_table() -> None:
    for table, table_class in TABLES:
        if table_class is TableClass.IDENTITY:
            with pytest.raises(DatabaseError, match="permission denied"), as_role(Actor(kind=ActorKind.VENDOR)):
                count(table)
        else:
            with as_role(Actor(kind=ActorKind.VENDOR)):
                assert count(table) >= 0


@pytest.mark.parametrize("kind", list(ActorKind))
def test_nobody_counts_with_a_tables_sequence(kind: ActorKind) -> None:
    """How many rows a table has had is told by its sequence, and drawing numbers leaves gaps in it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname || '.' || sequencename FROM pg_sequences WHERE schemaname = 'public'")
        sequences = [row[0] for row in cursor.fetchall()]
    assert sequences
    for name in sequences:
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            as_role(Actor(kind=kind, partner_id=uuid7())),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT nextval(%s)", [name])


def test_the_owner_sees_rows_under_forced_row_security() -> None:
    """FORCE without a policy for the owner was measured to hide every row from data migrations and dumps."""

    with as_system("a test"):
        Person.objects.create(name="Kerlan")
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_policies WHERE 'prm_owner' = ANY(roles) AND qual = 'true'")
        private = {t for t, c in TABLES if c not in {TableClass.IDENTITY, TableClass.INFRASTRUCTURE}}
        assert private <= {row[0] for row in cursor.fetchall()}
