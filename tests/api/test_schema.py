"""The description of the API: complete, committed, true. schemathesis asks each operation good and bad questions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from prm.access.actors import Actor
from prm.access.policies import api_scopes
from prm.api import problems
from prm.api.problem_codes import CODES
from prm.api.reference import METHODS
from prm.api.router import router
from prm.api.schema import api_schema
from prm.api.served import scopes_served

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return json.loads(json.dumps(api_schema(), default=str))


def operations(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in description["paths"].items():
        yield from ((f"{method.upper()} {path}", methods[method]) for method in METHODS if method in methods)


def test_the_committed_description_is_what_the_code_says(settings, tmp_path) -> None:
    call_command("api_schema", "--check")
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match=r"run manage\.py api_schema"):
        call_command("api_schema", "--check")


def test_the_description_is_openapi_3_1_and_served_to_callers(call, description: dict[str, Any]) -> None:
    served = call("GET", "schema")
    assert served.json() == description
    assert description["openapi"].startswith("3.1")
    assert Client().get("/api/v1/schema").status_code == 401


def test_every_operation_has_an_example_of_its_answer_and_of_its_body(description: dict[str, Any]) -> None:
    silent = []
    for name, operation in operations(description):
        bodies = [operation.get("requestBody", {})]
        bodies += [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        contents = [media for body in bodies for kind, media in body.get("content", {}).items() if kind == "application/json"]
        silent += [name for media in contents if not media.get("examples") and not media.get("example")]
    assert silent == []


def told(node: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every summary and description with its place."""
    if isinstance(node, dict):
        for key, inner in node.items():
            if key in {"summary", "description"} and isinstance(inner, str) and inner:
                yield f"{where}/{key}", inner
            yield from told(inner, f"{where}/{key}")
    elif isinstance(node, list):
        for i, inner in enumerate(node):
            yield from told(inner, f"{where}/{i}")


def test_everything_told_is_whole_sentences_with_code_marked_once(description: dict[str, Any]) -> None:
    words = list(told(description))
    cut_off = [(where, said) for where, said in words if not said.endswith((".", "!", "?")) or said[0].islower()]
    stray = [(where, said) for where, said in words if "``" in said or said.count("`") % 2 or "\n* " in said]
    assert len(words) > 1_000
    assert cut_off == []
    assert stray == []


def test_a_docstring_over_several_lines_is_told_whole(description: dict[str, Any]) -> None:
    merge = description["paths"]["/api/v1/companies/{id}/merge"]["post"]
    assert (
        merge["summary"] == "Makes another company part of this one: all that hangs on it comes over, its address leads here."
    )
    assert "`facts` says whose value holds" in merge["description"]
    assert merge["description"].endswith("Needs the scope `companies:write`.")


def test_every_example_is_what_its_description_allows(description: dict[str, Any]) -> None:
    registry = Registry().with_resource("urn:api", Resource(contents=description, specification=DRAFT202012))
    wrong = []
    for name, operation in operations(description):
        answers = {f"answer {status}": answer for status, answer in operation["responses"].items()}
        for where, body in {"body": operation.get("requestBody", {}), **answers}.items():
            for media in body.get("content", {}).values():
                shape = json.loads(json.dumps(media["schema"]).replace('"#/', '"urn:api#/'))
                for example in media.get("examples", {}).values():
                    faults = Draft202012Validator(shape, registry=registry).iter_errors(example["value"])
                    wrong += [f"{name} {where}: {fault.message[:200]}" for fault in faults]
    assert wrong == []


def test_every_list_says_how_it_is_paged(description: dict[str, Any]) -> None:
    for path in ("runs/{id}/results", "runs/{id}/compare", "studies/{id}/runs", "target-lists/{id}/entries", "imports/{id}/rejected-rows",
                 "companies/{id}/facts", "companies"):  # fmt: skip
        operation = description["paths"][f"/api/v1/{path}"]["get"]
        assert {"limit", "cursor", "sort", "include"} <= {given["name"] for given in operation["parameters"]}, path
        shape = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert set(description["components"]["schemas"][shape]["properties"]) >= {"data", "has_more", "next_cursor"}, path


def test_every_operation_says_which_scope_a_key_needs(description: dict[str, Any]) -> None:
    told = {name: operation["description"] for name, operation in operations(description)}
    assert told["POST /api/v1/companies"] == "Needs the scope `companies:write`."
    assert told["GET /api/v1/runs/{id}/results"] == "Needs the scope `studies:read`."
    known = {f"Needs the scope `{scope}`." for scope in api_scopes()} | {"Needs any key."}
    assert {words[words.rindex("Needs ") :] for words in told.values()} <= known  # the last sentence


def test_every_operation_says_what_it_refuses_and_what_it_needs(description: dict[str, Any]) -> None:
    for name, operation in operations(description):
        assert {"400", "401", "403", "429"} <= set(operation["responses"]), name
        assert operation["summary"], name
        assert operation["security"] == [{"key": []}], name


@pytest.fixture(scope="module")
def asked(description: dict[str, Any]) -> Any:
    """The API as schemathesis reads it, in this process. Read once: that takes longer than asking an operation."""
    schema = schemathesis.openapi.from_dict(description)
    schema.app = get_wsgi_application()
    schema.config.update(base_url="http://localhost")
    return schema


@pytest.fixture
def key(administrator: Actor, key_of: Callable[..., str], settings: Any) -> Iterator[dict[str, str]]:
    """An administrator's key that may do everything."""
    settings.PRM_API_RATE = 10_000_000
    # As the framework's own test client does: the checks' transaction outlives each request.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield {"Authorization": f"Bearer {key_of(administrator, scopes_served(administrator.kind))}"}
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


# Our lists and acts refuse by state what the description allows by shape; everything else is checked.
UNFIT = ["positive_data_acceptance"]
COMMITTED = json.loads((Path(__file__).parents[2] / "docs" / "integrators" / "openapi.json").read_text())


@pytest.mark.parametrize("name", [name for name, _operation in operations(COMMITTED)])
def test_no_question_breaks_the_api_and_no_bad_input_is_taken(asked: Any, key: dict[str, str], name: str) -> None:
    """Good questions and bad ones. An operation that knows one sort alone is asked that."""
    method, path = name.split()
    excluded = [CHECKS.get_one(check) for check in UNFIT]
    sorts = 0
    for mode in GenerationMode:
        cache.clear()  # what was rolled back is not to be remembered

        @given(case=asked[path][method].as_strategy(generation_mode=mode))
        @settings(max_examples=8, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
        def ask(case: Any) -> None:
            with transaction.atomic():
                case.call_and_validate(headers=key, excluded_checks=excluded)
                transaction.set_rollback(True)

        try:
            ask()
            sorts += 1
        except Unsatisfiable:
            continue  # nothing to ask in this way
    assert sorts


def test_the_reference_page_shows_code_as_code_and_no_marks(client_of, administrator: Actor) -> None:
    page = client_of(administrator).get("/developers/api").content.decode()
    assert "Needs the scope <code>companies:read</code>." in page
    assert "`" not in page


def test_every_resource_has_a_name_in_both_languages() -> None:
    for viewset in router.viewsets:
        if viewset.schema is None or viewset.__module__.startswith("tests."):
            continue
        assert viewset.label, viewset.resource
        with translation.override("fr"):
            assert str(viewset.label), viewset.resource


def test_whatever_the_base_of_the_api_refuses_has_its_words() -> None:
    named = set(re.findall(r'return \d{3}, "(\w+)"', Path(problems.__file__).read_text()))
    named |= {code for code in problems._CODES.values() if code != "refused"}
    assert named >= {"not_found", "out_of_range", "rate_limited"}
    assert named <= {code for code, _status, _words in CODES}
