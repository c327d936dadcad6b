"""API keys of a partner: made, seen and ended by its administrators in the portal, for that partner alone."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_sign_in, as_system
from prm.accounts.models import ApiKey, User
from prm.accounts.selectors.keys import api_key_list
from prm.accounts.services.keys import api_key_create, api_key_revoke
from prm.accounts.services.members import member_remove
from prm.core.errors import Invalid, NotFound
from prm.core.ids import typeid_encode
from prm.events.models import OutboxEvent
from tests.conftest import Caller, PartnersSide, confirm

pytestmark = pytest.mark.django_db
FORM = {"name": "CRM sync", "scopes": ["notifications:read", "persons:write"], "lifetime": "90"}


@pytest.fixture
def yann(partners_side: PartnersSide) -> Actor:
    return partners_side.member(partners_side.kerlan)


def made(client: Client, **more: object) -> str:
    """The secret of a key made by page."""
    page = client.post("/portal/api-keys/create", {**FORM, **more}).content.decode()
    return re.search(r'id="secret"\s+readonly\s+value="(prm_live_[\w-]+)"', page)[1]


def key() -> str:
    with as_sign_in():
        return typeid_encode("key", ApiKey.objects.get().pk)


def test_an_administrator_makes_a_key_that_speaks_for_the_partner_alone_and_is_shown_once(
    yann: Actor, client_of, partners_side: PartnersSide
) -> None:
    client = client_of(yann)
    assert "API keys" in client.get("/portal/more").content.decode()
    assert "No key yet" in client.get("/portal/api-keys").content.decode()
    secret = made(client)
    program = Caller(secret)
    assert program("GET", "me").json()["kind"] == "partner"
    listed = client.get("/portal/api-keys").content.decode()
    assert secret not in listed
    assert 'mute">Acts</span>' not in listed, "a button stands on a phone without the head of its column"
    assert "CRM sync" in listed
    assert "Yann Guivarch" in listed
    with as_sign_in():
        assert ApiKey.objects.get().partner_id == partners_side.kerlan.pk
    with as_system("a test"):
        assert OutboxEvent.objects.get(type="accounts.api_key_created").partner_id == partners_side.kerlan.pk


def test_its_last_use_is_seen_and_its_end_is_at_once(yann: Actor, client_of) -> None:
    client = client_of(yann)
    program = Caller(made(client))
    assert "never" in client.get("/portal/api-keys").content.decode()
    assert program("GET", "me").status_code == 200
    assert "never" not in client.get("/portal/api-keys").content.decode()
    answer = client.post(f"/portal/api-keys/{key()}/revoke")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/portal/api-keys")
    assert program("GET", "me").status_code == 401
    assert "Revoked" in client.get("/portal/api-keys").content.decode()


def test_what_is_wrong_with_a_key_is_told_at_its_field(yann: Actor, client_of) -> None:
    answer = client_of(yann).post("/portal/api-keys/create", {"name": "", "scopes": ["sales:read"], "lifetime": "90"})
    assert answer.status_code == 422
    assert {"name", "scopes"} <= set(answer.context["form"].errors), "a scope that its maker holds nothing of is none"
    assert not ApiKey.objects.exists()


def test_a_key_is_offered_what_the_api_serves_a_partner_and_takes_nothing_else(yann: Actor, client_of) -> None:
    client = client_of(yann)
    offered = re.findall(r'name="scopes"\s+value="([^"]+)"', client.get("/portal/api-keys/create").content.decode())
    assert sorted(offered) == ["notifications:read", "notifications:write", "persons:write"]
    program = Caller(made(client, scopes=offered))
    assert program("GET", "me").json()["scopes"] == sorted(offered), "each of them opens something"
    for scope in ("companies:read", "questionnaires:write", "persons:read"):
        assert client.post("/portal/api-keys/create", {**FORM, "scopes": [scope]}).status_code == 422
        with as_role(yann), pytest.raises(Invalid) as refusal:
            api_key_create(actor=yann, name="CRM sync", scopes=["notifications:read", scope])
        assert (refusal.value.code, refusal.value.field) == ("unknown_scope", "scopes")


def test_making_a_key_asks_again_who_it_is_after_a_while(yann: Actor, client_of) -> None:
    client = client_of(yann)
    confirm(client, User.objects.get(pk=yann.user_id), ago=3600)
    answer = client.post("/portal/api-keys/create", FORM)
    assert answer.status_code == 302
    assert "/accounts/reauthenticate/" in answer.headers["Location"]
    assert not ApiKey.objects.exists()


def test_all_administrators_of_a_partner_look_after_its_keys_and_those_of_another_after_none(
    yann: Actor, client_of, partners_side: PartnersSide
) -> None:
    made(client_of(yann))
    second = partners_side.member(partners_side.kerlan, name="Nolwenn Tanguy")
    other = partners_side.member(partners_side.nordisk, name="Jens Holm")
    assert "CRM sync" in client_of(second).get("/portal/api-keys").content.decode()
    assert "CRM sync" not in client_of(other).get("/portal/api-keys").content.decode()
    assert client_of(other).post(f"/portal/api-keys/{key()}/revoke").status_code == 404
    key_id = ApiKey.objects.get().pk
    with as_role(other), pytest.raises(NotFound):
        api_key_revoke(actor=other, key_id=key_id)
    assert client_of(second).post(f"/portal/api-keys/{key()}/revoke").status_code == 302


@pytest.mark.parametrize("role", [Role.PARTNER_SALES, Role.PARTNER_TECHNICAL, Role.CANDIDATE])
def test_nobody_else_of_a_partner_has_keys(partners_side: PartnersSide, client_of, role: Role) -> None:
    who = partners_side.candidate() if role is Role.CANDIDATE else partners_side.member(partners_side.kerlan, role)
    client = client_of(who)
    assert "/portal/api-keys" not in client.get("/portal/more").content.decode()
    assert client.get("/portal/api-keys").status_code == 403
    assert client.post("/portal/api-keys/create", FORM).status_code == 403


def test_a_key_whose_maker_has_left_is_refused_and_told_as_such(yann: Actor, client_of, partners_side: PartnersSide) -> None:
    second = partners_side.member(partners_side.kerlan, name="Nolwenn Tanguy")
    program = Caller(made(client_of(second)))
    with as_role(yann):
        member_remove(actor=yann, person_id=second.person_id)
    assert program("GET", "me").status_code == 401
    page = client_of(yann).get("/portal/api-keys").content.decode()
    assert "Refused: its maker has left" in page
    assert client_of(yann).post(f"/portal/api-keys/{key()}/revoke").status_code == 302


def test_keys_for_the_vendor_and_for_a_partner_of_one_account_are_kept_apart(
    yann: Actor, manager: Actor, client_of, partners_side: PartnersSide
) -> None:
    made(client_of(yann))
    with as_role(manager):
        api_key_create(actor=manager, name="ours", scopes=["companies:read"])
        assert [one.name for one in api_key_list(actor=manager)] == ["ours"]
    with as_role(yann):
        assert [one.name for one in api_key_list(actor=yann)] == ["CRM sync"]
    assert client_of(yann).get("/settings/api-keys").status_code == 404
    assert client_of(manager).get("/portal/api-keys").status_code == 404


def test_the_reference_says_what_a_key_of_the_partner_can_do_and_nothing_else(yann: Actor, client_of) -> None:
    client = client_of(yann)
    assert 'href="/portal/developers/api"' in client.get("/portal/api-keys").content.decode()
    page = client.get("/portal/developers/api")
    shown = page.content.decode()
    assert page.status_code == 200
    assert "http://testserver/api/v1/members?limit=5" in shown
    told = {operation.id: operation for group in page.context["groups"] for operation in group.operations}
    assert {"me_retrieve", "members_list", "invitations_create", "notifications_list"} <= told.keys()
    assert not [name for name in told if name.startswith(("companies", "partners", "studies", "roles", "partner_"))]
    never = {"invitations_update", "invitations_partial_update", "members_activate", "members_reset_second_step"}
    assert not never & told.keys(), "what is refused to every key of a partner"
    program = Caller(made(client, scopes=["persons:write", "notifications:write"]))
    for operation in told.values():
        if operation.method == "GET" and "{" not in operation.path:
            assert program("GET", operation.path.removeprefix("/api/v1/")).status_code == 200, operation.id


def test_a_key_that_may_not_give_a_role_is_told_what_it_lacks(yann: Actor, client_of) -> None:
    program = Caller(made(client_of(yann), scopes=["persons:write"]))
    answer = program("POST", "invitations", {"email": "sven2@kerlan.example", "name": "Sven", "roles": ["partner_sales"]})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert answer.json()["detail"] == (
        "This role may do more than the key, which lacks notifications:read, notifications:write."
    )


def test_what_is_for_the_vendors_people_alone_does_not_exist_for_a_partners_key(
    yann: Actor, client_of, partners_side: PartnersSide
) -> None:
    seller = partners_side.member(partners_side.kerlan, Role.PARTNER_SALES, name="Sven")
    program = Caller(made(client_of(yann), scopes=["persons:write", "notifications:write"]))
    body = {"email": "sven2@kerlan.example", "name": "Sven", "roles": ["partner_sales"]}
    waiting = f"invitations/{program('POST', 'invitations', body).json()['id']}"
    tag = {"if_match": program("GET", waiting).headers["ETag"]}
    who = f"members/{typeid_encode('person', seller.person_id)}"
    answers = [
        program("PATCH", waiting, {"studies": []}, **tag),
        program("PUT", waiting, {"studies": []}, **tag),
        program("POST", f"{who}/activate", {}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 3
    told = [{**answer.json(), "instance": ""} for answer in answers]
    assert all(one == told[0] for one in told)


def test_the_page_that_a_refusal_leads_to_opens_for_the_vendor_a_partner_and_a_stranger(
    yann: Actor, manager: Actor, client_of
) -> None:
    kind = Caller(made(client_of(yann)))("GET", "members?colour=red").json()["type"]
    assert kind == "/developers/problems#bad_parameter"
    path, _hash, code = kind.partition("#")
    for client in (Client(), client_of(yann), client_of(manager)):
        page = client.get(path)
        assert page.status_code == 200
        assert f'id="{code}"' in page.content.decode()


def test_the_reference_names_resources_in_the_readers_language(yann: Actor, client_of) -> None:
    client = client_of(yann)
    client.post("/preferences", {"language": "fr"})
    page = client.get("/portal/developers/api")
    assert [group.label for group in page.context["groups"]] == [
        "Invitations", "Notifications", "Personnes ayant accès", "Préférences de notification", "Qui appelle",
    ]  # fmt: skip


@pytest.mark.parametrize("role", [Role.PARTNER_SALES, Role.CANDIDATE])
def test_whoever_makes_no_keys_reads_no_reference(partners_side: PartnersSide, client_of, role: Role) -> None:
    who = partners_side.candidate() if role is Role.CANDIDATE else partners_side.member(partners_side.kerlan, role)
    assert client_of(who).get("/portal/developers/api").status_code == 403
