"""Members, invitations and roles by API: the vendor's by the vendor's key, a partner's own by a partner's, never another's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from prm.access.actors import Actor, Role
from prm.access.roles import as_role
from prm.accounts.models import ApiKey, Invitation, Membership, User
from prm.accounts.rules.keys import digest_of, new_secret
from prm.accounts.services.invitations import Invited, invitation_send
from prm.accounts.services.keys import api_key_create
from prm.api.served import scopes_served
from prm.core.ids import typeid_encode
from prm.events.runner.work import deliver_all

pytestmark = pytest.mark.django_db
ELISE = {"email": "elise@orvane.example", "name": "Elise Vidal", "roles": ["manager"], "language": "fr"}
SALES = {"email": "sven@kerlan.example", "name": "Sven", "roles": ["partner_sales"]}


class Api:
    """The API as a program with a key calls it."""

    def __init__(self, secret: str) -> None:
        self.client, self.key = Client(), f"Bearer {secret}"

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {"authorization": self.key, **{name.replace("_", "-"): value for name, value in headers.items()}}
        more = {} if method == "get" else {"data": body if body is not None else {}, "content_type": "application/json"}
        return getattr(self.client, method)(f"/api/v1/{path}", headers=sent, **more)


@pytest.fixture
def api() -> Callable[..., Api]:
    def of(actor: Actor, *scopes: str) -> Api:
        wanted = list(scopes or scopes_served(actor.kind))
        if actor.partner_id is None:
            with as_role(actor):
                return Api(api_key_create(actor=actor, name="a test", scopes=wanted)[1])
        secret = new_secret()
        ApiKey.objects.create(
            user_id=actor.user_id, partner_id=actor.partner_id, name="a test", prefix=secret[:13], digest=digest_of(secret),
            scopes=wanted,
        )  # fmt: skip
        return Api(secret)

    return of


def person_of(actor: Actor) -> str:
    return typeid_encode("person", actor.person_id)


def test_an_invitation_is_made_once_per_key_and_its_link_goes_by_mail_alone(administrator: Actor, api: Any) -> None:
    ask = api(administrator)
    made = ask("post", "invitations", ELISE, idempotency_key="once")
    again = ask("post", "invitations", ELISE, idempotency_key="once")
    deliver_all()
    assert (made.status_code, again.headers["Idempotency-Replayed"], again.json()) == (201, "true", made.json())
    assert made.headers["Location"] == f"/api/v1/invitations/{made.json()['id']}"
    [letter] = mail.outbox
    token = re.search(r"/accounts/invitation/([^/]+)/", letter.body)[1]
    assert token not in made.content.decode()
    assert Client().get(f"/accounts/invitation/{token}/").status_code == 200
    read = ask("get", f"invitations/{made.json()['id']}").json()
    assert (read["state"], read["roles"], read["language"], read["invited_by"]) == (
        "open",
        ["manager"],
        "fr",
        administrator.name,
    )


def test_invitations_are_listed_by_state_and_page_by_page_sent_again_and_taken_back(administrator: Actor, api: Any) -> None:
    ask = api(administrator)
    ids = [ask("post", "invitations", {**ELISE, "email": f"e{n}@orvane.example"}).json()["id"] for n in range(3)]
    before = Invitation.objects.get(email="e0@orvane.example").digest
    assert ask("post", f"invitations/{ids[0]}/resend").json()["state"] == "open"
    assert Invitation.objects.get(email="e0@orvane.example").digest != before
    assert ask("post", f"invitations/{ids[1]}/revoke").json()["state"] == "revoked"
    assert ask("post", f"invitations/{ids[1]}/resend").json()["code"] == "not_open"
    first = ask("get", "invitations?limit=2&sort=created_at").json()
    rest = ask("get", f"invitations?limit=2&sort=created_at&cursor={first['next_cursor']}").json()
    assert [row["id"] for row in first["data"] + rest["data"]] == ids
    assert [row["id"] for row in ask("get", "invitations?state=revoked").json()["data"]] == [ids[1]]
    assert len(ask("get", "invitations?state[in]=open,expired").json()["data"]) == 2
    assert [row["id"] for row in ask("get", "invitations?email=E2@orvane.example").json()["data"]] == [ids[2]]


def test_what_is_wrong_with_an_invitation_is_told_as_a_problem(administrator: Actor, manager: Actor, api: Any) -> None:
    ask = api(administrator)
    for wrong, status, code in (
        ({"name": "Elise\nBcc: x"}, 422, "invalid"),
        ({"roles": ["no such role"]}, 422, "unknown_role"),
        ({"roles": ["partner_sales"]}, 422, "role_of_the_other_side"),
        ({"email": "no address"}, 422, "invalid"),
        ({"email": "elise@or\u2028vane.example"}, 422, "not_mailable"),
        ({"email": User.objects.get(pk=manager.user_id).email}, 409, "known_address"),
    ):
        answer = ask("post", "invitations", {**ELISE, **wrong})
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["errors"][0]["pointer"] == f"/{next(iter(wrong))}"
    for _letter in range(5):
        ask("post", "invitations", ELISE)
    often = ask("post", "invitations", ELISE)
    assert (often.status_code, often.json()["code"], int(often.headers["Retry-After"]) > 0) == (429, "too_often", True)


def test_members_are_read_change_their_roles_and_lose_and_get_back_access(
    administrator: Actor, manager: Actor, api: Any
) -> None:
    ask, who = api(administrator), person_of(manager)
    assert {row["id"] for row in ask("get", "members").json()["data"]} == {person_of(administrator), who}
    assert [row["id"] for row in ask("get", "members?q=claire").json()["data"]] == [who]
    read = ask("get", f"members/{who}")
    assert (read.json()["roles"], read.json()["is_active"], read.json()["has_second_step"]) == (["manager"], True, False)
    assert ask("patch", f"members/{who}", {"roles": ["director"]}).status_code == 428
    done = ask("patch", f"members/{who}", {"roles": ["director"]}, if_match=read.headers["ETag"])
    assert (done.status_code, done.json()["roles"]) == (200, ["director"])
    assert ask("patch", f"members/{who}", {"roles": ["manager"]}, if_match=read.headers["ETag"]).status_code == 412
    assert ask("post", f"members/{who}/deactivate").json()["is_active"] is False
    assert not User.objects.get(pk=manager.user_id).is_active
    assert [row["id"] for row in ask("get", "members?is_active=false").json()["data"]] == [who]
    assert ask("post", f"members/{who}/activate").json()["is_active"] is True
    for act in (f"members/{who}/reset-second-step", f"members/{person_of(administrator)}/deactivate"):
        assert ask("post", act).json()["code"] == "not_by_key"


def test_whoever_takes_access_away_learns_how_many_open_invitations_went_with_it(
    administrator: Actor, director: Actor, api: Any
) -> None:
    ask, who = api(administrator), person_of(director)
    for number in range(2):
        with as_role(director):
            invited = Invited(email=f"{number}@orvane.example", name="Another Self", roles=["director"])
            invitation_send(actor=director, invited=invited)
    read = ask("get", f"members/{who}")
    assert read.json()["invitations_taken_back"] == 0
    lowered = ask("patch", f"members/{who}", {"roles": ["manager"]}, if_match=read.headers["ETag"])
    assert (lowered.status_code, lowered.json()["invitations_taken_back"]) == (200, 2)
    # It tells of the act, not of the record, whose version is that of the next reading.
    again = ask("get", f"members/{who}")
    assert (again.json()["invitations_taken_back"], again.headers["ETag"]) == (0, lowered.headers["ETag"])
    raised = ask("patch", f"members/{who}", {"roles": ["director"]}, if_match=lowered.headers["ETag"])
    assert (raised.status_code, raised.json()["invitations_taken_back"]) == (200, 0)
    with as_role(director):
        invitation_send(actor=director, invited=Invited(email="3@orvane.example", name="Another Self", roles=["manager"]))
    assert ask("post", f"members/{who}/deactivate").json()["invitations_taken_back"] == 1


def test_a_partners_key_manages_its_own_people_and_finds_no_others(partners_side: Any, manager: Actor, api: Any) -> None:
    boss = partners_side.member(partners_side.kerlan)
    seller = partners_side.member(partners_side.kerlan, Role.PARTNER_SALES, name="Sven")
    theirs = partners_side.member(partners_side.nordisk, name="Jens Holm")
    ask, other = api(boss), api(theirs)
    User.objects.filter(pk=seller.user_id).update(last_login=timezone.now())
    foreign = other("post", "invitations", {**SALES, "email": "x@nordisk.example"}).json()["id"]
    own = ask("post", "invitations", SALES).json()["id"]
    assert [row["id"] for row in ask("get", "invitations").json()["data"]] == [own]
    members = ask("get", "members").json()["data"]
    assert {row["id"] for row in members} == {person_of(boss), person_of(seller)}
    # An account may come in elsewhere too: when it last did is not for this partner.
    assert {row["last_sign_in_at"] for row in members} == {None}
    missing = ask("get", f"members/{typeid_encode('person', boss.user_id)}").json()
    for path in (f"members/{person_of(theirs)}", f"members/{person_of(manager)}", f"invitations/{foreign}"):
        refused = ask("get", path)
        assert refused.status_code == 404
        assert {**refused.json(), "instance": ""} == {**missing, "instance": ""}
    for act in (f"members/{person_of(theirs)}/deactivate", f"invitations/{foreign}/revoke", f"invitations/{foreign}/resend"):
        assert ask("post", act).status_code == 404
    tag = ask("get", f"members/{person_of(seller)}").headers["ETag"]
    assert ask("patch", f"members/{person_of(seller)}", {"roles": ["manager"]}, if_match=tag).status_code == 422
    assert ask("patch", f"members/{person_of(seller)}", {"roles": ["partner_technical"]}, if_match=tag).status_code == 200
    assert ask("post", f"members/{person_of(seller)}/deactivate").json()["is_active"] is False
    assert not Membership.objects.filter(user_id=seller.user_id).exists()
    assert ask("post", f"members/{person_of(boss)}/reset-second-step").status_code == 403
    assert Membership.objects.filter(user_id=theirs.user_id).count() == 1


def test_a_partners_administrator_does_the_same_by_a_session_and_their_colleagues_do_not(
    partners_side: Any, client_of: Callable[[Actor], Client], api: Any
) -> None:
    boss = partners_side.member(partners_side.kerlan)
    seller = partners_side.member(partners_side.kerlan, Role.PARTNER_SALES, name="Sven")
    assert len(client_of(boss).get("/api/v1/members").json()["data"]) == 2
    assert client_of(seller).get("/api/v1/members").status_code == 403
    assert api(seller)("post", "invitations", SALES).status_code == 403
    assert api(partners_side.candidate())("get", "invitations").status_code == 403
    assert api(boss)("get", "roles").status_code == 404  # the vendor's


def test_a_key_that_only_reads_people_manages_nobody(administrator: Actor, manager: Actor, api: Any) -> None:
    ask = api(administrator, "persons:read")
    assert ask("get", "persons").status_code == 200
    for method, path in (("get", "members"), ("post", "invitations"), ("post", f"members/{person_of(manager)}/deactivate")):
        assert ask(method, path, ELISE if path == "invitations" else {}).status_code == 403


def test_roles_are_made_changed_given_and_put_away(administrator: Actor, director: Actor, manager: Actor, api: Any) -> None:
    ask = api(administrator, "roles:write", "persons:write", "partners:read")
    beyond = {"name": "Assistant", "base": "manager", "abilities": ["profiling.study:view"]}
    assert ask("post", "roles", beyond).status_code == 403  # the key may not
    made = ask("post", "roles", {"name": "Assistant", "base": "manager", "abilities": ["partners.partner:view"]})
    assert (made.status_code, made.json()["base"]) == (201, "manager")
    assert "partners.partner:view" in made.json()["abilities"]
    role = made.json()["id"]
    assert (
        ask("post", "roles", {"name": "ASSISTANT", "base": "manager", "abilities": ["partners.partner:view"]}).status_code
        == 409
    )
    assert (
        ask("post", "roles", {"name": "X", "base": "administrator", "abilities": ["partners.partner:view"]}).status_code
        == 422
    )
    tag = ask("get", f"roles/{role}").headers["ETag"]
    named = ask("patch", f"roles/{role}", {"name": "Partner assistant"}, if_match=tag)
    assert (named.json()["name"], named.json()["abilities"]) == ("Partner assistant", made.json()["abilities"])
    ask = api(administrator)  # whoever changes what a manager holds holds as much
    member = ask("get", f"members/{person_of(manager)}")
    given = ask("patch", f"members/{person_of(manager)}", {"roles": [role]}, if_match=member.headers["ETag"])
    assert given.json()["roles"] == [role]
    assert ask("post", f"roles/{role}/archive").json()["code"] == "role_is_held"
    ask("patch", f"members/{person_of(manager)}", {"roles": ["manager"]}, if_match=given.headers["ETag"])
    assert ask("post", f"roles/{role}/archive").json()["archived_at"] is not None
    assert ask("get", "roles").json()["data"] == []
    assert [row["id"] for row in ask("get", "roles?is_archived=true").json()["data"]] == [role]
    assert ask("post", f"roles/{role}/restore").json()["archived_at"] is None
    above = {"name": "All", "base": "manager", "abilities": ["accounts.provider:edit"]}
    assert api(director)("post", "roles", above).status_code == 403


def test_a_key_gives_no_role_and_changes_nobody_beyond_itself(administrator: Actor, manager: Actor, api: Any) -> None:
    narrow, wide = api(administrator, "persons:write"), api(administrator)
    who = person_of(manager)
    assert narrow("post", "invitations", ELISE).status_code == 403  # a manager may more than this key
    assert narrow("post", f"members/{who}/deactivate").status_code == 403
    tag = narrow("get", f"members/{who}").headers["ETag"]
    assert narrow("patch", f"members/{who}", {"roles": ["director"]}, if_match=tag).status_code == 403
    assert not Invitation.objects.exists()
    assert wide("post", "invitations", ELISE).status_code == 201
    assert wide("patch", f"members/{who}", {"roles": ["director"]}, if_match=tag).status_code == 200


def test_administrators_and_second_steps_are_a_persons_to_change(
    administrator: Actor, manager: Actor, make_member: Any, partners_side: Any, client_of: Callable[[Actor], Client], api: Any
) -> None:
    ask, other = api(administrator), make_member(Role.ADMINISTRATOR, name="Bruno Salles")
    boss = partners_side.member(partners_side.kerlan)
    acts = [
        (ask, "invitations", {**ELISE, "roles": ["administrator"]}),
        (ask, f"members/{person_of(other)}/deactivate", {}),
        (ask, f"members/{person_of(manager)}/reset-second-step", {}),
        (api(boss), "invitations", {**SALES, "roles": ["partner_administrator"]}),
    ]
    for key, path, body in acts:
        refused = key("post", path, body)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_by_key"), path
    for key, path, body in acts:
        browser = client_of(administrator if key is ask else boss)
        done = browser.post(f"/api/v1/{path}", body, content_type="application/json")
        assert done.status_code in {200, 201}, path
