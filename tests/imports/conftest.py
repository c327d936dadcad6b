"""A target of its own for these tests: gadgets and their parts, in two tables that only tests have."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from prm.access.actors import Actor
from prm.access.roles import as_role, as_sign_in
from prm.accounts.models import User
from prm.core.text import text_key
from prm.imports.fields import FieldSpec, Kind
from prm.imports.models import ImportBatch
from prm.imports.runner.staging import Chunk
from prm.imports.services import import_create, import_run_start, import_undo_start
from prm.imports.targets import TARGETS, Derived, ImportTarget, MatchKey, Reference, RowCheck
from prm.jobs.runner.work import run_inline
from tests.conftest import Caller

GADGET_TABLES = """
DROP TABLE IF EXISTS test_part; DROP TABLE IF EXISTS test_gadget;
CREATE TABLE test_gadget (
    id uuid PRIMARY KEY, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
    code text UNIQUE, name text NOT NULL CHECK (name <> 'forbidden'), name_key text NOT NULL, country text, website text,
    revenue numeric(19, 4), revenue_currency text, employees integer, growth numeric, since date, is_active boolean, tags text[],
    latitude double precision, source text);
CREATE INDEX ON test_gadget (name_key, country);
CREATE TABLE test_part (
    id uuid PRIMARY KEY, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
    gadget_id uuid NOT NULL REFERENCES test_gadget (id) DEFERRABLE INITIALLY DEFERRED, label text NOT NULL);
CREATE INDEX ON test_part (gadget_id);
"""


def _secure(table: str) -> str:
    return f"""
    ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY v ON {table} TO prm_vendor USING (true) WITH CHECK (true);
    CREATE POLICY s ON {table} TO prm_system USING (true) WITH CHECK (true);
    CREATE POLICY o ON {table} TO prm_owner USING (true) WITH CHECK (true);
    GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO prm_vendor, prm_system;
    """


def write_gadgets(chunk: Chunk) -> None:
    columns = (
        "name",
        "name_key",
        "country",
        "website",
        "revenue",
        "revenue_currency",
        "employees",
        "growth",
        "since",
        "is_active",
        "tags",
        "latitude",
    )
    chunk.insert("test_gadget", {"id": "s.id", "code": "s.code", "source": "%(source)s", **{c: f"s.{c}" for c in columns}})
    chunk.insert("test_part", {"gadget_id": "s.id", "label": "s.part"}, where="s.part IS NOT NULL")
    chunk.update("test_gadget", {c: f"coalesce(s.{c}, t.{c})" for c in columns})


def write_parts(chunk: Chunk) -> None:
    chunk.insert("test_part", {"id": "s.id", "gadget_id": "s.gadget_id", "label": "s.label"})


GADGETS = ImportTarget(
    key="test_gadgets",
    label="Gadgets",
    permission="imports.import:create",
    fields=(
        FieldSpec(name="code", label="Code", synonyms=("id", "ref", "external id"), max_length=40),
        FieldSpec(name="name", label="Name", required=True, synonyms=("nom", "company", "raison sociale", "société"), max_length=120, as_text=True),
        FieldSpec(name="country", label="Country", kind=Kind.COUNTRY, synonyms=("pays",)),
        FieldSpec(name="website", label="Website", kind=Kind.URL, synonyms=("site web", "url")),
        FieldSpec(name="revenue", label="Revenue", kind=Kind.MONEY, synonyms=("ca", "chiffre d'affaires", "turnover", "annual sales"), minimum=0),
        FieldSpec(name="employees", label="Employees", kind=Kind.INTEGER, synonyms=("effectif", "headcount"), minimum=0, maximum=5_000_000),
        FieldSpec(name="growth", label="Growth", kind=Kind.PERCENT, synonyms=("croissance",)),
        FieldSpec(name="since", label="Since", kind=Kind.DATE, synonyms=("depuis", "date")),
        FieldSpec(name="is_active", label="Active", kind=Kind.BOOLEAN, synonyms=("actif",)),
        FieldSpec(name="tags", label="Tags", kind=Kind.LIST, synonyms=("étiquettes",)),
        FieldSpec(name="latitude", label="Latitude", kind=Kind.LATITUDE, synonyms=("lat",)),
        FieldSpec(name="part", label="Part"),
    ),
    derived=(Derived("name_key", "text", ("name",), text_key),),
    match_keys=(
        MatchKey("code", "code", ("code",), "SELECT s.row_no, g.id FROM {rows} s JOIN test_gadget g ON g.code = s.code", unique=True),
        MatchKey(
            "name",
            "name and country",
            ("name_key", "country"),
            "SELECT s.row_no, g.id FROM {rows} s JOIN test_gadget g ON g.name_key = s.name_key AND g.country = s.country"
            " WHERE s.code IS NULL OR g.code IS NULL OR g.code = s.code",
        ),
    ),
    checks=(RowCheck("website_needs_country", "website", "s.website IS NOT NULL AND s.country IS NULL", "A website without a country"),),
    write=write_gadgets,
)  # fmt: skip
PARTS = ImportTarget(
    key="test_parts",
    label="Parts",
    permission="imports.import:create",
    fields=(
        FieldSpec(name="gadget", label="Gadget", synonyms=("code",)),
        FieldSpec(name="label", label="Label", required=True),
    ),
    references=(
        Reference(
            "gadget_id", "gadget", "gadget", ("SELECT s.row_no, g.id FROM {rows} s JOIN test_gadget g ON g.code = s.gadget",)
        ),
    ),
    match_keys=(),
    write=write_parts,
)


@pytest.fixture(scope="module")
def gadget_tables(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The tables of these tests, made by the owner and gone with the last of them: other checks know every table that there is."""
    with django_db_blocker.unblock(), connections["owner"].cursor() as sql:
        sql.execute(GADGET_TABLES + _secure("test_gadget") + _secure("test_part"))
    yield
    with django_db_blocker.unblock(), connections["owner"].cursor() as sql:
        sql.execute("DROP TABLE test_part; DROP TABLE test_gadget")


@pytest.fixture
def gadgets(gadget_tables: None, db: None) -> Iterator[None]:
    """The targets of these tests, and their tables, empty."""
    for target in (GADGETS, PARTS):
        TARGETS._entries[target.key] = target
    yield
    for target in (GADGETS, PARTS):
        TARGETS._entries.pop(target.key)


@pytest.fixture
def manager(make_member: Any, settings: Any, tmp_path: Path) -> Actor:
    """A channel manager; uploads of the test go to a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return make_member()


Upload = Callable[..., ImportBatch]


@pytest.fixture
def upload(gadgets: None, manager: Actor) -> Upload:
    """Uploads bytes or text as a file of gadgets."""

    def create(
        content: bytes | str, *, name: str = "gadgets.csv", target: str = "test_gadgets", **options: Any
    ) -> ImportBatch:
        data = content.encode() if isinstance(content, str) else content
        with as_role(manager):
            return import_create(actor=manager, target=target, upload=io.BytesIO(data), file_name=name, **options)

    return create


def run(actor: Actor, start: Callable[..., Any], batch: ImportBatch, **options: Any) -> ImportBatch:
    """Starts a long part and does it here and now."""
    with as_role(actor):
        job = start(actor=actor, batch=batch, **options)
    job = run_inline(job)
    with as_role(actor):
        batch.refresh_from_db()
    batch.job = job  # type: ignore[attr-defined]
    return batch


@pytest.fixture
def run_import(upload: Upload, manager: Actor) -> Upload:
    """Uploads, checks and writes."""

    def do(content: bytes | str, **options: Any) -> ImportBatch:
        return run(manager, import_run_start, upload(content, **options))

    return do


@pytest.fixture
def undo(manager: Actor) -> Callable[[ImportBatch], ImportBatch]:
    """Takes an import back."""
    return lambda batch: run(manager, import_undo_start, batch)


@pytest.fixture
def sql(manager: Actor) -> Callable[..., list[tuple[Any, ...]]]:
    """Runs SQL as the vendor; answers rows, or nothing for a statement without."""

    def query(text: str, *params: Any) -> list[tuple[Any, ...]]:
        with as_role(manager), connections["default"].cursor() as cursor:
            cursor.execute(text, params)
            return list(cursor.fetchall()) if cursor.description else []

    return query


@pytest.fixture
def browser(gadgets: None, manager: Any) -> Client:
    """A browser in which the manager is signed in."""
    client = Client()
    with as_sign_in():
        client.force_login(
            User.objects.get(pk=manager.user_id), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
    return client


class Program(Caller):
    """A program that sends files."""

    def send(self, content: str | bytes, name: str = "a.csv", **data: Any) -> Any:
        raw = content.encode() if isinstance(content, str) else content
        form = {"target": "test_gadgets", "file": SimpleUploadedFile(name, raw), **data}
        return self.client.post("/api/v1/imports", form, headers={"Authorization": f"Bearer {self.key}"})


@pytest.fixture
def program(gadgets: None, manager: Actor, key_of: Any) -> Program:
    return Program(key_of(manager, ["imports:write"]))
