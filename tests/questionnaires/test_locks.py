"""An answer that is sent and a round whose day is moved take their rows in the same order, so that neither waits for the other for ever."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from prm.access.roles import as_role
from prm.questionnaires.models import Round
from prm.questionnaires.services.answers import answer_keep, answer_submit
from tests.questionnaires.conftest import anonymous_content, open_door, tokens_of

pytestmark = pytest.mark.django_db


def test_an_anonymous_answer_takes_its_round_before_its_invitation(
    publish_form: Callable[..., object], send: Callable[..., Round]
) -> None:
    door = open_door(tokens_of(send(publish_form(anonymous_content(), is_anonymous=True)))[0])
    with as_role(door.actor):
        answer_keep(actor=door.actor, door=door, answers={"sell": "no", "rate": 9})
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer_submit(actor=door.actor, door=door)
    locked = [
        sql["sql"].partition(' FROM "')[2].partition('"')[0]
        for sql in asked
        if " UPDATE OF " in sql["sql"] or "FOR NO KEY" in sql["sql"]
    ]
    assert locked == ["questionnaires_round", "questionnaires_invitation"]
