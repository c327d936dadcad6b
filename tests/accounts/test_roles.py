"""Roles of the vendor's own: made of permissions, never wider than whoever makes or gives them, and in force at once."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from prm.access.abilities import keys_of
from prm.access.actors import Actor, Role
from prm.access.policies import permissions_of
from prm.access.roles import as_role, as_sign_in
from prm.accounts.links import token_behind
from prm.accounts.models import CustomRole, Invitation, Membership, Person, User
from prm.accounts.selectors.actors import actor_of_user
from prm.accounts.selectors.members import member_get
from prm.accounts.selectors.persons import names_of_those_who_may
from prm.accounts.selectors.roles import custom_role_list
from prm.accounts.services.coming_in import invitation_accept
from prm.accounts.services.invitations import Invited, invitation_send
from prm.accounts.services.members import member_set_roles
from prm.accounts.services.roles import custom_role_archive, custom_role_change, custom_role_make, custom_role_restore
from prm.core.errors import Conflict, Denied, Invalid
from prm.core.ids import typeid_encode
from prm.events.models import OutboxEvent

pytestmark = pytest.mark.django_db
READER = ["partners.company:view", "partners.partner:view"]


def made(
    actor: Actor, *, name: str = "Partner assistant", base: Role = Role.MANAGER, abilities: list[str] = READER
) -> CustomRole:
    with as_role(actor):
        return custom_role_make(actor=actor, name=name, base=base, abilities=abilities)


def given(actor: Actor, to: Actor, role: CustomRole) -> Actor:
    with as_role(actor):
        member_set_roles(actor=actor, person_id=to.person_id, roles=[role.public_id])
    return now(to)


def now(actor: Actor) -> Actor:
    with as_sign_in():
        return actor_of_user(User.objects.get(pk=actor.user_id))


def test_whoever_holds_a_role_of_our_own_may_what_was_ticked_and_no_more(administrator, manager) -> None:
    role = made(administrator)
    held = given(administrator, manager, role)
    assert held.roles == {Role.MANAGER}, "the home and the views of what it was made from"
    assert held.role_name == "Partner assistant"
    assert held.may("partners.company:view")
    assert held.may("partners.customer_mix:view"), "details go with it"
    assert not held.may("partners.company:edit")
    assert permissions_of({Role.MANAGER}) > held.permissions


def test_pages_and_api_follow_the_ticks_from_the_next_click_on(administrator, manager, client_of) -> None:
    held = given(administrator, manager, made(administrator))
    client = client_of(held)
    assert client.get("/companies").status_code == 200
    assert client.get("/studies").status_code == 403
    assert client.get("/api/v1/studies").status_code == 403
    role = CustomRole.objects.get()
    with as_role(administrator):
        custom_role_change(
            actor=administrator, role_id=role.pk, name="Partner assistant", abilities=[*READER, "profiling.study:view"]
        )
    assert client.get("/studies").status_code == 200


def test_a_role_adds_up_with_others(administrator, manager) -> None:
    role = made(administrator)
    with as_role(administrator):
        member_set_roles(actor=administrator, person_id=manager.person_id, roles=["finance_approver", role.public_id])
    assert now(manager).permissions == permissions_of({Role.FINANCE_APPROVER}) | frozenset(role.permissions)
    with as_role(administrator):
        assert member_get(actor=administrator, person_id=manager.person_id).role_names == (
            "Finance approver",
            "Partner assistant",
        )


def test_nobody_makes_changes_or_gives_a_role_wider_than_what_they_hold(administrator, director, manager) -> None:
    above = "accounts.person:sign_in"
    assert not director.may(above)
    with pytest.raises(Denied):
        made(director, abilities=[*READER, above])
    with pytest.raises(Denied):
        made(director, base=Role.ADMINISTRATOR)
    with pytest.raises(Denied):
        made(manager)
    wide = made(administrator, name="Key keeper", abilities=[*READER, above])
    for act in (
        lambda: custom_role_change(actor=director, role_id=wide.pk, name="Mine", abilities=READER),
        lambda: custom_role_archive(actor=director, role_id=wide.pk),
        lambda: member_set_roles(actor=director, person_id=manager.person_id, roles=[wide.public_id]),
        lambda: invitation_send(actor=director, invited=Invited(email="x@orvane.example", name="X", roles=[wide.public_id])),
    ):
        with as_role(director), pytest.raises(Denied):
            act()
    assert now(manager).roles == {Role.MANAGER}


def test_nobody_changes_the_access_of_somebody_who_may_more_by_a_role_of_our_own(administrator, director, manager) -> None:
    given(administrator, manager, made(administrator, abilities=[*READER, "accounts.person:sign_in"]))
    with as_role(director), pytest.raises(Denied):
        member_set_roles(actor=director, person_id=manager.person_id, roles=["manager"])


def test_a_role_never_reaches_into_the_portal(administrator, partners_side) -> None:
    with pytest.raises(Invalid):
        made(administrator, abilities=["portal.brand:edit"])
    role = made(administrator)
    CustomRole.objects.filter(pk=role.pk).update(permissions=[*role.permissions, "portal.brand:edit"])
    user = User.objects.create_user(email="x@orvane.example", password="correct horse battery")
    Membership.objects.create(user=user, role=role.base, custom=role)
    assert not actor_of_user(user).may("portal.brand:edit")
    theirs = partners_side.member(partners_side.kerlan)
    with as_role(theirs), pytest.raises(Invalid):
        invitation_send(actor=theirs, invited=Invited(email="a@kerlan.example", name="A", roles=[role.public_id]))


def test_somebody_is_invited_to_a_role_of_our_own(administrator) -> None:
    role = made(administrator)
    with as_role(administrator):
        invited = Invited(email="new@orvane.example", name="New", roles=[role.public_id])
        token = token_behind(invitation_send(actor=administrator, invited=invited))
    with pytest.raises(Conflict), as_role(administrator):
        custom_role_archive(actor=administrator, role_id=role.pk)
    accepted = invitation_accept(actor=administrator, token=token, password="a sentence is best")
    assert actor_of_user(accepted.user).permissions == frozenset(role.permissions)
    assert Invitation.objects.get().roles == [role.public_id]


def test_a_role_that_is_held_stays_and_one_that_was_put_away_is_given_no_more(administrator, manager) -> None:
    role = made(administrator)
    given(administrator, manager, role)
    with as_role(administrator):
        with pytest.raises(Conflict):
            custom_role_archive(actor=administrator, role_id=role.pk)
        member_set_roles(actor=administrator, person_id=manager.person_id, roles=["manager"])
        custom_role_archive(actor=administrator, role_id=role.pk)
        with pytest.raises(Invalid):
            member_set_roles(actor=administrator, person_id=manager.person_id, roles=[role.public_id])
        assert custom_role_list(actor=administrator) == []
    again = made(administrator)
    with as_role(administrator), pytest.raises(Conflict) as refusal:
        custom_role_restore(actor=administrator, role_id=role.pk)
    assert (refusal.value.field, again.name) == ("name", role.name)


def test_who_may_is_told_with_roles_of_our_own_counted(administrator, manager) -> None:
    given(administrator, manager, made(administrator))
    with as_role(administrator):
        assert "Claire Rousset" in names_of_those_who_may(actor=administrator, permission="partners.company:view")
        assert "Claire Rousset" not in names_of_those_who_may(actor=administrator, permission="partners.company:edit")


def test_each_act_is_an_event(administrator) -> None:
    role = made(administrator)
    with as_role(administrator):
        custom_role_change(actor=administrator, role_id=role.pk, name="Reader", abilities=["partners.company:view"])
        custom_role_archive(actor=administrator, role_id=role.pk)
        custom_role_restore(actor=administrator, role_id=role.pk)
        told = list(OutboxEvent.objects.filter(subject_id=role.pk).order_by("pk").values_list("type", flat=True))
        changed = OutboxEvent.objects.get(type="accounts.role_changed").data
    assert told == ["accounts.role_made", "accounts.role_changed", "accounts.role_archived", "accounts.role_restored"]
    assert "partners.partner:view" in changed["taken"]


def test_the_matrix_says_what_the_policies_say(administrator, director, client_of) -> None:
    made(administrator)
    page = client_of(director).get("/settings/roles").content.decode()
    for words in (
        'Companies<span class="vh">: </span></span><br> <span class="sub">See</span>',
        "Partner assistant",
        "Finance approver",
        "Make a role",
    ):
        assert words in page
    theirs = client_of(director).get("/settings/roles?side=partners").content.decode()
    assert "Partner administrator" in theirs
    assert "Finance approver" not in theirs
    sheet = client_of(director).get("/exports/of/roles?format=csv&columns=all")
    assert sheet.status_code == 200
    lines = b"".join(sheet.streaming_content).decode("utf-8-sig").splitlines()
    assert "Partner assistant" in lines[0]
    assert any(line.startswith("partners.company:view") for line in lines)


def test_everybody_reads_the_matrix_and_only_those_who_may_make_roles(manager, client_of) -> None:
    client = client_of(manager)
    assert "Make a role" not in client.get("/settings/roles").content.decode()
    assert client.get("/settings/roles/new?base=manager").status_code == 403


def test_a_role_is_made_given_and_put_away_on_pages(administrator, manager, client_of) -> None:
    client: Any = client_of(administrator)
    form = client.get("/settings/roles/new?base=manager").content.decode()
    assert 'value="partners.company:edit" checked' in form
    assert 'value="accounts.person:sign_in">' in form
    assert client.post("/settings/roles/new?base=manager", {"name": "Reader", "abilities": []}).status_code == 422
    assert client.post("/settings/roles/new?base=manager", {"name": "Reader", "abilities": READER}).status_code == 302
    role = CustomRole.objects.get()
    person = typeid_encode(Person.typeid_prefix, manager.person_id)
    assert "Reader" in client.get(f"/settings/people/{person}/roles").content.decode()
    assert client.post(f"/settings/people/{person}/roles", {"roles": [role.public_id]}).status_code == 302
    assert now(manager).role_name == "Reader"
    assert "Reader" in client.get("/settings/people").content.decode()
    assert client.post(f"/settings/roles/{role.public_id}/archive").status_code == 409
    client.post(f"/settings/people/{person}/roles", {"roles": ["manager"]})
    assert client.post(f"/settings/roles/{role.public_id}/archive").status_code == 302
    assert client.post(f"/settings/roles/{role.public_id}/restore").status_code == 302


def test_what_was_taken_from_a_role_does_not_come_back_with_an_older_form(administrator, director, client_of) -> None:
    with as_role(administrator):
        role = custom_role_make(
            actor=administrator, name="Assistant", base=Role.MANAGER,
            abilities=["partners.partner:view", "partners.company:view"],
        )  # fmt: skip
    page = f"/settings/roles/{role.public_id}"
    elise, marc = client_of(director), client_of(administrator)
    opened = hidden(elise.get(page).content.decode())
    marc.post(page, {**hidden(marc.get(page).content.decode()), "name": "Assistant", "abilities": ["partners.company:view"]})
    form = {"name": "Partner assistant", "abilities": ["partners.partner:view", "partners.company:view"]}
    stale = elise.post(page, {**opened, **form})
    told = stale.content.decode()
    assert stale.status_code == 409
    assert f"{administrator.name} changed this while the form was open." in html.unescape(told)
    role.refresh_from_db()
    assert (role.name, keys_of(role.permissions)) == ("Assistant", {"partners.company:view"})
    ticked = re.findall(r'name="abilities" value="([^"]+)" checked', told)
    assert "partners.partner:view" not in ticked  # what she did not touch follows; sent again it holds
    assert elise.post(page, {**hidden(told), "name": "Partner assistant", "abilities": ticked}).status_code == 302
    role.refresh_from_db()
    assert (role.name, keys_of(role.permissions)) == ("Partner assistant", {"partners.company:view"})


def test_roles_that_somebody_lost_do_not_come_back_with_an_older_form(administrator, director, manager, client_of) -> None:
    page = f"/settings/people/{typeid_encode(Person.typeid_prefix, manager.person_id)}/roles"
    elise, marc = client_of(director), client_of(administrator)
    marc.post(page, {"roles": ["manager", "programme_manager"]})
    opened = hidden(elise.get(page).content.decode())
    assert marc.post(page, {**hidden(marc.get(page).content.decode()), "roles": ["manager"]}).status_code == 302
    stale = elise.post(page, {**opened, "roles": ["manager", "programme_manager"]})
    told = stale.content.decode()
    assert stale.status_code == 409
    assert f"{administrator.name} changed this while the form was open." in html.unescape(told)
    assert now(manager).roles == frozenset({Role.MANAGER})
    ticked = re.findall(r'name="roles" value="([^"]+)"[^>]*checked', told)
    assert ticked == ["manager"]  # what she did not touch follows
    assert elise.post(page, {**hidden(told), "roles": [*ticked, "director"]}).status_code == 302
    assert now(manager).roles == frozenset({Role.MANAGER, Role.DIRECTOR})


def hidden(page: str) -> dict[str, str]:
    """What a form keeps of the state on which it was opened."""
    found = re.findall(r'<input type="hidden" name="(seen|opened)" value="([^"]*)"', page)
    assert len(found) == 2, found
    return {name: html.unescape(value) for name, value in found}
