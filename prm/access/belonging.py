"""What belongs to a partner points to what belongs to the same partner: held by the database, generated, never written by hand.

Row security looks at ``partner_id`` alone, and the checks of foreign keys ignore it: without more, a row that is rightly mine could name
a row of somebody else's. So each foreign key from a table with a partner to a table with a partner is a ``Bond``. By default it becomes a
composite key ``(partner_id, x_id) → (partner_id, id)``; what a model declares in ``points_to`` (``prm.core.tables``) becomes a trigger
that looks at the one row; what it declares in ``points_anywhere`` has a written reason instead.

``apply`` runs after every ``migrate`` and is idempotent. It is safe on large tables in use: the index is built concurrently, the key is
added ``NOT VALID``, which looks at no row, and validated afterwards under a lock that lets everybody write.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from prm.core.tables import TableClass, Whose, declared

_OWNED = {TableClass.OWNED, TableClass.OWNED_OR_VENDOR}


@dataclass(frozen=True)
class Bond:
    """One foreign key between two tables with a partner: ``table.column → to.id``; ``partner`` and ``to_partner`` are the columns that say
    whose the rows are. ``is_optional``: a row of ``table`` may be the vendor's. ``reason`` is there instead of a rule."""

    table: str
    partner: str
    column: str
    to: str
    to_partner: str
    whose: Whose
    is_optional: bool
    reason: str = ""

    @property
    def name(self) -> str:
        """What its key is called, its trigger and the function of that."""
        return f"{self.table}_{self.column}_same_partner"[:63]

    @property
    def has_key(self) -> bool:
        """Whether a composite key holds it. Of a row of the vendor's a key says nothing: there a trigger stands beside it."""
        return not self.reason and self.whose is Whose.OWN

    @property
    def has_trigger(self) -> bool:
        """Whether a trigger holds it, or what its key leaves open."""
        return not self.reason and (self.whose is not Whose.OWN or self.is_optional)

    def condition(self, row: str) -> str:
        """What must be true of ``its`` row for ``row`` to name it."""
        return {
            Whose.OWN: f"its.{self.to_partner} IS NOT DISTINCT FROM {row}.{self.partner}",
            Whose.EITHER: f"(its.{self.to_partner} IS NULL OR its.{self.to_partner} = {row}.{self.partner})",
            Whose.VENDOR: f"its.{self.to_partner} IS NULL",
        }[self.whose]

    def body(self) -> str:
        """The function of its trigger. Its answer is the same whether the row is somebody else's or there is none."""
        its = f"public.{self.to} its"
        return (
            f"BEGIN IF NOT EXISTS (SELECT 1 FROM {its} WHERE its.id = NEW.{self.column} AND {self.condition('NEW')})"  # noqa: S608
            f" THEN RAISE EXCEPTION '{self.table}.{self.column} names no row that may stand there'"
            " USING ERRCODE = 'foreign_key_violation'; END IF; RETURN NULL; END"
        )


def partner_column(model: type[models.Model]) -> str:
    """The column that says whose the rows of ``model`` are; "" where they are nobody's."""
    if getattr(model, "table_class", None) in _OWNED:
        return declared(model, "partner_column", "partner_id")
    return "partner_id" if any(field.column == "partner_id" for field in model._meta.concrete_fields) else ""


def bonds() -> Iterator[Bond]:
    """Every bond of the installation, sorted by table. LookupError for one that nothing can hold and that gives no reason."""
    for model in sorted(apps.get_models(), key=lambda model: model._meta.db_table):
        if model._meta.managed and not model._meta.proxy and partner_column(model):
            yield from bonds_of(model)


def bonds_of(model: type[models.Model]) -> list[Bond]:
    """The bonds of one table that carries a partner. LookupError as ``bonds``."""
    mine = partner_column(model)
    fields = {field.column: field for field in model._meta.concrete_fields}
    rules: dict[str, Whose] = getattr(model, "points_to", {})
    reasons: dict[str, str] = getattr(model, "points_anywhere", {})
    found = []
    for field in fields.values():
        target: Any = field.related_model
        if not field.is_relation or field.column == mine or not partner_column(target):
            continue
        bond = Bond(
            table=model._meta.db_table, partner=mine, column=str(field.column),
            to=target._meta.db_table, to_partner=partner_column(target),
            whose=rules.get(field.name, Whose.OWN), is_optional=fields[mine].null, reason=reasons.get(field.name, ""),
        )  # fmt: skip
        if bond.to_partner == target._meta.pk.column and not bond.reason:
            raise LookupError(f"{model._meta.label}.{field.name} names a partner: say why in points_anywhere")
        found.append(bond)
    if unknown := (rules.keys() | reasons.keys()) - {fields[bond.column].name for bond in found}:
        raise LookupError(f"{model._meta.label} declares {', '.join(sorted(unknown))}, which points to nothing of a partner")
    return found


def apply(connection: BaseDatabaseWrapper) -> None:
    """Brings keys and triggers of every existing table up to date. The connection is the owner's.

    Raises IntegrityError where rows stand that a rule forbids: nothing is hidden, somebody decides whose they are.
    """
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        keys, triggers = _keys(cursor), _triggers(cursor)
        kept = set()
        for bond in bonds():
            if not {bond.table, bond.to} <= existing:
                continue
            if bond.has_key and keys.get(_key(bond)) is not True:
                _make_key(connection, cursor, bond, is_there=_key(bond) in keys)
            if bond.has_trigger:
                kept.add(bond.name)
                if triggers.get(bond.name) != bond.body():
                    _make_trigger(cursor, bond)
        for name in triggers.keys() - kept:
            cursor.execute(f'DROP FUNCTION "{name}"() CASCADE')
        for bond in bonds():
            if bond.has_trigger and bond.to in existing:
                cursor.execute(_STAYS.format(table=bond.to, column=bond.to_partner))


#: A trigger looks when a row is written; so whose the named row is does not change afterwards.
_STAYS = """
    CREATE OR REPLACE FUNCTION prm_stays_with_its_partner() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% stays with its partner', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
    CREATE OR REPLACE TRIGGER stays_with_its_partner BEFORE UPDATE OF {column} ON "{table}" FOR EACH ROW
    WHEN (OLD.{column} IS DISTINCT FROM NEW.{column}) EXECUTE FUNCTION prm_stays_with_its_partner()
"""


def _make_key(connection: BaseDatabaseWrapper, cursor: Any, bond: Bond, *, is_there: bool) -> None:
    if not is_there:
        _make_unique(connection, cursor, bond)
        cursor.execute(
            f'ALTER TABLE "{bond.table}" ADD CONSTRAINT "{bond.name}" FOREIGN KEY ({bond.partner}, {bond.column})'
            f' REFERENCES "{bond.to}" ({bond.to_partner}, id) NOT VALID'
        )
    cursor.execute(f'ALTER TABLE "{bond.table}" VALIDATE CONSTRAINT "{bond.name}"')


def _make_unique(connection: BaseDatabaseWrapper, cursor: Any, bond: Bond) -> None:
    """The key that composite keys point to, unless there is one; one whose building was broken off is built anew."""
    name = f"{bond.to}_of_partner"[:63]
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, i.indisvalid FROM pg_index i WHERE i.indrelid = %s::regclass AND i.indisunique"
        " AND i.indpred IS NULL AND ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = i.indrelid"
        " AND attnum = ANY(i.indkey::int2[]) ORDER BY 1) = %s",
        [f'"{bond.to}"', sorted([bond.to_partner, "id"])],
    )
    standing = dict(cursor.fetchall())
    if True in standing.values():
        return
    for broken in standing:
        cursor.execute(f"DROP INDEX {broken}")
    at_once = "" if connection.in_atomic_block else "CONCURRENTLY "
    cursor.execute(f'CREATE UNIQUE INDEX {at_once}"{name}" ON "{bond.to}" ({bond.to_partner}, id)')


def _make_trigger(cursor: Any, bond: Bond) -> None:
    name, table = f'"{bond.name}"', f'"{bond.table}"'
    # It reads a row that whoever writes may not see: as the owner, and answers nothing but no.
    cursor.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        f" SET search_path = pg_catalog, pg_temp AS $$ {bond.body()} $$; REVOKE ALL ON FUNCTION {name}() FROM PUBLIC;"
        f" CREATE OR REPLACE TRIGGER {name} AFTER INSERT OR UPDATE OF {bond.partner}, {bond.column} ON {table} FOR EACH ROW"
        f" WHEN (NEW.{bond.column} IS NOT NULL) EXECUTE FUNCTION {name}()"
    )
    cursor.execute(
        f'DO $$ BEGIN IF EXISTS (SELECT 1 FROM {table} mine JOIN "{bond.to}" its ON its.id = mine.{bond.column}'  # noqa: S608  names of our own tables
        f" WHERE NOT {bond.condition('mine')}) THEN RAISE EXCEPTION '{bond.table}.{bond.column} names rows that may not stand there'"
        " USING ERRCODE = 'foreign_key_violation'; END IF; END $$"
    )


def problems(connection: BaseDatabaseWrapper) -> list[str]:
    """Bonds that nothing holds on this database, in words; empty when all stand."""
    found = []
    with connection.cursor() as cursor:
        keys, triggers = _keys(cursor), _triggers(cursor)
        for bond in bonds():
            if bond.has_key and not keys.get(_key(bond)):
                found.append(
                    f"{bond.table}.{bond.column} may name another partner's row: its composite key is missing or not valid"
                )
            if bond.has_trigger and triggers.get(bond.name) != bond.body():
                found.append(
                    f"{bond.table}.{bond.column} may name another partner's row: its trigger is missing, off or another"
                )
    return found


_Key = tuple[str, str, tuple[str, ...], tuple[str, ...]]


def _key(bond: Bond) -> _Key:
    return (bond.table, bond.to, (bond.partner, bond.column), (bond.to_partner, "id"))


def _keys(cursor: Any) -> dict[_Key, bool]:
    """Composite foreign keys of the catalogue → whether they are validated."""
    cursor.execute(
        "SELECT c.conrelid::regclass::text, c.confrelid::regclass::text,"
        " ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k(n, i) JOIN pg_attribute a"
        "  ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY k.i),"
        " ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY k(n, i) JOIN pg_attribute a"
        "  ON a.attrelid = c.confrelid AND a.attnum = k.n ORDER BY k.i), c.convalidated"
        " FROM pg_constraint c WHERE c.contype = 'f' AND cardinality(c.conkey) = 2"
    )
    return {(table, to, tuple(mine), tuple(its)): valid for table, to, mine, its, valid in cursor.fetchall()}


def _triggers(cursor: Any) -> dict[str, str]:
    """Triggers of ours that are switched on → what their function does."""
    cursor.execute(
        "SELECT t.tgname, btrim(p.prosrc) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND t.tgname = p.proname AND t.tgname LIKE '%%same_partner'"
    )
    return dict(cursor.fetchall())
