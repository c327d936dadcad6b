"""A company's page as one record: tabs, what is missing, who talks to whom, the timeline, and what later features add."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.accounts.models import Person
from prm.core.errors import Conflict, Invalid
from prm.core.ids import uuid7
from prm.events.models import OutboxEvent
from prm.partners.history.timeline import TimelineEntry, TimelineSource, timeline
from prm.partners.models import Company, Liaison, Partner, Position, Site, Vendor, VendorCarried
from prm.partners.selectors.company import company_sites
from prm.partners.services.liaisons import liaison_create
from prm.partners.services.lifecycle import partner_advance
from prm.partners.services.partners import partner_create
from prm.partners.tabs import RecordTab, record_tabs
from prm.ui.panels import Panel, panels
from tests.conftest import Caller

pytestmark = pytest.mark.django_db


#: What only a test asks: savepoints, and the role given back within the test's own transaction (a request's ends with it).
NOT_OF_THE_PAGE = ("SAVEPOINT", "RELEASE", "SELECT set_config('role', 'none'")


@pytest.fixture
def page(client_of: Callable[[Actor], Client], manager: Actor) -> Client:
    return client_of(manager)


@pytest.fixture
def partner(manager: Actor) -> Partner:
    with as_role(manager):
        company = Company.objects.create(name="Kerlan Systèmes", city="Brest", country="FR")
        return partner_create(actor=manager, company_id=company.pk, reason="Best of the study")


def place(company: Company, name: str, department: str | None = "sales") -> Position:
    with as_system("a test"):
        position = Position(company=company, person=Person.objects.create(name=name), department=department)
        position.save()
        return position


def address(partner: Partner, tab: str = "") -> str:
    return f"/companies/{partner.company.public_id}{tab}"


@pytest.fixture
def added() -> Iterator[None]:
    """What a later feature would register, for one test."""
    mine: list[tuple[Any, Any]] = [
        (record_tabs, RecordTab(
            key="deals", label="Deals", template="ui/mark.html", permission="partners.partner:view",
            provider=lambda actor, company: {"n": 3}, count=lambda company: 3,
        )),
        (timeline, TimelineSource(key="deals", provider=lambda actor, company, limit: [
            TimelineEntry(at=timezone.now() + timedelta(days=1), text="Registered Mutuelle Armorine"),
            TimelineEntry(at=timezone.now() - timedelta(days=9000), text="Long ago"),
        ])),
        (panels, Panel(key="deals", place="partner:rail", title="To reach Gold", template="ui/mark.html",
                       provider=lambda actor, partner: {"partner": partner.pk})),
    ]  # fmt: skip
    for registry, entry in mine:
        registry.register(entry)
    yield
    for registry, entry in mine:
        registry._entries = {key: value for key, value in registry._entries.items() if value is not entry}


def test_a_partners_own_id_leads_to_the_one_page_of_its_company(page: Client, partner: Partner) -> None:
    answer = page.get(f"/partners/{partner.public_id}")
    assert (answer.status_code, answer.headers["Location"]) == (302, address(partner))


def test_the_tabs_of_a_partner_and_of_a_company_that_is_none(page: Client, partner: Partner) -> None:
    with as_system("a test"):
        other = Company.objects.create(name="Armor")
    tabs = lambda where: [tab["label"] for tab in page.get(where).context["tabs"]]  # noqa: E731
    assert tabs(address(partner)) == ["Overview", "Facts", "People", "Relationship", "History"]
    assert tabs(f"/companies/{other.public_id}") == ["Overview", "Facts", "People", "History"]
    assert page.get(f"/companies/{other.public_id}/relationship").status_code == 404
    for tab in ("", "/facts", "/people", "/relationship", "/history"):
        shown = page.get(address(partner, tab))
        assert [t["url"] for t in shown.context["tabs"] if t["current"]] == [address(partner, tab)]


def test_a_partner_whose_steps_nobody_noted_has_its_page(page: Client) -> None:
    with as_system("a test"):
        bare = Partner.objects.create(company=Company.objects.create(name="Bare"))
    assert "Its steps were not noted." in page.get(f"/companies/{bare.company.public_id}/relationship").content.decode()


def test_later_features_add_tabs_panels_and_lines_of_the_timeline(page: Client, partner: Partner, added: None) -> None:
    shown = page.get(address(partner))
    assert [(tab["label"], tab["count"]) for tab in shown.context["tabs"]][-2:] == [("Deals", 3), ("History", None)]
    assert "To reach Gold" in shown.content.decode()
    texts = [str(line.text) for line in shown.context["timeline"]]
    assert texts[0] == "Registered Mutuelle Armorine"
    assert texts[-1] == "Long ago"
    assert page.get(address(partner, "/tab/nothing")).status_code == 404


def test_what_is_missing_of_a_relationship_is_said_first(page: Client, partner: Partner) -> None:
    with as_system("a test"):
        Company.objects.filter(pk=partner.company_id).update(
            typology="var",
            employees=40,
            sales_people=4,
            engineers=9,
            customers=90,
            registration_number="1",
            founded_year=2000,
        )
    missing = page.get(address(partner)).context["missing"]
    assert [m.what for m in missing][:4] == ["Account manager", "Territories", "Currency", "Language"]
    assert missing[0].url == address(partner, "/relationship/edit")


def test_the_page_asks_at_most_twenty_questions_however_much_hangs_on_it(
    page: Client, manager: Actor, partner: Partner
) -> None:
    counts = []
    for target in (7, 12):  # seven events fill the timeline
        with as_system("a test"):
            vendors = [Vendor.objects.get_or_create(code=f"v{n}", defaults={"name": f"V{n}"})[0] for n in range(target)]
            for n, vendor in enumerate(vendors):
                VendorCarried.objects.get_or_create(company=partner.company, vendor=vendor)
                Site.objects.create(company=partner.company, city=f"City {n}")
        for n in range(target):
            somebody = place(partner.company, f"Person {target} {n}")
            with as_role(manager):
                liaison_create(
                    actor=manager, company_id=partner.company_id, ours=manager.person_id, theirs=somebody.person_id
                )
        page.get(address(partner))
        with CaptureQueriesContext(connection) as queries:
            page.get(address(partner))
        counts.append([q["sql"] for q in queries if not q["sql"].startswith(NOT_OF_THE_PAGE)])
    assert len(counts[0]) == len(counts[1])
    assert len(counts[0]) <= 20, "\n".join(sql[:150] for sql in counts[0])


def test_who_talks_to_whom_shows_gaps(page: Client, manager: Actor, partner: Partner) -> None:
    anne, yann = place(partner.company, "Anne Le Goff", "sales"), place(partner.company, "Yann Briand", "technical")
    with as_role(manager):
        liaison_create(
            actor=manager,
            company_id=partner.company_id,
            ours=manager.person_id,
            theirs=anne.person_id,
            spoken_on=timezone.localdate(),
        )
    talks = page.get(address(partner)).context["talks"]
    assert (talks.covered, talks.departments) == (1, 6)
    assert [(line.name, line.ours, line.when) for line in talks.lines[:2]] == [
        ("Anne Le Goff", "you", "today"),
        ("Yann Briand", "", ""),
    ]
    assert [line.department for line in talks.lines[2:]] == ["marketing", "management", "administration", "training"]
    text = page.get(address(partner)).content.decode()
    assert f"theirs={yann.person_id}" in text
    assert "?department=marketing" in text


def test_two_people_are_introduced_and_the_other_may_be_new(page: Client, manager: Actor, partner: Partner) -> None:
    form = page.get(address(partner, "/introduce?department=marketing")).context["form"]
    assert form["theirs"].value() == "new", "nobody is known in marketing"
    sent = {
        "key": form["key"].value(), "theirs": "new", "name": "Maël Briand", "title": "Marketing", "department": "marketing",
        "ours": str(manager.person_id), "spoken_on": "2026-05-11",
    }  # fmt: skip
    assert page.post(address(partner, "/introduce"), {**sent, "name": ""}).status_code == 422
    for _twice in range(2):
        assert page.post(address(partner, "/introduce"), sent).status_code == 302
    with as_role(manager):
        liaison = Liaison.objects.get()
        assert (liaison.theirs.name, liaison.department, liaison.spoken_on) == ("Maël Briand", "marketing", date(2026, 5, 11))
        assert Position.objects.filter(company=partner.company).count() == 1
        assert "Maël" not in str(list(OutboxEvent.objects.values_list("data", flat=True))), "history holds ids, no names"


def test_an_introduction_is_refused_in_words(manager: Actor, partner: Partner) -> None:
    anne = place(partner.company, "Anne Le Goff", None)
    with as_role(manager):
        made: dict[str, Any] = {
            "actor": manager,
            "company_id": partner.company_id,
            "ours": manager.person_id,
            "theirs": anne.person_id,
        }
        for wrong, field in (
            ({}, "department"), ({"ours": uuid7()}, "ours"), ({"theirs": manager.person_id}, "theirs"),
            ({"department": "sales", "spoken_on": timezone.localdate() + timedelta(days=1)}, "spoken_on"),
        ):  # fmt: skip
            with pytest.raises(Invalid) as refusal:
                liaison_create(**{**made, **wrong})
            assert refusal.value.field == field
        liaison_create(**made, department="sales")
        with pytest.raises(Conflict):
            liaison_create(**made, department="sales")


def test_speaking_no_more_is_undone(page: Client, manager: Actor, partner: Partner) -> None:
    anne = place(partner.company, "Anne Le Goff")
    with as_role(manager):
        known = liaison_create(actor=manager, company_id=partner.company_id, ours=manager.person_id, theirs=anne.person_id)
    at = address(partner, f"/liaisons/{known.public_id}")
    assert page.post(at, {"spoken_on": "2026-02-03"}).status_code == 302
    page.post(f"{at}/remove")
    with as_role(manager):
        assert not Liaison.objects.exists()
    page.post(f"{at}/restore?ours={known.ours_id}&theirs={known.theirs_id}&department=sales&on=2026-02-03")
    with as_role(manager):
        assert [(row.pk, row.spoken_on) for row in Liaison.objects.all()] == [(known.pk, date(2026, 2, 3))]


def test_liaisons_by_api(manager: Actor, key_of: Callable[..., str], partner: Partner) -> None:
    call = Caller(key_of(manager, ["companies:write", "persons:read"]))
    anne = place(partner.company, "Anne Le Goff")
    at = f"companies/{partner.company.public_id}/liaisons"
    with as_role(manager):
        me = Person.objects.get(pk=manager.person_id).public_id
    made = call("POST", at, {"ours": me, "theirs": anne.person.public_id})
    assert (made.status_code, made.json()["department"], made.json()["theirs_name"]) == (201, "sales", "Anne Le Goff")
    one = f"{at}/{made.json()['id']}"
    changed = call("PATCH", one, {"spoken_on": "2026-05-11"}, If_Match=made.headers["ETag"])
    assert changed.json()["spoken_on"] == "2026-05-11"
    assert [row["id"] for row in call("GET", f"{at}?department=sales").json()["data"]] == [made.json()["id"]]
    assert call("GET", f"{at}?department=training").json()["data"] == []
    assert call("DELETE", one).status_code == 204
    assert call("GET", one).status_code == 404


def test_a_step_stands_in_the_timeline_with_its_reason(page: Client, manager: Actor, partner: Partner) -> None:
    with as_role(manager):
        partner_advance(actor=manager, partner_id=partner.pk, to="exited", reason="Sells only Nordwall")
    lines = page.get(address(partner, "/history")).context["timeline"]
    assert [(str(line.text), str(line.about)) for line in lines][:2] == [
        ("moved it on", "Candidate → Exited · Sells only Nordwall"), ("made it a partner", "Candidate · Best of the study"),
    ]  # fmt: skip


def test_the_headquarters_stands_before_the_other_sites(manager: Actor) -> None:
    with as_role(manager):
        company = Company.objects.create(name="Kerlan Systèmes", city="Brest", country="FR")
        for kind, city in (("office", "Lorient"), ("warehouse", "Auray"), ("headquarters", "Brest"), ("shop", "Rennes")):
            Site.objects.create(company=company, kind=kind, city=city, country="FR")
        assert [site.city for site in company_sites(actor=manager, company=company)] == [
            "Brest",
            "Auray",
            "Lorient",
            "Rennes",
        ]
