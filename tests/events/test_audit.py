"""The audit chain: every event is in it once, nobody adds to the past, and whoever changes it all the same is found out (G7)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, connections, transaction

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.access.rowsecurity import rules_of
from prm.core.errors import Denied
from prm.core.ids import uuid7
from prm.events.models import AuditCheck, AuditEntry, Delivery, OutboxEvent, PersonalPayload
from prm.events.publishing import EVENT_TYPES, Personal, publish
from prm.events.rules_chain import link_digest
from prm.events.runner.work import deliver_all
from prm.events.selectors_audit import audit_faults
from prm.events.services import audit_check, personal_erase
from tests.events.things import OtherHappened, ThingHappened, tell

pytestmark = pytest.mark.django_db
emptied = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def things() -> Iterator[None]:
    for kind in (ThingHappened, OtherHappened):
        EVENT_TYPES[kind.type] = kind
    yield
    for kind in (ThingHappened, OtherHappened):
        del EVENT_TYPES[kind.type]


@pytest.fixture
def chain(manager: Actor) -> list[UUID]:
    """Events of this test, chained; the keys in order."""
    subject = uuid7()
    tell(manager, subject, *range(1, 6))
    deliver_all()
    with as_system("a test"):
        return list(OutboxEvent.objects.filter(subject_id=subject).order_by("position").values_list("pk", flat=True))


def faults() -> list[tuple[UUID | None, str]]:
    with as_system("a test") as actor:
        return [(fault.event_id, fault.kind) for fault in audit_faults(actor=actor)]


@pytest.fixture
def tamper(transactional_db: None) -> Callable[..., None]:
    """SQL of whoever owns the tables and has switched the triggers off."""

    def run(sql: str, *values: Any) -> None:
        owner = connections["owner"]
        tables = ("events_auditentry", "events_outboxevent", "events_auditcheck")
        with transaction.atomic(using="owner"), owner.cursor() as cursor:
            cursor.execute("".join(f"ALTER TABLE {table} DISABLE TRIGGER USER;" for table in tables))
            cursor.execute(sql, values)
            assert cursor.rowcount, "the tampering hit nothing"
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("".join(f"ALTER TABLE {table} ENABLE TRIGGER USER;" for table in tables))

    return run


def test_every_event_is_chained_once_in_order_of_position_and_the_chain_is_whole(chain: list[UUID]) -> None:
    with as_system("a test"):
        entries = list(AuditEntry.objects.select_related("event").order_by("number"))
        assert OutboxEvent.objects.count() == len(entries)
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry.event.position for entry in entries] == sorted(entry.event.position for entry in entries)
    assert [entry.event_id for entry in entries][-5:] == chain
    assert [later.previous for later in entries[1:]] == [earlier.digest for earlier in entries[:-1]]
    assert faults() == []


@pytest.mark.parametrize("sql", [
    "UPDATE events_auditentry SET digest = previous",
    "DELETE FROM events_auditentry",
    "UPDATE events_outboxevent SET actor_id = NULL",
    "UPDATE events_outboxevent SET position = position + 1",
    "DELETE FROM events_outboxevent",
])  # fmt: skip
def test_the_product_itself_cannot_change_what_happened(chain: list[UUID], sql: str) -> None:
    with as_system("a test"), pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert faults() == []


def test_the_grants_leave_the_past_alone() -> None:
    told, entry = rules_of(OutboxEvent), rules_of(AuditEntry)
    assert {role: told[role].verbs for role in ("prm_portal", "prm_vendor", "prm_system")} == {
        "prm_portal": "INSERT", "prm_vendor": "SELECT, INSERT", "prm_system": "SELECT, INSERT, UPDATE",
    }  # fmt: skip
    assert (entry["prm_vendor"].verbs, entry["prm_system"].verbs) == ("SELECT", "SELECT, INSERT")
    assert "prm_portal" not in entry


@emptied
@pytest.mark.parametrize("sql", ["UPDATE events_auditentry SET digest = previous", "DELETE FROM events_outboxevent"])
def test_not_even_the_owner_of_the_tables_by_mistake(chain: list[UUID], sql: str) -> None:
    with pytest.raises(Error, match="only added to"), connections["owner"].cursor() as cursor:
        cursor.execute(sql)


@emptied
def test_a_changed_event_is_named_by_the_command_and_it_alone(chain: list[UUID], tamper: Callable[..., None]) -> None:
    tamper("UPDATE events_outboxevent SET data = jsonb_set(data, '{n}', '99') WHERE id = %s", chain[2])
    assert faults() == [(chain[2], "event_changed")]
    with pytest.raises(
        CommandError, match=r"Entry \d+ \(event_\w+, tests.thing_happened, position \d+, .*no longer says what was chained"
    ):
        call_command("audit_verify", stdout=StringIO())


@emptied
def test_whoever_did_it_cannot_be_exchanged(chain: list[UUID], tamper: Callable[..., None]) -> None:
    tamper("UPDATE events_outboxevent SET actor_id = %s WHERE id = %s", uuid7(), chain[0])
    assert faults() == [(chain[0], "event_changed")]


@emptied
def test_an_entry_taken_out_is_found(chain: list[UUID], tamper: Callable[..., None]) -> None:
    tamper("DELETE FROM events_auditentry WHERE event_id = %s", chain[1])
    assert faults()[0] == (chain[2], "gap")
    assert (chain[1], "unchained") in faults()


@emptied
def test_a_rewritten_digest_breaks_at_its_entry_and_the_next(chain: list[UUID], tamper: Callable[..., None]) -> None:
    tamper("UPDATE events_auditentry SET digest = repeat('a', 64) WHERE event_id = %s", chain[1])
    assert faults() == [(chain[1], "event_changed"), (chain[2], "loose")]


@emptied
def test_an_event_slipped_in_without_its_subscribers_is_found(chain: list[UUID], tamper: Callable[..., None]) -> None:
    forged = uuid7()
    tamper("UPDATE events_outboxevent SET position = position + 1000 WHERE id = %s", chain[4])
    tamper(
        "INSERT INTO events_outboxevent (id, position, type, version, occurred_at, actor_kind, subject_type, subject_id, data,"
        " personal_digest) SELECT %s, position + 500, type, version, occurred_at, actor_kind, subject_type, subject_id, data, ''"
        " FROM events_outboxevent WHERE id = %s",
        forged, chain[3],
    )  # fmt: skip
    assert faults() == [(chain[4], "event_changed"), (forged, "unchained")]


@emptied
def test_a_chain_cut_at_its_end_no_longer_meets_what_was_verified(chain: list[UUID], tamper: Callable[..., None]) -> None:
    with as_system("a test") as actor:
        assert audit_check(actor=actor).is_whole
    tamper("DELETE FROM events_auditentry WHERE event_id = %s", chain[4])
    assert [kind for _event, kind in faults()] == ["cut"]


@emptied
def test_a_chain_written_anew_no_longer_meets_what_was_verified(chain: list[UUID], tamper: Callable[..., None]) -> None:
    with as_system("a test") as actor:
        audit_check(actor=actor)
    tamper("UPDATE events_outboxevent SET data = jsonb_set(data, '{n}', '99') WHERE id = %s", chain[4])
    with as_system("a test") as actor:
        entry = AuditEntry.objects.select_related("event").order_by("-number").first()
        forged = link_digest(entry.previous, entry.event.envelope())
    tamper("UPDATE events_auditentry SET digest = %s WHERE number = %s", forged, entry.number)
    assert faults() == [(chain[4], "rewritten")]


@emptied
def test_whichever_byte_of_an_event_is_changed_the_right_entry_is_named(
    chain: list[UUID], tamper: Callable[..., None]
) -> None:
    rng = random.Random(7)
    columns = {
        "type": "type || 'x'", "version": "version + 1", "occurred_at": "occurred_at + interval '1 microsecond'",
        "actor_kind": "'system'", "partner_id": "id", "subject_type": "'deal'", "subject_id": "id", "correlation_id": "subject_id",
        "personal_digest": "repeat('b', 64)", "position": "position + 900",
        "subject_version": "subject_version + 900",
    }  # fmt: skip
    for column, changed in columns.items():
        victim = rng.choice(chain)
        with as_system("a test"):
            before = getattr(OutboxEvent.objects.get(pk=victim), column)
        tamper(f"UPDATE events_outboxevent SET {column} = {changed} WHERE id = %s", victim)
        assert faults()[0] == (victim, "event_changed"), column
        tamper(f"UPDATE events_outboxevent SET {column} = %s WHERE id = %s", before, victim)
        assert faults() == [], column


def test_a_whole_chain_is_told_with_its_length_and_written_down(chain: list[UUID]) -> None:
    said = StringIO()
    call_command("audit_verify", stdout=said)
    with as_system("a test"):
        check = AuditCheck.objects.first()
        last = AuditEntry.objects.order_by("-number").first()
    assert said.getvalue().startswith(f"The audit chain is whole: {last.number:,} entries")
    assert (check.entries, check.last_digest, check.is_whole) == (last.number, last.digest, True)


def told_about(person: UUID, actor: Actor, words: str) -> UUID:
    subject = uuid7()
    with as_role(actor):
        publish(
            ThingHappened(subject_id=subject, n=1), actor=actor, personal=Personal(person_id=person, texts={"note": words})
        )
    deliver_all()
    with as_system("a test"):
        return OutboxEvent.objects.get(subject_id=subject).pk


def test_a_person_is_forgotten_and_the_chain_stays_whole(manager: Actor, director: Actor) -> None:
    person = uuid7()
    event = told_about(person, manager, "called in sick")
    assert faults() == []
    with as_role(director):
        assert personal_erase(actor=director, person_id=person) == 1
    with as_system("a test"):
        kept = OutboxEvent.objects.select_related("personal").get(pk=event)
        assert (kept.personal.data, kept.personal.salt) == (None, None)
        assert "sick" not in str(kept.data)
        assert not PersonalPayload.objects.filter(data__icontains="sick").exists()
    assert faults() == []


def test_forgetting_people_is_for_those_who_may(manager: Actor) -> None:
    with as_role(manager), pytest.raises(Denied):
        personal_erase(actor=manager, person_id=uuid7())


def test_what_was_said_about_a_person_cannot_be_exchanged(manager: Actor) -> None:
    event = told_about(uuid7(), manager, "called in sick")
    with as_system("a test"):
        PersonalPayload.objects.filter(events=event).update(data={"note": "was praised"})
    assert faults() == [(event, "personal_changed")]


def test_the_same_words_give_another_digest_each_time(manager: Actor) -> None:
    first, second = (told_about(uuid7(), manager, "same words") for _time in range(2))
    with as_system("a test"):
        assert len(set(OutboxEvent.objects.filter(pk__in=[first, second]).values_list("personal_digest", flat=True))) == 2


def test_the_marks_of_the_chain_say_that_all_of_it_was_delivered(chain: list[UUID]) -> None:
    with as_system("a test"):
        states = set(Delivery.objects.filter(subscriber="events.audit").values_list("state", flat=True))
    assert states == {"done"}


@emptied
def test_the_daily_verification_reads_what_is_new_and_finds_a_change_there(
    chain: list[UUID], manager: Actor, tamper: Callable[..., None]
) -> None:
    with as_system("a test") as actor:
        first = audit_check(actor=actor, only_new=True)
        tell(manager, uuid7(), 1, 2)
    deliver_all()
    with as_system("a test") as actor:
        daily = audit_check(actor=actor, only_new=True)
        newest = AuditEntry.objects.order_by("-number").first().event_id
    assert (first.is_full, daily.is_full, daily.since, daily.looked_at) == (True, False, first.entries, 2)
    assert daily.is_whole
    tell(manager, uuid7(), 3)
    deliver_all()
    with as_system("a test") as actor:
        newest = AuditEntry.objects.order_by("-number").first().event_id
    tamper("UPDATE events_outboxevent SET data = jsonb_set(data, '{n}', '99') WHERE id = %s", newest)
    with as_system("a test") as actor:
        found = audit_check(actor=actor, only_new=True)
    assert (found.fault, found.broken_event_id, found.since) == ("event_changed", newest, daily.entries)


@emptied
def test_a_change_of_long_ago_is_found_by_the_whole_verification_and_then_every_day(
    chain: list[UUID], tamper: Callable[..., None]
) -> None:
    with as_system("a test") as actor:
        audit_check(actor=actor)
    tamper("UPDATE events_outboxevent SET data = jsonb_set(data, '{n}', '99') WHERE id = %s", chain[1])
    with as_system("a test") as actor:
        assert audit_check(actor=actor, only_new=True).is_whole, "it read nothing of before"
        assert audit_check(actor=actor).broken_event_id == chain[1]
        again = audit_check(actor=actor, only_new=True)
    assert (again.is_full, again.broken_event_id) == (True, chain[1]), "what was found broken is not forgotten the next day"


@emptied
@pytest.mark.parametrize("forged", ["", "a" * 64])
def test_whoever_owns_the_tables_cannot_write_a_place_to_begin_at(
    chain: list[UUID], tamper: Callable[..., None], forged: str
) -> None:
    with as_system("a test") as actor:
        last = audit_check(actor=actor)
    tamper("UPDATE events_outboxevent SET data = jsonb_set(data, '{n}', '99') WHERE id = %s", chain[1])
    tamper("UPDATE events_auditcheck SET seal = %s WHERE id = %s", forged, last.pk)
    with as_system("a test") as actor:
        assert audit_check(actor=actor, only_new=True).broken_event_id == chain[1]


@emptied
def test_an_event_slipped_in_behind_the_last_verification_is_found_the_next_day(
    chain: list[UUID], manager: Actor, tamper: Callable[..., None]
) -> None:
    with as_system("a test") as actor:
        audit_check(actor=actor)
    forged = uuid7()
    tamper(
        "INSERT INTO events_outboxevent (id, position, type, version, occurred_at, actor_kind, subject_type, subject_id, data,"
        " personal_digest) SELECT %s, position + 1, type, version, occurred_at, actor_kind, subject_type, %s, data, ''"
        " FROM events_outboxevent WHERE id = %s",
        forged, uuid7(), chain[-1],
    )  # fmt: skip
    tell(manager, uuid7(), 1)
    deliver_all()
    with as_system("a test") as actor:
        found = audit_check(actor=actor, only_new=True)
    assert (found.fault, found.broken_event_id, found.is_full) == ("unchained", forged, False)


def test_the_command_reads_the_whole_chain_unless_told_otherwise(chain: list[UUID]) -> None:
    said = StringIO()
    call_command("audit_verify", stdout=said)
    call_command("audit_verify", "--new", stdout=said)
    assert said.getvalue().splitlines()[1].startswith("The audit chain is whole:")
    assert "(0 of them new)" in said.getvalue().splitlines()[1]
