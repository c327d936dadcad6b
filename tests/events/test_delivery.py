"""Each subscriber gets each event once, in effect, in the order of its subject; what cannot be delivered is kept for a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.accounts.models import Person
from prm.core.ids import uuid7
from prm.events.models import Delivery, DeliveryState, OutboxEvent
from prm.events.publishing import publish
from prm.events.received import UPCASTERS, Received, upcaster
from prm.events.runner.claims import claim
from prm.events.runner.dispatching import dispatch
from prm.events.runner.work import deliver, deliver_all
from prm.events.subscribing import SUBSCRIBERS, Order, subscriber
from tests.events.things import Heard, OtherHappened, ThingHappened, hearing, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def ear() -> Iterator[Heard]:
    with hearing() as heard:
        yield heard


def rows(**wanted: Any) -> list[Delivery]:
    with as_system("a test"):
        return list(Delivery.objects.filter(**wanted).order_by("position"))


def come_due() -> None:
    """The pauses of all that waits are over."""
    with as_system("a test"):
        Delivery.objects.filter(state=DeliveryState.WAITING).update(due_at=timezone.now() - timedelta(seconds=1))


def refuse_number(refused: int) -> Any:
    def act(happened: Received) -> None:
        if happened.data["n"] == refused:
            raise ValueError("not this one")

    return act


def test_each_event_is_heard_once_and_in_order_however_often_one_looks(manager: Actor, ear: Heard) -> None:
    subject = uuid7()
    tell(manager, subject, 1, 2, 3)
    deliver_all()
    deliver_all()
    assert ear.numbers == [1, 2, 3]
    assert [row.state for row in rows()] == ["done"] * 3


def test_a_subscriber_hears_only_what_it_asked_for(manager: Actor, ear: Heard) -> None:
    with as_role(manager):
        publish(OtherHappened(subject_id=uuid7()), actor=manager)
    tell(manager, uuid7(), 1)
    deliver_all()
    assert ear.numbers == [1]


def test_positions_count_without_gaps_in_the_order_of_commit(manager: Actor, ear: Heard) -> None:
    with as_system("a test"):
        before = OutboxEvent.objects.filter(type=ThingHappened.type).count()
    tell(manager, uuid7(), *range(1, 8))
    while dispatch():
        pass
    with as_system("a test"):
        told = OutboxEvent.objects.filter(type=ThingHappened.type).order_by("id").values_list("position", flat=True)
        found = list(told)
    assert before == 0
    assert found == list(range(found[0], found[0] + 7))


def test_the_event_comes_as_its_class_with_its_types(manager: Actor, ear: Heard) -> None:
    subject, other = uuid7(), uuid7()
    with as_role(manager):
        publish(ThingHappened(subject_id=subject, n=1, price=Decimal("12.50"), about=[other]), actor=manager)
    deliver_all()
    told = ear.events[0].told
    begun = ear.events[0].correlation_id
    assert told == ThingHappened(subject_id=subject, n=1, price=Decimal("12.50"), about=[other], correlation_id=begun)
    assert (ear.events[0].actor_id, ear.events[0].subject_type) == (manager.user_id, "thing")


def test_what_was_told_under_an_earlier_version_reads_as_todays(manager: Actor, ear: Heard, monkeypatch) -> None:
    tell(manager, uuid7(), 1)
    monkeypatch.setattr(ThingHappened, "version", 3)

    @upcaster("tests.thing_happened", version=1)
    def _one(data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "n": data["n"] * 10}

    @upcaster("tests.thing_happened", version=2)
    def _two(data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "n": data["n"] + 1}

    try:
        deliver_all()
        assert (ear.events[0].version, ear.events[0].told.n) == (3, 11)
    finally:
        UPCASTERS.pop(("tests.thing_happened", 1))
        UPCASTERS.pop(("tests.thing_happened", 2))


def test_a_version_that_nobody_can_read_becomes_no_wrong_object(manager: Actor, ear: Heard, monkeypatch) -> None:
    tell(manager, uuid7(), 1)
    deliver_all()
    monkeypatch.setattr(ThingHappened, "version", 2)
    with pytest.raises(LookupError, match="version 1"):
        _ = ear.events[0].told


def test_effect_and_mark_are_one_so_that_a_failed_handler_leaves_nothing(manager: Actor, ear: Heard) -> None:
    def write_then_fail(happened: Received) -> None:
        Person.objects.create(name="half written")
        raise ValueError("too late")

    ear.act = write_then_fail
    tell(manager, uuid7(), 1)
    deliver()
    with as_system("a test"):
        assert not Person.objects.filter(name="half written").exists()
    [row] = rows()
    assert (row.state, row.attempts, row.error) == ("waiting", 1, "ValueError: too late")
    assert row.due_at > timezone.now()


def test_a_failure_undoes_itself_only(manager: Actor, ear: Heard) -> None:
    ear.act = refuse_number(2)
    for n in (1, 2, 3):
        tell(manager, uuid7(), n)
    deliver()
    assert ear.numbers == [1, 3]
    assert [row.state for row in rows()] == ["done", "waiting", "done"]


def test_later_events_of_a_subject_wait_for_one_that_fails_and_others_do_not(manager: Actor, ear: Heard) -> None:
    stuck, free = uuid7(), uuid7()
    ear.act = refuse_number(1)
    tell(manager, stuck, 1, 2)
    tell(manager, free, 3)
    deliver()
    tell(manager, stuck, 4)
    tell(manager, free, 5)
    deliver()
    assert ear.numbers == [3, 5]
    ear.act = lambda happened: None
    come_due()
    deliver()
    assert ear.numbers == [3, 5, 1, 2, 4]


def test_what_fails_every_time_becomes_a_dead_letter_and_lets_the_rest_go_on(manager: Actor, ear: Heard) -> None:
    ear.act = refuse_number(1)
    tell(manager, uuid7(), 1, 2)
    deliver_all()
    assert ear.numbers == [2]
    dead, done = rows()
    assert (dead.state, dead.attempts, dead.error) == ("dead", 8, "ValueError: not this one")
    assert done.state == "done"


def test_a_subscriber_in_order_of_position_waits_for_any_earlier_event(manager: Actor) -> None:
    with hearing("tests.strict", order=Order.POSITION) as heard:
        heard.act = refuse_number(2)
        for n in (1, 2, 3):
            tell(manager, uuid7(), n)
        deliver()
        assert heard.numbers == [1]
        heard.act = lambda happened: None
        come_due()
        deliver()
        assert heard.numbers == [1, 2, 3]


def test_a_handler_runs_as_the_product_in_the_systems_role(manager: Actor, ear: Heard) -> None:
    seen: list[str] = []

    def look(happened: Received) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user::text")
            seen.append(cursor.fetchone()[0])

    ear.act = look
    tell(manager, uuid7(), 1)
    deliver_all()
    assert seen == ["prm_system"]


def test_an_outside_effect_is_marked_one_by_one(manager: Actor) -> None:
    with hearing("tests.outside", outside=True) as heard:
        marked: list[int] = []
        heard.act = lambda happened: marked.append(len(rows(state="done")))
        tell(manager, uuid7(), 1, 2, 3)
        deliver_all()
    assert (heard.numbers, marked) == ([1, 2, 3], [0, 1, 2])


def test_one_subscribers_failure_is_not_anothers(manager: Actor) -> None:
    with hearing("tests.bad") as bad, hearing("tests.good") as good:
        bad.act = refuse_number(1)
        tell(manager, uuid7(), 1)
        deliver()
    assert (bad.numbers, good.numbers) == ([], [1])


def test_what_a_worker_holds_is_not_taken_by_another_and_is_free_once_that_one_is_dead(manager: Actor, ear: Heard) -> None:
    tell(manager, uuid7(), 1)
    dispatch()
    entry = SUBSCRIBERS.get("tests.ear")
    nobody = 4_242  # a lock that no session holds: its worker is dead
    assert len(claim(entry, nobody, most=10)) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [nobody])
        assert claim(entry, 1, most=10) == [], "its session lives"
        cursor.execute("SELECT pg_advisory_unlock(%s)", [nobody])
    assert len(claim(entry, 1, most=10)) == 1
    assert [row.attempts for row in rows()] == [2]


def test_a_name_is_taken_once(ear: Heard) -> None:
    with pytest.raises(ValueError, match="registered twice"):
        subscriber("tests.ear")(lambda happened, *, actor: None)
