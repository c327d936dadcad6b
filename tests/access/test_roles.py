"""The role wrapper: who the database thinks is asking, at every moment."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from prm.access.actors import Actor, ActorKind, anonymous_actor
from prm.access.roles import as_login, as_role, as_sign_in, as_system
from prm.accounts.models import Person, User
from prm.core.errors import NotFound
from prm.core.ids import uuid7
from prm.partners.models import Vendor

pytestmark = pytest.mark.django_db


def current_user() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def current(setting: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [f"prm.{setting}"])
        return str(cursor.fetchone()[0] or "")


def current_partner() -> str:
    return current("partner")


def test_tests_connect_as_the_application_login_not_as_a_superuser() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = session_user")
        assert cursor.fetchone() == ("prm_app", False, False)


def test_the_outer_role_and_partner_come_back_after_a_nested_role() -> None:
    partner = uuid7()
    with as_role(Actor(kind=ActorKind.PARTNER, partner_id=partner)):
        assert (current_user(), current_partner()) == ("prm_portal", str(partner))
        with as_system("nested"):
            assert (current_user(), current_partner()) == ("prm_system", "")
            with as_sign_in():
                assert current_user() == "prm_app"
            assert current_user() == "prm_system"
        assert (current_user(), current_partner()) == ("prm_portal", str(partner))
    assert current_user() == "prm_app"


def test_the_outer_role_comes_back_after_a_failed_statement() -> None:
    with as_role(anonymous_actor()):
        with pytest.raises(DatabaseError), as_system("fails"), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")
        assert current_user() == "prm_public"


def test_the_outer_role_comes_back_when_somebody_catches_what_was_raised_as_the_bare_login() -> None:
    with as_role(anonymous_actor()):
        with pytest.raises(NotFound), as_login():
            assert current_user() == "prm_app"
            raise NotFound
        assert current_user() == "prm_public"


def test_a_statement_that_fails_as_the_bare_login_is_told_as_what_it_was() -> None:
    with as_system("outside"):
        with pytest.raises(DatabaseError, match="no_such_table"), transaction.atomic(), as_login():
            connection.cursor().execute("SELECT * FROM no_such_table")
        assert current_user() == "prm_system"


def test_the_bare_login_reads_identity_tables_only() -> None:
    assert User.objects.count() == 0
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Person.objects.count()


def test_no_role_reads_identity_tables() -> None:
    for kind in ActorKind:
        with pytest.raises(DatabaseError, match="permission denied"), as_role(Actor(kind=kind)):
            User.objects.count()


def test_company_and_studies_come_with_the_role_and_go_with_it() -> None:
    company, studies = uuid7(), (uuid7(), uuid7())
    with as_role(Actor(kind=ActorKind.PARTNER, partner_id=uuid7(), company_id=company)):
        assert (current("company"), current("study")) == (str(company), "")
        with as_role(Actor(kind=ActorKind.SPECIALIST, study_ids=studies)):
            assert (current("partner"), current("company")) == ("", "")
            assert current("study") == ",".join(map(str, studies))
        assert (current("company"), current("study")) == (str(company), "")


def test_the_portal_role_has_no_way_to_the_vendors_tables() -> None:
    with pytest.raises(DatabaseError, match="permission denied"), as_role(Actor(kind=ActorKind.PARTNER, partner_id=uuid7())):
        Vendor.objects.count()


def test_the_portal_role_sees_no_people_of_the_vendor() -> None:
    with as_system("a test"):
        Person.objects.create(name="Kerlan")
    with as_role(Actor(kind=ActorKind.PARTNER, partner_id=uuid7())):
        assert Person.objects.count() == 0


def test_a_request_ends_as_the_bare_login(client: Client) -> None:
    client.get("/")
    assert current_user() == "prm_app"
