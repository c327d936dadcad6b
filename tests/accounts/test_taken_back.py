"""What somebody left open when their access ended: the invitations that they sent are taken back with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from prm.access.actors import Actor, Role, anonymous_actor
from prm.access.roles import as_role, as_sign_in
from prm.accounts.links import token_behind
from prm.accounts.models import Invitation, User
from prm.accounts.services.coming_in import invitation_accept
from prm.accounts.services.erasing import person_erase
from prm.accounts.services.invitations import Invited, invitation_send
from prm.accounts.services.members import member_deactivate, member_remove, member_set_roles
from prm.accounts.services.roles import custom_role_change, custom_role_make
from prm.core.errors import NotFound
from prm.core.ids import typeid_encode
from prm.events.selectors import history_list
from prm.partners.services.members import partner_access_end, partner_invite

pytestmark = pytest.mark.django_db
INVITING = ["accounts.person:view", "accounts.person:invite", "partners.partner:view"]


def invite(actor: Actor, role: str = "manager", email: str = "second.address@orvane.example") -> Invitation:
    with as_role(actor):
        return invitation_send(actor=actor, invited=Invited(email=email, name="Another Self", roles=[role]))


def state(invitation: Invitation) -> str:
    with as_sign_in():
        return Invitation.objects.get(pk=invitation.pk).state


def test_somebody_whose_access_ended_does_not_come_in_by_a_door_that_they_left_open(
    administrator: Actor, director: Actor, client_of: Callable[[Actor], Client]
) -> None:
    own, other = invite(director), invite(administrator, email="elise@orvane.example")
    link = f"/accounts/invitation/{token_behind(own)}/"
    client = client_of(administrator)
    client.post(f"/settings/people/{typeid_encode('person', director.person_id)}/deactivate")
    told = client.get("/settings/people").content.decode()
    assert "1 open invitation that they sent is taken back" in told
    assert Client().get(link).status_code == 404
    assert (state(own), state(other)) == ("revoked", "open")
    with as_role(administrator):
        assert history_list(actor=administrator, subject_type="invite", subject_id=own.pk)


@pytest.mark.parametrize("by", ["a colleague", "the vendor"])
def test_a_partners_administrator_leaves_nothing_open_there(partners_side: Any, manager: Actor, by: str) -> None:
    boss = partners_side.member(partners_side.kerlan)
    leaving = partners_side.member(partners_side.kerlan, name="Soazig Le Gall")
    own, other = invite(leaving, "partner_administrator"), invite(boss, "partner_sales", "sven@kerlan.example")
    if by == "a colleague":
        with as_role(boss):
            assert member_remove(actor=boss, person_id=leaving.person_id).taken_back == 1
    else:
        with as_role(manager):
            ended = partner_access_end(actor=manager, partner_id=partners_side.kerlan.pk, person_id=leaving.person_id)
            assert ended == ("Soazig Le Gall", 1)
    assert (state(own), state(other)) == ("revoked", "open")


def test_whoever_may_invite_no_more_or_not_so_high_has_invited_nobody(administrator: Actor, director: Actor) -> None:
    high, low = invite(director, "director"), invite(director, "manager", "elise@orvane.example")
    with as_role(administrator):
        role = custom_role_make(
            actor=administrator, name="People", base=Role.DIRECTOR,
            abilities=["accounts.person:view", "accounts.person:invite"],
        )  # fmt: skip
        changed = member_set_roles(actor=administrator, person_id=director.person_id, roles=[role.public_id, "manager"])
    assert (changed.taken_back, state(high), state(low)) == (1, "revoked", "open")
    with as_role(administrator):
        changed = custom_role_change(actor=administrator, role_id=role.pk, name="People", abilities=["accounts.person:view"])
    assert (changed.taken_back, state(low)) == (1, "revoked")


def test_what_a_manager_opened_at_a_partner_is_taken_back_with_their_access(
    administrator: Actor, manager: Actor, partners_side: Any
) -> None:
    sven = Invited(email="sven@kerlan.example", name="Sven", roles=["partner_sales"])
    with as_role(manager):
        invitation = partner_invite(actor=manager, partner_id=partners_side.kerlan.pk, invited=sven)
    with as_role(administrator):
        assert member_set_roles(actor=administrator, person_id=manager.person_id, roles=["director"]).taken_back == 0
        assert member_deactivate(actor=administrator, person_id=manager.person_id).taken_back == 1
    assert state(invitation) == "revoked"


def test_nobody_is_let_in_by_somebody_who_was_erased(administrator: Actor, director: Actor) -> None:
    invitation = invite(director)
    with as_role(administrator):
        person_erase(actor=administrator, person_id=director.person_id)
    assert state(invitation) == "revoked"


def test_an_invitation_that_was_under_way_while_their_access_ended_lets_nobody_in(
    administrator: Actor, director: Actor
) -> None:
    """A form whose last byte comes late is sent by who they were when it began: nobody took back what was not there yet."""
    with as_role(administrator):
        member_deactivate(actor=administrator, person_id=director.person_id)
    late, mine = invite(director), invite(administrator, email="elise@orvane.example")
    assert state(late) == "open", "else this would show nothing"
    with pytest.raises(NotFound):
        invitation_accept(actor=anonymous_actor(), token=token_behind(late), password="correct horse battery")
    with as_sign_in():
        assert not User.objects.filter(email=late.email).exists()
    assert invitation_accept(actor=anonymous_actor(), token=token_behind(mine), password="correct horse battery").user
