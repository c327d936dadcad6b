"""What can be imported: the registry of import targets, which the owning features fill (prm/partners/imports/).

How an import runs, and what a target supplies
==============================================
1. **Check** (the dry run). The file is read once. Each mapped cell is converted by its ``FieldSpec``; rows without an error
   are COPYed into a staging table of their own (unlogged, no row security), the others are kept with their errors. Then, in
   SQL over the staging table: ``references`` are looked up (a missing one is an error at its cell), ``checks`` refuse
   rows, ``match_keys`` find the records that exist already, and rows of the file that mean the same record are found.
2. **Write**, chunk by chunk (~5,000 rows). Each chunk is one transaction under the actor's database role, committed together with
   the mark that says it is done. References and matches are looked up again, each row gets its outcome by the person's
   policy, then ``target.write(chunk)`` is called, once per *turn*.
3. **Undo** within 24 hours, from what ``chunk.insert`` and ``chunk.update`` recorded. A target writes no undo code.

The staging table
-----------------
System columns: ``row_no`` (the row as numbered in the file, unique), ``turn`` (1; 2 and more for later rows of the
file that mean the same record as an earlier one: they come in later calls, so that no statement meets one record twice),
``id`` (a fresh UUIDv7 for the record that the row may become), ``match_id`` (the known record, or NULL), ``match_on`` (name of the
match key), ``outcome`` (``new``, ``known``, ``skip``, ``rejected``). Then one column per field **of the target** (all of them, NULL
where the file has no such column; a MONEY field has ``<name>`` and ``<name>_currency``), one per ``Derived``, and
one uuid column per ``Reference`` (its ``into``).

SQL that a target writes may use these placeholders:
``{rows}`` all rows at hand, ``{new}`` rows to create, ``{known}`` rows that update a record (``match_id`` is set). Each is a
parenthesised SELECT: give it an alias, ``FROM {new} s``. Parameters: ``%(source)s`` (the name of the list, e.g. "CRM export"),
``%(source_key)s``, ``%(batch_id)s``, ``%(person_id)s``, ``%(now)s``, ``%(as_of)s`` (date the file's facts are true of) and
what ``begin`` answered, each by its name; ``%(is_numbered_here)s`` says whether rows were numbered for want of a column
(``numbered``). A literal per cent sign is written ``%%``.

An example (the real ones are in prm/partners/imports/, a small one in tests/imports/test_writing.py)::

    def write_products(chunk: ChunkWriter) -> None:
        chunk.insert("partners_product", {
            "id": "s.id", "code": "s.code", "name": "s.name", "name_key": "s.name_key", "list_price": "s.list_price",
        })
        chunk.update("partners_product", {
            "name": "coalesce(s.name, t.name)", "list_price": "coalesce(s.list_price, t.list_price)",
        })
        publish(ProductsImported(...))          # one event per chunk

    TARGETS.register(ImportTarget(
        key="products", label=_("Products"), permission="partners.product:import",
        fields=(FieldSpec(name="code", label=_("Code"), required=True, synonyms=("product code", "ref", "sku")), ...),
        derived=(Derived("name_key", "text", ("name",), text_key),),
        match_keys=(MatchKey("code", _("Product code"), ("code",), unique=True, find=
            "SELECT s.row_no, p.id FROM {rows} s JOIN partners_product p ON p.code = s.code"),),
        write=write_products,
    ))

Rules for ``write``
-------------------
- Everything goes through ``chunk.insert`` / ``chunk.update`` (recorded for undo) or ``chunk.execute`` (not recorded: only for what
  follows from the rest, such as rollups). ``insert`` fills ``id``, ``created_at``, ``updated_at`` when not named; tables written
  must have ``id uuid`` and ``updated_at``, and children are inserted after their parents.
- NULL in the file is "no news", not "forget it": update with ``coalesce(s.x, t.x)``. ``chunk.has("x")`` says whether the file
  brings field x at all.
- ``update`` touches only rows that really change (it adds ``IS DISTINCT FROM`` itself) and keeps what was there before.
- ``find`` is asked row by row through an index: join on the one column that is selective, and write further conditions so
  that no other index fits them, ``(c.country = s.country) IS TRUE``: without statistics the planner takes the wrong one.
- A weaker match key must not join two records that the same source tells apart: leave out records that hold another external id of
  ``%(source_key)s`` than the row's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from prm.core.registry import Registry
from prm.imports.fields import FieldSpec

if TYPE_CHECKING:
    from prm.access.actors import Actor


class ChunkWriter(Protocol):
    """What ``write`` gets: one chunk of rows (in one turn), inside its transaction. Built by ``prm.imports.runner.staging``."""

    actor: Actor
    batch_id: Any
    policy: str
    params: Mapping[str, Any]
    chunk_no: int

    def has(self, *names: str) -> bool:
        """Whether the file brings any of these fields."""
        ...

    def insert(
        self, table: str, values: Mapping[str, str], *, rows: str = "{new} s", where: str = "", conflict: str = ""
    ) -> int:
        """Insert one record per row of ``rows``: column → SQL expression over alias ``s``. ``conflict`` is an ``ON CONFLICT`` clause
        (only ``DO NOTHING`` can be undone). Answers how many."""
        ...

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
        """Update the records ``t`` joined to ``rows`` by ``on`` (an index of ``t`` serves it; ``s`` has one row a ``row_no``): column → SQL
        expression over ``s`` and ``t``. Previous values are kept for undo. ``also``: columns set on what changes, which are no change by
        themselves and which undo does not put back (a version, which undo counts on). Answers how many really changed."""
        ...

    def execute(self, sql: str, params: Mapping[str, Any] | None = None) -> int:
        """Any other statement, with the same placeholders and parameters. Answers its row count."""
        ...

    def fetch(self, sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Rows of a SELECT, with the same placeholders and parameters."""
        ...


@dataclass(frozen=True, slots=True)
class MatchKey:
    """One way to recognise a known record, strongest first.

    ``columns`` are the staging columns that make it up (rows of one file that are equal in all of them mean the same record;
    a NULL in any matches nothing). ``find`` is SQL answering (row_no, id) pairs. ``unique``: the database holds it once, so even
    the policy "create" cannot make a second record of it.
    """

    name: str
    label: Any
    columns: tuple[str, ...]
    find: str
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A record that the row points to, by something the file says (a site's company, a sale's product).

    ``find`` are SQL statements answering (row_no, id), tried in order; the id lands in the uuid column ``into``. A row without one
    is refused at the cell of ``field``, unless the reference is not ``required``, or none of ``fields`` has a value
    and ``required`` is "if given".
    """

    into: str
    label: Any
    field: str
    find: tuple[str, ...]
    fields: tuple[str, ...] = ()
    required: bool | str = True


@dataclass(frozen=True, slots=True)
class Derived:
    """A staging column computed from converted values: ``compute(*values of columns)``, called only when one is known."""

    name: str
    sql_type: str
    columns: tuple[str, ...]
    compute: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class RowCheck:
    """Rows refused by a condition: ``bad`` is SQL over alias ``s`` (and ``{rows}``); ``message`` is told at the cell of ``field``."""

    code: str
    field: str
    bad: str
    message: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How a row's cell stands beside what a known record holds: SQL expressions over the row ``s`` and the record ``t``.

    ``old`` and ``new`` answer jsonb. ``brought``: whether the row says anything of it (by default that ``new`` is known). ``kept`` answers
    why writing leaves the record's value, a code of ``messages.KEPT_MESSAGES``, or NULL where it takes the file's; ``told`` and ``since``
    who said what stays, and the day it was true of. ``adds``: the new value joins the old one.
    """

    field: str
    old: str
    new: str
    brought: str = ""
    kept: str = "NULL::text"
    told: str = "NULL::text"
    since: str = "NULL::date"
    adds: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a target's known records are to people, and how a row compares with the one that it meets.

    ``table`` is the record's, ``t`` in SQL, with ``joins`` after it; ``name`` says over ``t`` and them what it is called, ``called`` over
    ``s`` what the row calls it. ``url`` names its page, which takes the TypeID of ``prefix`` with ``key``. ``cells`` answers what to
    compare, given the chunk: by the same conditions as ``write``. ``params`` answers before anything is written what ``begin`` will
    (JSON values).
    """

    table: str
    name: str
    called: str
    cells: Callable[[Any], Sequence[Compared]]
    joins: str = ""
    key: str = "t.id"
    url: str = ""
    prefix: str = ""
    params: Callable[..., dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTarget:
    """One thing that files can bring. See the module's docstring.

    ``permission`` is needed for every step. ``at_least_one`` lists fields of which a file must map one (besides those that are
    ``required``). ``numbered`` names whole-number fields that a file may lack, each with the fields within which its rows are then
    numbered in the file's order (the lines of an order). ``begin(actor=…, batch=…, params=…)`` runs once before the first chunk,
    under the actor's role, and answers more parameters (JSON values); ``finish`` likewise after the last. ``side_by_side``: chunks
    of a file whose rows are all different records may be written at the same time (``write`` must not depend on what another chunk
    writes). ``record`` lets people see, before anything is written, which known records rows meet and what would change.
    """

    key: str
    label: Any
    permission: str
    fields: tuple[FieldSpec, ...]
    match_keys: tuple[MatchKey, ...]
    write: Callable[[Any], None]
    derived: tuple[Derived, ...] = ()
    references: tuple[Reference, ...] = ()
    checks: tuple[RowCheck, ...] = ()
    at_least_one: tuple[str, ...] = ()
    numbered: tuple[tuple[str, tuple[str, ...]], ...] = ()
    side_by_side: bool = False
    begin: Callable[..., dict[str, Any]] | None = None
    finish: Callable[..., None] | None = None
    record: Record | None = None
    description: Any = ""
    result_url: str = ""  # URL name of the list where the records can be seen
    order: int = 100
    _by_name: dict[str, FieldSpec] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for spec in self.fields:
            if spec.name in self._by_name:
                raise ValueError(f"import target {self.key}: field {spec.name!r} is declared twice")
            self._by_name[spec.name] = spec
        columns = set(self.staging_columns())
        for match in self.match_keys:
            if missing := set(match.columns) - columns:
                raise ValueError(
                    f"import target {self.key}: match key {match.name!r} names unknown columns {sorted(missing)}"
                )
        for reference in self.references:
            if reference.field not in self._by_name:
                raise ValueError(
                    f"import target {self.key}: reference {reference.into!r} names unknown field {reference.field!r}"
                )

    def field(self, name: str) -> FieldSpec:
        """The field called ``name``; KeyError when there is none."""
        return self._by_name[name]

    def has_field(self, name: str) -> bool:
        """Whether there is a field of that name."""
        return name in self._by_name

    def staging_columns(self) -> dict[str, str]:
        """Name → SQL type of the columns beside the system ones."""
        columns: dict[str, str] = {}
        for spec in self.fields:
            columns.update(spec.staging_columns())
        columns.update({d.name: d.sql_type for d in self.derived})
        columns.update({r.into: "uuid" for r in self.references})
        return columns


#: Every target, in the order shown. Filled when the apps are ready: call ``TARGETS.register`` in the feature's ``AppConfig.ready``.
TARGETS: Registry[ImportTarget] = Registry(
    "import targets", key=lambda target: target.key, order=lambda target: (target.order, target.key)
)
