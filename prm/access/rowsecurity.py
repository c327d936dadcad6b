"""From table classes to grants and row-security policies: wall 2, written by one generator, never by hand.

``statements`` is applied by the owner after every ``migrate`` and is idempotent; ``problems`` reads the catalogue back and is
run at start-up. Why they are generated: docs/adr/0003-row-security-is-generated.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from prm.access import belonging
from prm.core.tables import TableClass, declared

OWNER, LOGIN, BACKUP = "prm_owner", "prm_app", "prm_backup"
ROLES = ("prm_vendor", "prm_portal", "prm_guest", "prm_public", "prm_system")
#: Logins for a process that serves one door (``PRM_SURFACE``) → the roles that it can take. By itself each has what ``prm_app`` has.
SURFACE_LOGINS = {
    "prm_app_vendor": ("prm_vendor", "prm_guest", "prm_public", "prm_system"),
    "prm_app_portal": ("prm_portal", "prm_public"),
}
#: Who may make temporary tables. One stands before every other table of its name for as long as its connection lives, which serves others
#: next: an outsider's statement could make the sign-in login read memberships of its own.
MAKE_TEMPORARY = ("prm_vendor", "prm_system")
_ALL = "SELECT, INSERT, UPDATE, DELETE"
_OF_PARTNER = "(select nullif(current_setting('prm.partner', true), '')::uuid)"
_OF_COMPANY = "(select nullif(current_setting('prm.company', true), '')::uuid)"
_OF_STUDIES = "ANY ((select string_to_array(nullif(current_setting('prm.study', true), ''), ',')::uuid[])::uuid[])"

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
    "mfa_authenticator": TableClass.IDENTITY,
    "usersessions_usersession": TableClass.IDENTITY,
    "socialaccount_socialaccount": TableClass.IDENTITY,
    "socialaccount_socialapp": TableClass.IDENTITY,
    "socialaccount_socialtoken": TableClass.IDENTITY,
}


def table_class(model: type[models.Model]) -> TableClass:
    """The class that a model declares. LookupError when it declares none: a table nobody placed may not exist."""
    declared = getattr(model, "table_class", None) or FOREIGN_TABLES.get(model._meta.db_table)
    if declared is None and model._meta.auto_created:
        declared = getattr(model._meta.auto_created, "table_class", None)
    if declared is None:
        raise LookupError(f"{model._meta.label} declares no table_class")
    return TableClass(declared)


@dataclass(frozen=True)
class Rule:
    """What one database role may do with which rows of a table. ``rows`` is the condition of its policy; ``verbs`` its grant."""

    rows: str
    verbs: str = _ALL


@dataclass(frozen=True)
class Table:
    """A table of the installation: its name, its class, and the rules of the roles that reach it at all."""

    name: str
    kind: TableClass
    rules: dict[str, Rule]

    @property
    def is_secured(self) -> bool:
        """Whether row security stands on it: on everything that belongs to somebody."""
        return bool(self.rules)


def managed_tables() -> Iterator[Table]:
    """Every table of the installation, sorted by name."""
    found = {"django_migrations": Table("django_migrations", TableClass.INFRASTRUCTURE, {})}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            name = model._meta.db_table
            found[name] = Table(name, table_class(model), rules_of(model))
    yield from (found[name] for name in sorted(found))


def rules_of(model: type[models.Model]) -> dict[str, Rule]:
    """Database role → its rule, by what the model declares (``prm.core.tables``). A role that is absent has no grant."""
    kind = table_class(model)
    if kind is TableClass.INFRASTRUCTURE:
        return {}
    if kind is TableClass.IDENTITY:
        return _identity_rules(model)
    rules = {
        OWNER: Rule("true"),
        "prm_system": Rule("true", declared(model, "system_may", _ALL)),
        "prm_vendor": Rule("true", declared(model, "vendor_may", _ALL)),
    }
    reached = _portal_rows(model, kind)
    if reached:
        rules["prm_portal"] = Rule(reached, declared(model, "portal_may", "SELECT"))
    if kind is TableClass.REFERENCE:
        rules["prm_guest"] = Rule("true", "SELECT")
    elif column := declared(model, "study_column"):
        rules["prm_guest"] = Rule(f"{column} = {_OF_STUDIES}", declared(model, "guest_may", "SELECT"))
    return rules


def _identity_rules(model: type[models.Model]) -> dict[str, Rule]:
    """Signing in looks for anybody; on behalf of somebody who stands at a partner (``as_sign_in(actor)``) only at that partner."""
    if not any(field.column == "partner_id" for field in model._meta.concrete_fields):
        return {}
    return {OWNER: Rule("true"), LOGIN: Rule(f"{_OF_PARTNER} IS NULL OR partner_id = {_OF_PARTNER}")}


def _portal_rows(model: type[models.Model], kind: TableClass) -> str:
    """The rows of ``model`` that a partner's people reach, as a condition; "" when there are none."""
    if kind in {TableClass.OWNED, TableClass.OWNED_OR_VENDOR}:
        return f"{declared(model, 'partner_column', 'partner_id')} = {_OF_PARTNER}"
    if kind is TableClass.UNIVERSE and (column := declared(model, "company_column")):
        return f"{column} = {_OF_COMPANY}"
    if kind in {TableClass.PUBLISHED, TableClass.SHARED}:
        link = reached_through(model)
        return f"id IN (SELECT {link.column} FROM {link.table} WHERE partner_id = {_OF_PARTNER})"  # noqa: S608  names of our own tables
    return "true" if kind is TableClass.REFERENCE else ""


@dataclass(frozen=True)
class Link:
    """The table that says which partners reach a published or shared one, and its column for the thing."""

    model: type[models.Model]
    table: str
    column: str
    field: str


def reached_through(model: type[models.Model]) -> Link:
    """The audience or members of ``model``. LookupError when it declares none, or one that does not point to it."""
    named = declared(model, "audience") or declared(model, "members")
    if not named:
        raise LookupError(f"{model._meta.label} declares neither audience nor members")
    link = apps.get_model(named)
    for field in link._meta.concrete_fields:
        if field.related_model is model:
            return Link(link, link._meta.db_table, field.column, field.name)
    raise LookupError(f"{named} does not point to {model._meta.label}")


def statements(table: Table) -> list[str]:
    """The SQL that brings one table to its class, whatever state it was in."""
    quoted = f'"{table.name}"'
    everyone = ", ".join([*ROLES, LOGIN])
    sql = [f"REVOKE ALL ON {quoted} FROM PUBLIC, {everyone}"]
    if table.kind is TableClass.INFRASTRUCTURE:
        return [*sql, f"GRANT SELECT ON {quoted} TO {everyone}"]
    if table.kind is TableClass.IDENTITY:
        sql.append(f"GRANT {_ALL} ON {quoted} TO {LOGIN}")
    if not table.is_secured:
        return sql
    sql += [f"ALTER TABLE {quoted} ENABLE ROW LEVEL SECURITY", f"ALTER TABLE {quoted} FORCE ROW LEVEL SECURITY"]
    for role in (OWNER, LOGIN, *ROLES):
        policy = f'"{role}_rows"'
        sql.append(f"DROP POLICY IF EXISTS {policy} ON {quoted}")
        rule = table.rules.get(role)
        if rule is not None:
            sql.append(f"CREATE POLICY {policy} ON {quoted} TO {role} USING ({rule.rows}) WITH CHECK ({rule.rows})")
            if role not in {OWNER, LOGIN}:
                sql.append(f"GRANT {rule.verbs} ON {quoted} TO {role}")
    return sql


def apply(connection: BaseDatabaseWrapper) -> None:
    """Brings grants, policies and bonds of every existing table up to date. The connection is the owner's."""
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        for table in managed_tables():
            if table.name in existing:
                cursor.execute(";\n".join(statements(table)))
        # Imports COPY into unlogged tables of their own here; nothing in it outlives a job.
        cursor.execute("CREATE SCHEMA IF NOT EXISTS staging")
        cursor.execute(f"GRANT USAGE, CREATE ON SCHEMA staging TO prm_vendor, prm_system, {OWNER}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {', '.join([*ROLES, LOGIN, BACKUP])}")
        # Counted keys are identity columns: an INSERT needs no right on their sequence, and nobody else has business with it.
        cursor.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {', '.join([*ROLES, LOGIN])}")
        cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {BACKUP}")
        cursor.execute(f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {BACKUP}")
        cursor.execute(
            "SELECT quote_ident(datname) FROM pg_database WHERE datname = current_database() AND pg_has_role(datdba, 'USAGE')"
        )
        for (name,) in cursor.fetchall():  # somebody else's database is theirs to close: ``problems`` says how
            cursor.execute(f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC")
            cursor.execute(f"GRANT TEMPORARY ON DATABASE {name} TO {', '.join(MAKE_TEMPORARY)}")
    belonging.apply(connection)


def problems(connection: BaseDatabaseWrapper) -> list[str]:
    """What makes wall 2 unsound on this database, in words; empty when it stands."""
    with connection.cursor() as cursor:
        found = _of_login(cursor)
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
        )
        secured = dict(cursor.fetchall())
        written, held = _policies(cursor), _grants(cursor)
        managed = {table.name: table for table in managed_tables()}
        for name in managed.keys() & secured.keys():
            table = managed[name]
            if table.is_secured and not secured[name]:
                found.append(f"{name} ({table.kind}) has no forced row security")
            found += _of_policies(table, written.get(name, {}))
        for (name, role), verbs in held.items():
            beyond = verbs - _given(managed.get(name), role)
            if beyond:
                found.append(f"{role} holds {', '.join(sorted(beyond))} on {name}, which its class does not give")
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'"
            " AND NOT coalesce('security_invoker=true' = ANY(reloptions), false)"
        )
        found += [f"the view {row[0]} runs with its owner's rights" for row in cursor.fetchall()]
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND has_database_privilege(oid, current_database(), 'TEMPORARY')",
            [[role for role in (*ROLES, LOGIN, *SURFACE_LOGINS) if role not in MAKE_TEMPORARY]],
        )
        found += [
            f"{row[0]} can make temporary tables, which hide others: REVOKE TEMPORARY ON DATABASE … FROM PUBLIC, as migrate does"
            for row in cursor.fetchall()
        ]
    return sorted(found + belonging.problems(connection))


def _of_login(cursor: Any) -> list[str]:
    """What the login of this connection may not be, hold or own."""
    cursor.execute(
        "SELECT r.rolname, r.rolsuper, r.rolbypassrls, pg_has_role(r.oid, b.oid, 'MEMBER') FROM pg_roles r"
        " LEFT JOIN pg_roles b ON b.rolname = %s WHERE r.rolname = session_user",
        [BACKUP],
    )
    login, is_super, bypasses, may_be_backup = cursor.fetchone()
    found = []
    if is_super or bypasses:
        found.append(f"the login {login} is a superuser or bypasses row security")
    elif may_be_backup:
        found.append(f"the login {login} can become {BACKUP}, which bypasses row security")
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND pg_get_userbyid(relowner) = session_user"
    )
    return found + [f"the login {login} owns {row[0]}" for row in cursor.fetchall()]


def beyond_surface(connection: BaseDatabaseWrapper, surface: str) -> list[str]:
    """Roles that this connection's login can take though a process of ``surface`` has no business with them; none for ``both``."""
    own = SURFACE_LOGINS.get(f"{LOGIN}_{surface}", ROLES)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND pg_has_role(session_user, oid, 'SET')", [[*ROLES]]
        )
        return sorted(row[0] for row in cursor.fetchall() if row[0] not in own)


def _of_policies(table: Table, written: dict[str, tuple[str, str]]) -> list[str]:
    """Where the policies that stand on a table are not those of its class."""
    wanted = {f"{role}_rows": rule for role, rule in table.rules.items()} if table.is_secured else {}
    name = f"{table.name} ({table.kind})"
    found = [f"{name} lacks {', '.join(sorted(wanted.keys() - written.keys()))}"] if wanted.keys() - written.keys() else []
    if beyond := written.keys() - wanted.keys():
        found.append(f"{name} has a policy that its class does not give: {', '.join(sorted(beyond))}")
    for policy in wanted.keys() & written.keys():
        if any(_plain(condition) != _plain(wanted[policy].rows) for condition in written[policy]):
            found.append(f"{name}: the policy {policy} is not the one of its class")
    return found


def _plain(condition: str) -> str:
    """A condition without what Postgres adds when it prints one: casts, brackets, names of columns, tables before a column."""
    return re.sub(r"::\w+(\[\])?|\bas \"?\w+\"?|\b\w+\.|[()\s]", "", condition.lower())


def _policies(cursor: Any) -> dict[str, dict[str, tuple[str, str]]]:
    """Table → policy → (rows that are read, rows that may be written), as the catalogue has them."""
    cursor.execute(
        "SELECT tablename, policyname, coalesce(qual, ''), coalesce(with_check, '') FROM pg_policies WHERE schemaname = 'public'"
    )
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for table, policy, read, written in cursor.fetchall():
        found.setdefault(table, {})[policy] = (read, written)
    return found


def _given(table: Table | None, role: str) -> set[str]:
    """The verbs that a role may hold on a table; on what no model has, such as a materialised view, the vendor alone may read."""
    if table is None:
        return {"SELECT"} if role in {"prm_vendor", "prm_system"} else set()
    if table.kind is TableClass.INFRASTRUCTURE:
        return {"SELECT"}
    if role == LOGIN:
        return set(_ALL.split(", ")) if table.kind is TableClass.IDENTITY else set()
    return set(table.rules[role].verbs.split(", ")) if role in table.rules else set()


def _grants(cursor: Any) -> dict[tuple[str, str], set[str]]:
    """(table or view, role) → the verbs that the role holds on it, whoever gave them; ``everybody`` for what is granted to all."""
    cursor.execute(
        "SELECT c.relname, coalesce(r.rolname, 'everybody'), array_agg(a.privilege_type) FROM pg_class c, aclexplode(c.relacl) a"
        " LEFT JOIN pg_roles r ON r.oid = a.grantee"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')"
        " AND (r.rolname = ANY(%s) OR a.grantee = 0) GROUP BY 1, 2",
        [[*ROLES, LOGIN, *SURFACE_LOGINS]],
    )
    return {(table, role): set(verbs) for table, role, verbs in cursor.fetchall()}
