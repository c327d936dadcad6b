"""T1: every URL × method × role against a committed table. A URL that is not in it fails.

``pytest tests/access/test_matrix.py --write-matrix`` rewrites ``matrix.json``; read the difference before committing it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from prm.access.actors import Actor, Role
from prm.access.policies import permissions_of
from prm.access.roles import as_sign_in, as_system
from prm.accounts.models import StudyPass, User
from prm.accounts.selectors.actors import actor_of_user
from prm.accounts.services.accounts import member_add
from prm.core.ids import typeid_encode, typeid_key, uuid7
from tests.access.samples import Samples

# The walk is long: one process makes it, for all who ask.
pytestmark = pytest.mark.xdist_group("matrix")

MATRIX = Path(__file__).with_name("matrix.json")
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
# Sign-in and probes are allauth's and the operator's: each has tests of its own.
OUTSIDE = ("accounts/", "healthz", "readyz")


def routes(
    patterns: list[Any] | None = None, prefix: str = "", names: str = "", outside: tuple[str, ...] = OUTSIDE
) -> Iterator[tuple[str, str, URLPattern]]:
    """Every route as (name, path template, pattern)."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(entry.pattern)
        if outside and path.startswith(outside):
            continue
        if isinstance(entry, URLResolver):
            space = f"{names}{entry.namespace}:" if entry.namespace else names
            yield from routes(entry.url_patterns, path, space, outside)
        else:
            yield f"{names}{entry.name}", path, entry


def parameters(pattern: URLPattern, path: str) -> list[str]:
    """The names of a route's parameters, those of its parents included."""
    return re.findall(r"<(?:\w+:)?(\w+)>", path) or list(getattr(pattern.pattern, "converters", {}))


def filled(path: str, values: dict[str, str]) -> str:
    text = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: values[m.group(1)], path)
    return "/" + text.replace("^", "").replace("$", "").replace("\\Z", "")


def methods_of(pattern: URLPattern) -> list[str]:
    """The methods that an address can have, as its page or viewset is written; all of them where that cannot be told."""
    callback = pattern.callback
    if actions := getattr(callback, "actions", None):
        return [method for method in METHODS if method.lower() in actions]
    page = getattr(callback, "view_class", None)
    if page is None:
        return METHODS
    return [m for m in METHODS if m.lower() in page.http_method_names and hasattr(page, m.lower())]


def status(client: Client, method: str, url: str, headers: dict[str, str]) -> int:
    """The answer to one request, its effects undone."""
    with transaction.atomic():
        client.raise_request_exception = False
        answer = client.generic(method, url, "{}", content_type="application/json", headers=headers)
        if getattr(answer, "streaming", False):
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    return answer.status_code


def specialist_of(samples: Samples) -> Actor:
    """An outside specialist, invited to the study of the samples that is shared."""
    study_id = typeid_key("study", samples.value("", "", "study_id"))
    with as_system("a test") as actor:
        person = member_add(actor=actor, email="spec@outside.example", name="Iva", roles=[Role.SPECIALIST], password=None)
    with as_sign_in():
        StudyPass.objects.create(user_id=person.user_id, study_id=study_id)
        return actor_of_user(User.objects.get(pk=person.user_id))


@pytest.fixture(scope="module")
def seen() -> dict[str, dict[str, dict[str, int]]]:
    """What was observed: the walk is long, and one is enough for all questions about it."""
    return {}


@pytest.fixture
def observed(make_member, client_of, partners_side, seen) -> dict[str, dict[str, dict[str, int]]]:
    if seen:
        return seen
    clients = {"anonymous": Client()}
    # Roles that hold the same permissions get the same answers: one of them is walked for all.
    for role, name in [
        (Role.MANAGER, "Claire"), (Role.DIRECTOR, "Daniel"), (Role.ADMINISTRATOR, "Agnes"), (Role.PROGRAMME_MANAGER, "Pia"),
        (Role.SUPPORT_ENGINEER, "Theo"),
    ]:  # fmt: skip
        clients[role.value] = client_of(make_member(role, name=name))
    samples = Samples()
    for role in (Role.PARTNER_ADMINISTRATOR, Role.PARTNER_SALES):
        clients[role.value] = client_of(partners_side.member(partners_side.kerlan, role))
    for role in (Role.CANDIDATE,):
        clients[role.value] = client_of(partners_side.candidate())
    clients["specialist"] = client_of(specialist_of(samples))
    for name, path, pattern in routes():
        assert isinstance(pattern.pattern, RoutePattern), f"{name}: write routes with path(), so that they can be walked"
        values = {parameter: samples.value(name, path, parameter) for parameter in parameters(pattern, path)}
        url = filled(path, values)
        for method in methods_of(pattern):
            answers = {role: status(client, method, url, {}) for role, client in clients.items()}
            if set(answers.values()) != {405}:
                seen.setdefault(f"{name} /{path}", {})[method] = answers
    return seen


@pytest.mark.django_db
def test_every_url_answers_each_role_as_committed(observed, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--write-matrix"):
        MATRIX.write_text(json.dumps(observed, indent=1, sort_keys=True) + "\n")
    compare(observed, json.loads(MATRIX.read_text()))


def compare(observed: dict[str, Any], committed: dict[str, Any]) -> None:
    """Fails where an address answers otherwise than committed, was never committed, or is gone."""
    differences = [
        f"{url} {method}: committed {committed.get(url, {}).get(method)}, now {answers}"
        for url, methods in observed.items()
        for method, answers in methods.items()
        if committed.get(url, {}).get(method) != answers
    ]
    differences += [f"{url}: in the matrix, but no such route" for url in committed.keys() - observed.keys()]
    assert not differences, "\n".join(differences)


@pytest.mark.django_db
def test_no_url_breaks_and_none_is_open_to_everybody(observed) -> None:
    # The pages behind the link of an invitation: the sample's token opens them, and nothing else does.
    # What a phone asks for to install the portal is the same for everybody, and asked for without cookies.
    installing = {"portal:manifest", "portal:worker", "portal:offline"}
    # The codes of the API's refusals are where a refusal leads whoever got one, with a key or without.
    public = {"common:preferences", "common:offline", "mailbox", "problems", "q:section", "q:start", *installing}
    broken = [(u, m, a) for u, methods in observed.items() for m, a in methods.items() if max(a.values()) >= 500]
    assert not broken
    opened = [
        (url, method)
        for url, methods in observed.items()
        for method, answers in methods.items()
        if answers["anonymous"] < 300 and url.split()[0] not in public
    ]
    assert not opened


@pytest.mark.django_db
def test_a_missing_object_is_404_for_everyone_who_may_look(client_of, make_member) -> None:
    client = client_of(make_member(Role.ADMINISTRATOR, name="Agnes"))
    samples = Samples()
    wrong = []
    for name, path, pattern in routes():
        names = parameters(pattern, path)
        ids = [p for p in names if p.endswith("id")]
        if not ids or "GET" not in getattr(getattr(pattern.callback, "view_class", None), "http_method_names", ["GET"]):
            continue
        values = {p: samples.value(name, path, p) for p in names}
        for parameter in ids:
            prefix = values[parameter].rpartition("_")[0]
            other = {**values, parameter: typeid_encode(prefix, uuid7()) if prefix else str(uuid7())}
            found = status(client, "GET", filled(path, other), {})
            if found not in {404, 405}:
                wrong.append((name, parameter, found))
    assert not wrong


@pytest.mark.django_db
def test_a_method_that_a_page_does_not_have_is_told_so(client_of, make_member, partners_side) -> None:
    vendor, partner = client_of(make_member(Role.ADMINISTRATOR)), client_of(partners_side.member(partners_side.kerlan))
    samples = Samples()
    wrong = []
    for name, path, pattern in routes():
        url = filled(path, {p: samples.value(name, path, p) for p in parameters(pattern, path)})
        absent = next((method for method in METHODS if method not in methods_of(pattern)), None)
        client = partner if name.startswith("portal:") else vendor
        if absent and status(client, absent, url, {}) != 405:
            wrong.append((name, absent))
    assert not wrong


def test_roles_that_are_not_walked_hold_what_a_walked_one_holds() -> None:
    walked = [Role.MANAGER, Role.DIRECTOR, Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER, Role.SUPPORT_ENGINEER,
              Role.PARTNER_ADMINISTRATOR, Role.PARTNER_SALES, Role.CANDIDATE, Role.SPECIALIST]  # fmt: skip
    sets = {permissions_of({role}) for role in walked}
    assert [role for role in Role if permissions_of({role}) not in sets and permissions_of({role})] == []


#: What an outside specialist is answered: what was shared with it, itself by API, and what is of everybody who is signed in.
SPECIALISTS = {
    "vendor:profiling:shared-list", "vendor:profiling:shared", "vendor:profiling:shared-file",
}  # fmt: skip


@pytest.mark.django_db
def test_a_specialist_is_answered_by_what_was_shared_and_by_nothing_else(observed) -> None:
    """Every page, every endpoint, every method: what is of nobody in particular answers a stranger alike."""
    opened = {
        (url.split(" ", maxsplit=1)[0], method)
        for url, methods in observed.items()
        for method, answers in methods.items()
        if answers["specialist"] < 400 and answers["anonymous"] != answers["specialist"]
    }
    assert {name for name, method in opened if method == "GET"} - OF_ONESELF == SPECIALISTS
    assert {name for name, method in opened if method != "GET"} - OF_ONESELF == set()


#: Of one's own account, whoever that is.
OF_ONESELF = {"me"}
