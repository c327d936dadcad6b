"""Addresses and forms that nobody types: a page refuses them in words, it never breaks."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from urllib.parse import urlencode

import pytest
from django.test import Client

from prm.access.actors import Actor, Role
from prm.core.text import whole_number
from tests.access.samples import Samples
from tests.access.test_matrix import filled, methods_of, parameters, routes, status

pytestmark = pytest.mark.django_db
NAMES = (
    "q", "sort", "cursor", "col", "after", "column", "code", "top", "run", "with", "line", "list", "kind", "state", "company",
    "country", "territory", "manager", "employees_min", "growth_max", "updated_from", "family", "product", "page", "format", "step",
    "target", "at", "view", "next", "show", "of", "ref", "add", "status", "min_known", "typologies", "countries", "min_employees",
    "max_employees", "with_filters", "title", "suggest", "among", "days", "name", "drop", "id", "all", "query", "lifecycle",
)  # fmt: skip


#: Pages that read nothing of their address.
TAKE_NOTHING = {
    "vendor:palette", "common:offline", "mailbox", "portal:manifest", "portal:worker", "portal:offline", "problems",
}  # fmt: skip


@pytest.mark.parametrize("value", ["²", "9" * 40, "a\x00b", "'%\\"])
def test_no_page_breaks_whatever_its_address_says(
    value: str, make_member: Callable[..., Actor], client_of: Callable[[Actor], Client]
) -> None:
    client = client_of(make_member(Role.ADMINISTRATOR, name="Agnes"))
    samples, broken = Samples(), []
    for name, path, pattern in routes():
        if path.startswith("api/") or "GET" not in methods_of(pattern):  # that one is told so, test_matrix sees to
            continue
        url = filled(path, {p: samples.value(name, path, p) for p in parameters(pattern, path)})
        found = status(client, "GET", f"{url}?{urlencode(dict.fromkeys(NAMES, value))}", {})
        if found >= 500 or ("\x00" in value and found == 200 and name not in TAKE_NOTHING):
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
        assert "not current any more" in answer.content.decode()


def test_an_unknown_address_under_sign_in_is_not_found_for_somebody_signed_in(
    manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    assert client_of(manager).get("/accounts/nothing-here/").status_code == 404


@pytest.mark.parametrize("url", ["/static/nothing.css", "/static/%2e%2e/manage.py", "/healthzz", "/readyz/more"])
def test_an_address_beside_files_and_probes_is_not_found_for_somebody_signed_in(
    url: str, manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    client = client_of(manager)
    client.raise_request_exception = False
    assert client.get(url).status_code == 404


class _Watched(BytesIO):
    """A file that notes how much of it was read."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        self.taken += len(found)
        return found


def sent(client: Client, url: str, size: int, **headers: str) -> tuple[int, int]:
    """The status of a form with a file of ``size`` bytes, and how much of it was taken."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    body = _Watched(head + b"a" * size + b"\r\n--x--\r\n")
    request = {"CONTENT_LENGTH": len(body.getvalue()), "CONTENT_TYPE": "multipart/form-data; boundary=x", "wsgi.input": body}
    answer = client.request(REQUEST_METHOD="POST", PATH_INFO=url, **request, headers=headers)
    return answer.status_code, body.taken


@pytest.mark.parametrize("url", ["/accounts/login/", "/accounts/password/reset/", "/imports/new", "/preferences"])
def test_nobody_fills_the_disk_by_sending_a_file_without_signing_in(url: str, settings) -> None:
    """The token against forgery is looked for in the form: so the form was read, and its file kept, before anything else was asked."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 50_000
    client = Client(enforce_csrf_checks=True)
    client.get("/accounts/login/")
    assert sent(client, url, 100_000) == (413, 0)


def test_a_member_sends_no_more_than_an_upload_may_hold(
    manager: Actor, client_of: Callable[[Actor], Client], settings
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE, settings.PRM_UPLOAD_MAX_BYTES = 50_000, 200_000
    client = client_of(manager)
    assert sent(client, "/imports/new", 100_000)[0] == 422  # read, and told at its fields
    for url in ("/imports/new", "/target-lists/new", "/preferences", "/api/v1/imports"):
        assert sent(client, url, 300_000) == (413, 0), url


@pytest.mark.parametrize("url", ["/portal/company/edit", "/portal/brand", "/imports/new", "/api/v1/imports"])
def test_a_partners_people_send_no_large_file_where_none_is_expected_of_them(
    url: str, partners_side, client_of: Callable[[Actor], Client], settings
) -> None:
    """60 MB were taken from a candidate by a page of three fields: whoever is signed in could send what an import may hold."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 50_000
    assert sent(client_of(partners_side.candidate()), url, 100_000) == (413, 0)


def test_a_member_sends_a_large_file_to_imports_only(manager: Actor, client_of: Callable[[Actor], Client], settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 50_000
    client = client_of(manager)
    assert sent(client, "/imports/new", 100_000)[0] == 422
    for url in ("/target-lists/new", "/preferences", "/imports", "/api/v1/companies"):
        assert sent(client, url, 100_000) == (413, 0), url
