"""From table classes to grants and row-security policies: wall 2, written by one generator, never by hand.

``statements`` is applied by the owner after every ``migrate`` and is idempotent; ``problems`` reads the catalogue back and is
run at start-up. Why they are generated: docs/adr/0003-row-security-is-generated.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from prm.core.tables import TableClass

OWNER, LOGIN, BACKUP = "prm_owner", "prm_app", "prm_backup"
ROLES = ("prm_vendor", "prm_portal", "prm_guest", "prm_public", "prm_system")
_ALL = "SELECT, INSERT, UPDATE, DELETE"
_OWN_PARTNER = "partner_id = (select nullif(current_setting('prm.partner', true), '')::uuid)"

# Tables of the framework and of packages: class by name, since their models are not ours to edit.
FOREIGN_TABLES = {
    "django_migrations": TableClass.INFRASTRUCTURE,
    "django_content_type": TableClass.INFRASTRUCTURE,
    "auth_permission": TableClass.INFRASTRUCTURE,
    "auth_group": TableClass.INFRASTRUCTURE,
    "auth_group_permissions": TableClass.INFRASTRUCTURE,
    "django_session": TableClass.IDENTITY,
    "account_emailaddress": TableClass.IDENTITY,
    "account_emailconfirmation": TableClass.IDENTITY,
}


def table_class(model: type[models.Model]) -> TableClass:
    """The class that a model declares. LookupError when it declares none: a table nobody placed may not exist."""
    declared = getattr(model, "table_class", None) or FOREIGN_TABLES.get(model._meta.db_table)
    if declared is None and model._meta.auto_created:
        declared = getattr(model._meta.auto_created, "table_class", None)
    if declared is None:
        raise LookupError(f"{model._meta.label} declares no table_class")
    return TableClass(declared)


def managed_tables() -> Iterator[tuple[str, TableClass]]:
    """Every table of the installation with its class, sorted by name."""
    found = {"django_migrations": TableClass.INFRASTRUCTURE}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            found[model._meta.db_table] = table_class(model)
    yield from sorted(found.items())


def rules_of(kind: TableClass) -> dict[str, str]:
    """Database role → row condition of its policy, for one table class. A role that is absent has no grant."""
    rules = {OWNER: "true", "prm_system": "true", "prm_vendor": "true"}
    if kind is TableClass.OWNED:
        rules["prm_portal"] = _OWN_PARTNER
    return rules


def statements(table: str, kind: TableClass) -> list[str]:
    """The SQL that brings one table to its class, whatever state it was in."""
    quoted = f'"{table}"'
    everyone = ", ".join([*ROLES, LOGIN])
    sql = [f"REVOKE ALL ON {quoted} FROM PUBLIC, {everyone}"]
    if kind is TableClass.INFRASTRUCTURE:
        return [*sql, f"GRANT SELECT ON {quoted} TO {everyone}"]
    if kind is TableClass.IDENTITY:
        return [*sql, f"GRANT {_ALL} ON {quoted} TO {LOGIN}"]
    sql += [f"ALTER TABLE {quoted} ENABLE ROW LEVEL SECURITY", f"ALTER TABLE {quoted} FORCE ROW LEVEL SECURITY"]
    rules = rules_of(kind)
    for role in (OWNER, *ROLES):
        policy = f'"{role}_rows"'
        sql.append(f"DROP POLICY IF EXISTS {policy} ON {quoted}")
        if role in rules:
            condition = rules[role]
            sql.append(f"CREATE POLICY {policy} ON {quoted} TO {role} USING ({condition}) WITH CHECK ({condition})")
            if role != OWNER:
                sql.append(f"GRANT {_ALL} ON {quoted} TO {role}")
    return sql


def apply(connection: BaseDatabaseWrapper) -> None:
    """Brings grants and policies of every existing table up to date. The connection is the owner's."""
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        for table, kind in managed_tables():
            if table in existing:
                cursor.execute(";\n".join(statements(table, kind)))
        # Imports COPY into unlogged tables of their own here; nothing in it outlives a job.
        cursor.execute("CREATE SCHEMA IF NOT EXISTS staging")
        cursor.execute(f"GRANT USAGE, CREATE ON SCHEMA staging TO prm_vendor, prm_system, {OWNER}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {', '.join([*ROLES, LOGIN, BACKUP])}")
        # Counted keys are identity columns: an INSERT needs no right on their sequence, and nobody else has business with it.
        cursor.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {', '.join([*ROLES, LOGIN])}")
        cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {BACKUP}")
        cursor.execute(f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {BACKUP}")


def problems(connection: BaseDatabaseWrapper) -> list[str]:
    """What makes wall 2 unsound on this database, in words; empty when it stands."""
    found: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = session_user")
        login, is_super, bypasses = cursor.fetchone()
        if is_super or bypasses:
            found.append(f"the login {login} is a superuser or bypasses row security")
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, pg_get_userbyid(c.relowner) = session_user,"
            " coalesce((SELECT array_agg(p.polname::text) FROM pg_policy p WHERE p.polrelid = c.oid), '{}')"
            " FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
        )
        tables: dict[str, tuple[Any, ...]] = {row[0]: row[1:] for row in cursor.fetchall()}
        for table, kind in managed_tables():
            if table not in tables:
                continue
            secured, is_owner, policies = tables[table]
            if is_owner:
                found.append(f"the login {login} owns {table}")
            if kind in {TableClass.IDENTITY, TableClass.INFRASTRUCTURE}:
                continue
            if not secured:
                found.append(f"{table} ({kind}) has no forced row security")
            missing = {f"{role}_rows" for role in rules_of(kind)} - set(policies)
            if missing:
                found.append(f"{table} ({kind}) lacks {', '.join(sorted(missing))}")
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'"
            " AND NOT coalesce('security_invoker=true' = ANY(reloptions), false)"
        )
        found += [f"the view {row[0]} runs with its owner's rights" for row in cursor.fetchall()]
    return found
