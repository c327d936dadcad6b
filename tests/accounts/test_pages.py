"""The settings pages: my API keys, and the people who have access."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from prm.access.actors import Actor, Role
from prm.access.policies import api_scopes
from prm.access.roles import as_role, as_sign_in, as_system
from prm.accounts.forms.keys import SCOPE_WORDS
from prm.accounts.models import ApiKey, Invitation, Membership, User
from prm.accounts.selectors.members import member_list
from prm.accounts.services import members as services_members
from prm.accounts.services.accounts import member_add
from prm.accounts.services.invitations import Invited, invitation_send
from prm.accounts.services.keys import api_key_create
from prm.accounts.services.members import member_activate, member_deactivate
from prm.core.errors import Conflict, Denied, Invalid
from prm.core.ids import typeid_encode
from prm.events.models import OutboxEvent
from prm.events.runner.work import deliver_all
from tests.together import at_once

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Actor], Client]
FORM = {"name": "CRM sync", "scopes": ["jobs:read", "persons:read"], "lifetime": "90"}


def create(client: Client, **changes: object) -> str:
    """The secret on the page that answers the form."""
    answer = client.post("/settings/api-keys/create", {**FORM, **changes})
    assert answer.status_code == 200
    return re.search(r'id="secret"[^>]*value="(prm_live_[^"]+)"', answer.content.decode().replace("\n", " "))[1]


def test_a_new_key_is_shown_once_and_works(manager: Actor, client_of: ClientOf) -> None:
    client = client_of(manager)
    secret = create(client)
    assert secret not in client.get("/settings/api-keys").content.decode()
    answer = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert answer.json()["scopes"] == ["jobs:read", "persons:read"]


def test_what_a_key_may_is_asked_in_the_readers_words(manager: Actor, client_of: ClientOf) -> None:
    client = client_of(manager)
    client.post("/preferences", {"language": "fr"})
    page = client.get("/settings/api-keys/create", headers={"accept-language": "fr"}).content.decode()
    asked = re.findall(r'<th scope="row">\s*([^<]*?)\s*</th>', page)
    assert {"Entreprises", "Personnes", "Listes de cibles"} <= set(asked)
    assert not {"companies", "persons", "target lists"} & set(asked)


def test_whatever_a_key_may_be_given_has_a_name() -> None:
    assert set(SCOPE_WORDS) == {scope.partition(":")[0] for scope in api_scopes()}


def test_the_list_shows_keys_with_their_last_use_and_never_a_secret(manager: Actor, client_of: ClientOf) -> None:
    client = client_of(manager)
    secret = create(client)
    assert "never" in client.get("/settings/api-keys").content.decode()
    Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    page = client.get("/settings/api-keys").content.decode()
    assert "CRM sync" in page
    assert secret[:13] in page
    with as_sign_in():
        assert ApiKey.objects.get().last_used_at is not None
    assert ">never<" not in page.replace(" ", "").replace("\n", "")


@pytest.mark.parametrize("changes", [{"name": ""}, {"scopes": []}, {"scopes": ["everything:write"]}, {"lifetime": "7"}])
def test_a_key_that_cannot_be_is_told_at_its_field(manager: Actor, client_of: ClientOf, changes: dict) -> None:
    answer = client_of(manager).post("/settings/api-keys/create", {**FORM, **changes})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == list(changes)
    with as_sign_in():
        assert not ApiKey.objects.exists()


def test_a_revoked_key_is_refused_at_once(manager: Actor, client_of: ClientOf) -> None:
    client = client_of(manager)
    secret = create(client)
    url = re.search(r'action="(/settings/api-keys/key_[^"]+/revoke)"', client.get("/settings/api-keys").content.decode())[1]
    assert client.post(url).status_code == 302
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert "Revoked" in client.get("/settings/api-keys").content.decode()


def test_nobody_revokes_somebody_elses_key(manager: Actor, director: Actor, client_of: ClientOf) -> None:
    with as_role(director):
        key, _secret = api_key_create(actor=director, name="Theirs", scopes=["jobs:read"])
    assert client_of(manager).post(f"/settings/api-keys/{typeid_encode('key', key.pk)}/revoke").status_code == 404
    assert client_of(manager).post("/settings/api-keys/nonsense/revoke").status_code == 404
    with as_sign_in():
        assert ApiKey.objects.get().revoked_at is None


def test_an_administrator_adds_a_colleague_who_gets_a_mail(administrator: Actor, client_of: ClientOf) -> None:
    client = client_of(administrator)
    form = {"name": "Elise Vidal", "email": "elise@orvane.example", "roles": ["director"], "language": "fr"}
    answer = client.post("/settings/people/add", form)
    deliver_all()
    assert answer.headers["Location"] == "/settings/invitations"
    page = client.get("/settings/invitations").content.decode()
    assert "elise@orvane.example" in page
    assert "Waiting" in page
    assert mail.outbox[0].to == ["elise@orvane.example"]
    assert "Bonjour Elise Vidal" in mail.outbox[0].body
    with as_system("a test"):
        event = OutboxEvent.objects.get(type="accounts.invitation_sent")
    assert (event.actor_id, event.data["roles"]) == (administrator.user_id, ["director"])
    assert "elise" not in str(event.data)


def test_an_address_that_has_an_account_is_refused_at_its_field(administrator: Actor, client_of: ClientOf) -> None:
    form = {"name": "Agnès", "email": "administrator.agnès@orvane.example", "roles": ["manager"], "language": "fr"}
    answer = client_of(administrator).post("/settings/people/add", {**form, "email": "ADMINISTRATOR.agnès@orvane.example"})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["email"]


def test_only_an_administrator_makes_an_administrator(director: Actor, client_of: ClientOf) -> None:
    form = {"name": "Mallory", "email": "m@orvane.example", "roles": ["administrator"], "language": "en"}
    assert client_of(director).post("/settings/people/add", form).status_code == 422
    with pytest.raises(Denied), as_role(director):
        member_add(actor=director, email="m@orvane.example", name="Mallory", roles=[Role.ADMINISTRATOR])


def test_who_is_refused_a_page_is_told_who_may_open_it(
    manager: Actor, administrator: Actor, director: Actor, client_of: ClientOf
) -> None:
    page = client_of(manager).get("/settings/people").content.decode()
    told = page.split("These people may do this: ")[1].split(".")[0]
    assert sorted(told.split(", ")) == sorted([administrator.name, director.name])


def test_a_name_among_those_with_access_leads_to_their_roles_and_every_page_leads_on(
    administrator: Actor, manager: Actor, client_of: ClientOf
) -> None:
    client = client_of(administrator)
    theirs, own = (typeid_encode("person", actor.person_id) for actor in (manager, administrator))
    page = client.get("/settings/people").content.decode()
    assert f'<a class="nm" href="/settings/people/{theirs}/roles">' in page
    assert f'<a class="nm" href="/history/{own}">' in page
    assert f'href="/history/{theirs}"' in client.get(f"/settings/people/{theirs}/roles").content.decode()
    assert "data-back" in client.get(f"/history/{theirs}").content.decode()


def test_a_manager_sees_neither_people_nor_the_form(manager: Actor, client_of: ClientOf) -> None:
    client = client_of(manager)
    assert client.get("/settings/people").status_code == 403
    assert client.post("/settings/people/add", {}).status_code == 403


def test_ended_access_ends_sessions_and_keys_and_can_be_given_back(
    administrator: Actor, manager: Actor, client_of: ClientOf
) -> None:
    theirs, mine = client_of(manager), client_of(administrator)
    secret = create(theirs)
    with as_role(administrator):
        member = next(m for m in member_list(actor=administrator) if m.user_id == manager.user_id)
    answer = mine.post(f"/settings/people/{member.public_id}/deactivate", follow=True)
    assert f"/settings/people/{member.public_id}/activate" in answer.content.decode()
    assert theirs.get("/jobs").status_code == 302
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    mine.post(f"/settings/people/{member.public_id}/activate")
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 200


def test_nobody_locks_themselves_or_the_last_administrator_out(administrator: Actor, make_member) -> None:
    second = make_member(Role.ADMINISTRATOR, name="Bruno Keller")
    with as_role(administrator):
        with pytest.raises(Conflict) as refusal:
            member_deactivate(actor=administrator, person_id=administrator.person_id)
        assert refusal.value.code == "yourself"
        member_deactivate(actor=administrator, person_id=second.person_id)
    with as_sign_in():
        Membership.objects.filter(user_id=administrator.user_id).delete()
        User.objects.filter(pk=second.user_id).update(is_active=True)
    with pytest.raises(Conflict) as refusal, as_role(administrator):
        member_deactivate(actor=administrator, person_id=second.person_id)
    assert refusal.value.code == "last_administrator"


def test_a_director_does_not_end_an_administrators_access(administrator: Actor, director: Actor, client_of: ClientOf) -> None:
    with as_role(administrator):
        member = next(m for m in member_list(actor=administrator) if m.user_id == administrator.user_id)
    assert client_of(director).post(f"/settings/people/{member.public_id}/deactivate").status_code == 403


def test_the_list_of_people_asks_as_often_for_two_as_for_twelve(
    administrator: Actor, make_member, client_of: ClientOf
) -> None:
    client = client_of(administrator)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/settings/people").status_code == 200
        return len(captured)

    make_member(Role.MANAGER, name="First Person")
    queries()
    few = queries()
    for number in range(10):
        make_member(Role.MANAGER, name=f"N{number} Person")
    assert queries() == few <= 20


def test_the_reference_describes_every_operation(manager: Actor, client_of: ClientOf) -> None:
    page = client_of(manager).get("/developers/api").content.decode()
    assert "/api/v1/jobs/{id}/cancel" in page
    assert "idempotency_in_progress" in page
    assert "<script src" in page
    assert " style=" not in page


@pytest.mark.django_db(transaction=True)
def test_a_colleague_whom_several_invite_at_once_has_one_open_invitation(administrator: Actor) -> None:
    def invite(role: Role = Role.MANAGER) -> Role:
        with as_role(administrator):
            invited = Invited(email="elise@orvane.example", name="Elise Vidal", roles=[role])
            invitation_send(actor=administrator, invited=invited)
        return role

    found = at_once(invite)
    with as_sign_in():
        assert [one.state for one in Invitation.objects.filter(revoked_at=None)] == ["open"]
    assert all(isinstance(answer, Conflict | Invalid) for answer in found if answer is not Role.MANAGER), found


@pytest.mark.django_db(transaction=True)
def test_access_that_several_end_and_give_back_at_once_is_told_once(administrator: Actor, manager: Actor) -> None:
    for change in (member_deactivate, member_activate):

        def act() -> None:
            with as_role(administrator):
                change(actor=administrator, person_id=manager.person_id)  # noqa: B023  called before the next one

        assert at_once(act) == [None] * 4
    with as_system("a test"):
        told = OutboxEvent.objects.filter(subject_id=manager.person_id, type__contains="activated").order_by("id")
        assert [event.type for event in told] == ["accounts.member_deactivated", "accounts.member_activated"]


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_end_each_other_at_once_one_stays(
    administrator: Actor, make_member, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_member(Role.ADMINISTRATOR, name="Bruno Salles")
    browsers = [(client_of(administrator), other), (client_of(other), administrator)]
    both_are_in, keep = threading.Barrier(2), services_members._keep_an_administrator

    def meet(*given: Any) -> None:  # both are signed in and found each other: whoever ended first would find the other gone
        both_are_in.wait(timeout=30)
        keep(*given)

    monkeypatch.setattr(services_members, "_keep_an_administrator", meet)

    def end() -> int:
        browser, whom = browsers.pop()
        return browser.post(f"/settings/people/{typeid_encode('person', whom.person_id)}/deactivate").status_code

    found = at_once(end, 2)
    with as_sign_in():
        left = User.objects.filter(memberships__role=Role.ADMINISTRATOR, is_active=True).count()
    assert (sorted(found), left) == ([302, 409], 1)
