"""The staging table of one import, and the chunk that a target writes from it (the contract is in ``targets``).

Tables live in the schema ``staging``: unlogged, without row security, gone when the import is. Everything here runs in the
transaction and under the database role that the caller opened. Names of tables and columns come from the targets' declarations and
from uuids, never from a file.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

from prm.access.actors import Actor
from prm.core.ids import uuid7_hexes
from prm.core.text import text_key
from prm.imports.models import ImportBatch
from prm.imports.targets import ImportTarget

_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,62}\Z")
_SYSTEM = {
    "row_no": "integer PRIMARY KEY",
    "turn": "smallint NOT NULL DEFAULT 1",
    "id": "uuid NOT NULL",  # of the record that the row creates, if it creates one
    "match_id": "uuid",
    "match_on": "text",
    "outcome": "text NOT NULL DEFAULT 'new'",
    "again": "boolean NOT NULL DEFAULT false",  # it repeats an earlier row of the file
}
#: A time-ordered uuid made by the database. Postgres has it from 18 on.
_NEW_ID_BEFORE_18 = (
    "encode(overlay(overlay(uuid_send(gen_random_uuid()) PLACING substring(int8send((extract(epoch FROM clock_timestamp())"
    " * 1000)::bigint) FROM 3) FROM 1 FOR 6) PLACING set_byte('\\x00'::bytea, 0, 112 + (random() * 15)::int) FROM 7 FOR 1), 'hex')::uuid"
)


def new_id() -> str:
    """The SQL expression of a new time-ordered uuid."""
    return "uuidv7()" if connections[DEFAULT_DB_ALIAS].pg_version >= 180_000 else _NEW_ID_BEFORE_18  # type: ignore[attr-defined]


def cursor() -> Any:
    """A cursor of the default connection."""
    return connections[DEFAULT_DB_ALIAS].cursor()


#: How statements of an import are planned. The planner does not know how many records the import itself has added so far: it counts
#: a table rarely, perhaps while it was still empty. These two take time in proportion to the rows at hand whatever it believes.
#: *Row by row*: one index lookup for each, from within ``CROSS JOIN LATERAL (… OFFSET 0)``, which cannot be turned round.
ROW_BY_ROW = {
    "enable_hashjoin": "off", "enable_mergejoin": "off", "enable_seqscan": "off", "enable_bitmapscan": "off", "enable_memoize": "off",
    "enable_material": "off", "random_page_cost": "1", "jit": "off",
}  # fmt: skip
#: *Set by set*: each side is read once and hashed; the records are read by an array of their keys.
SET_BY_SET = {"enable_nestloop": "off", "enable_seqscan": "off", "jit": "off"}


@contextmanager
def planned(settings: Mapping[str, str]) -> Iterator[None]:
    """Statements within are planned under ``settings``; what held before holds again after."""
    with cursor() as sql:
        sql.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(settings)])
        before = dict(sql.fetchall())
    _plan_under(settings)
    yield
    _plan_under(before)  # after an error the transaction is over, and the settings with it


def _plan_under(settings: Mapping[str, str]) -> None:
    with cursor() as sql:
        sql.execute("SELECT " + ", ".join(f"set_config('{name}', '{value}', true)" for name, value in settings.items()))


def check_links_by_index() -> None:
    """Until its end the transaction meets what points to a record that goes by an index. Those checks run at commit, with plans that the
    connection keeps from when the tables were small: each record then read all of them."""
    with cursor() as sql:
        sql.execute("DISCARD PLANS")
    _plan_under({"enable_seqscan": "off"})


#: When somebody changed the record ``t``: that an import changed it and was taken back is no change.
_CHANGED_AT = (
    "coalesce((SELECT x.before->'updated_at' FROM imports_importbefore x WHERE x.object_id = t.id AND x.restored_at = t.updated_at"
    " LIMIT 1), to_jsonb(t.updated_at))"
)


class StagingTable:
    """The table of one import."""

    def __init__(self, batch: ImportBatch, target: ImportTarget) -> None:
        self.batch, self.target = batch, target
        self.name = f'staging."{batch.staging_table}"'
        for column in target.staging_columns():
            if not _IDENTIFIER.match(column) or column in _SYSTEM:
                raise ValueError(f"import target {target.key}: {column!r} cannot be a staging column")

    def create(self) -> None:
        """A new, empty table; one that is there is thrown away."""
        columns = {**_SYSTEM, **self.target.staging_columns()}
        listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        with cursor() as sql:
            sql.execute(f"DROP TABLE IF EXISTS {self.name}")
            sql.execute(f"CREATE UNLOGGED TABLE {self.name} ({listed})")
            sql.execute(f"GRANT ALL ON {self.name} TO prm_vendor, prm_system")

    def exists(self) -> bool:
        """Whether the table is there as this version makes it (a restored backup has none)."""
        with cursor() as sql:
            sql.execute(
                "SELECT count(*) = %s FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attname = ANY(%s)",
                [len(_SYSTEM), self.name, list(_SYSTEM)],
            )
            return bool(sql.fetchone()[0])

    def drop(self) -> None:
        """Throws the table away, if it is there."""
        with cursor() as sql:
            sql.execute(f"DROP TABLE IF EXISTS {self.name}")

    def count(self) -> int:
        """How many rows it holds; an unclean stop of the database empties unlogged tables."""
        with cursor() as sql:
            sql.execute(f"SELECT count(*) FROM {self.name}")
            return int(sql.fetchone()[0])

    def copy_in(self, columns: Sequence[str], rows: Collection[Sequence[Any]]) -> None:
        """COPYs rows of (row number, values of ``columns``) in, each with a new key."""
        text = io.StringIO()
        keys = uuid7_hexes(len(rows))
        lists = {i for i, name in enumerate(columns, start=1) if self.target.staging_columns()[name].endswith("[]")}
        if lists:
            rows = [
                [_array(cell) if index in lists and cell is not None else cell for index, cell in enumerate(row)]
                for row in rows
            ]
        csv.writer(text).writerows((key, *row) for key, row in zip(keys, rows, strict=True))
        text.seek(0)
        listed = ", ".join(f'"{name}"' for name in ("id", "row_no", *columns))
        with cursor() as sql:
            sql.copy_expert(f"COPY {self.name} ({listed}) FROM STDIN WITH (FORMAT csv)", text)

    def analyze(self) -> None:
        """Gives the planner its statistics of what rows are found and matched by; done when the table is filled."""
        columns = set(_SYSTEM) - {"id"} | {column for key in self.target.match_keys for column in key.columns}
        columns |= {reference.into for reference in self.target.references}
        listed = ", ".join(f'"{name}"' for name in sorted(columns))
        with cursor() as sql:
            sql.execute(f"ANALYZE {self.name} ({listed})")


def _array(values: Sequence[str]) -> str:
    """A list as Postgres writes an array."""
    return "{" + ",".join('"' + str(v).replace("\\", "\\\\").replace('"', '\\"') + '"' for v in values) + "}"


class Chunk:
    """Rows ``first`` to ``last`` (numbers in the file) of one turn: what a target's ``write`` gets. See ``targets.ChunkWriter``."""

    def __init__(
        self, table: StagingTable, actor: Actor, *, first: int, last: int, chunk_no: int = 0, turn: int | None = None
    ) -> None:
        self.table, self.actor, self.batch = table, actor, table.batch
        self.batch_id, self.policy = table.batch.pk, table.batch.policy
        self.first, self.last, self.turn, self.chunk_no = first, last, turn, chunk_no
        self.step = 0
        self._any_known: bool | None = None
        self.now = timezone.now()
        batch = table.batch
        self.params: dict[str, Any] = {
            "source": batch.source,
            "source_key": source_key(batch.source),
            "batch_id": batch.pk,
            "person_id": actor.person_id,
            "now": self.now,
            "as_of": batch.as_of,
            "apart": list(batch.apart),
            **batch.context,
        }
        fields = set(batch.mapped_fields.values())
        fields |= {f"{spec.name}_currency" for spec in table.target.fields if spec.name in fields}
        self.available = set(fields)
        for derived in table.target.derived:
            if self.available.issuperset(derived.columns):
                self.available.add(derived.name)
        self.numbered = tuple(
            (name, within) for name, within in table.target.numbered if name not in fields and fields.issuperset(within)
        )
        self.available |= {name for name, _within in self.numbered}
        self.params["is_numbered_here"] = bool(self.numbered)
        self.available |= {reference.into for reference in table.target.references}

    def has(self, *names: str) -> bool:
        """Whether the file brings any of these fields."""
        return any(name in self.available for name in names)

    def any_known(self) -> bool:
        """Whether any of the rows updates a record: asked once it is decided what becomes of them, and no more. Most files bring what is
        new, and all that is done for known records then has nothing to do."""
        if self._any_known is None:
            self._any_known = bool(self.fetch("SELECT 1 FROM {known} s LIMIT 1"))
        return self._any_known

    def rows(self, *, outcome: str = "", extra: str = "") -> str:
        """The rows at hand as a parenthesised SELECT."""
        where = [f"row_no BETWEEN {self.first:d} AND {self.last:d}"]
        if self.turn is not None:
            where.append(f"turn = {self.turn:d}")
        where.append(f"outcome = '{outcome}'" if outcome else "outcome <> 'rejected'")
        if extra:
            where.append(extra)
        return f"(SELECT * FROM {self.table.name} WHERE {' AND '.join(where)})"

    def fill(self, sql: str, *, extra: str = "") -> str:
        """``sql`` with its placeholders replaced."""
        return (
            sql.replace("{rows}", self.rows(extra=extra))
            .replace("{new}", self.rows(outcome="new"))
            .replace("{known}", self.rows(outcome="known"))
        )

    def execute(self, sql: str, params: Mapping[str, Any] | None = None) -> int:
        """Runs a statement that undo need not know of."""
        with cursor() as run:
            run.execute(self.fill(sql), {**self.params, **(params or {})})
            return int(run.rowcount)

    def fetch(self, sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Rows of a SELECT."""
        with cursor() as run:
            run.execute(self.fill(sql), {**self.params, **(params or {})})
            return list(run.fetchall())

    def insert(
        self, table: str, values: Mapping[str, str], *, rows: str = "{new} s", where: str = "", conflict: str = ""
    ) -> int:
        """Inserts one record per row and keeps the keys for undo."""
        self._check(table, *values)
        self.step += 1
        if "{known}" in rows and not self.any_known():
            return 0
        columns = {"id": new_id(), "created_at": "now()", "updated_at": "now()", **values}
        listed = ", ".join(f'"{name}"' for name in columns)
        exprs = ", ".join(columns.values())
        condition = f" WHERE {where}" if where else ""
        found = self.fetch(
            f'WITH w AS (INSERT INTO "{table}" ({listed}) SELECT {exprs} FROM {rows}{condition} {conflict} RETURNING id),'
            " k AS (INSERT INTO imports_importinserted (id, created_at, updated_at, batch_id, chunk_no, step, table_name, ids, written_at)"
            f" SELECT {new_id()}, now(), now(), %(batch_id)s, {self.chunk_no:d}, {self.step:d}, '{table}', array_agg(id), now() FROM w"
            " HAVING count(*) > 0 RETURNING cardinality(ids)) SELECT coalesce(sum(cardinality), 0) FROM k"
        )
        return int(found[0][0])

    def update(
        self,
        table: str,
        values: Mapping[str, str],
        *,
        rows: str = "{known} s",
        on: str = "t.id = s.match_id",
        where: str = "",
        also: Mapping[str, str] | None = None,
    ) -> int:
        """Updates records and keeps what was there before for undo; only what really changes is touched."""
        also = also or {}
        self._check(table, *values, *also)
        self.step += 1
        if "{known}" in rows and not self.any_known():
            return 0
        old = ", ".join(f't."{name}"' for name in values)
        new = ", ".join(values.values())
        changed = f"ROW({old}) IS DISTINCT FROM ROW({new})" + (f" AND ({where})" if where else "")
        kept = ", ".join(f"'{name}', t.\"{name}\"" for name in values) + f", 'updated_at', {_CHANGED_AT}"
        with planned(ROW_BY_ROW):
            count = self.execute(
                "INSERT INTO imports_importbefore (id, created_at, updated_at, batch_id, chunk_no, step, row_no, table_name, object_id,"
                " before, written_at)"
                f" SELECT {new_id()}, now(), now(), %(batch_id)s, {self.chunk_no:d}, {self.step:d}, w.* FROM ("
                f"SELECT DISTINCT ON (t.id) s.row_no, '{table}', t.id, jsonb_build_object({kept}), now() FROM {rows}"
                f' CROSS JOIN LATERAL (SELECT t.* FROM "{table}" t WHERE {on} OFFSET 0) t WHERE {changed} ORDER BY t.id, s.row_no) w'
            )
        if count:
            sets = ", ".join(f'"{name}" = {expr}' for name, expr in {**values, **also}.items())
            before = (
                f"SELECT row_no, object_id FROM imports_importbefore WHERE batch_id = %(batch_id)s AND chunk_no = {self.chunk_no:d}"
                f" AND step = {self.step:d}"
            )
            with planned(SET_BY_SET):
                self.execute(
                    f'UPDATE "{table}" t SET {sets}, updated_at = now() FROM {rows} JOIN ({before}) b ON b.row_no = s.row_no'
                    f" WHERE t.id = b.object_id AND t.id = ANY(ARRAY(SELECT object_id FROM ({before}) b))"
                )
        return count

    @staticmethod
    def _check(*names: str) -> None:
        for name in names:
            if not _IDENTIFIER.match(name):
                raise ValueError(f"{name!r} is no table or column")


def source_key(source: str) -> str:
    """A source's name as it is compared."""
    return text_key(source)
