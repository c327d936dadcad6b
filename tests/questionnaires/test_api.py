"""Questionnaires, rounds, answers and proposed facts by API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from prm.access.roles import as_role, as_system
from prm.partners.models import Company, Position
from prm.questionnaires.models import Questionnaire
from prm.questionnaires.services.answers import answer_keep, answer_submit
from tests.questionnaires.conftest import EVERYTHING, anonymous_content, open_door, tokens_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client_of, manager) -> Client:
    return client_of(manager)


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/v1/{path}", body, content_type="application/json")


def answer(token: str, values: dict[str, Any]) -> None:
    door = open_door(token)
    with as_role(door.actor):
        answer_keep(actor=door.actor, door=door, answers=values)
        answer_submit(actor=door.actor, door=door)


def test_a_program_builds_publishes_and_sends(client: Client, partners) -> None:
    made = post(client, "questionnaires", {"title": {"en": "Needs", "fr": "Besoins"}, "purpose": "needs"})
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    wrong = post(
        client,
        f"questionnaires/{key}/draft",
        {"content": {"sections": [{"key": "a", "questions": [{"key": "b", "kind": "song"}]}]}},
    )
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/content/sections/0/questions/0")
    early = post(client, f"questionnaires/{key}/publish", {})
    assert (early.status_code, early.json()["code"]) == (422, "incomplete")
    draft = post(client, f"questionnaires/{key}/draft", {"content": EVERYTHING})
    assert (draft.status_code, draft.json()["state"]) == (200, "draft")
    assert post(client, f"questionnaires/{key}/publish", {}).json()["state"] == "published"
    assert post(client, f"questionnaires/{key}/publish", {}).status_code == 404  # nothing is worked on
    assert [v["number"] for v in client.get(f"/api/v1/questionnaires/{key}/versions").json()["data"]] == [1]
    with as_system("a test"):
        companies = [c.public_id for c in Company.objects.all()]
        people = [p.person.public_id for p in Position.objects.select_related("person")]
    due = (timezone.now() + timedelta(days=9)).isoformat()
    sent = post(
        client, "questionnaire-rounds", {"questionnaire": key, "companies": companies, "people": people, "due_at": due}
    )
    assert (sent.status_code, sent.json()["asked"], sent.json()["answered"]) == (201, 7, 0), sent.content
    closed = post(client, f"questionnaire-rounds/{sent.json()['id']}/close", {})
    assert closed.json()["closed_at"] is not None


def test_named_answers_are_given_and_anonymous_ones_are_not(client: Client, publish_form, send) -> None:
    named, hidden = send(publish_form()), send(publish_form(anonymous_content(), is_anonymous=True, title="How are we?"))
    answer(tokens_of(named)[0], {"sell": "yes", "staff": "46", "rate": 9})
    answer(tokens_of(hidden)[0], {"sell": "no", "rate": 9})
    found = client.get("/api/v1/questionnaire-answers").json()["data"]
    assert [one["values"] for one in found] == [{"sell": "yes", "staff": "46", "rate": 9}]
    assert client.get(f"/api/v1/questionnaire-answers/{found[0]['id']}").json()["round"] == named.public_id
    assert client.get(f"/api/v1/questionnaire-answers?round={hidden.public_id}").json()["data"] == []
    rounds = client.get("/api/v1/questionnaire-rounds").json()["data"]
    assert {(one["name"] != "", one["answered"]) for one in rounds} == {(True, 1)}


def test_proposed_facts_are_accepted_and_refused(client: Client, publish_form, send, partners) -> None:
    round_ = send(publish_form())
    for token in tokens_of(round_)[:2]:
        answer(token, {"sell": "yes", "staff": "46", "rate": 9})
    first, second = client.get("/api/v1/fact-proposals?state=pending&sort=created_at").json()["data"]
    accepted = post(client, f"fact-proposals/{first['id']}/accept", {"value": 47})
    assert (accepted.status_code, accepted.json()["state"], accepted.json()["written"]) == (200, "accepted", 47)
    assert post(client, f"fact-proposals/{first['id']}/accept", {}).status_code == 409
    assert post(client, f"fact-proposals/{second['id']}/refuse", {}).status_code == 422
    refused = post(client, f"fact-proposals/{second['id']}/refuse", {"reason": "Not theirs"})
    assert refused.json()["reason"] == "Not theirs"
    with as_system("a test"):
        assert Company.objects.get(pk=partners[0].company_id).employees == 47


def test_changes_are_held_together_by_etags(client: Client, publish_form) -> None:
    made = publish_form()
    path = f"/api/v1/questionnaires/{made.public_id}"
    etag = client.get(path).headers["ETag"]
    changed = client.patch(path, {"purpose": "other"}, content_type="application/json", headers={"If-Match": etag})
    assert changed.json()["purpose"] == "other"
    stale = client.patch(path, {"purpose": "needs"}, content_type="application/json", headers={"If-Match": etag})
    assert stale.status_code == 412
    assert post(client, f"questionnaires/{made.public_id}/archive", {}).json()["is_archived"] is True
    with as_system("a test"):
        assert Questionnaire.objects.get().archived_at is not None
    assert client.get("/api/v1/questionnaires").json()["data"] == []
    assert len(client.get("/api/v1/questionnaires?archived=true").json()["data"]) == 1
