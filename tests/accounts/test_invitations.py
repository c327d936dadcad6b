"""Invitations: sent, opened once, taken back; several places of one account; a partner's administrators and their people (G4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from prm.access.actors import Actor, ActorKind, Role
from prm.access.roles import as_role, as_sign_in, as_system
from prm.accounts.home import waiting_invitations
from prm.accounts.links import token_behind
from prm.accounts.mails import LETTERS_IN_ALL
from prm.accounts.models import Invitation, Membership, Person, User
from prm.accounts.places import SESSION_KEY
from prm.accounts.selectors.invitations import invitation_list
from prm.accounts.selectors.members import member_list
from prm.accounts.services.accounts import member_add
from prm.accounts.services.coming_in import invitation_accept
from prm.accounts.services.invitations import (
    Invited,
    invitation_resend,
    invitation_revoke,
    invitation_send,
)
from prm.accounts.services.members import member_deactivate, member_reset_steps, member_set_roles
from prm.core.errors import Conflict, Denied, Invalid, NotFound, TooOften
from prm.events.models import OutboxEvent
from prm.events.runner.work import deliver_all
from prm.partners.services.members import partner_invite
from prm.ui.home import Whose
from tests.accounts.inviting import CHOSEN, actor_with, invite
from tests.accounts.second_steps import app_of, factors_of, sign_in
from tests.together import at_once

pytestmark = pytest.mark.django_db


def test_the_link_in_the_mail_makes_the_account_and_works_once(
    administrator: Actor, client_of: Callable[[Actor], Client]
) -> None:
    form = {"name": "Elise Vidal", "email": "elise@orvane.example", "roles": ["director", "manager"], "language": "fr"}
    client_of(administrator).post("/settings/people/add", form)
    assert mail.outbox == [], "not before it stands"
    deliver_all()
    link = re.search(rf"{settings.PRM_ADDRESS}(/accounts/invitation/\S+/)", mail.outbox[0].body)[1]
    browser = Client()
    assert "Bienvenue, Elise Vidal" in browser.get(link).content.decode()
    assert browser.post(link, {"password": "short"}).status_code == 422
    assert browser.post(link, CHOSEN).headers["Location"] == "/"
    assert browser.get("/jobs").status_code == 200
    came = actor_with("elise@orvane.example")
    assert (came.name, came.roles, came.language) == ("Elise Vidal", {Role.DIRECTOR, Role.MANAGER}, "fr")
    with as_system("a test"):
        accepted = OutboxEvent.objects.get(type="accounts.invitation_accepted")
    assert (accepted.actor_kind, accepted.actor_id) == ("vendor", came.user_id), "told as what they did themselves"
    again = Client().post(link, CHOSEN)
    assert again.status_code == 404
    assert Client().get(link).status_code == 404
    assert sign_in(came, Client())[1] == ""  # the password of other tests is not theirs
    assert Client().post("/accounts/login/", {"login": "elise@orvane.example", **CHOSEN}).status_code == 302


def test_the_token_is_kept_nowhere(administrator: Actor) -> None:
    token = invite(administrator)
    with as_system("a test"):
        told = str(list(OutboxEvent.objects.values_list("data", flat=True)))
    assert token not in str(Invitation.objects.values().get()) + told
    assert "elise" not in told


@pytest.mark.parametrize("end", ["expired", "revoked", "replaced", "resent"])
def test_a_link_that_is_over_opens_nothing_and_says_no_more(administrator: Actor, end: str) -> None:
    token = invite(administrator)
    key = Invitation.objects.get().pk
    if end == "expired":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with as_role(administrator):
        if end == "revoked":
            invitation_revoke(actor=administrator, invitation_id=key)
        elif end == "resent":
            invitation_resend(actor=administrator, invitation_id=key)
    if end == "replaced":
        invite(administrator)
    answers = [Client().get(f"/accounts/invitation/{text}/") for text in (token, "x" * 43)]
    assert [answer.status_code for answer in answers] == [404, 404]
    told = [re.sub(r"/accounts/invitation/[^/]*/|value=\"\w{64}\"|content=\"\w+\"", "", a.content.decode()) for a in answers]
    assert told[0] == told[1]
    assert Client().post(f"/accounts/invitation/{token}/", CHOSEN).status_code == 404
    assert not User.objects.filter(email="elise@orvane.example").exists()


def test_one_that_is_over_is_sent_again_and_then_opens(administrator: Actor) -> None:
    invite(administrator)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    key = Invitation.objects.get().pk
    with as_role(administrator):
        token = token_behind(invitation_resend(actor=administrator, invitation_id=key))
    assert Client().post(f"/accounts/invitation/{token}/", CHOSEN).status_code == 302
    with as_role(administrator), pytest.raises(Conflict):
        invitation_resend(actor=administrator, invitation_id=key)


@pytest.mark.django_db(transaction=True)
def test_four_browsers_with_one_link_make_one_account(administrator: Actor) -> None:
    token = invite(administrator)

    def accept() -> str:
        return str(invitation_accept(actor=administrator, token=token, password=CHOSEN["password"]).user.pk)

    found = at_once(accept)
    assert len([answer for answer in found if isinstance(answer, str)]) == 1
    assert all(isinstance(answer, str | NotFound | Conflict) for answer in found), found


def test_an_address_with_an_account_signs_in_first_and_then_works_for_both(
    administrator: Actor, partners_side, client_of: Callable[[Actor], Client]
) -> None:
    yann = partners_side.member(partners_side.kerlan)
    email = User.objects.get(pk=yann.user_id).email
    token = invite(administrator, Role.MANAGER, email=email)
    stranger = Client()
    assert "I have an account: sign in" in stranger.get(f"/accounts/invitation/{token}/").content.decode()
    refused = stranger.post(f"/accounts/invitation/{token}/", CHOSEN)
    assert refused.status_code == 409
    assert "has an account already" in refused.content.decode()
    client = client_of(yann)
    assert client.post(f"/accounts/invitation/{token}/").headers["Location"] == "/"
    assert client.get("/jobs").status_code == 200  # at the vendor's now
    both = actor_with(email)
    assert [name for _key, name in both.places] == ["", "Kerlan Systèmes"]
    assert client.post("/accounts/place/", {"place": str(partners_side.kerlan.pk)}).status_code == 302
    assert client.get("/jobs").status_code == 404
    assert client.get("/portal/").status_code == 200


def test_nobody_goes_to_a_place_that_is_not_theirs(partners_side, client_of: Callable[[Actor], Client]) -> None:
    client = client_of(partners_side.member(partners_side.kerlan))
    for place in (str(partners_side.nordisk.pk), "vendor", "specialist", ""):
        assert client.post("/accounts/place/", {"place": place}).status_code == 404
    assert client.session[SESSION_KEY] == str(partners_side.kerlan.pk)


def test_a_manager_of_the_vendor_invites_to_a_partner_and_they_land_there(manager: Actor, partners_side) -> None:
    invited = Invited(email="yann@kerlan.example", name="Yann", roles=[Role.PARTNER_ADMINISTRATOR], language="fr")
    with as_role(manager):
        token = token_behind(partner_invite(actor=manager, partner_id=partners_side.kerlan.pk, invited=invited))
    browser = Client()
    browser.post(f"/accounts/invitation/{token}/", CHOSEN)
    came = actor_with("yann@kerlan.example")
    assert (came.kind, came.partner_id) == (ActorKind.PARTNER, partners_side.kerlan.pk)
    assert browser.get("/portal/").status_code == 200


def test_a_partners_administrator_manages_their_own_people_and_sees_no_others(partners_side) -> None:
    mine, theirs = partners_side.member(partners_side.kerlan), partners_side.member(partners_side.nordisk, name="Jens Holm")
    invite(theirs, Role.PARTNER_SALES, email="x@nordisk.example")
    token = invite(mine, Role.PARTNER_SALES, email="sales@kerlan.example")
    Client().post(f"/accounts/invitation/{token}/", CHOSEN)
    with as_role(mine):
        assert {member.email.split("@")[0] for member in member_list(actor=mine)} == {
            "yann.guivarch.partner_administrator",
            "sales",
        }
        assert [one.email for one in invitation_list(actor=mine)] == ["sales@kerlan.example"]
        for act in (invitation_resend, invitation_revoke):
            with pytest.raises(NotFound):
                act(actor=mine, invitation_id=_key_of("x@nordisk.example"))
        for change in (member_deactivate, lambda **who: member_set_roles(roles=[Role.PARTNER_SALES], **who)):
            with pytest.raises(NotFound):
                change(actor=mine, person_id=theirs.person_id)
    assert Membership.objects.filter(user_id=theirs.user_id).count() == 1


def _key_of(email: str) -> UUID:
    with as_sign_in():
        return Invitation.objects.get(email=email).pk


def test_nobody_of_a_partner_gives_more_than_they_hold(partners_side, manager: Actor) -> None:
    boss = partners_side.member(partners_side.kerlan)
    seller = partners_side.member(partners_side.kerlan, Role.PARTNER_SALES, name="Sven")
    for role in (Role.ADMINISTRATOR, Role.MANAGER, Role.SPECIALIST):
        with pytest.raises(Invalid):
            invite(boss, role)
    with pytest.raises(Denied):
        invite(boss, Role.CANDIDATE)
    for actor in (seller, partners_side.candidate(), manager):
        with pytest.raises(Denied):
            invite(actor, Role.PARTNER_SALES)
    with as_role(seller), pytest.raises(Denied):
        member_list(actor=seller)
    with as_role(boss), pytest.raises(Denied):
        member_reset_steps(actor=boss, person_id=seller.person_id)
    assert not Invitation.objects.exists()


def test_whoever_is_taken_off_a_partner_keeps_their_other_places(partners_side, administrator: Actor) -> None:
    boss = partners_side.member(partners_side.kerlan)
    seller = partners_side.member(partners_side.kerlan, Role.PARTNER_SALES, name="Sven")
    email = User.objects.get(pk=seller.user_id).email
    token = invite(administrator, email=email)
    invitation_accept(actor=administrator, token=token, user_id=seller.user_id)
    with as_role(boss):
        member_deactivate(actor=boss, person_id=seller.person_id)
        with pytest.raises(Conflict):
            member_set_roles(actor=boss, person_id=boss.person_id, roles=[Role.PARTNER_SALES])
    assert [key for key, _name in actor_with(email).places] == ["vendor"]
    with as_system("a test"):
        assert Person.objects.get(pk=seller.person_id).archived_at is not None


def test_roles_change_by_page_with_history_and_never_beyond_ones_own(
    administrator: Actor, director: Actor, manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    with as_role(administrator):
        member = next(m for m in member_list(actor=administrator) if m.user_id == manager.user_id)
        above = next(m for m in member_list(actor=administrator) if m.user_id == administrator.user_id)
    page = f"/settings/people/{member.public_id}/roles"
    client = client_of(director)
    assert client.post(page, {"roles": ["director", "programme_manager"]}).status_code == 302
    assert client.post(page, {"roles": []}).status_code == 422
    assert client.post(page, {"roles": ["administrator"]}).status_code == 422
    assert client.post(f"/settings/people/{above.public_id}/roles", {"roles": ["administrator"]}).status_code == 422
    assert client_of(manager).get(page).status_code == 200  # a director now
    with as_system("a test"):
        told = OutboxEvent.objects.get(type="accounts.member_roles_changed")
    assert told.data == {"roles": ["director", "programme_manager"], "before": ["manager"]}
    with as_role(administrator), pytest.raises(Conflict) as refusal:
        member_set_roles(actor=administrator, person_id=above.public_id, roles=[Role.DIRECTOR])
    assert refusal.value.code == "last_administrator"


def test_an_administrator_helps_somebody_who_lost_phone_and_codes(
    administrator: Actor, manager: Actor, director: Actor, client_of: Callable[[Actor], Client]
) -> None:
    app_of(manager)
    with as_role(administrator):
        member = next(m for m in member_list(actor=administrator) if m.user_id == manager.user_id)
    assert client_of(director).post(f"/settings/people/{member.public_id}/reset-steps").status_code == 403
    assert client_of(administrator).post(f"/settings/people/{member.public_id}/reset-steps").status_code == 302
    assert factors_of(manager) == set()
    assert sign_in(manager)[1] == "/"


NOT_PLAIN = ["Elise\nBcc: all@orvane.example", "Elise\r", "Elise\x07", "Elise\u2028Vidal", "Elise \u202elasid"]
LINKS = ["Pay at https://evil.example/x", "your bill: WWW.evil.example"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        *[(name, "A name is one line, without control characters.") for name in NOT_PLAIN],
        *[(name, "A name holds no web address.") for name in LINKS],
    ],
)
def test_a_name_that_is_not_one_line_of_visible_signs_is_refused_at_its_field(
    administrator: Actor, partners_side, client_of: Callable[[Actor], Client], name: str, words: str
) -> None:
    """Our letters greet by it: whoever may invite would have them say whatever they like to whomever they like."""
    name = f"A{name}B"  # a form takes blanks around a text away
    form = {"name": name, "email": "elise@orvane.example", "roles": ["manager"], "role": "partner_sales", "language": "fr"}
    for who, path in (
        (administrator, "/settings/people/add"),
        (partners_side.member(partners_side.kerlan), "/portal/people/new"),
    ):
        answer = client_of(who).post(path, form)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    with as_system("a test") as system, pytest.raises(Invalid):
        member_add(actor=system, email="elise@orvane.example", name=name, roles=[Role.MANAGER])
    assert not Invitation.objects.exists()
    assert mail.outbox == []


def test_one_address_gets_five_letters_an_hour_and_whoever_asks_for_more_is_told_to_wait(
    administrator: Actor, client_of: Callable[[Actor], Client]
) -> None:
    invite(administrator)
    deliver_all()
    mail.outbox.clear()
    page = f"/settings/invitations/{Invitation.objects.get().public_id}/resend"
    client = client_of(administrator)
    for _again in range(4):
        client.post(page)
        deliver_all()
    before = Invitation.objects.get().digest
    assert len(mail.outbox) == 4
    answer = client.post(page, follow=True)
    deliver_all()
    assert "This address was invited several times just now: wait an hour." in answer.content.decode()
    assert (len(mail.outbox), Invitation.objects.get().digest) == (4, before)
    with pytest.raises(TooOften) as refusal:
        invite(administrator, email=" ELISE@orvane.example")  # anew is no way round it
    assert 0 < refusal.value.data["seconds"] <= 3600
    assert invite(administrator, email="somebody.else@orvane.example")


def test_letters_of_one_place_tell_another_nothing_and_all_of_them_have_an_end(
    partners_side, administrator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prm.accounts.mails.LETTERS_IN_ALL", replace(LETTERS_IN_ALL, most=7))
    shared = "shared.person@mail.example"

    def send(boss: Actor) -> None:
        with as_role(boss):
            invitation_send(actor=boss, invited=Invited(email=shared, name="Shared Person", roles=["partner_sales"]))
        deliver_all()

    bosses = [partners_side.member(partner) for partner in (partners_side.kerlan, partners_side.nordisk)]
    for boss in bosses:
        for _letter in range(5):  # as many as if nobody else wrote to the address
            send(boss)
        with pytest.raises(TooOften):
            send(boss)
    assert len(mail.outbox) == 7
    standing = Invitation.objects.filter(email=shared, revoked_at=None)
    assert {one.partner_id for one in standing} == {partners_side.kerlan.pk, partners_side.nordisk.pk}


def test_home_tells_whoever_invites_what_nobody_follows(administrator: Actor, director: Actor) -> None:
    for name, days in (("fresh", 5), ("ending", 1), ("over", -3), ("forgotten", -30)):
        invite(administrator, email=f"{name}@orvane.example")
        until = timezone.now() + timedelta(days=days)
        Invitation.objects.filter(email=f"{name}@orvane.example").update(expires_at=until, name=name)

    def told(actor: Actor, person_id: UUID | None = None) -> list[tuple[str, str]]:
        with as_role(actor):
            work = waiting_invitations(Whose(actor, person_id))
        return [(item.subject, item.due) for item in work.items]

    both = [("over", "ended 3 days ago"), ("ending", "ends in 1 day")]
    assert told(administrator, administrator.person_id) == told(director) == both
    assert told(director, director.person_id) == []  # somebody else's
