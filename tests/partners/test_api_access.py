"""The vendor lets a partner's people into the portal by API: the acts of the page, with its refusals, and by nobody else's key."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_sign_in, as_system
from prm.accounts.models import ApiKey, Invitation, Membership
from prm.accounts.rules.keys import digest_of, new_secret
from prm.core.ids import typeid_encode
from prm.events.runner.work import deliver_all
from prm.partners.models import Company
from prm.partners.services.lifecycle import partner_advance
from prm.partners.services.partners import partner_create
from tests.conftest import Caller, PartnersSide

pytestmark = pytest.mark.django_db
SOAZIG = {"email": "soazig@kerlan.example", "name": "Soazig Le Gall", "roles": ["partner_administrator"], "language": "fr"}
ANNE = {"name": "Anne Le Goff", "email": "anne@kerlan.example", "role": "partner_sales", "language": "fr"}


@pytest.fixture
def ask(manager: Actor, key_of: Any) -> Caller:
    return Caller(key_of(manager, ["partners:read", "persons:write"]))


@pytest.fixture
def kerlan(partners_side: PartnersSide) -> str:
    return f"partners/{partners_side.kerlan.public_id}"


def key_at(actor: Actor) -> str:
    """The secret of a key of somebody of a partner."""
    secret = new_secret()
    with as_sign_in():
        ApiKey.objects.create(
            user_id=actor.user_id, partner_id=actor.partner_id, name="theirs", prefix=secret[:13], digest=digest_of(secret),
            scopes=["partners:write", "persons:write"],
        )  # fmt: skip
    return secret


def test_somebody_is_invited_once_per_key_comes_in_and_is_ended(ask: Caller, kerlan: str) -> None:
    made = ask("POST", f"{kerlan}/invitations", SOAZIG, Idempotency_Key="once")
    again = ask("POST", f"{kerlan}/invitations", SOAZIG, Idempotency_Key="once")
    assert (made.status_code, again.headers["Idempotency-Replayed"], again.json()) == (201, "true", made.json())
    assert made.headers["Location"] == f"/api/v1/{kerlan}/invitations/{made.json()['id']}"
    assert ask("POST", f"{kerlan}/invitations", SOAZIG | {"name": "S."}, Idempotency_Key="once").status_code == 422
    deliver_all()
    [letter] = mail.outbox
    link = re.search(r"/accounts/invitation/[^/]+/", letter.body)[0]
    assert link.split("/")[-2] not in made.content.decode()
    theirs = Client()
    theirs.post(link, {"password": "eleven grey herons"})
    assert theirs.get("/portal/").status_code == 200

    assert ask("GET", f"{kerlan}/invitations/{made.json()['id']}").json()["state"] == "accepted"
    [member] = ask("GET", f"{kerlan}/members?q=le+gall").json()["data"]
    assert (member["name"], member["email"], member["roles"]) == (
        "Soazig Le Gall", "soazig@kerlan.example", ["partner_administrator"],
    )  # fmt: skip
    assert ask("POST", f"{kerlan}/invitations", SOAZIG).json()["code"] == "known_address"
    assert theirs.post("/portal/people/new", ANNE).status_code == 302
    ended = ask("POST", f"{kerlan}/members/{member['id']}/deactivate", Idempotency_Key="end")
    assert (ended.status_code, ended.json()["id"], ended.json()["invitations_taken_back"]) == (200, member["id"], 1)
    assert ask("POST", f"{kerlan}/members/{member['id']}/deactivate", Idempotency_Key="end").json() == ended.json()
    assert theirs.get("/portal/").status_code != 200
    assert ask("GET", f"{kerlan}/members").json()["data"] == []
    assert ask("POST", f"{kerlan}/members/{member['id']}/deactivate").status_code == 404


def test_invitations_are_listed_by_state_page_by_page_sent_again_and_taken_back(ask: Caller, kerlan: str) -> None:
    ids = [ask("POST", f"{kerlan}/invitations", SOAZIG | {"email": f"s{n}@kerlan.example"}).json()["id"] for n in range(3)]
    before = Invitation.objects.get(email="s0@kerlan.example").digest
    assert ask("POST", f"{kerlan}/invitations/{ids[0]}/resend").json()["state"] == "open"
    assert Invitation.objects.get(email="s0@kerlan.example").digest != before
    assert ask("POST", f"{kerlan}/invitations/{ids[1]}/revoke").json()["state"] == "revoked"
    refused = ask("POST", f"{kerlan}/invitations/{ids[1]}/resend")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_open")
    first = ask("GET", f"{kerlan}/invitations?limit=2&sort=created_at").json()
    rest = ask("GET", f"{kerlan}/invitations?limit=2&sort=created_at&cursor={first['next_cursor']}").json()
    assert [row["id"] for row in first["data"] + rest["data"]] == ids
    assert [row["id"] for row in ask("GET", f"{kerlan}/invitations?state=revoked").json()["data"]] == [ids[1]]
    assert [row["id"] for row in ask("GET", f"{kerlan}/invitations?email=S2@kerlan.example").json()["data"]] == [ids[2]]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [({"email": "soazig"}, "/email"), ({"roles": ["manager"]}, "/roles/0"), ({"roles": []}, "/roles"),
     ({"roles": ["candidate"]}, "/roles"), ({"studies": ["study_01h455vb4pex5vsknk084sn02q"]}, "/studies"),
     ({"name": "S\nBcc: x@y.example"}, "/name")],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_place_and_nobody_is_invited(
    ask: Caller, kerlan: str, wrong: dict[str, Any], pointer: str
) -> None:
    refused = ask("POST", f"{kerlan}/invitations", SOAZIG | wrong)
    assert refused.status_code == 422
    assert [fault["pointer"] for fault in refused.json()["errors"]] == [pointer]
    assert not Invitation.objects.exists()


def test_a_company_in_recruitment_has_candidates_and_one_that_has_left_nobody(
    ask: Caller, manager: Actor, partners_side: PartnersSide, kerlan: str
) -> None:
    with as_system("a test") as system:
        ostrava = partner_create(actor=system, company_id=Company.objects.create(name="Ostrava Net", country="CZ").pk)
    path = f"partners/{ostrava.public_id}/invitations"
    assert ask("POST", path, SOAZIG).json()["code"] == "role_of_another_door"
    assert ask("POST", path, SOAZIG | {"roles": ["candidate"]}).json()["roles"] == ["candidate"]
    with as_role(manager):
        for step in ("exiting", "exited"):
            partner_advance(actor=manager, partner_id=partners_side.kerlan.pk, to=step, reason="a test")
    refused = ask("POST", f"{kerlan}/invitations", SOAZIG)
    assert (refused.status_code, refused.json()["code"]) == (409, "door_closed")


def test_one_partners_people_and_invitations_are_not_reached_by_the_address_of_another(
    ask: Caller, partners_side: PartnersSide, kerlan: str
) -> None:
    theirs = partners_side.member(partners_side.kerlan)
    sent = ask("POST", f"{kerlan}/invitations", SOAZIG).json()["id"]
    other = f"partners/{partners_side.nordisk.public_id}"
    who = typeid_encode("person", theirs.person_id)
    for method, path in (
        ("GET", f"{other}/members/{who}"), ("POST", f"{other}/members/{who}/deactivate"), ("GET", f"{other}/invitations/{sent}"),
        ("POST", f"{other}/invitations/{sent}/resend"), ("POST", f"{other}/invitations/{sent}/revoke"),
    ):  # fmt: skip
        assert ask(method, path).status_code == 404, (method, path)
    assert ask("GET", f"{other}/members").json()["data"] == ask("GET", f"{other}/invitations").json()["data"] == []
    assert Membership.objects.filter(user_id=theirs.user_id).exists()


@pytest.mark.parametrize("whose", ["another partner's", "its own", "a candidate's"])
def test_to_a_partners_key_these_addresses_do_not_exist(
    ask: Caller, partners_side: PartnersSide, kerlan: str, whose: str
) -> None:
    theirs = partners_side.member(partners_side.kerlan)
    sent = ask("POST", f"{kerlan}/invitations", SOAZIG).json()["id"]
    actor = {
        "another partner's": lambda: partners_side.member(partners_side.nordisk, name="Jens Holm"),
        "its own": lambda: theirs,
        "a candidate's": partners_side.candidate,
    }[whose]()
    program = Caller(key_at(actor))
    who = typeid_encode("person", theirs.person_id)
    for method, path, body in (
        ("GET", "invitations", None), ("POST", "invitations", SOAZIG | {"email": "x@kerlan.example"}), ("GET", "members", None),
        ("GET", f"invitations/{sent}", None), ("POST", f"invitations/{sent}/resend", None),
        ("POST", f"invitations/{sent}/revoke", None), ("GET", f"members/{who}", None), ("POST", f"members/{who}/deactivate", None),
    ):  # fmt: skip
        assert program(method, f"{kerlan}/{path}", body).status_code in {403, 404}, (method, path)
    assert [row.state for row in Invitation.objects.all()] == ["open"]
    assert Membership.objects.filter(user_id=theirs.user_id).exists()


def test_a_key_that_may_only_read_partners_invites_nobody(manager: Actor, key_of: Any, kerlan: str) -> None:
    reader = Caller(key_of(manager, ["partners:read"]))
    for method, path in (("GET", "invitations"), ("GET", "members"), ("POST", "invitations")):
        assert reader(method, f"{kerlan}/{path}", SOAZIG if method == "POST" else None).status_code == 403


def test_a_key_that_may_change_partners_but_let_nobody_in_makes_no_administrator_of_one(
    manager: Actor, director: Actor, key_of: Any, kerlan: str
) -> None:
    for actor in (manager, director):
        writer = Caller(key_of(actor, ["partners:write", "persons:read"]))
        for method, path in (("GET", "invitations"), ("GET", "members"), ("POST", "invitations")):
            refused = writer(method, f"{kerlan}/{path}", SOAZIG if method == "POST" else None)
            assert refused.status_code == 403, (method, path)
    assert not Invitation.objects.exists()
    blind = Caller(key_of(manager, ["persons:write"]))
    assert blind("POST", f"{kerlan}/invitations", SOAZIG).status_code in {403, 404}, "of a partner that it does not see"
    assert not Invitation.objects.exists()


def test_whoever_may_not_invite_to_partners_does_not_by_api(make_member: Any, client_of: Any, kerlan: str) -> None:
    support = make_member(Role.SUPPORT_ENGINEER, name="Pia Lund")
    client = client_of(support)
    for path in ("invitations", "members"):
        assert client.get(f"/api/v1/{kerlan}/{path}").status_code == 403
    refused = client.post(f"/api/v1/{kerlan}/invitations", SOAZIG, content_type="application/json")
    assert refused.status_code == 403
    assert not Invitation.objects.exists()


def test_a_list_of_people_takes_as_many_queries_for_twelve_as_for_two(
    ask: Caller, partners_side: PartnersSide, kerlan: str
) -> None:
    def sellers(*numbers: int) -> int:
        for n in numbers:
            partners_side.member(partners_side.kerlan, Role.PARTNER_SALES, name=f"Seller {n:02}")
        with CaptureQueriesContext(connection) as asked:
            page = ask("GET", f"{kerlan}/members?limit=12").json()
        assert [row["name"] for row in page["data"]] == [f"Seller {n:02}" for n in range(numbers[-1] + 1)]
        return len(asked)

    ask("GET", f"{kerlan}/members")
    assert sellers(0, 1) == sellers(*range(2, 12))
