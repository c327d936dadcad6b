"""Addresses and forms that nobody types: a page refuses them in words, it never breaks."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.test import Client

from prm.access.actors import Actor, Role
from prm.core.text import whole_number
from tests.access.samples import Samples
from tests.access.test_matrix import filled, parameters, routes, status

pytestmark = pytest.mark.django_db
NAMES = (
    "q", "sort", "cursor", "col", "after", "column", "code", "top", "run", "with", "line", "list", "kind", "state", "company",
    "country", "territory", "manager", "employees_min", "growth_max", "updated_from", "family", "product", "page", "format", "step",
    "target", "at", "view", "next",
)  # fmt: skip


@pytest.mark.parametrize("value", ["²", "9" * 40, "a\x00b", "'%\\"])
def test_no_page_breaks_whatever_its_address_says(
    value: str, make_member: Callable[..., Actor], client_of: Callable[[Actor], Client]
) -> None:
    client = client_of(make_member(Role.ADMINISTRATOR, name="Agnes"))
    samples, broken = Samples(), []
    for name, path, pattern in routes():
        if path.startswith("api/"):
            continue
        url = filled(path, {p: samples.value(name, path, p) for p in parameters(pattern, path)})
        found = status(client, "GET", f"{url}?{urlencode(dict.fromkeys(NAMES, value))}", {})
        if found >= 500 or ("\x00" in value and found == 200 and name not in {"vendor:palette", "vendor:offline"}):
            broken.append((name, found))
    assert not broken


def test_a_form_with_a_nul_is_refused_before_anything_is_done(manager: Actor, client_of: Callable[[Actor], Client]) -> None:
    answer = client_of(manager).post("/target-lists/new", {"name": "West\x00"})
    assert answer.status_code == 400
    assert "could not be read" in answer.content.decode()


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("0", 0), ("", None), (None, None), ("²", None), ("٣", None), ("-1", None), ("1" * 10, None)],
)
def test_only_plain_digits_are_a_whole_number(text: str | None, number: int | None) -> None:
    assert whole_number(text, None) == number


def test_a_forged_form_is_told_so_also_where_no_role_is_taken(manager: Actor, client_of: Callable[[Actor], Client]) -> None:
    """The state page stands in the shell, which asks for the person's own work: under /accounts/ nobody had taken their role."""
    client = client_of(manager)
    client.handler.enforce_csrf_checks = True
    for url in ("/preferences", "/accounts/logout/", "/companies/new"):
        answer = client.post(url, {"theme": "dark"})
        assert answer.status_code == 403, url
        assert "open for too long" in answer.content.decode()


def test_an_unknown_address_under_sign_in_is_not_found_for_somebody_signed_in(
    manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    assert client_of(manager).get("/accounts/nothing-here/").status_code == 404
