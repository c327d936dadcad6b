"""T3: straight SQL under each database role, on every table that exists."""

import pytest
from django.db import DatabaseError, ProgrammingError, connection, connections

from prm.access.actors import Actor, ActorKind
from prm.access.roles import DATABASE_ROLE, as_role, as_sign_in, as_system
from prm.access.rowsecurity import Table, managed_tables
from prm.accounts.models import Person
from prm.core.ids import uuid7
from prm.core.tables import TableClass
from tests.access.samples import Samples

pytestmark = pytest.mark.django_db

TABLES = list(managed_tables())
OUTSIDERS = [ActorKind.PARTNER, ActorKind.CANDIDATE, ActorKind.SPECIALIST, ActorKind.ANONYMOUS]
VERBS = {
    "SELECT": "SELECT count(*) FROM {}",
    "INSERT": "INSERT INTO {} DEFAULT VALUES",
    "DELETE": "DELETE FROM {}",
    "TRUNCATE": "TRUNCATE {}",
    "DROP": "DROP TABLE {}",
}


@pytest.fixture
def everything(db: None) -> None:
    """A row in every table that partners reach."""
    Samples()


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return int(cursor.fetchone()[0])


def stranger(kind: ActorKind) -> Actor:
    """Somebody of a partner, company and study that there are not."""
    return Actor(kind=kind, partner_id=uuid7(), company_id=uuid7(), study_ids=(uuid7(),))


def given(table: Table, kind: ActorKind) -> set[str]:
    """The verbs that the class of a table gives to a kind of actor."""
    rule = table.rules.get(DATABASE_ROLE[kind])
    return set(rule.verbs.split(", ")) if rule else set()


def test_every_table_that_partners_reach_has_a_row_in_these_tests(everything: None) -> None:
    """Else a table without a row would pass whatever its policy says."""
    reached = [table.name for table in TABLES if "prm_portal" in table.rules and table.kind is not TableClass.REFERENCE]
    with as_system("a test"):
        assert [name for name in reached if not count(name)] == []


@pytest.mark.parametrize("kind", OUTSIDERS)
def test_nobody_outside_reads_a_row_that_is_not_theirs(kind: ActorKind, everything: None) -> None:
    readable = []
    for table in TABLES:
        if table.kind in {TableClass.INFRASTRUCTURE, TableClass.REFERENCE}:
            continue
        try:
            with as_role(stranger(kind)):
                rows = count(table.name)
        except ProgrammingError:  # permission denied
            assert "SELECT" not in given(table, kind), table.name
            continue
        readable.append((table.name, rows))
        assert "SELECT" in given(table, kind), table.name
    assert [name for name, rows in readable if rows] == []
    assert kind is ActorKind.ANONYMOUS or kind is ActorKind.SPECIALIST or readable


@pytest.mark.parametrize("verb", ["INSERT", "DELETE", "TRUNCATE", "DROP"])
@pytest.mark.parametrize("kind", [ActorKind.PARTNER, ActorKind.SPECIALIST, ActorKind.ANONYMOUS])
def test_nobody_outside_writes_what_a_class_does_not_give(kind: ActorKind, verb: str) -> None:
    for table in TABLES:
        if verb in given(table, kind):
            continue
        with (
            pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
            as_role(stranger(kind)),
            connection.cursor() as cursor,
        ):
            cursor.execute(VERBS[verb].format(f'"{table.name}"'))


def test_the_vendor_reaches_every_domain_table_and_no_identity_table() -> None:
    for table in TABLES:
        if table.kind is TableClass.IDENTITY:
            with pytest.raises(DatabaseError, match="permission denied"), as_role(Actor(kind=ActorKind.VENDOR)):
                count(table.name)
        else:
            with as_role(Actor(kind=ActorKind.VENDOR)):
                assert count(table.name) >= 0


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
            as_role(stranger(kind)),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT nextval(%s)", [name])


def test_the_owner_sees_rows_under_forced_row_security() -> None:
    """FORCE without a policy for the owner was measured to hide every row from data migrations and dumps."""

    with as_system("a test"):
        Person.objects.create(name="Kerlan")
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_policies WHERE 'prm_owner' = ANY(roles) AND qual = 'true'")
        assert {table.name for table in TABLES if table.is_secured} <= {row[0] for row in cursor.fetchall()}


@pytest.mark.parametrize("kind", OUTSIDERS)
def test_nobody_outside_makes_a_table_that_hides_another(kind: ActorKind) -> None:
    """A temporary table stands before all others of its name, and stays with a connection that serves somebody else next."""
    denied = pytest.raises(ProgrammingError, match="permission denied to create temporary tables")
    with denied, as_role(stranger(kind)), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE accounts_membership (user_id uuid)")


def test_the_sign_in_login_makes_none_either() -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), as_sign_in(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE accounts_membership (user_id uuid)")
