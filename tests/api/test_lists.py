"""What an integrator relies on in lists and records: pages, order, filters, shapes, ETags."""

from __future__ import annotations

import re
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from prm.access.roles import as_system
from prm.accounts.models import Person
from prm.core.keyset import keyset_page
from tests.conftest import Caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample")]


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [item["name"] for item in answer.json()["data"]]


# Lists


def test_a_list_pages_through_everything_once_by_cursor(call: Caller, people) -> None:
    seen, cursor, pages = [], "", 0
    while True:
        body = call("GET", f"humans?q=person&limit=7&sort=-name&cursor={cursor}").json()
        seen += [item["name"] for item in body["data"]]
        pages += 1
        if not body["has_more"]:
            break
        cursor = body["next_cursor"]
    assert (pages, seen) == (5, [f"Person {n:02}" for n in range(29, -1, -1)])
    assert body["next_cursor"] is None


def test_the_link_header_leads_to_the_next_page_and_back(call: Caller, people) -> None:
    first = call("GET", "humans?q=person&limit=10")
    link = re.search(r'<[^>]*/api/v1/([^>]*)>; rel="next"', first.headers["Link"])
    second = call("GET", link[1])
    back = re.search(r'<[^>]*/api/v1/([^>]*)>; rel="prev"', second.headers["Link"])
    assert names(second) == [f"Person {n}" for n in range(10, 20)]
    assert names(call("GET", back[1])) == names(first)


def test_unknown_values_sort_last_both_ways_and_are_paged_through(people) -> None:
    with as_system("a test"):
        for person in people[:10]:
            person.archived_at = timezone.now()
            person.save()
        everyone = Person.objects.filter(name_key__startswith="person")
        for order in ("archived_at", "-archived_at"):
            seen, cursor = [], ""
            while True:
                page = keyset_page(everyone, order=[order], cursor=cursor, limit=4)
                seen += page.rows
                if not page.next:
                    break
                cursor = page.next
            assert len(seen) == len({row.pk for row in seen}) == 30
            assert [row.archived_at is None for row in seen] == [False] * 10 + [True] * 20
            back = keyset_page(everyone, order=[order], cursor=page.previous, limit=4)
            assert [row.pk for row in back.rows] == [row.pk for row in seen[-len(page.rows) - 4 : -len(page.rows)]]


@pytest.mark.parametrize("query", [
    "limit=0", "limit=101", "limit=x", "limit=1&limit=2", "sort=password", "cursor=made-up", "colour=red", "include=all",
    "name[gte]=x", "created_at=yesterday", "created_at=2026-05-19T10:00:00", "id=company_1", "fields=password",
    "expand[]=secrets", "q=%00", "has_title=1", f"q={'x' * 201}",
])  # fmt: skip
def test_a_parameter_that_is_unknown_or_unreadable_is_400(call: Caller, query: str) -> None:
    answer = call("GET", f"humans?{query}")
    assert answer.status_code == 400, answer.content
    assert answer.json()["code"] in {"bad_parameter", "bad_cursor"}


def test_a_cursor_belongs_to_its_order(call: Caller, people) -> None:
    cursor = call("GET", "humans?limit=5").json()["next_cursor"]
    answer = call("GET", f"humans?limit=5&sort=-created_at&cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


def test_filters_compare_and_list(call: Caller, people) -> None:
    assert names(call("GET", "humans?name=Person 03")) == ["Person 03"]
    assert names(call("GET", "humans?name[in]=Person 03,Person 05")) == ["Person 03", "Person 05"]
    assert names(call("GET", f"humans?id={people[4].public_id}")) == ["Person 04"]
    moment = people[27].created_at.isoformat().replace("+00:00", "Z")
    assert names(call("GET", f"humans?created_at[gte]={moment}")) == ["Person 27", "Person 28", "Person 29"]


def test_a_total_is_given_when_asked(call: Caller, people) -> None:
    assert "total" not in call("GET", "humans?q=person").json()
    body = call("GET", "humans?q=person&include=total").json()
    assert (body["total"], body["total_is_capped"], len(body["data"])) == (30, False, 25)


def test_a_list_asks_the_database_as_often_for_two_rows_as_for_twelve(call: Caller, people) -> None:
    def queries(limit: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert len(names(call("GET", f"humans?q=person&limit={limit}&expand[]=colleagues"))) == limit
        return len(captured)

    queries(2)
    assert queries(2) == queries(12) <= 20


# Shapes


def test_fields_and_expand_shape_the_record(call: Caller, people) -> None:
    narrow = call("GET", f"humans/{people[0].public_id}?fields=name").json()
    assert narrow == {"id": people[0].public_id, "name": "Person 00"}
    wide = call("GET", f"humans/{people[0].public_id}?expand[]=colleagues").json()
    assert wide["colleagues"]["others"] >= 29
    assert call("GET", "humans?q=person&limit=1&fields=title").json()["data"][0].keys() == {"id", "title"}


def test_instants_are_written_in_utc(call: Caller, people) -> None:
    assert call("GET", f"humans/{people[0].public_id}").json()["created_at"].endswith("Z")


# ETags


def test_an_unchanged_record_is_304(call: Caller, people) -> None:
    path = f"humans/{people[0].public_id}"
    tag = call("GET", path).headers["ETag"]
    again = call("GET", path, If_None_Match=tag)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert "Content-Type" not in again.headers


def test_an_unchanged_page_of_a_list_is_304_whenever_it_is_asked_again(call: Caller, people, monkeypatch) -> None:
    listing = call("GET", "humans?q=person&limit=2")
    assert listing.json()["next_cursor"]
    an_hour_later = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: an_hour_later)
    assert call("GET", "humans?q=person&limit=2", If_None_Match=listing.headers["ETag"]).status_code == 304


def test_a_change_says_on_which_state_it_rests(call: Caller, people) -> None:
    path = f"humans/{people[0].public_id}"
    tag = call("GET", path).headers["ETag"]
    assert call("PATCH", path, {"title": "CTO"}).status_code == 428
    changed = call("PATCH", path, {"title": "CTO"}, If_Match=tag)
    assert (changed.status_code, changed.json()["title"], changed.json()["name"]) == (200, "CTO", "Person 00")
    assert call("PATCH", path, {"title": "CEO"}, If_Match=tag).status_code == 412
    assert call("PUT", path, {"name": "New"}, If_Match=changed.headers["ETag"]).json()["name"] == "New"
    assert call("GET", path).json()["title"] == ""


def test_the_etag_of_a_narrowed_record_also_serves_a_change(call: Caller, people) -> None:
    path = f"humans/{people[0].public_id}"
    narrow = call("GET", f"{path}?fields=name").headers["ETag"]
    assert narrow != call("GET", path).headers["ETag"]
    assert call("PATCH", path, {"title": "CTO"}, If_Match=narrow).status_code == 200
