"""What questionnaires show on homes: to whoever sent one, that it ends soon; to whoever is asked, that it waits."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from prm.access.actors import Actor, Role
from prm.access.roles import as_role
from prm.partners.services.people import member_place_keep
from prm.questionnaires.home import ending_rounds
from prm.questionnaires.services.answers import answer_keep, answer_submit
from prm.questionnaires.services.rounds import round_send
from prm.ui.home import Whose
from tests.questionnaires.conftest import open_door, tokens_of

pytestmark = pytest.mark.django_db
ANSWERS = {"sell": "no", "rate": 7}


def words(client: Client, path: str) -> str:
    page = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", client.get(path).content.decode(), flags=re.S)
    return " ".join(page.split())


def test_a_round_that_ends_soon_shows_who_has_not_answered_to_its_sender(
    manager: Actor, make_member: Callable[..., Actor], client_of: Callable[[Actor], Client], publish_form: Any, send: Any
) -> None:
    form = publish_form()
    send(form, days=3, name="Spring")
    send(form, days=30, name="Next year")
    shown = words(client_of(manager), "/")
    assert "Questionnaires that end soon 1" in shown
    assert "Spring 0 of 7 have answered" in shown
    other = make_member(Role.MANAGER, name="Théo Marchal")
    with as_role(other):
        assert ending_rounds(Whose(other, other.person_id)).total == 0
        assert ending_rounds(Whose(other)).total == 1


def test_a_round_that_everybody_answered_asks_for_nothing(
    manager: Actor, publish_form: Any, send: Any, partners: Any
) -> None:
    sent = send(publish_form(), to=partners[:1], days=1, name="Spring")
    [token] = tokens_of(sent)
    door = open_door(token)
    with as_role(door.actor):
        answer_keep(actor=door.actor, door=door, answers=ANSWERS)
        answer_submit(actor=door.actor, door=door)
    with as_role(manager):
        assert ending_rounds(Whose(manager)).total == 0


def test_the_portal_shows_what_one_is_asked_until_it_is_answered_and_nobody_elses(
    manager: Actor, partners_side: Any, client_of: Callable[[Actor], Client], publish_form: Any
) -> None:
    asked, rival = (partners_side.member(partner) for partner in (partners_side.kerlan, partners_side.nordisk))
    with as_role(manager):
        member_place_keep(actor=manager, person_id=asked.person_id, partner_id=partners_side.kerlan.pk)
        sent = round_send(
            actor=manager, questionnaire_id=publish_form(title="Your profile").pk, company_ids=[partners_side.kerlan.company_id],
            person_ids=[asked.person_id], due_at=timezone.now() + timedelta(days=9), name="Spring",
        )  # fmt: skip
    [token] = tokens_of(sent)
    page = client_of(asked).get("/portal/").content.decode()
    assert "Your profile" in page
    assert "We have a questionnaire for you." in page
    assert f'class="btn btn-primary btn-hero" href="/q/{token}"' in page
    assert "questionnaire" not in words(client_of(rival), "/portal/")
    door = open_door(token)
    with as_role(door.actor):
        answer_keep(actor=door.actor, door=door, answers=ANSWERS)
        answer_submit(actor=door.actor, door=door)
    assert "Your profile" not in words(client_of(asked), "/portal/")
