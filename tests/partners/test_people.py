"""The directory of people: found by beginnings of words, filtered, exported, one person's page, put away, forgotten (issue: people)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.accounts.models import Person
from prm.core.errors import Invalid, NotFound
from prm.events.models import OutboxEvent
from prm.events.runner.work import deliver_all
from prm.imports.models import ImportBatch
from prm.partners.details import DETAILS
from prm.partners.models import Company, Partner, Position
from prm.partners.selectors.people import people_list
from prm.partners.services import details as services
from prm.partners.services.details import detail_create, detail_delete, detail_edit
from prm.partners.services.liaisons import liaison_create
from prm.partners.services.merging import company_merge
from prm.partners.services.people import contact_archive, member_place_keep, people_forget
from tests.conftest import Caller

pytestmark = pytest.mark.django_db
PEOPLE = DETAILS["people"]


@pytest.fixture
def page(client_of: Callable[[Actor], Client], manager: Actor) -> Client:
    return client_of(manager)


def company_of(name: str, lifecycle: str = "", manager: Actor | None = None, **facts: Any) -> Company:
    with as_system("a test"):
        company = Company.objects.create(name=name, **facts)
        if lifecycle:
            Partner.objects.create(
                company=company, lifecycle=lifecycle, account_manager_id=manager.person_id if manager else None
            )
        return company


def at(actor: Actor, company: Company, name: str, **values: Any) -> Position:
    with as_role(actor):
        made: Position = detail_create(actor=actor, kind=PEOPLE, company_id=company.pk, values={"name": name, **values})
        return made


@pytest.fixture
def known(manager: Actor) -> dict[str, Position]:
    kerlan = company_of("Kerlan Systèmes", "active", manager, country="FR")
    armor = company_of("Armor", country="BE")
    anne = at(
        manager, kerlan, "Anne Le Goff", department="sales", level="head", email="anne@kerlan.example", title="Directrice"
    )
    yann = at(manager, kerlan, "Yann Briand", department="technical", level="staff")
    maria = at(manager, armor, "Maria Peeters", department="marketing")
    with as_role(manager):
        liaison_create(actor=manager, company_id=kerlan.pk, ours=manager.person_id, theirs=anne.person_id)
    return {"anne": anne, "yann": yann, "maria": maria}


def test_people_are_found_and_filtered(page: Client, manager: Actor, known: dict[str, Position]) -> None:
    for query, names in (
        ("", ["Anne Le Goff", "Maria Peeters", "Yann Briand"]), ("q=gof", ["Anne Le Goff"]), ("q=off", []),
        ("q=ker+bri", ["Yann Briand"]), ("department=marketing", ["Maria Peeters"]),
        ("level=head&level=staff", ["Anne Le Goff", "Yann Briand"]),
        ("lifecycle=none", ["Maria Peeters"]), ("lifecycle=active", ["Anne Le Goff", "Yann Briand"]), ("country=BE", ["Maria Peeters"]),
        (f"manager={manager.person_id}", ["Anne Le Goff", "Yann Briand"]), ("spoken=yes", ["Anne Le Goff"]),
        ("spoken=no&lifecycle=active", ["Yann Briand"]), ("archived=yes", []),
        ("sort=-name", ["Yann Briand", "Maria Peeters", "Anne Le Goff"]), ("sort=company&q=a", ["Maria Peeters", "Anne Le Goff"]),
    ):  # fmt: skip
        assert [row["row"].name for row in page.get(f"/people?{query}").context["listing"].rows] == names, query
    first = page.get("/people").context["listing"].rows[0]["row"]
    assert first.speakers == [manager.name]


def test_the_directory_asks_as_many_questions_for_twelve_as_for_two(page: Client, manager: Actor) -> None:
    counts, company = [], company_of("Kerlan", "active")
    for target in (2, 12):
        for n in range(target):
            at(manager, company, f"Person {target} {n}", email=f"{target}{n}@kerlan.example")
        page.get("/people")
        with CaptureQueriesContext(connection) as queries:
            page.get("/people")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 20


def test_what_is_shown_of_people_is_exported(page: Client, known: dict[str, Position]) -> None:
    for _words, links in page.get("/people?lifecycle=active").context["listing"].exports:
        for kind in ("CSV", "XLSX"):
            answer = page.get(dict(links)[kind])
            assert answer.status_code == 200
        text = b"".join(page.get(dict(links)["CSV"]).streaming_content).decode("utf-8-sig")
        assert "Anne Le Goff" in text
        assert "Maria Peeters" not in text


def test_one_person_with_places_who_speaks_to_them_and_history(
    page: Client, manager: Actor, known: dict[str, Position]
) -> None:
    shown = page.get(f"/people/{known['anne'].person.public_id}")
    text = shown.content.decode()
    for words in ("Anne Le Goff", "Directrice", "anne@kerlan.example", "Kerlan Systèmes", manager.name):
        assert words in text, words
    assert [str(line.text) for line in shown.context["timeline"]] == ["introduced two people", "added: person"]
    with as_role(manager):
        me = Person.objects.get(pk=manager.person_id)
    assert page.get(f"/people/{me.public_id}").status_code == 404, "the vendor's own are no contacts"


def test_a_person_is_put_away_and_brought_back(page: Client, manager: Actor, known: dict[str, Position]) -> None:
    address = f"/people/{known['yann'].person.public_id}"
    page.post(f"{address}/archive")
    names = lambda query: [row["row"].name for row in page.get(f"/people?{query}").context["listing"].rows]  # noqa: E731
    assert (names("q=yann"), names("archived=yes")) == ([], ["Yann Briand"])
    page.post(f"{address}/archive?restore=1")
    assert names("q=yann") == ["Yann Briand"]
    with as_role(manager):
        told = list(
            OutboxEvent.objects.filter(subject_id=known["yann"].person_id).order_by("id").values_list("type", flat=True)
        )
        assert told == ["partners.contact_archived", "partners.contact_restored"]
        with pytest.raises(NotFound):
            contact_archive(actor=manager, person_id=manager.person_id)


def test_people_at_no_company_are_forgotten_after_a_month_though_somebody_spoke_to_them(
    manager: Actor, known: dict[str, Position]
) -> None:
    whom = known["anne"].person_id
    with as_role(manager):
        detail_delete(actor=manager, kind=PEOPLE, record_id=known["anne"].pk)
        assert people_forget(actor=manager, now=timezone.now() + timedelta(days=29)) == 0
        assert people_forget(actor=manager, now=timezone.now() + timedelta(days=31)) == 1
        assert not Person.objects.filter(pk=whom).exists()


def test_names_are_written_by_a_service_and_only_read_at_the_place(manager: Actor, known: dict[str, Position]) -> None:
    with as_role(manager):
        detail_edit(actor=manager, kind=PEOPLE, record_id=known["yann"].pk, values={"title": "CTO"})
        assert Person.objects.get(pk=known["yann"].person_id).title == "CTO"
        with pytest.raises(AttributeError):
            known["yann"].name = "Somebody else"
        with pytest.raises(Invalid) as refusal:
            detail_edit(actor=manager, kind=PEOPLE, record_id=known["yann"].pk, values={"email": "no address"})
    assert refusal.value.field == "email"


def test_a_company_holds_so_many_people_and_no_more(
    manager: Actor, known: dict[str, Position], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_PEOPLE", 2)
    with pytest.raises(Invalid) as refusal:
        at(manager, known["anne"].company, "One too many")
    assert refusal.value.code == "too_many_people"


def test_a_file_that_heaps_people_on_one_company_is_told(bring: Callable[..., ImportBatch]) -> None:
    company_of("Kerlan")
    rows = "\n".join(f"Kerlan,Person {n}" for n in range(503))
    batch = bring("people", f"Company,Name\n{rows}\n")
    with as_system("a test"):
        assert Position.objects.count() == 500
        batch.refresh_from_db()
    assert batch.error_kinds or batch.rejected == 3


def test_people_of_a_file_go_to_the_company_that_the_other_became_part_of(
    bring: Callable[..., ImportBatch], director: Actor
) -> None:
    kept, gone = (
        company_of("Kerlan Systèmes"),
        company_of("Kerlan SA", website="https://kerlan.example", domain="kerlan.example"),
    )
    with as_role(director):
        company_merge(actor=director, kept_id=kept.pk, gone_id=gone.pk)
    bring("people", "Company,Website,Name\nKerlan SA,https://kerlan.example,Anne Le Goff\n")
    with as_system("a test"):
        assert set(Position.objects.values_list("company__name", flat=True)) <= {"Kerlan Systèmes"}


def test_contacts_by_api(manager: Actor, key_of: Callable[..., str], known: dict[str, Position]) -> None:
    call = Caller(key_of(manager, ["companies:read"]))
    names = lambda query: [row["name"] for row in call("GET", f"contacts?{query}").json()["data"]]  # noqa: E731
    assert names("") == ["Anne Le Goff", "Maria Peeters", "Yann Briand"]
    assert names("q=bri&department=technical") == ["Yann Briand"]
    assert names("lifecycle=active&level=head") == ["Anne Le Goff"]
    one = call("GET", f"contacts/{known['anne'].public_id}").json()
    assert (one["company_name"], one["lifecycle"], one["speakers"]) == ("Kerlan Systèmes", "active", [manager.name])
    assert call("GET", f"contacts/{known['maria'].public_id}").json()["lifecycle"] is None


def test_whoever_has_access_for_a_partner_stands_in_the_directory(manager: Actor, partners_side: Any) -> None:
    member = partners_side.member(partners_side.kerlan, name="Yann Guivarch")
    deliver_all()
    with as_role(manager):
        [place] = people_list(actor=manager, q="yann")
        assert (place.company_id, place.name) == (partners_side.kerlan.company_id, "Yann Guivarch")
        assert member_place_keep(actor=manager, person_id=member.person_id, partner_id=partners_side.kerlan.pk) == place
        assert member_place_keep(actor=manager, person_id=member.person_id, partner_id=partners_side.nordisk.pk) is None


def test_a_contact_who_is_given_access_is_one_person(manager: Actor, partners_side: Any) -> None:
    company = partners_side.kerlan.company
    contact = at(
        manager, company, "Guivarch Y.", email=f"yann.guivarch.partner_administrator@{partners_side.kerlan.pk}.example",
        title="Directeur commercial", phone="+33 2 98 00 00 00", department="sales", level="head",
    )  # fmt: skip
    partners_side.member(partners_side.kerlan, name="Yann Guivarch")
    deliver_all()
    with as_role(manager):
        [place] = people_list(actor=manager, filters={"department": ("sales",)})
        assert (place.name, place.title, place.level) == ("Yann Guivarch", "Directeur commercial", "head")
        assert Person.objects.get(pk=contact.person_id).archived_at is not None
