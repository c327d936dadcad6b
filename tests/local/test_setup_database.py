"""``manage.py setup_database`` on a server of one's own, over TCP with passwords; what start-up refuses there; a login for each door."""

from __future__ import annotations

import re
from typing import Any

import psycopg2
import pytest

from tests.local.test_packaging import SERVICES
from tests.local.test_real_servers import Installation, migrate_command
from tests.local.test_real_servers import server as server  # noqa: PLC0414  a server of this module's own

pytestmark = pytest.mark.xdist_group("set-up")  # one server is made for all of them

SETUP = ["python", "manage.py", "setup_database"]
CHECK = ["python", "manage.py", "check", "--database", "default"]
#: Somebody of a partner and somebody of the vendor, and a session of each, as signing in leaves it.
PEOPLE = """
import django; django.setup()
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from prm.access.actors import Role
from prm.access.roles import as_sign_in, as_system
from prm.accounts.models import User
from prm.accounts.services.accounts import Account, member_add
from prm.partners.models import Company, Lifecycle
from prm.partners.services.members import partner_member_add
from prm.partners.services.partners import partner_create
with as_system("a test") as actor:
    company = Company.objects.create(name="Kerlan", country="FR")
    partner = partner_create(actor=actor, company_id=company.pk, lifecycle=Lifecycle.ACTIVE)
    account = Account(email="yann@kerlan.example", name="Yann")
    people = [
        partner_member_add(actor=actor, partner_id=partner.pk, account=account, role=Role.PARTNER_ADMINISTRATOR),
        member_add(actor=actor, email="claire@orvane.example", name="Claire", roles=[Role.MANAGER]),
    ]
with as_sign_in():
    for person in people:
        user, store = User.objects.get(pk=person.user_id), SessionStore()
        store[SESSION_KEY], store[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store.save()
        print(store.session_key)
"""
ASK = """
import sys, django; django.setup()
from django.conf import settings
from django.test import Client
client = Client(raise_request_exception=False, headers={"X-Forwarded-Proto": "https", "Host": "127.0.0.1"})
client.cookies[settings.SESSION_COOKIE_NAME] = sys.argv[1]
for path in sys.argv[2:]:
    print(path, client.get(path).status_code)
"""
MIGRATION = """
import django; django.setup()
from django.db import connections, migrations
def forwards(apps, editor):
    rows = editor.connection.alias, apps.get_model("partners", "Company").objects.using("owner")
    print(rows[0], rows[1].count(), rows[1].update(phone="1"))
with connections["owner"].schema_editor() as editor:
    from django.db.migrations.loader import MigrationLoader
    state = MigrationLoader(connections["owner"]).project_state()
    migrations.RunPython(forwards).database_forwards("partners", editor, state, state)
"""


def standing(server: Installation) -> list[Any]:
    """All that the server keeps of roles, their rights in each other, their passwords, and of the database."""
    return [
        sorted(map(str, server.rows("postgres", statement, "postgres")))
        for statement in (
            "SELECT * FROM pg_authid",
            "SELECT * FROM pg_auth_members",
            "SELECT datname, datdba, datacl::text FROM pg_database",
        )
    ]


def run(server: Installation, script: str, *arguments: str, **more: str) -> str:
    done = server.run(["python", "-c", script, *arguments], **more)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def told(server: Installation) -> list[str]:
    """The server is set up as at a provider that hands out no superuser; what an administrator was asked to run for it, and ran."""
    server.passwords["cloud"] = "cloud-secret"
    server.rows("postgres", "CREATE ROLE cloud LOGIN CREATEROLE CREATEDB PASSWORD 'cloud-secret'", "postgres")
    done = server.run(SETUP, DATABASE_ADMIN_URL=server.url("cloud", "postgres"))
    assert done.returncode == 1
    assert "Let an administrator of the server run" in done.stderr
    statements: list[str] = re.findall(r"^  (.*);   -- ", done.stderr, re.MULTILINE)
    for statement in statements:
        server.rows("postgres", statement, "postgres")
    return statements


def test_an_administrator_without_all_rights_is_told_which_statement_to_run(server: Installation, told: list[str]) -> None:
    assert told == ['CREATE ROLE "prm_backup" LOGIN BYPASSRLS']
    done = server.run(SETUP, DATABASE_ADMIN_URL=server.url("cloud", "postgres"))
    assert done.returncode == 0, done.stderr
    assert "are in place; statements run: 0" in done.stdout


@pytest.mark.usefixtures("told")
def test_run_again_it_changes_nothing_whoever_runs_it(server: Installation) -> None:
    before = standing(server)
    for login in ("postgres", "prm_app"):
        done = server.run(SETUP, DATABASE_ADMIN_URL=server.url(login, "postgres"))
        assert done.returncode == 0, done.stderr
        assert "statements run: 0" in done.stdout
    assert standing(server) == before


@pytest.mark.usefixtures("told")
def test_a_password_that_was_changed_in_the_settings_is_set(server: Installation) -> None:
    server.passwords["prm_app"] += "-anew"
    done = server.run(SETUP)
    assert "statements run: 1" in done.stdout
    assert server.rows("prm_app", "SELECT 1", "postgres") == [(1,)]


@pytest.fixture(scope="module")
def prepared(server: Installation, told: list[str]) -> Installation:
    done = server.run(migrate_command())
    assert done.returncode == 0, done.stderr
    for login in ("prm_app_vendor", "prm_app_portal"):
        server.passwords[login] = f"{login}-secret"
        server.rows("postgres", f"ALTER ROLE {login} PASSWORD '{login}-secret'", "postgres")
    return server


@pytest.fixture(scope="module")
def sessions(prepared: Installation) -> list[str]:
    """Somebody of a partner and somebody of the vendor with their companies; a session of each."""
    return run(prepared, PEOPLE).split()


@pytest.mark.parametrize(
    ("login", "own", "others"),
    [
        (
            "prm_app_portal",
            ["prm_portal", "prm_public"],
            ["prm_vendor", "prm_guest", "prm_system", "prm_owner", "prm_backup", "prm_app"],
        ),
        (
            "prm_app_vendor",
            ["prm_vendor", "prm_guest", "prm_public", "prm_system"],
            ["prm_portal", "prm_owner", "prm_backup", "prm_app"],
        ),
        ("prm_app", ["prm_vendor", "prm_portal", "prm_system"], ["prm_owner", "prm_backup", "prm_app_vendor"]),
    ],
)
def test_a_login_takes_the_roles_of_its_door_and_no_other(
    login: str, own: list[str], others: list[str], prepared: Installation
) -> None:
    assert prepared.rows(login, "SELECT count(*) FROM accounts_user") == [(0,)]
    for role in own:
        prepared.rows(login, f"SET ROLE {role}")
    for role in others:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            prepared.rows(login, f"SET ROLE {role}")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        prepared.rows(login, "SELECT count(*) FROM partners_company")


def test_a_process_of_one_door_works_with_that_doors_login(prepared: Installation, sessions: list[str]) -> None:
    (prepared.folder / "static").mkdir(exist_ok=True)
    done = prepared.run(["python", "manage.py", "collectstatic", "--no-input"], service="web")
    assert done.returncode == 0, done.stderr
    partner, vendor = sessions
    asked = {
        "portal": (partner, "/portal/", "/portal/company", "/portal/people", "/portal/notifications", "/accounts/security/"),
        "vendor": (vendor, "/", "/companies", "/partners", "/notifications", "/accounts/security/"),
    }
    for surface, (session, *paths) in asked.items():
        more = {"DATABASE_URL": prepared.url(f"prm_app_{surface}", "prm"), "PRM_SURFACE": surface}
        said = dict(line.split() for line in run(prepared, ASK, session, *paths, **more).splitlines() if line.startswith("/"))
        assert said == dict.fromkeys(paths, "200"), surface
        assert prepared.run(CHECK, **more).returncode == 0


def test_a_process_of_one_door_with_the_login_of_all_is_told_so(prepared: Installation) -> None:
    done = prepared.run(CHECK, PRM_SURFACE="portal")
    assert done.returncode == 0, done.stderr
    assert "PRM_SURFACE=portal, and the login can take prm_guest, prm_system, prm_vendor too" in done.stderr


@pytest.mark.parametrize(
    ("login", "breaks", "mends", "words"),
    [
        ("postgres", "SELECT 1", "SELECT 1", "the login postgres is a superuser or bypasses row security"),
        (
            "prm_app",
            "GRANT prm_backup TO prm_app",
            "REVOKE prm_backup FROM prm_app",
            "the login prm_app can become prm_backup",
        ),
        ("prm_app", "DROP POLICY prm_portal_rows ON partners_sale", "", "partners_sale (owned) lacks prm_portal_rows"),
    ],
)
def test_start_up_refuses(login: str, breaks: str, mends: str, words: str, prepared: Installation) -> None:
    """Other holes: ``tests/access/test_shown_to_fail``."""
    prepared.rows("postgres", breaks)
    done = prepared.run(CHECK, DATABASE_URL=prepared.url(login, "prm"))
    if mends:
        prepared.rows("postgres", mends)
    else:
        assert prepared.run(["python", "manage.py", "migrate", "--no-input"]).returncode == 0
    assert done.returncode == 1
    assert words in done.stderr


@pytest.mark.usefixtures("sessions")
def test_a_data_migration_sees_and_changes_every_row_though_row_security_is_forced(prepared: Installation) -> None:
    rows = prepared.rows("postgres", "SELECT count(*) FROM partners_company")[0][0]
    assert rows
    assert run(prepared, MIGRATION).split() == ["owner", str(rows), str(rows)]
    assert prepared.rows("postgres", "SELECT relforcerowsecurity FROM pg_class WHERE relname = 'partners_company'") == [
        (True,)
    ]


def test_no_service_but_the_backup_can_have_its_login() -> None:
    """The password of ``prm_backup`` is in no variable of any service that compose starts."""
    assert [name for name, service in SERVICES.items() if "prm_backup" in str(service)] == []
