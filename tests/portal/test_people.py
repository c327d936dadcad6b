"""A partner's people: seen by all of them, managed by their administrators, unknown to everybody else's."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from prm.access.actors import Actor, ActorKind, Role
from prm.access.roles import as_role, as_sign_in
from prm.accounts.models import Invitation, Person, User
from prm.accounts.selectors.actors import actor_of_user
from prm.accounts.selectors.colleagues import colleague_list
from prm.accounts.services.accounts import Account
from prm.core.ids import typeid_encode
from prm.events.runner.work import deliver_all
from prm.partners.services.members import partner_member_add

pytestmark = pytest.mark.django_db


@pytest.fixture
def yann(partners_side: Any) -> Actor:
    return partners_side.member(partners_side.kerlan)


@pytest.fixture
def mael(partners_side: Any) -> Actor:
    return partners_side.member(partners_side.kerlan, Role.PARTNER_SALES, name="Maël Briand")


def person(actor: Actor) -> str:
    return typeid_encode(Person.typeid_prefix, actor.person_id)


def now(actor: Actor) -> Actor:
    """The same person as their next request finds them."""
    with as_sign_in():
        return actor_of_user(User.objects.get(pk=actor.user_id), str(actor.partner_id))


def test_a_salesperson_reads_who_comes_in_and_changes_nobody(yann, mael, client_of) -> None:
    client = client_of(mael)
    page = client.get("/portal/people").content.decode()
    assert "Yann Guivarch" in page
    assert "/portal/people/person_" not in page
    for path in ("/portal/people/new", f"/portal/people/{person(yann)}", f"/portal/people/{person(yann)}/end"):
        assert client.post(path, {"role": "partner_sales"}).status_code == 403


def link_in(message: Any) -> str:
    return re.search(r"/accounts/invitation/\S+", message.body)[0]


def test_an_administrator_invites_a_colleague_who_comes_in_by_the_link_in_the_mail(yann, client_of, partners_side) -> None:
    values = {"name": "Anne Le Goff", "email": "anne@kerlan.example", "role": "partner_technical", "language": "fr"}
    assert client_of(yann).post("/portal/people/new", values).status_code == 302
    deliver_all()
    assert [message.to for message in mail.outbox] == [["anne@kerlan.example"]]
    page = client_of(yann).get("/portal/people").content.decode()
    assert "Invited, not here yet" in page
    assert Client().post(link_in(mail.outbox[0]), {"password": "a sentence is best"}).status_code == 302
    with as_sign_in():
        added = actor_of_user(User.objects.get(email="anne@kerlan.example"))
    assert (added.kind, added.partner_id, added.roles) == (
        ActorKind.PARTNER, partners_side.kerlan.pk, frozenset({Role.PARTNER_TECHNICAL}),
    )  # fmt: skip
    assert "Invited, not here yet" not in client_of(yann).get("/portal/people").content.decode()
    again = client_of(yann).post("/portal/people/new", {**values, "email": "Anne@kerlan.example"})
    assert again.status_code == 422
    assert "has access already" in again.content.decode()


def test_an_invitation_is_sent_again_and_taken_back_by_the_partners_own_administrators_only(
    yann, mael, client_of, partners_side
) -> None:
    values = {"name": "Anne Le Goff", "email": "anne@kerlan.example", "role": "partner_technical", "language": "fr"}
    client_of(yann).post("/portal/people/new", values)
    deliver_all()
    with as_sign_in():
        own = f"/portal/people/invitations/{Invitation.objects.get().public_id}"
    other = client_of(partners_side.member(partners_side.nordisk, name="Per Lund"))
    for act in ("resend", "revoke"):
        assert other.post(f"{own}/{act}").status_code == 404
        assert client_of(mael).post(f"{own}/{act}").status_code == 403
    assert client_of(yann).post(f"{own}/resend").status_code == 302
    deliver_all()
    first, second = (link_in(message) for message in mail.outbox)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    assert client_of(yann).post(f"{own}/revoke").status_code == 302
    assert Client().get(second).status_code == 404


def test_no_role_of_the_vendor_can_be_given(yann, client_of) -> None:
    values = {"name": "Anne", "email": "anne@kerlan.example", "role": "administrator", "language": "fr"}
    assert client_of(yann).post("/portal/people/new", values).status_code == 422
    assert not Invitation.objects.exists()


def test_a_role_changes_from_the_next_request_on(yann, mael, client_of) -> None:
    assert client_of(yann).post(f"/portal/people/{person(mael)}", {"role": "partner_marketing"}).status_code == 302
    assert now(mael).roles == frozenset({Role.PARTNER_MARKETING})


def test_a_role_is_not_put_in_the_place_of_one_that_a_colleague_gave_meanwhile(yann, mael, partners_side, client_of) -> None:
    anne = partners_side.member(partners_side.kerlan, name="Anne Le Goff")
    page, mine, theirs = f"/portal/people/{person(mael)}", client_of(yann), client_of(anne)
    opened = mine.get(page).context["form"]
    stale = {"seen": opened.initial["seen"], "opened": opened.opened}
    assert theirs.post(page, {"role": "partner_marketing"}).status_code == 302
    refused = mine.post(page, {**stale, "role": "partner_administrator"})
    assert refused.status_code == 409
    assert "Anne Le Goff changed this while the form was open." in html.unescape(refused.content.decode())
    assert now(mael).roles == frozenset({Role.PARTNER_MARKETING})
    again = dict(refused.context["form"].data.items())
    assert again["role"] == "partner_administrator"
    assert mine.post(page, again).status_code == 302
    assert now(mael).roles == frozenset({Role.PARTNER_ADMINISTRATOR})


def test_a_role_that_the_vendor_gave_meanwhile_is_told_without_a_name(
    yann, mael, partners_side, client_of, administrator
) -> None:
    page, mine = f"/portal/people/{person(mael)}", client_of(yann)
    opened = mine.get(page).context["form"]
    with as_sign_in():
        email = User.objects.get(pk=mael.user_id).email
    with as_role(administrator):
        partner_member_add(
            actor=administrator, partner_id=partners_side.kerlan.pk, role=Role.PARTNER_MARKETING,
            account=Account(email=email, name="Maël Briand"),
        )  # fmt: skip
    refused = mine.post(page, {"seen": opened.initial["seen"], "opened": opened.opened, "role": "partner_administrator"})
    told = html.unescape(refused.content.decode())
    assert "Our company changed this while the form was open." in told
    assert administrator.name not in told


def test_an_access_ends_with_the_next_request_and_comes_back_by_another_invitation(yann, mael, client_of) -> None:
    theirs = client_of(mael)
    assert theirs.get("/portal/").status_code == 200
    assert client_of(yann).post(f"/portal/people/{person(mael)}/end").status_code == 302
    assert theirs.get("/portal/").status_code == 403
    assert now(mael).is_anonymous
    with as_sign_in():
        email = User.objects.get(pk=mael.user_id).email
    values = {"name": "Maël Briand", "email": email, "role": "partner_sales", "language": "fr"}
    client_of(yann).post("/portal/people/new", values)
    deliver_all()
    assert theirs.post(link_in(mail.outbox[-1])).status_code == 302
    assert now(mael).roles == frozenset({Role.PARTNER_SALES})
    assert "Maël Briand" in client_of(yann).get("/portal/people").content.decode()


def test_somebody_stays_administrator_and_nobody_ends_themselves(yann, mael, client_of) -> None:
    client = client_of(yann)
    answer = client.post(f"/portal/people/{person(yann)}", {"role": "partner_sales"})
    assert answer.status_code == 409
    assert "Somebody has to stay administrator." in answer.content.decode()
    assert client.post(f"/portal/people/{person(yann)}/end").status_code == 409
    assert now(yann).roles == frozenset({Role.PARTNER_ADMINISTRATOR})


def told(answer: Any, asked: str) -> str:
    """A page without what was asked for and without its token against forgery, which is another each time."""
    return re.sub(r"[A-Za-z0-9]{64}", "", answer.content.decode().replace(asked, ""))


def test_somebody_of_another_partner_is_as_unknown_as_nobody(partners_side, yann, client_of) -> None:
    other = partners_side.member(partners_side.nordisk, name="Per Lund")
    client, nobody = client_of(yann), typeid_encode(Person.typeid_prefix, partners_side.kerlan.pk)
    for path in ("/portal/people/{}", "/portal/people/{}/end"):
        theirs = client.post(path.format(person(other)), {"role": "partner_sales"})
        none = client.post(path.format(nobody), {"role": "partner_sales"})
        assert theirs.status_code == none.status_code == 404
        assert told(theirs, person(other)) == told(none, nobody)
    assert now(other).roles == frozenset({Role.PARTNER_ADMINISTRATOR})


def test_the_list_is_the_own_people_also_without_the_first_wall(partners_side, yann, mael) -> None:
    partners_side.member(partners_side.nordisk, name="Per Lund")
    with as_role(yann):
        assert [one.name for one in colleague_list(actor=yann)] == ["Maël Briand", "Yann Guivarch"]
        assert set(Person.objects.values_list("name", flat=True)) == {"Maël Briand", "Yann Guivarch"}


def test_the_list_asks_as_much_for_twelve_as_for_two(partners_side, yann, mael, client_of) -> None:
    client = client_of(yann)
    client.get("/portal/people")
    with CaptureQueriesContext(connection) as two:
        client.get("/portal/people")
    for number in range(10):
        partners_side.member(partners_side.kerlan, Role.PARTNER_SALES, name=f"Colleague{number} Test")
    with CaptureQueriesContext(connection) as twelve:
        client.get("/portal/people")
    assert len(two) == len(twelve) <= 20
