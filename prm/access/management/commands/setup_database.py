"""``manage.py setup_database``: the roles, logins and database of an installation.

It looks before it acts: what stands already is not touched, so that running it again changes nothing, and a login without rights is told
of nothing that it does not need. What it may not do it names, statement by statement, for an administrator to run.
"""

from __future__ import annotations

import os
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from psycopg2 import sql

from prm.access.rowsecurity import BACKUP, LOGIN, OWNER, ROLES, SURFACE_LOGINS

#: Attributes by what pg_roles calls them, and the words that give and take them.
WORDS = {
    "rolcanlogin": ("LOGIN", "NOLOGIN"),
    "rolsuper": ("SUPERUSER", "NOSUPERUSER"),
    "rolbypassrls": ("BYPASSRLS", "NOBYPASSRLS"),
    "rolinherit": ("INHERIT", "NOINHERIT"),
    "rolcreatedb": ("CREATEDB", "NOCREATEDB"),
}
NOBODY = {"rolcanlogin": False, "rolsuper": False, "rolbypassrls": False, "rolinherit": True, "rolcreatedb": False}
ATTRIBUTES = {
    OWNER: {**NOBODY, "rolcanlogin": True, "rolcreatedb": True},
    LOGIN: {**NOBODY, "rolcanlogin": True, "rolinherit": False},
    BACKUP: {**NOBODY, "rolcanlogin": True, "rolbypassrls": True},
    **{login: {**NOBODY, "rolcanlogin": True, "rolinherit": False} for login in SURFACE_LOGINS},
    **dict.fromkeys(ROLES, NOBODY),
}
#: (role, member) → whether the member has what the role has by itself, and whether it can become it.
MEMBERSHIPS = {
    **{(role, LOGIN): (False, True) for role in ROLES},
    **{(role, login): (False, True) for login, roles in SURFACE_LOGINS.items() for role in roles},
    **{(LOGIN, login): (True, False) for login in SURFACE_LOGINS},
}


class Command(BaseCommand):
    help = "Creates the database roles, logins and the database. Needs an administrator's connection, once."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--admin-url",
            default=os.environ.get("DATABASE_ADMIN_URL", ""),
            help="Connection of a role that may create roles and databases; the embedded Postgres needs none.",
        )

    def handle(self, *args: Any, admin_url: str, **options: Any) -> None:
        app, owner = settings.DATABASES["default"], settings.DATABASES["owner"]
        target = admin_url or f"host={app['HOST']} port={app['PORT'] or 5432} dbname=postgres user=postgres"
        try:
            connection = psycopg2.connect(target)
        except psycopg2.OperationalError as error:
            raise CommandError(
                f"Cannot reach Postgres as its administrator: {error}"
                "Set DATABASE_ADMIN_URL to a role that may create roles and databases, then run this again."
            ) from error
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                done, refused = _Work(cursor).do({OWNER: owner["PASSWORD"], LOGIN: app["PASSWORD"]}, app["NAME"])
        finally:
            connection.close()
        if refused:
            raise CommandError(_refusal(refused))
        if options["verbosity"]:
            self.stdout.write(f"Database roles and database are in place; statements run: {done}.")


def _refusal(refused: list[tuple[str, str]]) -> str:
    """What an administrator has to run, and why."""
    lines = [f"  {statement};   -- {reason}" for statement, reason in refused]
    return "\n".join(
        [
            "This login lacks a right. Let an administrator of the server run, in this order:",
            *lines,
            "then run this again. A login with CREATEROLE and CREATEDB may do all of it but BYPASSRLS, which takes a superuser or a"
            " login that has it itself.",
        ]
    )


class _Work:
    """What is missing, done statement by statement; what is refused is kept."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor
        self.done = 0
        self.refused: list[tuple[str, str]] = []

    def do(self, passwords: dict[str, str], database: str) -> tuple[int, list[tuple[str, str]]]:
        """How many statements ran, and (statement, reason) of those that may not run."""
        known = self._rows(f"SELECT rolname, {', '.join(WORDS)} FROM pg_roles")  # noqa: S608  names of the catalogue
        there = {row[0]: dict(zip(WORDS, row[1:], strict=True)) for row in known}
        for role, wanted in ATTRIBUTES.items():
            has = there.get(role)
            words = [WORDS[name][0 if on else 1] for name, on in wanted.items() if (has or {}).get(name, NOBODY[name]) != on]
            if has is None or words:
                self._run("ALTER ROLE {} " if has else "CREATE ROLE {} ", role, rest=" ".join(words))
        for role, password in passwords.items():
            if password and not self._opens(role, password):
                self._run("ALTER ROLE {} PASSWORD ", role, secret=password)
        held = {
            (role, member): (inherits, sets)
            for role, member, inherits, sets in self._rows(
                "SELECT r.rolname, m.rolname, bool_or(a.inherit_option), bool_or(a.set_option) FROM pg_auth_members a"
                " JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member GROUP BY 1, 2"
            )
        }
        for (role, member), (inherits, sets) in MEMBERSHIPS.items():
            if held.get((role, member)) != (inherits, sets):
                self._run("GRANT {} TO {}", role, member, rest=f" WITH INHERIT {inherits}, SET {sets}".upper())
        for member in (LOGIN, *SURFACE_LOGINS, OWNER):
            if (BACKUP, member) in held:
                self._run("REVOKE {} FROM {}", BACKUP, member)
        self._database(database)
        return self.done, self.refused

    def _database(self, name: str) -> None:
        if not self._rows("SELECT 1 FROM pg_database WHERE datname = %s", name):
            if self._rows("SELECT 1 FROM pg_roles WHERE rolname = %s AND NOT pg_has_role(oid, 'SET')", OWNER):
                # Whoever creates a database for another must be able to become that other.
                self._run("GRANT {} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE", OWNER)
            self._run("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'", name, OWNER)
        if self._rows(
            "SELECT 1 FROM pg_database WHERE datname = %s AND has_database_privilege('public', oid, 'CREATE')", name
        ):
            self._run("REVOKE CREATE ON DATABASE {} FROM PUBLIC", name)

    def _rows(self, statement: str, *values: str) -> list[tuple[Any, ...]]:
        self.cursor.execute(statement, values or None)
        return list(self.cursor.fetchall())

    def _run(self, words: str, *names: str, rest: str = "", secret: str = "") -> None:
        statement = sql.SQL(words).format(*(sql.Identifier(name) for name in names)) + sql.SQL(rest)
        shown = " ".join(statement.as_string(self.cursor).split()) + (" '…'" if secret else "")
        try:
            self.cursor.execute(statement + sql.Literal(secret) if secret else statement)
            self.done += 1
        except (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.UndefinedObject) as error:
            self.refused.append((shown, str(error).strip().splitlines()[0]))

    def _opens(self, role: str, password: str) -> bool:
        """Whether a login's password is this one already: setting it again would change what is kept of it."""
        info = self.cursor.connection.info
        try:
            psycopg2.connect(host=info.host, port=info.port, dbname=info.dbname, user=role, password=password).close()
        except psycopg2.OperationalError:
            return False
        return True
