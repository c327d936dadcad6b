"""What an integrator relies on: keys, problems, lists, shapes, ETags, limits."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from prm.access.actors import Actor, Role
from prm.access.policies import api_scopes
from prm.access.roles import as_role, as_system
from prm.accounts.models import Person, User
from prm.accounts.services import api_key_create
from prm.api.viewsets import ListMixin, ScopedViewSet
from prm.core.keyset import keyset_page
from tests.conftest import Caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample")]


@pytest.fixture
def people() -> list[Person]:
    names = [f"Person {number:02}" for number in range(30)]
    with as_system("a test"):
        return [Person.objects.create(name=name, title="x" if i % 3 else "") for i, name in enumerate(names)]


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [item["name"] for item in answer.json()["data"]]


# Keys


def test_without_a_key_the_answer_is_401_and_says_how(client: Client) -> None:
    answer = client.get("/api/v1/humans")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Bearer prm_live_wrongwrongwrongwrong", "Bearer nonsense", "Basic YTpi", "Bearer "])
def test_a_wrong_key_is_401_even_with_a_session(header: str, manager: Actor, client_of) -> None:
    answer = client_of(manager).get("/api/v1/humans", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_key")


def test_a_key_does_only_what_its_scopes_say(administrator: Actor, key_of: Callable[..., str]) -> None:
    reader = Caller(key_of(administrator, ["persons:read"]))
    with as_system("a test"):
        person = Person.objects.create(name="Kept")
    assert reader("GET", f"humans/{person.public_id}").status_code == 200
    answer = reader("DELETE", f"humans/{person.public_id}")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert "accounts.person:archive" in answer.json()["detail"]
    jobs = reader("GET", "jobs")
    assert jobs.status_code == 403


def test_a_key_never_does_more_than_its_owner(manager: Actor, key_of: Callable[..., str]) -> None:
    with as_system("a test"):
        person = Person.objects.create(name="Kept")
    assert Caller(key_of(manager))("DELETE", f"humans/{person.public_id}").status_code == 403


def test_a_signed_in_person_reads_and_writes_only_with_the_pages_token(manager: Actor) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(pk=manager.user_id), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert strict.get("/api/v1/humans").status_code == 200
    answer = strict.post("/api/v1/humans", {"name": "A"}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


# Problems


def test_every_problem_has_the_same_shape_and_names_the_request(call: Caller) -> None:
    answer = call("GET", "humans/person_00000000000000000000000000", X_Request_Id="my-own-id-1")
    body = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(body) == {"type", "title", "status", "detail", "instance", "code", "errors"}
    assert (body["status"], body["title"], body["code"]) == (404, "Not Found", "not_found")
    assert body["instance"] == answer.headers["X-Request-Id"] == "my-own-id-1"
    assert body["type"].endswith("#not_found")


@pytest.mark.parametrize(("method", "path", "body", "headers", "status", "code"), [
    ("GET", "nothing/here", None, {}, 404, "not_found"),
    ("GET", "humans/company_01h455vb4pex5vsknk084sn02q", None, {}, 404, "not_found"),
    ("GET", "humans/nonsense", None, {}, 404, "not_found"),
    ("DELETE", "humans", None, {}, 405, "method_not_allowed"),
    ("POST", "humans", "{", {}, 400, "malformed"),
    ("POST", "humans", "name=x", {"Content_Type": "text/plain"}, 415, "unsupported_media_type"),
    ("POST", "humans", {"name": "Nobody"}, {}, 422, "nobody"),
    ("POST", "humans", {"name": "Crash"}, {}, 500, "server_error"),
    ("POST", "humans", {"name": "A", "budget": {"amount": "1000.01", "currency": "EUR"}}, {}, 409, "too_rich"),
    ("POST", "humans?x=1", {"name": "A"}, {}, 400, "bad_parameter"),
    ("POST", "humans", [1], {}, 422, "invalid"),
    ("POST", "humans", {"name": "Stranger"}, {}, 422, "no_such_friend"),
])  # fmt: skip
def test_each_kind_of_refusal_is_a_problem(call: Caller, method, path, body, headers, status, code) -> None:
    answer = call(method, path, body, **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["nope", "humans/person_x/nope"])
def test_a_refusal_from_outside_the_views_is_guarded_as_any_answer(client: Client, call: Caller, path: str) -> None:
    guards = ("X-Content-Type-Options", "Content-Security-Policy", "X-Frame-Options", "Referrer-Policy")
    page = client.get("/accounts/login/")
    answer = call("GET", path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert all(page.headers[name].split("'nonce-")[0] == answer.headers[name].split("'nonce-")[0] for name in guards)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert json.loads(answer.content)["code"] == "not_found"


def test_a_record_that_breaks_several_rules_is_told_all_of_them(call: Caller) -> None:
    told = call("POST", "humans", {"name": "Twice Wrong"}).json()
    assert (told["code"], told["detail"]) == ("invalid", "Too odd.")
    assert [(e["pointer"], e["detail"]) for e in told["errors"]] == [("/name", "Too odd."), ("/title", "Too long.")]


def test_a_refusal_leaves_nothing_behind(call: Caller) -> None:
    call("POST", "humans", {"name": "Nobody"})
    call("POST", "humans", {"name": "Crash"})
    assert names(call("GET", "humans?q=nobody")) == names(call("GET", "humans?q=crash")) == []


def test_what_crashed_is_told_without_its_details(call: Caller) -> None:
    body = call("POST", "humans", {"name": "Crash"}).json()
    assert "ZeroDivision" not in str(body)


@pytest.mark.parametrize(("body", "pointer", "code"), [
    ({}, "/name", "required"),
    ({"name": 5}, "/name", "invalid"),
    ({"name": ""}, "/name", "blank"),
    ({"name": "A", "nam": "B"}, "/nam", "unknown_field"),
    ({"name": "A", "id": "person_1"}, "/id", "unknown_field"),
    ({"name": "A", "age": "12"}, "/age", "invalid"),
    ({"name": "A", "age": True}, "/age", "invalid"),
    ({"name": "A", "age": -1}, "/age", "min_value"),
    ({"name": "A", "is_friend": 1}, "/is_friend", "invalid"),
    ({"name": "A", "budget": {"amount": 12.5, "currency": "EUR"}}, "/budget", "invalid"),
    ({"name": "A", "budget": {"amount": "1e5", "currency": "EUR"}}, "/budget", "invalid"),
    ({"name": "A", "budget": {"amount": "1", "currency": "eur"}}, "/budget", "invalid"),
    ({"name": "A\x00"}, "/name", "null_characters_not_allowed"),
])  # fmt: skip
def test_a_wrong_value_is_pointed_at(call: Caller, body, pointer, code) -> None:
    answer = call("POST", "humans", body)
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]


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


# Upsert, limits, class definition


def test_a_record_is_made_and_changed_by_its_id_elsewhere(call: Caller) -> None:
    made = call("PUT", "humans/by-external-id/crm/42", {"name": "Ada"})
    assert made.status_code == 201
    assert made.headers["Location"] == f"/api/v1/humans/{made.json()['id']}"
    changed = call("PUT", "humans/by-external-id/crm/42", {"name": "Ada L.", "title": "crm:42"})
    assert (changed.status_code, changed.json()["id"]) == (200, made.json()["id"])
    stale = call("PUT", "humans/by-external-id/crm/42", {"name": "A"}, If_Match=made.headers["ETag"])
    assert stale.status_code == 412


def test_an_id_elsewhere_may_hold_any_sign_that_is_printed(call: Caller) -> None:
    made = call("PUT", "humans/by-external-id/crm/FR%2F2026%2F17%20%C3%A9", {"name": "Ada"})
    changed = call("PUT", "humans/by-external-id/crm/FR/2026/17%20%C3%A9", {"name": "Ada L.", "title": "crm:FR/2026/17 é"})
    assert (made.status_code, changed.status_code, changed.json()["id"]) == (201, 200, made.json()["id"])


def test_an_address_says_which_methods_it_has(call: Caller, client: Client) -> None:
    answer = call("OPTIONS", "humans")
    assert (answer.status_code, answer.headers["Allow"]) == (204, "GET, POST, HEAD, OPTIONS")
    assert client.options("/api/v1/humans").status_code == 401


def test_a_request_with_a_key_asks_who_calls_in_one_statement(call: Caller, people) -> None:
    path = f"humans/{people[0].public_id}"
    call("GET", path)
    with CaptureQueriesContext(connection) as captured:
        call("GET", path)
    spoken = [query["sql"] for query in captured if query["sql"].startswith(("SELECT", "UPDATE", "INSERT"))]
    who = [sql for sql in spoken if "accounts_apikey" in sql or "accounts_membership" in sql]
    assert len(who) == 1
    assert len([sql for sql in spoken if "set_config" not in sql]) == 2  # who calls, and the record


def test_a_key_is_told_its_limit_and_stopped_at_it(call: Caller, settings) -> None:
    settings.PRM_API_RATE = 2
    answers = [call("GET", "humans") for _request in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert [a.headers["X-RateLimit-Remaining"] for a in answers] == ["1", "0", "0"]
    assert answers[2].json()["code"] == "rate_limited"
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60


def test_nobody_is_refused_when_the_cache_is_down(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_options: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("prm.core.throttle.cache.incr", broken)
    assert call("GET", "humans").status_code == 200


def test_a_resource_without_a_permission_for_an_action_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="permission names a verb"):

        class _Open(ListMixin, ScopedViewSet):
            resource = "open"
            permissions = {}

    with pytest.raises(ValueError, match="permission names a verb"):

        class _Misspelt(ListMixin, ScopedViewSet):
            resource = "misspelt"
            permissions = {"list": "accounts.person:veiw"}


def test_me_says_whose_key_it_is(manager: Actor, key_of: Callable[..., str]) -> None:
    body = Caller(key_of(manager, ["persons:read"]))("GET", "me").json()
    assert (body["name"], body["roles"], body["scopes"]) == ("Claire Rousset", [Role.MANAGER], ["persons:read"])


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000 + "]" * 100_000,
        '{"name":' + '{"a":' * 5_000 + "1" + "}" * 5_001,
        '{"name": "Ada", "name": "Eve"}',
        '{"age": NaN}',
        '{"name": "Ada", "tags": ["\\ud800"]}',
        '{"name": "Ada", "\\udc00": 1}',
        "\x00",
    ],
    ids=["deep list", "deep object", "a name twice", "no number", "half a character", "a name with half of one", "no JSON"],
)
def test_a_body_that_is_no_plain_json_is_refused(call: Caller, body: str) -> None:
    answer = call("POST", "humans", body)
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, "malformed")


def test_a_character_that_is_escaped_in_two_halves_is_one(call: Caller) -> None:
    answer = call("POST", "humans", '{"name": "Ada \\ud83d\\ude80"}')
    assert (answer.status_code, answer.json()["name"]) == (201, "Ada 🚀")


def test_options_names_the_methods_of_an_address(call: Caller) -> None:
    answer = call("OPTIONS", "humans")
    assert answer.status_code == 204
    assert "POST" in answer.headers["Allow"]


def test_a_key_is_told_all_of_its_own_scopes_that_give_something(make_member: Any) -> None:
    with as_role(manager := make_member(Role.MANAGER)):
        asked = ["companies:read", "companies:write", "people:write"]
        known = [scope for scope in asked if scope in api_scopes()]
        _key, secret = api_key_create(actor=manager, name="a program", scopes=known)
    answer = Client(headers={"authorization": f"Bearer {secret}"}).get("/api/v1/me")
    assert answer.json()["scopes"] == ["companies:read", "companies:write"]
