"""What belongs together is found together: a request, its job, and what reacted to either; and which event of a record one is."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.core.correlation import correlated, correlation, correlation_of, request_id_of
from prm.core.ids import uuid7
from prm.events.models import Delivery, OutboxEvent
from prm.events.publishing import publish, publish_all
from prm.events.runner.work import deliver_all
from prm.events.selectors import event_list
from prm.jobs.models import Job
from prm.jobs.runner.periodic import PERIODIC, Periodic, run_due
from prm.jobs.runner.work import run_inline
from prm.jobs.services import job_start
from prm.partners.models import Company
from prm.partners.services.companies import company_create, company_edit
from tests.conftest import Caller
from tests.events.things import OtherHappened, ThingHappened, hearing, tell
from tests.jobs.kinds import PeopleKind

pytestmark = pytest.mark.django_db


def found(actor: Actor, named: str) -> list[str]:
    """The types of what the log shows for a search, oldest first."""
    with as_role(actor):
        return [event.type for event in event_list(actor=actor, subject=named).order_by("id")]


def asked(call: Caller, **headers: str) -> str:
    """A company is created by API; the id of that request."""
    answer = call("POST", "companies", {"name": "Kerlan", "country": "FR"}, Idempotency_Key=str(uuid7()), **headers)
    assert answer.status_code == 201, answer.content
    return str(answer.headers["X-Request-Id"])


def test_everything_that_a_request_did_is_found_by_its_id(director: Actor, key_of: Callable[..., str]) -> None:
    call = Caller(key_of(director, ["companies:write"]))
    first, second = asked(call), asked(call, X_Request_Id="our-own-name-77")
    assert second == "our-own-name-77"
    assert found(director, first) == found(director, second) == ["partners.company_created"]
    assert found(director, request_id_of(correlation_of(second))) == ["partners.company_created"]
    assert found(director, "our-own-name-78") == []


def test_a_page_has_its_own_too(director: Actor, client_of: Callable[[Actor], Client]) -> None:
    answer = client_of(director).post("/target-lists/new", {"name": "West", "purpose": "x"})
    assert answer.status_code == 302, answer.content.decode()[:500]
    assert found(director, answer.headers["X-Request-Id"]) == ["profiling.target_list_created"]
    assert correlation() is None, "the next request of this process begins with nothing"


def test_a_job_and_what_it_does_are_part_of_the_request_that_started_it(director: Actor) -> None:
    request = uuid7()
    with correlated(request), as_role(director):
        job = job_start(actor=director, kind=PeopleKind.key, title="People", parameters={"n": 2})
    seen: list[UUID | None] = []
    spy = PeopleKind.finish
    PeopleKind.finish = lambda self, job, chunks, actor: seen.append(correlation()) or {}  # type: ignore[method-assign]
    try:
        run_inline(job)
    finally:
        PeopleKind.finish = spy  # type: ignore[method-assign]
    assert seen == [request]
    with as_system("a test"):
        told = dict(OutboxEvent.objects.filter(subject_id=job.pk).values_list("type", "correlation_id"))
    assert told == {"jobs.job_started": request, "jobs.job_done": request}
    assert correlation() is None


def test_a_job_that_nobody_asked_for_belongs_to_itself(director: Actor) -> None:
    with as_role(director):
        jobs = [job_start(actor=director, kind=PeopleKind.key, title="People", parameters={"n": 1}) for _ in range(2)]
    for job in jobs:
        run_inline(job)
    with as_system("a test"):
        kept = {
            job.pk: set(OutboxEvent.objects.filter(subject_id=job.pk).values_list("correlation_id", flat=True))
            for job in jobs
        }
        assert Job.objects.get(pk=jobs[0].pk).actor["correlation_id"] == str(next(iter(kept[jobs[0].pk])))
    assert [len(keys) for keys in kept.values()] == [1, 1]
    assert kept[jobs[0].pk] != kept[jobs[1].pk]


@pytest.mark.parametrize("outside", [False, True])
def test_what_reacts_to_an_event_is_part_of_the_same(manager: Actor, outside: bool) -> None:
    request, subject, later = uuid7(), uuid7(), uuid7()

    def react(happened: object) -> None:
        with as_role(manager):
            publish(OtherHappened(subject_id=later), actor=manager)

    with hearing(outside=outside) as heard:
        heard.act = react
        with correlated(request):
            tell(manager, subject, 1)
        deliver_all()
    with as_system("a test"):
        assert OutboxEvent.objects.get(subject_id=later).correlation_id == request
    assert heard.events[0].correlation_id == request


def test_a_dead_letter_is_part_of_what_could_not_arrive(manager: Actor) -> None:
    request = uuid7()

    def refuse(happened: object) -> None:
        raise ValueError("planted")

    with hearing(most_attempts=1) as heard:
        heard.act = refuse
        with correlated(request):
            tell(manager, uuid7(), 1)
        deliver_all()
    with as_system("a test"):
        letter = Delivery.objects.get(subscriber="tests.ear")
        assert OutboxEvent.objects.get(subject_id=letter.pk, type="events.delivery_died").correlation_id == request


def test_periodic_work_is_one_thing_each_time_it_comes_round(manager: Actor) -> None:
    seen: list[UUID | None] = []
    entry = Periodic("tests.round", PERIODIC.get("jobs.pulse").every, lambda *, actor: seen.append(correlation()))
    before = PERIODIC._entries
    PERIODIC._entries = {entry.name: entry}
    try:
        run_due()
    finally:
        PERIODIC._entries = before
    assert len(seen) == 1
    assert seen[0] is not None


def test_what_nothing_began_begins_by_itself_and_many_at_once_are_together(manager: Actor) -> None:
    alone, many = uuid7(), [uuid7(), uuid7()]
    tell(manager, alone, 1)
    with as_role(manager):
        publish_all((OtherHappened(subject_id=key) for key in many), actor=manager)
    with as_system("a test"):
        event = OutboxEvent.objects.get(subject_id=alone)
        assert event.correlation_id == event.pk
        assert OutboxEvent.objects.filter(subject_id__in=many).values("correlation_id").distinct().count() == 1


def versions(subject: UUID) -> list[int | None]:
    with as_system("a test"):
        return list(
            OutboxEvent.objects.filter(subject_id=subject)
            .order_by("position", "id")
            .values_list("subject_version", flat=True)
        )


def test_each_record_counts_its_own_events_in_the_order_of_positions(manager: Actor) -> None:
    first, second = uuid7(), uuid7()
    tell(manager, first, 1, 2)
    tell(manager, second, 1)
    assert versions(first) == [None, None], "not before it has its place"
    with hearing() as heard:
        deliver_all()
    assert (versions(first), versions(second)) == ([1, 2], [1])
    tell(manager, first, 3)
    with hearing() as heard:
        deliver_all()
    assert [(event.subject_id, event.subject_version) for event in heard.events] == [(first, 3)]


@pytest.mark.django_db(transaction=True)
def test_a_record_whose_past_was_not_counted_goes_on_after_it(manager: Actor) -> None:
    subject = uuid7()
    tell(manager, subject, 1, 2)
    deliver_all()
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE events_outboxevent DISABLE TRIGGER only_position_once")
        cursor.execute("UPDATE events_outboxevent SET subject_version = NULL WHERE subject_id = %s", [subject])
        cursor.execute("ALTER TABLE events_outboxevent ENABLE TRIGGER only_position_once")
    tell(manager, subject, 3)
    deliver_all()
    assert versions(subject) == [None, None, 3]


def test_no_version_of_a_record_is_given_twice_nor_changed(manager: Actor) -> None:
    subject = uuid7()
    tell(manager, subject, 1)
    deliver_all()
    with as_system("a test"):
        placed = OutboxEvent.objects.get(subject_id=subject)
        with pytest.raises(IntegrityError, match="only added to"), transaction.atomic():
            OutboxEvent.objects.filter(pk=placed.pk).update(subject_version=9)
    tell(manager, subject, 2)
    with as_system("a test"):
        fresh = OutboxEvent.objects.filter(subject_id=subject, position=None)
        with pytest.raises(IntegrityError, match="outbox_subject_version"), transaction.atomic():
            fresh.update(position=10**9, subject_version=1)


@pytest.mark.parametrize("given", [{"position": 2**62}, {"subject_version": 1}])
def test_nobody_gives_a_new_event_its_place_but_the_dispatcher(manager: Actor, given: dict[str, int]) -> None:
    """A place taken beforehand would stop the dispatcher for everybody once it comes to it."""
    event = OutboxEvent(type=ThingHappened.type, actor_kind="system", subject_type="thing", subject_id=uuid7(), **given)
    for role in (as_role(manager), as_system("a test")):
        with role, pytest.raises(IntegrityError, match="placed by the dispatcher"), transaction.atomic():
            OutboxEvent.objects.bulk_create([event])


@pytest.mark.parametrize("when", ["infinity", "-infinity", "294000-01-01", "4000-01-01 BC"])
def test_an_event_happens_at_a_time_that_programs_can_read(manager: Actor, when: str) -> None:
    refused = pytest.raises(IntegrityError, match="outbox_occurred")
    with as_system("a test"), connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(
            "INSERT INTO events_outboxevent (id, type, version, occurred_at, actor_kind, subject_type, subject_id, data,"
            " personal_digest) VALUES (gen_random_uuid(), 'thing.happened', 1, %s::timestamptz, 'system', 'thing',"
            " gen_random_uuid(), '{}', '')",
            [when],
        )


def test_the_log_by_api_and_page_tells_version_and_request(
    director: Actor, key_of: Callable[..., str], client_of: Callable[[Actor], Client]
) -> None:
    call = Caller(key_of(director, ["events:read"]))
    with correlated(request := uuid7()), as_role(director):
        company: Company = company_create(actor=director, values={"name": "Kerlan", "country": "FR"})
        company_edit(actor=director, company_id=company.pk, values={"employees": 44})
    deliver_all()
    events = call("GET", f"events?correlation={request_id_of(request)}").json()["data"]
    assert [(event["subject"]["version"], event["correlation"]) for event in events] == [
        (n, request_id_of(request)) for n in (1, 2)
    ]
    browser = client_of(director)
    page = browser.get(f"/events/{events[1]['id']}").content.decode()
    assert "Version of the record" in page
    assert "2 events in all" in page
    assert f"/events?q={request_id_of(request)}" in page
    assert events[1]["id"] in browser.get(f"/events?q={request_id_of(request)}").content.decode()
    history = browser.get(f"/history/{company.public_id}").content.decode()
    assert f'href="/events/{events[1]["id"]}"' in history


def test_who_may_not_read_the_log_gets_no_way_into_it_from_a_history(
    manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    with as_role(manager):
        company = company_create(actor=manager, values={"name": "Kerlan", "country": "FR"})
    history = client_of(manager).get(f"/history/{company.public_id}").content.decode()
    assert "added the company" in history
    assert 'href="/events/' not in history
