"""A relationship's life: steps that can be taken back, who looked after it, what is set of it (issue: partners and people)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.core.errors import Conflict, NotFound
from prm.core.ids import uuid7
from prm.events.models import OutboxEvent
from prm.partners.models import Company, ManagerTerm, Partner, PartnerMove, Territory
from prm.partners.profile.people import life_lines
from prm.partners.selectors.record import moves_of, terms_of
from prm.partners.services.lifecycle import moves_take_back, partner_advance, partner_take_back, partners_advance
from prm.partners.services.partners import partner_create, partner_edit, partners_assign
from tests.conftest import Caller

pytestmark = pytest.mark.django_db


def born(actor: Actor, name: str = "Kerlan", lifecycle: str = "candidate") -> Partner:
    with as_role(actor):
        company = Company.objects.create(name=name)
        return partner_create(actor=actor, company_id=company.pk, lifecycle=lifecycle)


def test_a_step_is_taken_back_from_the_toast(client_of: Callable[[Actor], Client], manager: Actor) -> None:
    partner, page = born(manager), client_of(manager)
    with as_role(manager):
        since = Partner.objects.get(pk=partner.pk).lifecycle_since
    at = f"/companies/{partner.company.public_id}"
    page.post(f"{at}/advance", {"to": "contracted"})
    with as_role(manager):
        move = PartnerMove.objects.latest("id")
    assert str(move.batch) in page.get(at).content.decode(), "the toast holds the way back"
    page.post(f"/partners/moves/{move.batch}/undo?company={partner.company.public_id}")
    with as_role(manager):
        fresh = Partner.objects.get(pk=partner.pk)
        assert fresh.lifecycle == "candidate"
        assert abs(fresh.lifecycle_since - since) < timedelta(seconds=2), "since when it is a candidate is known again"
        assert [m.to_lifecycle for m in moves_of(actor=manager, partner=fresh)] == ["candidate"]
        assert OutboxEvent.objects.filter(type="partners.partner_move_taken_back", subject_id=partner.pk).count() == 1
        with pytest.raises(NotFound):
            moves_take_back(actor=manager, batch=move.batch)


def test_what_went_on_since_stays_when_an_act_on_many_is_taken_back(manager: Actor) -> None:
    one, other = born(manager, "One"), born(manager, "Other")
    with as_role(manager):
        moved, _stayed, batch = partners_advance(actor=manager, partner_ids=[one.pk, other.pk], to="contracted")
        partner_advance(actor=manager, partner_id=other.pk, to="onboarding")
        assert moved == 2
        assert moves_take_back(actor=manager, batch=batch) == (1, 1)
        assert dict(Partner.objects.values_list("pk", "lifecycle")) == {one.pk: "candidate", other.pk: "onboarding"}


def test_a_step_is_taken_back_for_a_day_and_a_birth_never(manager: Actor) -> None:
    partner = born(manager)
    with as_role(manager):
        with pytest.raises(Conflict) as nothing:
            partner_take_back(actor=manager, partner_id=partner.pk)
        partner_advance(actor=manager, partner_id=partner.pk, to="engaged")
        with pytest.raises(Conflict) as late:
            partner_take_back(actor=manager, partner_id=partner.pk, now=timezone.now() + timedelta(hours=25))
        with pytest.raises(NotFound):
            moves_take_back(actor=manager, batch=uuid7())
    assert (nothing.value.code, late.value.code) == ("nothing_to_take_back", "too_late")


def test_who_looked_after_a_partner_from_when_to_when(manager: Actor, director: Actor) -> None:
    partner = born(director)
    with as_role(director):
        partners_assign(actor=director, partner_ids=[partner.pk], person_id=manager.person_id)
    with as_system("a test"):
        ManagerTerm.objects.update(began_at=timezone.now() - timedelta(days=400))
    with as_role(director):
        partners_assign(actor=director, partner_ids=[partner.pk], person_id=director.person_id)
    with as_role(director):
        partners_assign(actor=director, partner_ids=[partner.pk], person_id=None)
        terms = terms_of(actor=director, partner=partner)
        assert [(t.name, t.ended_at is not None) for t in terms][-1] == (manager.name, True)
        assert all(t.ended_at for t in terms), "nobody looks after it now"
        assert (terms[-1].ended_at - terms[-1].began_at).days in (399, 400)


def test_a_removed_partner_leaves_no_term_behind(director: Actor, manager: Actor) -> None:
    partner = born(director)
    with as_role(director):
        partners_assign(actor=director, partner_ids=[partner.pk], person_id=manager.person_id)
    with as_system("a test"):
        Partner.objects.filter(pk=partner.pk).delete()
        assert not ManagerTerm.objects.exists()


def test_what_is_set_is_edited_where_it_stands(client_of: Callable[[Actor], Client], director: Actor, manager: Actor) -> None:
    partner = born(director)
    with as_system("a test"):
        Territory.objects.create(code="brittany", name="Brittany")
    page, at = client_of(director), f"/companies/{partner.company.public_id}/relationship/edit"
    fragment = page.get(at, headers={"HX-Request": "true", "HX-Target": "terms"}).content.decode()
    assert "<html" not in fragment
    assert 'name="territories"' in fragment
    sent = {
        "version": 1, "account_manager": str(manager.person_id), "territories": ["brittany"], "currency": "EUR", "language": "fr",
        "dedicated_share": "18",
    }  # fmt: skip
    assert page.post(at, sent).headers["Location"] == f"/companies/{partner.company.public_id}/relationship"
    with as_role(director):
        fresh = Partner.objects.get(pk=partner.pk)
        assert (fresh.currency, fresh.language, str(fresh.dedicated_share), fresh.version) == ("EUR", "fr", "0.1800", 2)
        assert fresh.account_manager_id == manager.person_id
        told = OutboxEvent.objects.filter(type="partners.partner_edited").latest("id").data["changes"]
        assert told["territories"] == [[], ["brittany"]]
        assert told["account_manager"] == [None, str(manager.person_id)]
    history = page.get(f"/companies/{partner.company.public_id}/history").context["timeline"]
    assert (str(history[0].text), str(history[0].about)) == (
        "changed the relationship", "Account manager, Currency ? → EUR, Language ? → fr, and 2 more",
    )  # fmt: skip


def test_a_stale_edit_says_who_changed_what(client_of: Callable[[Actor], Client], manager: Actor, director: Actor) -> None:
    partner = born(manager)
    with as_role(director):
        partner_edit(actor=director, partner_id=partner.pk, values={"currency": "CHF"}, version=1)
    answer = client_of(manager).post(
        f"/companies/{partner.company.public_id}/relationship/edit", {"version": 1, "currency": "EUR", "language": "fr"}
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert f"{director.name} changed currency while this form was open" in text
    assert 'value="fr" selected' in text, "what was typed stays"


def test_the_preview_of_many_says_how_many_may_go_where(client_of: Callable[[Actor], Client], manager: Actor) -> None:
    active, candidate = born(manager, "Active", "active"), born(manager, "Candidate")
    asked = client_of(manager).post("/partners/move", {"id": [active.public_id, candidate.public_id], "query": ""})
    choices = dict(asked.context["choices"])
    assert choices["exited"] == "Exited: 1 go, 1 stay"
    assert "onboarding" not in choices, "nobody may go there"
    assert [(str(stage), count, names) for stage, count, names, _more in asked.context["standing"]] == [
        ("Candidate", 1, ["Candidate"]), ("Active", 1, ["Active"]),
    ]  # fmt: skip


def test_a_life_is_told_by_stages_with_how_long(manager: Actor) -> None:
    partner, now = born(manager), timezone.now()
    with as_role(manager):
        partner_advance(actor=manager, partner_id=partner.pk, to="contracted", reason="Signed")
    with as_system("a test"):
        first, second = PartnerMove.objects.order_by("id")
        PartnerMove.objects.filter(pk=first.pk).update(created_at=now - timedelta(days=800))
        PartnerMove.objects.filter(pk=second.pk).update(created_at=now - timedelta(days=50))
    with as_role(manager):
        lines = life_lines(moves_of(actor=manager, partner=partner), now=now)
    assert [(line.stage, line.lasted, line.reason, line.who) for line in lines] == [
        ("Contracted", "50 days", "Signed", manager.name), ("Candidate", "2.1 years", "", manager.name),
    ]  # fmt: skip
    assert lines[1].share == 1


def test_a_step_is_taken_back_and_terms_are_read_by_api(director: Actor, manager: Actor, key_of: Callable[..., str]) -> None:
    call, partner = Caller(key_of(director, ["partners:write", "companies:read"])), born(director)
    with as_role(director):
        partners_assign(actor=director, partner_ids=[partner.pk], person_id=manager.person_id)
    at = f"partners/{partner.public_id}"
    assert call("POST", f"{at}/advance", {"to": "engaged"}).json()["lifecycle"] == "engaged"
    assert call("POST", f"{at}/take-back", {}).json()["lifecycle"] == "candidate"
    again: Any = call("POST", f"{at}/take-back", {})
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_take_back")
    read = call("GET", f"{at}?expand[]=managers&expand[]=moves").json()
    assert [(m["name"], m["ended_at"]) for m in read["managers"]] == [(manager.name, None)]
    assert [m["taken_back_at"] is None for m in read["moves"]] == [False, True]
