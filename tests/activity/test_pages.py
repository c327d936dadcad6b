"""What happened as people see it: the log, one event, dead letters, the audit trail, the health page; in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import redis
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_system
from prm.core.errors import Conflict, Denied
from prm.core.ids import uuid7
from prm.events.models import AuditCheck, Delivery, OutboxEvent
from prm.events.runner.work import deliver_all
from prm.events.services import deliveries_discard, deliveries_forget, deliveries_replay
from prm.events.subjects import subject_public_id
from prm.partners.models import Company
from prm.partners.services.companies import company_create, company_edit
from tests.events.things import Heard, hearing, tell

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Actor], Client]


@pytest.fixture
def page(client_of: ClientOf, director: Actor) -> Client:
    return client_of(director)


@pytest.fixture
def company(manager: Actor) -> Company:
    with as_role(manager):
        made = company_create(actor=manager, values={"name": "Kerlan Systèmes", "country": "FR", "city": "Brest"})
        company_edit(actor=manager, company_id=made.pk, values={"employees": 46})
    return made


def text(client: Client, path: str, status: int = 200, **options: str) -> str:
    answer = client.get(path, **options)
    assert answer.status_code == status, answer.content.decode()[:800]
    plain = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    return " ".join(plain.split())


def test_the_log_says_who_did_what_to_which_record(page: Client, company: Company) -> None:
    shown = text(page, "/events")
    assert "Claire Rousset added the company" in shown
    assert "Claire Rousset changed a fact Employees ? → 46 Kerlan Systèmes" in shown


def test_the_log_reads_in_the_readers_language(
    client_of: ClientOf, make_member: Callable[..., Actor], company: Company
) -> None:
    reader = make_member(Role.ADMINISTRATOR, name="Agnès Morel", language="fr")
    shown = text(client_of(reader), "/events")
    assert "Claire Rousset a ajouté l’entreprise" in shown
    assert "Claire Rousset a modifié une information" in shown


@pytest.mark.parametrize(("query", "found"), [
    ("type=partners.company_edited", {"partners.company_edited"}),
    ("q={company}", {"partners.company_edited", "partners.company_created"}),
    ("q={company}&who={manager}", {"partners.company_edited", "partners.company_created"}),
    ("who={director}&q={company}", set()),
    ("q={company}&on_from={today}&on_to={today}", {"partners.company_edited", "partners.company_created"}),
    ("q={company}&on_to={yesterday}", set()),
    ("q={company}&on_from={tomorrow}", set()),
    ("q=nonsense", set()),
])  # fmt: skip
def test_the_log_is_narrowed(
    page: Client, company: Company, manager: Actor, director: Actor, query: str, found: set[str]
) -> None:
    today = timezone.localdate()
    query = query.format(
        company=company.public_id, manager=manager.user_id, director=director.user_id, today=today,
        yesterday=today - timedelta(days=1), tomorrow=today + timedelta(days=1),
    )  # fmt: skip
    rows = page.get(f"/events?{query}").context["listing"].page.rows
    assert {row.event.type for row in rows} == found


def test_the_log_asks_no_more_for_many_events_than_for_few(page: Client, manager: Actor, company: Company) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            page.get("/events")
        return len(seen)

    asked()
    few = asked()
    with as_role(manager):
        for n in range(12):
            company_edit(actor=manager, company_id=company.pk, values={"employees": 50 + n})
    assert asked() == few


def test_the_log_is_for_directors_and_administrators(client_of: ClientOf, manager: Actor) -> None:
    assert client_of(manager).get("/events").status_code == 403
    assert client_of(manager).get("/audit").status_code == 403


def test_an_event_shows_what_changed_and_who_heard_of_it(page: Client, company: Company) -> None:
    deliver_all()
    with as_system("a test"):
        event = OutboxEvent.objects.get(type="partners.company_edited", subject_id=company.pk)
    shown = text(page, f"/events/{event.public_id}")
    assert "Claire Rousset changed a fact" in shown
    assert "Employees ? → 46" in shown
    assert re.search(r"events.audit\s+Delivered\s+1", shown)
    text(page, "/events/event_01h455vb4pex5vsknk084sn02q", status=404)


def rows(**wanted: object) -> list[Delivery]:
    with as_system("a test"):
        return list(Delivery.objects.filter(**wanted).order_by("position"))


@pytest.fixture
def letters(manager: Actor) -> Iterator[tuple[Heard, list[Delivery]]]:
    """Two dead letters, and the ear that refused them."""

    def refuse(happened: object) -> None:
        raise ValueError("the ledger is closed")

    with hearing("tests.ear") as heard:
        heard.act = refuse
        for n in (1, 2):
            tell(manager, uuid7(), n)
        deliver_all()
        heard.act = lambda happened: None
        yield heard, rows(state="dead")


def test_a_dead_letter_is_listed_with_its_error_and_counted_in_the_sidebar(page: Client, letters) -> None:
    shown = text(page, "/dead-letters")
    assert "tests.ear" in shown
    assert "ValueError: the ledger is closed" in shown
    assert "Dead letters 2" in shown


def test_replayed_letters_arrive(page: Client, letters) -> None:
    heard, dead = letters
    answer = page.post("/dead-letters/replay", {"id": [letter.public_id for letter in dead]}, follow=True)
    assert "2 letters are on their way again" in answer.content.decode()
    deliver_all()
    assert heard.numbers == [1, 2]
    assert "No dead letters" in text(page, "/dead-letters")


def test_all_that_a_list_shows_are_replayed_together(page: Client, letters) -> None:
    heard, _dead = letters
    page.post("/dead-letters/replay", {"all": "1", "query": "subscriber=events.audit"})
    page.post("/dead-letters/replay", {"all": "1", "query": "subscriber=tests.ear"})
    deliver_all()
    assert heard.numbers == [1, 2]


def test_a_letter_is_discarded_with_a_reason_and_never_without(page: Client, letters) -> None:
    heard, dead = letters
    chosen = {"id": dead[0].public_id}
    assert "Discard 1 dead letter" in page.post("/dead-letters/discard", chosen).content.decode()
    refused = page.post("/dead-letters/discard", {**chosen, "reason": "  "})
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    page.post("/dead-letters/discard", {**chosen, "reason": "The ledger of 2025 is closed"})
    [letter] = rows(pk=dead[0].pk)
    assert (letter.state, letter.discard_reason) == ("discarded", "The ledger of 2025 is closed")
    deliver_all()
    assert heard.numbers == []


def test_what_somebody_decided_already_is_not_decided_twice(director: Actor, letters) -> None:
    _heard, dead = letters
    names = [letter.public_id for letter in dead]
    with as_role(director):
        assert deliveries_replay(actor=director, deliveries=names) == 2
        with pytest.raises(Conflict):
            deliveries_discard(actor=director, deliveries=names, reason="late")


def test_a_manager_sees_dead_letters_and_decides_on_none(client_of: ClientOf, manager: Actor, letters) -> None:
    _heard, dead = letters
    assert client_of(manager).get("/dead-letters").status_code == 200
    assert client_of(manager).post("/dead-letters/replay", {"id": dead[0].public_id}).status_code == 403
    with as_role(manager), pytest.raises(Denied):
        deliveries_discard(actor=manager, deliveries=[dead[0].pk], reason="no")


def test_marks_are_forgotten_after_a_week_and_dead_letters_are_not(manager: Actor, letters) -> None:
    heard, dead = letters
    tell(manager, uuid7(), 3)
    deliver_all()
    with as_system("a test") as actor:
        Delivery.objects.update(ended_at=timezone.now() - timedelta(days=8))
        assert deliveries_forget(actor=actor) == 1
    assert {row.pk for row in rows()} == {letter.pk for letter in dead}
    deliver_all()
    assert heard.numbers == [3], "an event whose mark is gone is not delivered again"


def test_the_audit_trail_says_whether_the_chain_is_whole(page: Client, company: Company) -> None:
    deliver_all()
    assert "has not been verified yet" in text(page, "/audit")
    answer = page.post("/audit/verify", follow=True)
    assert "The chain is whole" in answer.content.decode()
    assert "Claire Rousset changed a fact" in text(page, "/audit")


def test_the_audit_trail_names_a_broken_entry(page: Client, company: Company) -> None:
    deliver_all()
    with as_system("a test"):
        event = OutboxEvent.objects.get(type="partners.company_edited", subject_id=company.pk)
        AuditCheck.objects.create(
            entries=9, broken_number=4, broken_event_id=event.pk, fault="event_changed", last_digest="", seconds=0.1
        )
    answer = page.get("/audit").content.decode()
    assert "broken at entry 4: its event no longer says what was chained" in answer
    assert f'href="/events/{event.public_id}"' in answer
    assert "Broken at entry 4" in text(page, "/health")


def test_health_tells_what_needs_somebody(page: Client, letters) -> None:
    shown = text(page, "/health")
    assert re.search(r"\d things need somebody", shown)
    assert re.search(r"Dead letters 2 Deliver them again, or discard them.", shown)
    assert "Pulse of the beat Never felt" in shown


def test_health_is_told_with_redis_away(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_arguments: object, **_options: object) -> object:
        raise redis.ConnectionError("away")

    monkeypatch.setattr("prm.activity.vitals.queued", away)
    monkeypatch.setattr("prm.activity.vitals.beating_workers", away)
    assert text(page, "/health").count("Redis cannot be reached") == 2


def test_health_says_since_when_the_oldest_event_waits(page: Client, manager: Actor) -> None:
    with hearing():
        tell(manager, uuid7(), 1)
        shown = text(page, "/health")
        assert re.search(r"Oldest event on its way 0.* s 0 deliveries wait, \d+ events have just happened", shown), shown
        deliver_all()
    with as_system("a test"):
        deliver_all()
    assert "Oldest event on its way Everything has arrived" in text(page, "/health")


def test_any_record_that_the_reader_sees_has_its_history(client_of: ClientOf, manager: Actor, company: Company) -> None:
    page = client_of(manager)
    assert "Claire Rousset changed a fact Employees ? → 46" in text(page, f"/history/{company.public_id}")
    # A TypeID of each kind that there is; what stands behind sign-in is nobody's to read here.
    kinds = {model.typeid_prefix for model in apps.get_models() if getattr(model, "typeid_prefix", "")}
    assert {"role", "invite", "key"} <= kinds
    for unknown in (
        *(f"{kind}_01h455vb4pex5vsknk084sn02q" for kind in sorted(kinds)),
        "nothing_01h455vb4pex5vsknk084sn02q",
        "nonsense",
    ):
        text(page, f"/history/{unknown}", status=404)


def test_a_long_history_is_read_page_by_page(client_of: ClientOf, manager: Actor, company: Company) -> None:
    with as_role(manager):
        for n in range(55):
            company_edit(actor=manager, company_id=company.pk, values={"employees": 100 + n})
    page = client_of(manager)
    first = page.get(f"/history/{company.public_id}")
    older = page.get(f"/history/{company.public_id}", {"cursor": first.context["older"]})
    lines = [line.id for answer in (first, older) for line in answer.context["history"]]
    assert (len(first.context["history"]), len(lines), len(set(lines))) == (50, 57, 57)


def test_what_was_done_to_a_product_is_a_click_from_it(client_of: ClientOf, director: Actor) -> None:
    page = client_of(director)
    page.post("/catalogue/vendors/new", {"name": "Nordwall", "code": "nordwall", "relation": "competing"})
    with as_system("a test"):
        event = OutboxEvent.objects.get(type="partners.catalogue_changed")
        address = f"/catalogue/vendors/{subject_public_id('vendor', event.subject_id)}"
    history = f"/history/{address.rpartition('/')[2]}"
    assert f'href="{history}"' in page.get(address).content.decode()
    assert "Daniel Weiss" in text(page, history)


def test_whoever_keeps_the_product_running_sees_dead_letters_at_home(
    client_of: ClientOf, administrator: Actor, manager: Actor, letters
) -> None:
    with as_system("a test"):
        Company.objects.create(name="Kerlan Systèmes")
    shown = text(client_of(administrator), "/?of=all")
    assert "The product needs a hand" in shown
    assert "tests.ear 2 events did not arrive" in shown
    assert "The product needs a hand" not in text(client_of(manager), "/?of=all")
