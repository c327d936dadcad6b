"""``manage.py setup_database``: the roles, logins and database of an installation; idempotent; explains missing rights."""

from __future__ import annotations

import os
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from psycopg2 import sql

from prm.access.rowsecurity import BACKUP, LOGIN, OWNER, ROLES


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
                self._roles(cursor, {OWNER: owner["PASSWORD"], LOGIN: app["PASSWORD"]})
                self._database(cursor, app["NAME"])
        except psycopg2.errors.InsufficientPrivilege as error:
            raise CommandError(
                f"This login lacks a right: {error}"
                "It needs CREATEROLE and CREATEDB (and, to create the backup login, to be a superuser)."
            ) from error
        finally:
            connection.close()
        if options["verbosity"]:
            self.stdout.write("Database roles and database are in place.")

    def _roles(self, cursor: Any, passwords: dict[str, str]) -> None:
        cursor.execute("SELECT rolname FROM pg_roles")
        known = {row[0] for row in cursor.fetchall()}
        wanted = {
            OWNER: "LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB",
            LOGIN: "LOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT",
            BACKUP: "LOGIN NOSUPERUSER BYPASSRLS",
            **dict.fromkeys(ROLES, "NOLOGIN NOSUPERUSER NOBYPASSRLS"),
        }
        for role, attributes in wanted.items():
            verb = "ALTER" if role in known else "CREATE"
            cursor.execute(sql.SQL("{} ROLE {} {}").format(sql.SQL(verb), sql.Identifier(role), sql.SQL(attributes)))
            if passwords.get(role):
                cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD %s").format(sql.Identifier(role)), [passwords[role]])
        for role in ROLES:
            cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(LOGIN)))

    def _database(self, cursor: Any, name: str) -> None:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    sql.Identifier(name), sql.Identifier(OWNER)
                )
            )
        cursor.execute(sql.SQL("REVOKE CREATE ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
