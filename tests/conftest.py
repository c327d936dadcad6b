"""What every test may use: the database as the application's login, actors of each role, explicit system writes.

The test database is created and migrated by the owner and used as ``prm_app``, never as a superuser. Domain rows are written
inside ``as_system`` or through services with an actor.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from django.http import HttpResponse
from django.test import Client

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_sign_in
from prm.access.roles import as_system as system_role
from prm.accounts.models import User
from prm.accounts.places import SESSION_KEY
from prm.accounts.selectors.actors import actor_of_user
from prm.accounts.services.accounts import Account, member_add
from prm.accounts.services.keys import api_key_create
from prm.core.text import text_key
from prm.local.services import services
from prm.partners.models import Company, Lifecycle, Partner
from prm.partners.services.members import partner_member_add
from prm.partners.services.partners import partner_create

pytest_plugins = ["tests.ui.browser"]
# What a key of the tests may do unless they say.
WRITES = ["persons:write", "jobs:write"]


def pytest_configure(config: pytest.Config) -> None:
    """The embedded Postgres serves the tests unless DATABASE_URL names another server."""
    if not os.environ.get("DATABASE_URL"):
        services().hold()
        call_command("setup_database", verbosity=0)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever opens the database opens it for both logins: transactional tests are emptied by the owner."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker is not None and "databases" not in marker.kwargs:
            item.add_marker(pytest.mark.django_db(**{**marker.kwargs, "databases": ["default", "owner"]}), append=False)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The owner drops the test database at the end; the application's connection lets go of it first."""
    yield
    connections["default"].close()


@pytest.fixture(autouse=True)
def _empty_cache(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test meets what another kept, nor figures kept because the machine was slow just then."""
    monkeypatch.setattr("prm.core.cached_figures.SLOW_SECONDS", 3600)
    yield
    cache.clear()


@pytest.fixture
def as_system(db: None) -> Iterator[Actor]:
    """The whole test runs in the system's role, and gets its actor."""
    with system_role("a test") as actor:
        yield actor


MakeMember = Callable[..., Actor]


@pytest.fixture
def make_member(db: None) -> MakeMember:
    """Creates a person of the vendor with an account; gives its actor."""

    def make(role: Role = Role.MANAGER, *, name: str = "Claire Rousset", language: str = "en") -> Actor:
        email = f"{role.value}.{text_key(name).split()[0]}@orvane.example"
        with system_role("a test") as actor:
            person = member_add(
                actor=actor, email=email, name=name, roles=[role], password="correct horse battery", language=language
            )
        with as_sign_in():
            return actor_of_user(User.objects.get(pk=person.user_id))

    return make


class PartnersSide:
    """Two partners, competitors in one database, for tests of what each sees: ``kerlan`` and ``nordisk``; their people on demand."""

    def __init__(self) -> None:
        with system_role("a test") as actor:
            self.kerlan, self.nordisk = (
                partner_create(
                    actor=actor, company_id=Company.objects.create(name=name, country="FR").pk, lifecycle=Lifecycle.ACTIVE
                )
                for name in ("Kerlan Systèmes", "Nordisk IT")
            )

    def member(self, partner: Partner, role: Role = Role.PARTNER_ADMINISTRATOR, *, name: str = "Yann Guivarch") -> Actor:
        """Somebody of a partner, with an account; as its actor at that partner."""
        email = f"{text_key(name).replace(' ', '.')}.{role.value}@{partner.pk}.example"
        with system_role("a test") as actor:
            account = Account(email=email, name=name, password="correct horse battery")
            person = partner_member_add(actor=actor, partner_id=partner.pk, account=account, role=role)
        with as_sign_in():
            return actor_of_user(User.objects.get(pk=person.user_id), str(partner.pk))

    def candidate(self) -> Actor:
        """Somebody of a company that is in recruitment."""
        with system_role("a test") as actor:
            partner = partner_create(actor=actor, company_id=Company.objects.create(name="Ostrava Net", country="CZ").pk)
        return self.member(partner, Role.CANDIDATE, name="Jana Dvořáková")


@pytest.fixture
def partners_side(db: None) -> PartnersSide:
    return PartnersSide()


@pytest.fixture
def administrator(make_member: MakeMember) -> Actor:
    return make_member(Role.ADMINISTRATOR, name="Agnès Morel")


@pytest.fixture
def director(make_member: MakeMember) -> Actor:
    return make_member(Role.DIRECTOR, name="Daniel Weiss")


@pytest.fixture
def manager(make_member: MakeMember) -> Actor:
    return make_member(Role.MANAGER)


@pytest.fixture
def in_role_of() -> Callable[[Actor], object]:
    """``with in_role_of(manager): …`` is what the middleware does around a request."""
    return as_role


@pytest.fixture
def client_of(db: None) -> Callable[[Actor], Client]:
    """A browser signed in as an actor."""

    def sign_in(actor: Actor) -> Client:
        client = Client()
        user = User.objects.get(pk=UUID(str(actor.user_id)))
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        confirm(client, user)
        if actor.partner_id is not None:
            session = client.session
            session[SESSION_KEY] = str(actor.partner_id)
            session.save()
        return client

    return sign_in


def confirm(client: Client, user: User, *, ago: int = 0) -> None:
    """As if the person had typed their password ``ago`` seconds ago: sensitive acts ask for it."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time() - ago}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


class Caller:
    """A program with an API key."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.client = Client(raise_request_exception=False)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """One request; header names are written with underscores."""
        named = {"Authorization": f"Bearer {self.key}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        content = "" if body is None else body if isinstance(body, str) else json.dumps(body)
        kind = named.pop("Content-Type", "application/json")
        answer: HttpResponse = self.client.generic(method, f"/api/v1/{path}", content, content_type=kind, headers=named)
        return answer


@pytest.fixture
def key_of() -> Callable[..., str]:
    """The secret of a fresh key of somebody."""

    def make(actor: Actor, scopes: list[str] = WRITES) -> str:
        with as_role(actor):
            return api_key_create(actor=actor, name="a program", scopes=scopes)[1]

    return make


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-matrix", action="store_true", help="rewrite tests/access/matrix.json from what is observed")
