"""What stands open in one window while another goes to a different place, or a place opens or closes meanwhile (G4)."""

import re

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_sign_in, as_system
from prm.accounts.links import token_behind
from prm.accounts.models import Membership, User
from prm.accounts.places import SESSION_KEY
from prm.accounts.selectors.colleagues import colleague_list
from prm.accounts.selectors.members import member_list
from prm.accounts.services.accounts import Account
from prm.accounts.services.coming_in import invitation_accept
from prm.accounts.services.invitations import Invited, invitation_send
from prm.accounts.sessions import SEEN
from prm.partners.models import FactProposal
from prm.partners.services.members import partner_member_add
from tests.conftest import PartnersSide


@pytest.mark.django_db
def test_the_session_keeps_the_place_that_was_chosen(partners_side: PartnersSide, client_of) -> None:
    actor = partners_side.member(partners_side.kerlan)
    client: Client = client_of(actor)
    assert client.get("/api/v1/me").json()["kind"] == "partner"
    assert client.get("/").headers["Location"] == "/portal/"
    assert client.get("/companies").status_code == 404


@pytest.mark.django_db
def test_what_was_opened_at_one_place_is_not_written_at_another(partners_side: PartnersSide) -> None:
    """Two windows: the form of one company is open in the first while the second goes over to another company."""
    actor = partners_side.member(partners_side.kerlan)
    user = User.objects.get(pk=actor.user_id)
    account = Account(email=user.email, name="Y. Guivarch (Nordisk)", password=None)
    with as_system("a test") as system:
        partner_member_add(
            actor=system, partner_id=partners_side.nordisk.pk, account=account, role=Role.PARTNER_ADMINISTRATOR
        )
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    def form(path: str) -> str:
        return re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(path).content.decode())[0]

    opened = form("/portal/company/edit")
    whose = re.findall(r'data-who="([^"]+)"', client.get("/portal/").content.decode())
    gone = client.post("/accounts/place/", {"csrfmiddlewaretoken": opened, "place": str(partners_side.nordisk.pk)})
    assert gone.status_code == 302
    refused = client.post("/portal/company/edit", {"csrfmiddlewaretoken": opened, "legal_name": "Kerlan Systèmes SARL"})
    assert refused.status_code == 403
    assert "changed place in another window" in refused.content.decode()
    with as_system("a test"):
        assert not FactProposal.objects.exists()
    assert re.findall(r'data-who="([^"]+)"', client.get("/portal/").content.decode()) != whose, "drafts are kept apart"
    fresh = form("/portal/company/edit")
    sent = client.post("/portal/company/edit", {"csrfmiddlewaretoken": fresh, "legal_name": "Nordisk IT SAS"})
    assert sent.status_code == 302
    with as_system("a test"):
        assert [p.partner_id for p in FactProposal.objects.all()] == [partners_side.nordisk.pk]


def _of_both(side: PartnersSide) -> tuple[Actor, User]:
    """Somebody who looks after Nordisk's people and Kerlan's."""
    actor = side.member(side.nordisk, Role.PARTNER_ADMINISTRATOR)
    return actor, User.objects.get(pk=actor.user_id)


def _come_in_to_kerlan(side: PartnersSide, user: User) -> None:
    account = Account(email=user.email, name="Y. Guivarch (Kerlan)", password=None)
    with as_system("a test") as system:
        partner_member_add(actor=system, partner_id=side.kerlan.pk, account=account, role=Role.PARTNER_ADMINISTRATOR)


def _phone_of(user: User) -> tuple[Client, str]:
    """A browser of theirs with the form of their company's facts open, and the token in it."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/portal/company/edit").content.decode()
    return client, re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]


@pytest.mark.django_db
def test_a_place_that_opens_on_another_device_moves_nobody(partners_side: PartnersSide) -> None:
    """An invitation to Kerlan is followed on the laptop while the phone has Nordisk's form open: Kerlan stands first by name."""
    _actor, user = _of_both(partners_side)
    client, opened = _phone_of(user)
    _come_in_to_kerlan(partners_side, user)
    sent = client.post("/portal/company/edit", {"csrfmiddlewaretoken": opened, "legal_name": "Nordisk IT SAS"})
    assert sent.status_code == 302
    with as_system("a test"):
        assert [p.partner_id for p in FactProposal.objects.all()] == [partners_side.nordisk.pk]


@pytest.mark.django_db
def test_a_slow_page_does_not_bring_back_the_place_that_was_left_meanwhile(
    partners_side: PartnersSide, client_of, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page notes that somebody is there, and another window goes to the other partner before it is done."""
    first, second = partners_side.member(partners_side.kerlan), partners_side.nordisk
    client = client_of(first)
    client.get("/portal/")
    with as_sign_in():
        session = client.session
        session[SEEN] -= 3600
        session.save()

    def other_window(**_noted: object) -> None:
        other = SessionStore(session.session_key)
        other[SESSION_KEY] = str(second.pk)
        other.save()

    monkeypatch.setattr("prm.accounts.sessions.session_touch", other_window)
    assert client.get("/portal/").status_code == 200
    after = SessionStore(session.session_key)
    assert after[SESSION_KEY] == str(second.pk)
    assert after[SEEN] > session[SEEN], "and it is noted that somebody was there"


@pytest.mark.django_db
def test_a_company_reads_the_address_that_it_invited_not_that_of_an_account_of_another(partners_side: PartnersSide) -> None:
    """Somebody of Nordisk follows Kerlan's invitation, signed in as they are."""
    theirs, user = _of_both(partners_side)
    boss = partners_side.member(partners_side.kerlan, name="Jeanne Le Goff")
    invited = Invited(email="jens@freelance.example", name="Jens Holm", roles=[Role.PARTNER_SALES])
    with as_role(boss):
        invitation = invitation_send(actor=boss, invited=invited)
    invitation_accept(actor=theirs, token=token_behind(invitation), user_id=user.pk)
    with as_role(boss):
        members = {member.name: member.email for member in member_list(actor=boss)}
        colleagues = {colleague.name: colleague.email for colleague in colleague_list(actor=boss)}
    assert members["Jens Holm"] == colleagues["Jens Holm"] == "jens@freelance.example"
    assert user.email not in {*members.values(), *colleagues.values()}


@pytest.mark.django_db
def test_what_was_opened_at_a_place_that_closes_is_not_written_at_the_next(partners_side: PartnersSide) -> None:
    actor, user = _of_both(partners_side)
    client, opened = _phone_of(user)
    _come_in_to_kerlan(partners_side, user)
    with as_sign_in():
        Membership.objects.filter(user=user, partner_id=actor.partner_id).delete()
    refused = client.post("/portal/company/edit", {"csrfmiddlewaretoken": opened, "legal_name": "Nordisk IT SAS"})
    assert refused.status_code == 403
    assert "Nothing was sent" in refused.content.decode()
    with as_system("a test"):
        assert not FactProposal.objects.exists()
    assert client.get("/portal/company/edit").status_code == 200, "the place that is left is open"
