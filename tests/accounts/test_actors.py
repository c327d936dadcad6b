"""Who a request is, and what it may do."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from prm.access.actors import Actor, ActorKind, Role
from prm.access.policies import authorize
from prm.access.roles import as_role, as_sign_in, as_system
from prm.accounts.models import ApiKey, Membership, Person, User
from prm.accounts.selectors.actors import actor_behind, actor_of_user, api_key_of
from prm.accounts.selectors.keys import api_key_list
from prm.accounts.services.accounts import member_add, preferences_update
from prm.accounts.services.keys import api_key_create, api_key_revoke
from prm.core.errors import Denied, Invalid, NotFound
from prm.events.models import OutboxEvent
from prm.events.selectors import history_list

pytestmark = pytest.mark.django_db


def actor_of_secret(secret: str) -> Actor | None:
    """Who the middleware takes a caller with this bearer key for."""
    key = api_key_of(secret)
    return None if key is None else actor_behind(key)


def test_a_channel_manager_sees_people_but_does_not_invite_them(manager: Actor) -> None:
    assert manager.may("accounts.person:view")
    assert not manager.may("accounts.person:invite")
    with as_role(manager), pytest.raises(Denied):
        member_add(actor=manager, email="x@orvane.example", name="X", roles=[Role.MANAGER])


def test_an_account_without_a_membership_is_nobody(manager: Actor) -> None:
    user = User.objects.create_user(email="lost@orvane.example", password="correct horse battery")
    assert actor_of_user(user).kind is ActorKind.ANONYMOUS
    assert Membership.objects.filter(user=user).count() == 0


def test_adding_somebody_twice_adds_the_missing_role_only(administrator: Actor) -> None:
    with as_role(administrator):
        first = member_add(actor=administrator, email="New@Orvane.example", name="New", roles=[Role.MANAGER])
        second = member_add(actor=administrator, email="new@orvane.example", name="New", roles=[Role.DIRECTOR])
        assert first == second
    assert sorted(Membership.objects.filter(user_id=first.user_id).values_list("role", flat=True)) == ["director", "manager"]


def test_history_tells_each_role_that_was_given_also_by_a_command_and_nothing_that_was_not() -> None:
    for roles in (["manager"], ["manager", "administrator"], ["administrator"]):
        options = [option for role in roles for option in ("--role", role)]
        call_command("member_add", "first@orvane.example", "Prime Ière", *options, stdout=StringIO())
    with as_system("a test"):
        person = Person.objects.get(email="first@orvane.example")
        told = OutboxEvent.objects.filter(type="accounts.member_added", subject_id=person.pk).order_by("id")
        assert [(event.actor_kind, event.data) for event in told] == [
            ("system", {"roles": ["manager"]}),
            ("system", {"roles": ["administrator"]}),
        ]


def test_a_permission_nobody_declared_is_a_programming_error(manager: Actor) -> None:
    with pytest.raises(KeyError):
        authorize(manager, "accounts.person:paint")


def test_an_object_outside_what_is_seen_is_not_found_rather_than_denied(manager: Actor) -> None:
    with as_system("a test"):
        person = Person.objects.create(name="Somebody")
        stranger = Actor(kind=ActorKind.PARTNER, permissions=frozenset({"accounts.person:view", "accounts.person:edit"}))
        with pytest.raises(NotFound):
            authorize(stranger, "accounts.person:edit", person)
        with pytest.raises(Denied):
            authorize(manager, "accounts.person:edit", person)


def test_a_key_narrows_its_owner_and_is_stored_as_a_digest(manager: Actor) -> None:
    with as_role(manager):
        key, secret = api_key_create(actor=manager, name="BI", scopes=["persons:read"])
    behind = actor_of_secret(secret)
    assert behind is not None
    assert behind.may("accounts.person:view")
    assert not behind.may("accounts.person:keys")
    assert behind.user_id == manager.user_id
    assert secret not in str(ApiKey.objects.filter(pk=key.pk).values().get())


def test_signing_in_learns_the_persons_name_and_nothing_else_of_people(manager: Actor) -> None:
    with as_role(manager):
        _key, secret = api_key_create(actor=manager, name="BI", scopes=["persons:read"])
    behind = actor_of_secret(secret)
    assert behind is not None
    assert (behind.person_id, behind.name) == (manager.person_id, "Claire Rousset")
    # A role may not ask by account.
    with as_role(manager), pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT accounts_person_of(%s)", [manager.user_id])


def test_the_last_use_of_a_key_is_noted_once_a_minute(manager: Actor) -> None:
    with as_role(manager):
        key, secret = api_key_create(actor=manager, name="BI", scopes=["persons:read"])
    headers, used = {"Authorization": f"Bearer {secret}"}, []
    for _request in range(2):
        assert Client().get("/api/v1/me", headers=headers).status_code == 200
        used.append(ApiKey.objects.get(pk=key.pk).last_used_at)
    assert used[0] is not None
    assert used[0] == used[1]
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=timezone.now() - timedelta(minutes=2))
    Client().get("/api/v1/me", headers=headers)
    assert ApiKey.objects.get(pk=key.pk).last_used_at > used[1]


@pytest.mark.parametrize("change", [
    {"revoked_at": timezone.now()},
    {"expires_at": timezone.now() - timedelta(seconds=1)},
])  # fmt: skip
def test_a_revoked_or_expired_key_opens_nothing(manager: Actor, change: dict[str, object]) -> None:
    with as_role(manager):
        key, secret = api_key_create(actor=manager, name="BI", scopes=["persons:read"])
    ApiKey.objects.filter(pk=key.pk).update(**change)
    assert actor_of_secret(secret) is None


def test_a_key_never_outlives_its_owners_rights(manager: Actor) -> None:
    with as_role(manager):
        _key, secret = api_key_create(actor=manager, name="BI", scopes=["persons:write"])
    Membership.objects.filter(user_id=manager.user_id).delete()
    behind = actor_of_secret(secret)
    assert behind is not None
    assert behind.permissions == frozenset()


@pytest.mark.parametrize(("scopes", "name", "code"), [
    ([], "BI", "unknown_scope"),
    (["everything:write"], "BI", "unknown_scope"),
    (["persons:read"], "  ", "required"),
])  # fmt: skip
def test_a_key_without_scope_or_name_is_refused(manager: Actor, scopes: list[str], name: str, code: str) -> None:
    with as_role(manager), pytest.raises(Invalid) as refusal:
        api_key_create(actor=manager, name=name, scopes=scopes)
    assert refusal.value.code == code


def test_history_tells_that_a_key_was_made_and_revoked_but_not_its_secret(manager: Actor) -> None:
    with as_role(manager):
        key, secret = api_key_create(actor=manager, name="BI", scopes=["persons:read"])
        api_key_revoke(actor=manager, key_id=key.pk)
        with pytest.raises(NotFound):
            api_key_revoke(actor=manager, key_id=key.pk)
        told = list(OutboxEvent.objects.filter(subject_type="api_key", subject_id=key.pk).order_by("id"))
        sentences = [entry.sentence for entry in history_list(actor=manager, subject_type="api_key", subject_id=key.pk)]
    assert [(event.type, event.actor_id) for event in told] == [
        ("accounts.api_key_created", manager.user_id),
        ("accounts.api_key_revoked", manager.user_id),
    ]
    assert told[0].data == {"prefix": key.prefix, "scopes": ["persons:read"], "expires_at": None}
    assert sentences == [f"revoked the API key {key.prefix}…", f"made the API key {key.prefix}…"]
    assert secret not in str([event.data for event in told])


def test_a_key_whose_history_cannot_be_written_is_not_made(manager: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(event: object, *, actor: Actor) -> None:
        raise OSError("planted")

    monkeypatch.setattr("prm.accounts.services.keys.publish", fail)
    with as_role(manager), pytest.raises(OSError, match="planted"):
        api_key_create(actor=manager, name="BI", scopes=["persons:read"])
    assert not ApiKey.objects.filter(user_id=manager.user_id).exists()


def test_nobody_sees_or_revokes_another_persons_key(manager: Actor, director: Actor) -> None:
    with as_role(manager):
        key, _secret = api_key_create(actor=manager, name="BI", scopes=["persons:read"])
    with as_role(director):
        assert api_key_list(actor=director) == []
        with pytest.raises(NotFound):
            api_key_revoke(actor=director, key_id=key.pk)


def test_a_wrong_bearer_key_is_nobody_even_with_a_signed_in_session(client_of, manager: Actor) -> None:
    client: Client = client_of(manager)
    answer = client.get("/api/v1/me", headers={"Authorization": "Bearer prm_live_" + "x" * 32})
    assert answer.status_code == 401


def test_preferences_are_kept_and_a_theme_that_does_not_exist_is_refused(manager: Actor) -> None:
    with as_role(manager):
        preferences_update(actor=manager, theme="dark", language="fr")
        with pytest.raises(Invalid):
            preferences_update(actor=manager, theme="pink")
    with as_sign_in():
        assert User.objects.values_list("theme", "language").get(pk=manager.user_id) == ("dark", "fr")
