"""What an integrator relies on: keys, problems, upserts, limits."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from prm.access.actors import Actor, Role
from prm.access.policies import api_scopes
from prm.access.roles import as_role, as_system
from prm.accounts.models import Person, User
from prm.accounts.services.keys import api_key_create
from prm.api.viewsets import ListMixin, ScopedViewSet
from tests.conftest import Caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample")]


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
    for who in ("nobody", "crash"):
        assert call("GET", f"humans?q={who}").json()["data"] == []


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
