"""A POST sent twice under one key: one effect, one answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from prm.access.actors import Actor, Role
from prm.access.roles import as_sign_in, as_system
from prm.accounts.models import Person
from prm.api.idempotency import idempotency_purge
from prm.api.models import IdempotencyRecord
from tests.api.sample import HumanViewSet
from tests.conftest import Caller

pytestmark = pytest.mark.usefixtures("sample")


def made(name: str) -> int:
    with as_system("a test"):
        return Person.objects.filter(name=name).count()


@pytest.mark.django_db
def test_the_second_time_the_answer_is_the_first_one(call: Caller) -> None:
    first = call("POST", "humans", {"name": "Ada"}, Idempotency_Key="k1")
    second = call("POST", "humans", {"name": "Ada"}, Idempotency_Key="k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert (first.headers["Location"], first.headers["ETag"]) == (second.headers["Location"], second.headers["ETag"])
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert made("Ada") == 1


@pytest.mark.django_db
def test_without_a_key_each_request_counts(call: Caller) -> None:
    call("POST", "humans", {"name": "Ada"})
    call("POST", "humans", {"name": "Ada"})
    assert made("Ada") == 2


@pytest.mark.django_db
def test_the_same_key_for_another_request_is_refused(call: Caller) -> None:
    call("POST", "humans", {"name": "Ada"}, Idempotency_Key="k1")
    answer = call("POST", "humans", {"name": "Grace"}, Idempotency_Key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert made("Grace") == 0


@pytest.mark.django_db
def test_a_refusal_is_remembered_without_its_effect(call: Caller) -> None:
    first = call("POST", "humans", {"name": "Nobody"}, Idempotency_Key="k1")
    second = call("POST", "humans", {"name": "Nobody"}, Idempotency_Key="k1")
    assert (first.status_code, second.status_code) == (422, 422)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.headers["Content-Type"] == "application/problem+json"
    assert made("Nobody") == 0


@pytest.mark.django_db
def test_a_crash_is_not_remembered(call: Caller) -> None:
    for _time in range(2):
        answer = call("POST", "humans", {"name": "Crash"}, Idempotency_Key="k1")
        assert (answer.status_code, answer.headers.get("Idempotency-Replayed")) == (500, None)
    assert made("Crash") == 0


@pytest.mark.django_db
def test_two_callers_do_not_share_keys(call: Caller, make_member, key_of: Callable[..., str]) -> None:
    other = Caller(key_of(make_member(Role.MANAGER, name="Elise Vidal")))
    call("POST", "humans", {"name": "Ada"}, Idempotency_Key="k1")
    assert other("POST", "humans", {"name": "Ada"}, Idempotency_Key="k1").headers.get("Idempotency-Replayed") is None
    assert made("Ada") == 2


@pytest.mark.django_db
def test_acts_are_remembered_too(call: Caller) -> None:
    with as_system("a test"):
        person = Person.objects.create(name="Ada")
    path = f"humans/{person.public_id}/act"
    assert call("POST", path, Idempotency_Key="k1").status_code == 200
    assert call("POST", path, Idempotency_Key="k1").headers["Idempotency-Replayed"] == "true"


@pytest.mark.django_db
def test_an_answer_is_forgotten_after_a_day(call: Caller) -> None:
    call("POST", "humans", {"name": "Ada"}, Idempotency_Key="k1")
    with as_sign_in():
        IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert "Idempotency-Replayed" not in call("POST", "humans", {"name": "Ada"}, Idempotency_Key="k1").headers
    with as_sign_in():
        IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert idempotency_purge() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 256, "with space", "é"])
def test_a_key_that_cannot_be_one_is_refused(call: Caller, key: str) -> None:
    assert call("POST", "humans", {"name": "Ada"}, Idempotency_Key=key).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_works_and_the_other_is_told_to_wait(
    manager: Actor, key_of: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HumanViewSet, "sleep", 1.0)
    secret, answers = key_of(manager), []

    def send() -> None:
        answers.append(Caller(secret)("POST", "humans", {"name": "Ada"}, Idempotency_Key="k1"))
        connections.close_all()

    threads = [threading.Thread(target=send) for _caller in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(a.status_code for a in answers) == [201, 409, 409]
    assert {json.loads(a.content)["code"] for a in answers if a.status_code == 409} == {"idempotency_in_progress"}
    assert made("Ada") == 1
