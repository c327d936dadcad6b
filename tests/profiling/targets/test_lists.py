"""Target lists, whole: filled from anywhere, explained, moved, merged, undone, made candidates, and by API the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from html import unescape
from re import search
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.access.roles import as_system as system_role
from prm.core.errors import Invalid
from prm.partners.models import Company, Lifecycle, Partner
from prm.ui import formats
from profiling.studies.models import RunResult, Study, StudyRun
from profiling.targets.models import TargetList, TargetListEntry
from profiling.targets.selectors import entry_list, target_list_get
from profiling.targets.services import Wanted, target_list_create, target_list_merge, targets_add, targets_take
from tests.conftest import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def companies(db: None) -> list[Company]:
    with system_role("a test"):
        return [Company.objects.create(name=f"Company {n:02d}", country="FR") for n in range(6)]


@pytest.fixture
def west(manager: Actor, companies: list[Company]) -> TargetList:
    with as_role(manager):
        made = target_list_create(actor=manager, name="West")
        targets_add(actor=manager, list_id=made.pk, wanted=[Wanted(c.pk) for c in companies[:4]])
    return made


def on(actor: Actor, target_list: TargetList) -> list[str]:
    with as_role(actor):
        return [entry.company.name for entry in entry_list(actor=actor, target_list=target_list)]


def ranked(companies: list[Company], potential: int) -> StudyRun:
    study = Study.objects.create(kind="ranking", title="Potential")
    run = StudyRun.objects.create(study=study, number=1, parameters={}, code_version="1", finished_at=timezone.now())
    RunResult.objects.bulk_create(
        RunResult(run=run, company=c, rank=n + 1, row=n, known_share=1, p10=1, p50=potential, p90=potential * 2)
        for n, c in enumerate(companies)
    )
    return run


def address(name: str, *args: Any) -> str:
    return reverse(f"vendor:profiling:{name}", args=args)


def undo_of(answer: Any) -> str:
    found = search(r"/target-lists/[^\"' ]+/put-back\?at=[^\"' <]+", unescape(answer.content.decode()))
    assert found
    return found.group()


def test_without_a_list_the_page_leads_to_a_study_whose_best_can_be_kept(
    manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    page = client_of(manager).get(reverse("vendor:profiling:target-list-list")).content.decode()
    assert "No target list yet" in page
    assert f'href="{reverse("vendor:profiling:study-new")}"' in page


def test_companies_ticked_in_their_list_go_onto_a_new_list_after_a_preview(
    companies: list[Company], west: TargetList, manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    client = client_of(manager)
    act = address("target-add-companies")
    assert act in client.get("/companies").content.decode()
    ids = [companies[0].public_id, companies[5].public_id]
    preview = client.post(act, {"id": ids, "query": "q=comp"}).content.decode()
    assert "Add 2 companies to a target list" in preview
    assert "1 is on a target list already." in preview
    with as_role(manager):
        assert TargetList.objects.count() == 1
    client.post(act, {"id": ids, "query": "q=comp", "sure": "1", "name": "North", "reason": "Met in Lyon"})
    with as_role(manager):
        north = TargetList.objects.get(name="North")
        assert set(north.entries.values_list("reason", flat=True)) == {"Met in Lyon"}
    assert on(manager, north) == ["Company 00", "Company 05"]


def test_everything_that_a_filtered_list_shows_is_added_and_nothing_else(
    companies: list[Company], manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    with system_role("a test"):
        Company.objects.create(name="Elsewhere", country="DE")
    client = client_of(manager)
    client.post(address("target-add-companies"), {"all": "1", "query": "country=DE", "sure": "1", "name": "East"})
    with as_role(manager):
        east = TargetList.objects.get(name="East")
    assert on(manager, east) == ["Elsewhere"]


def test_removing_is_undone_from_the_toast(west: TargetList, manager: Actor, client_of: Callable[[Actor], Client]) -> None:
    client = client_of(manager)
    with as_role(manager):
        entry = west.entries.get(company__name="Company 02")
    answer = client.post(address("target-list-remove", west.public_id), {"id": entry.public_id}, follow=True)
    assert on(manager, west) == ["Company 00", "Company 01", "Company 03"]
    client.post(undo_of(answer))
    assert on(manager, west) == ["Company 00", "Company 01", "Company 02", "Company 03"]


def test_removing_all_that_a_search_shows_leaves_the_others(
    west: TargetList, manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    client_of(manager).post(address("target-list-remove", west.public_id), {"all": "1", "query": "q=02"})
    assert on(manager, west) == ["Company 00", "Company 01", "Company 03"]


def test_a_removed_company_can_be_added_again_and_undo_does_not_double_it(
    companies: list[Company], west: TargetList, manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    client = client_of(manager)
    with as_role(manager):
        entry = west.entries.get(company=companies[0])
    answer = client.post(address("target-list-remove", west.public_id), {"id": entry.public_id}, follow=True)
    with as_role(manager):
        assert targets_add(actor=manager, list_id=west.pk, wanted=[Wanted(companies[0].pk)]) == 1
    client.post(undo_of(answer))
    assert sorted(on(manager, west)).count("Company 00") == 1


def test_candidates_are_made_after_a_preview_that_says_who_is_skipped(
    companies: list[Company], west: TargetList, manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    with system_role("a test"):
        Partner.objects.create(company=companies[1], lifecycle=Lifecycle.ACTIVE)
    client = client_of(manager)
    page = client.get(address("target-list-detail", west.public_id)).content.decode()
    assert page.count("btn-primary") == 1
    act = address("target-list-candidates", west.public_id)
    preview = client.post(act, {"all": "1"}).content.decode()
    assert "Make 3 companies candidates" in preview
    assert "1 is a partner already and is skipped." in preview
    for _twice in range(2):
        client.post(act, {"all": "1", "sure": "1"})
    with as_role(manager):
        assert Partner.objects.filter(lifecycle=Lifecycle.CANDIDATE).count() == 3


def test_entries_move_to_another_list_with_what_is_said_of_them(
    companies: list[Company], west: TargetList, manager: Actor
) -> None:
    with as_role(manager):
        TargetListEntry.objects.filter(company=companies[0]).update(reason="Alike")
        north = target_list_create(actor=manager, name="North")
        targets_add(actor=manager, list_id=north.pk, wanted=[Wanted(companies[1].pk)])
        keys = list(west.entries.filter(company__in=companies[:2]).values_list("pk", flat=True))
        taken = targets_take(actor=manager, list_id=west.pk, to_list_id=north.pk, entry_ids=keys)
        assert (taken.new, taken.known) == (1, 1)
        assert entry_list(actor=manager, target_list=north).get(company=companies[0]).reason == "Alike"
        with pytest.raises(Invalid):
            targets_take(actor=manager, list_id=west.pk, to_list_id=west.pk, entry_ids=keys)
    assert on(manager, west) == ["Company 02", "Company 03"]
    assert sorted(on(manager, north)) == ["Company 00", "Company 01"]


def test_two_lists_become_one(companies: list[Company], west: TargetList, manager: Actor) -> None:
    with as_role(manager):
        north = target_list_create(actor=manager, name="North")
        targets_add(actor=manager, list_id=north.pk, wanted=[Wanted(companies[0].pk), Wanted(companies[5].pk)])
        taken = target_list_merge(actor=manager, list_id=north.pk, into_id=west.pk)
        assert (taken.new, taken.known) == (1, 1)
        assert target_list_get(actor=manager, list_id=north.pk).archived_at is not None
    assert on(manager, west)[-1] == "Company 05"


def test_a_reason_is_said_for_one_company(west: TargetList, manager: Actor, client_of: Callable[[Actor], Client]) -> None:
    with as_role(manager):
        entry = west.entries.first()
    client = client_of(manager)
    edit = address("target-edit", west.public_id, entry.public_id)
    assert edit in client.get(address("target-list-detail", west.public_id)).content.decode()
    page = client.post(edit, {"reason": "They asked"}, follow=True).content.decode()
    assert "They asked" in page
    assert "changed why a company is on the list" in page


def test_potentials_come_from_the_newest_ranking_or_one_line_says_that_there_is_none(
    companies: list[Company], west: TargetList, manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    client = client_of(manager)
    detail = address("target-list-detail", west.public_id)
    without = client.get(detail).content.decode()
    assert without.count("No ranking yet") == 1
    assert "Potential</th>" not in without
    assert "Alike</th>" not in without
    with system_role("a test"):
        ranked(companies[:3], 50_000)
    with_one = client.get(detail).content.decode()
    assert with_one.count(str(formats.money(50_000, "EUR", short=True))) == 3
    assert "No ranking yet" not in with_one
    listed = client.get("/target-lists").content.decode()
    assert "0 of 4" in listed
    assert str(formats.money(150_000, "EUR", short=True)) in listed


def test_the_file_of_a_list_says_where_each_company_stands(
    companies: list[Company], west: TargetList, manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    with system_role("a test"):
        ranked(companies[:1], 50_000)
        Partner.objects.create(company=companies[1], lifecycle=Lifecycle.ACTIVE)
    answer = client_of(manager).get(f"/exports/of/targets?of={west.public_id}&columns=all")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row["Company"] for row in rows] == on(manager, west)
    assert [row["Status"] for row in rows[:2]] == ["Not a partner", "Active"]
    assert [row["Potential P50"] for row in rows[:2]] == ["50000.00", ""]
    assert answer["Content-Disposition"].startswith('attachment; filename="West-')


def test_an_archived_list_is_found_and_brought_back(
    west: TargetList, manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    client = client_of(manager)
    client.post(address("target-list-archive", west.public_id))
    link = f'href="/target-lists/{west.public_id}"'
    assert link not in client.get("/target-lists").content.decode()
    assert link in client.get("/target-lists?archived=yes").content.decode()
    client.post(address("target-list-archive", west.public_id) + "?restore=1")
    assert link in client.get("/target-lists").content.decode()


def test_programs_explain_move_and_merge(
    companies: list[Company],
    west: TargetList,
    manager: Actor,
    key_of: Callable[..., str],
) -> None:
    call = Caller(key_of(manager, ["target_lists:write", "companies:read"]))
    north = call("POST", "target-lists", {"name": "North"}).json()["id"]
    entries = call("GET", f"target-lists/{west.public_id}/entries").json()["data"]
    said = call("POST", f"target-lists/{west.public_id}/explain", {"entry": entries[0]["id"], "reason": "Near"})
    assert said.json()["reason"] == "Near"
    taken = call("POST", f"target-lists/{west.public_id}/take", {"entries": [entries[0]["id"]], "to": north})
    told = taken.json()
    assert (told["added"], told["known"]) == (1, 0)
    merged = call("POST", f"target-lists/{north}/merge", {"into": west.public_id})
    told = merged.json()
    assert (told["added"], told["known"]) == (0, 1)
    assert call("GET", f"target-lists/{north}").json()["is_archived"] is True
    assert call("GET", f"target-lists/{west.public_id}").json()["size"] == 4


def test_a_refused_addition_leaves_no_empty_list_behind(manager: Actor, client_of: Callable[[Actor], Client]) -> None:
    client_of(manager).post("/target-lists/add-companies", {"name": "Nobody on it", "sure": "1"})
    with as_role(manager):
        assert not TargetList.objects.filter(name="Nobody on it").exists()
