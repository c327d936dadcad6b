"""The vendor lets a partner's people into the portal: from the company's page, as long as it likes."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_sign_in, as_system
from prm.accounts.models import Invitation, Membership
from prm.accounts.services.invitations import Invited
from prm.core.errors import Conflict, Denied, Invalid, NotFound
from prm.events.runner.work import deliver_all
from prm.partners.models import Company, Partner
from prm.partners.services.lifecycle import partner_advance
from prm.partners.services.members import partner_access_end, partner_invite, partner_invite_again
from prm.partners.services.partners import partner_create
from tests.conftest import PartnersSide

pytestmark = pytest.mark.django_db

WHO = {"name": "Soazig Le Gall", "email": "soazig@kerlan.example", "role": "partner_administrator", "language": "fr"}


def address(name: str, partner: Partner, *more: str) -> str:
    return reverse(f"vendor:partners:{name}", args=[partner.company.public_id, *more])


@pytest.fixture
def kerlan(partners_side: PartnersSide) -> Partner:
    return partners_side.kerlan


def invitation() -> Invitation:
    with as_sign_in():
        return Invitation.objects.get()


def test_the_first_person_of_a_partner_is_invited_from_its_page_and_comes_in(
    manager: Actor, client_of, kerlan: Partner
) -> None:
    ours = client_of(manager)
    page = ours.get(address("company-people", kerlan)).content.decode()
    assert "Nobody yet" in page
    assert address("access-invite", kerlan) in page
    form = ours.get(address("access-invite", kerlan)).context["form"]
    assert form.initial["role"] == Role.PARTNER_ADMINISTRATOR, "the first looks after the others"

    assert ours.post(address("access-invite", kerlan), WHO).status_code == 302
    deliver_all()
    [letter] = mail.outbox
    assert letter.to == ["soazig@kerlan.example"]
    assert "Soazig Le Gall" in ours.get(address("company-people", kerlan)).content.decode()

    link = re.search(r"/accounts/invitation/[\w-]+/", letter.body)[0]
    theirs = Client()
    theirs.post(link, {"password": "eleven grey herons"})
    assert theirs.get("/portal/").status_code == 200
    page = ours.get(address("company-people", kerlan)).content.decode()
    assert "One person comes in" in page
    assert "Administrator" in page


def test_what_is_wrong_with_an_invitation_is_told_and_nothing_is_sent(manager: Actor, client_of, kerlan: Partner) -> None:
    answer = client_of(manager).post(address("access-invite", kerlan), WHO | {"email": "soazig", "name": ""})
    assert answer.status_code == 422
    assert {"email", "name"} <= set(answer.context["form"].errors)
    assert mail.outbox == []


def test_an_invitation_is_sent_again_and_taken_back(manager: Actor, client_of, kerlan: Partner) -> None:
    ours = client_of(manager)
    ours.post(address("access-invite", kerlan), WHO)
    before = invitation()
    ours.post(address("access-resend", kerlan, before.public_id))
    deliver_all()
    assert invitation().digest != before.digest, "the earlier link opens nothing any more"
    assert [letter.to for letter in mail.outbox] == [["soazig@kerlan.example"]]
    ours.post(address("access-revoke", kerlan, before.public_id))
    assert invitation().state == "revoked"
    assert WHO["email"] not in ours.get(address("company-people", kerlan)).content.decode()


def test_access_ends_at_once_also_of_the_last_administrator(
    manager: Actor, client_of, partners_side: PartnersSide, kerlan: Partner
) -> None:
    theirs = partners_side.member(kerlan)
    browser = client_of(theirs)
    assert browser.get("/portal/").status_code == 200
    with as_role(manager):
        assert partner_access_end(actor=manager, partner_id=kerlan.pk, person_id=theirs.person_id) == ("Yann Guivarch", 0)
    assert browser.get("/portal/").status_code != 200
    with as_sign_in():
        assert not Membership.objects.filter(user_id=theirs.user_id).exists()


def test_one_partners_people_are_not_reached_by_the_address_of_another(
    manager: Actor, client_of, partners_side: PartnersSide, kerlan: Partner
) -> None:
    ours = client_of(manager)
    ours.post(address("access-invite", kerlan), WHO)
    theirs = partners_side.member(kerlan)
    with as_role(manager):
        with pytest.raises(NotFound):
            partner_access_end(actor=manager, partner_id=partners_side.nordisk.pk, person_id=theirs.person_id)
        with pytest.raises(NotFound):
            partner_invite_again(actor=manager, partner_id=partners_side.nordisk.pk, invitation_id=invitation().public_id)


def test_a_partners_own_people_do_not_act_by_the_vendors_services(partners_side: PartnersSide, kerlan: Partner) -> None:
    theirs = partners_side.member(kerlan)
    with as_role(theirs), pytest.raises(Denied):
        partner_access_end(actor=theirs, partner_id=kerlan.pk, person_id=theirs.person_id)


@pytest.fixture
def ostrava(partners_side: PartnersSide) -> Partner:
    """A company in recruitment, where nobody comes in yet."""
    with as_system("a test") as system:
        return partner_create(actor=system, company_id=Company.objects.create(name="Ostrava Net", country="CZ").pk)


def test_somebody_of_a_company_in_recruitment_is_invited_as_a_candidate_without_a_choice(
    manager: Actor, client_of, ostrava: Partner
) -> None:
    ours = client_of(manager)
    assert "whoever you invite comes in as a candidate" in ours.get(address("company-people", ostrava)).content.decode()
    page = ours.get(address("access-invite", ostrava)).content.decode()
    assert "They come in as a candidate." in page
    assert 'name="role"' not in page
    form = {"name": "Jana Dvořáková", "email": "jana@ostrava.example", "language": "en", "role": "partner_administrator"}
    assert ours.post(address("access-invite", ostrava), form).status_code == 302
    assert invitation().roles == ["candidate"], "whatever is sent"
    assert "Candidate · invited, until" in ours.get(address("company-people", ostrava)).content.decode()
    deliver_all()
    theirs = Client()
    link = re.search(r"/accounts/invitation/[\w-]+/", mail.outbox[0].body)[0]
    theirs.post(link, {"password": "eleven grey herons"})
    assert theirs.get("/portal/").status_code == 200


@pytest.mark.parametrize(("stage", "role"), [("candidate", "partner_sales"), ("active", "candidate")])
def test_a_role_of_another_door_is_refused(
    manager: Actor, partners_side: PartnersSide, ostrava: Partner, stage: str, role: str
) -> None:
    partner = ostrava if stage == "candidate" else partners_side.kerlan
    with as_role(manager), pytest.raises(Invalid) as refusal:
        partner_invite(
            actor=manager, partner_id=partner.pk, invited=Invited(email="a@b.example", name="A", roles=[Role(role)])
        )
    assert refusal.value.code == "role_of_another_door"


def test_nobody_is_invited_to_a_partner_that_has_left(manager: Actor, client_of, kerlan: Partner) -> None:
    ours = client_of(manager)
    ours.post(address("access-invite", kerlan), WHO)
    with as_role(manager):
        for step in ("exiting", "exited"):
            partner_advance(actor=manager, partner_id=kerlan.pk, to=step, reason="a test")
    page = ours.get(address("company-people", kerlan)).content.decode()
    assert "its portal is closed" in page
    assert address("access-invite", kerlan) not in page
    assert "Send again" not in page
    refused = ours.post(address("access-invite", kerlan), WHO | {"email": "another@kerlan.example"})
    assert refused.status_code == 422
    assert "This partner has left" in refused.content.decode()
    with as_role(manager), pytest.raises(Conflict):
        partner_invite_again(actor=manager, partner_id=kerlan.pk, invitation_id=invitation().pk)
