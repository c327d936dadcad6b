"""Pages are compressed for browsers that take it, and answers of the API to programs; what else there is is left as it is."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

import pytest
from django.test import Client

from prm.access.actors import Actor
from prm.access.roles import as_system
from prm.partners.models import Company
from tests.conftest import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(manager: Actor, key_of: Callable[..., str]) -> Caller:
    """A program that reads and writes companies, of which there are thirty."""
    with as_system("a test"):
        for n in range(30):
            Company.objects.create(name=f"Kerlan {n:02}", country="FR", city="Brest", website=f"https://{n}.example")
    return Caller(key_of(manager, ["companies:write"]))


def test_a_page_travels_compressed_and_reads_the_same(client: Client) -> None:
    plain = client.get("/accounts/login/")
    packed = client.get("/accounts/login/", headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 2
    assert b"<h1>" in gzip.decompress(packed.content)


def test_a_refusal_keeps_its_bytes(client: Client) -> None:
    answer = client.get("/api/v1/companies", headers={"accept-encoding": "gzip"})
    assert answer.status_code == 401
    assert "Content-Encoding" not in answer


def test_an_answer_to_a_key_travels_compressed_and_reads_the_same(program: Caller) -> None:
    plain = program("GET", "companies?limit=30")
    packed = program("GET", "companies?limit=30", Accept_Encoding="br, gzip;q=0.8")
    assert (packed["Content-Encoding"], packed["Content-Length"]) == ("gzip", str(len(packed.content)))
    assert len(packed.content) < len(plain.content) / 4
    assert gzip.decompress(packed.content) == plain.content
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer["Vary"]
    assert "Content-Encoding" not in plain
    again = program("GET", "companies?limit=30", Accept_Encoding="gzip")
    assert (again.content, again["ETag"]) == (packed.content, packed["ETag"]), "a strong ETag names the very bytes"


def test_who_refuses_gzip_and_what_is_short_gets_it_plain(program: Caller) -> None:
    for accepts in ("", "identity", "gzip;q=0", "gzip; q=0.0, br"):
        assert "Content-Encoding" not in program("GET", "companies?limit=30", Accept_Encoding=accepts), accepts
    assert "Content-Encoding" not in program("GET", "me", Accept_Encoding="gzip")


def test_an_answer_to_a_browsers_session_is_not_compressed(
    program: Caller, client_of: Callable[..., Client], manager: Actor
) -> None:
    """What a foreign page could make a browser ask for has lengths that tell nothing."""
    answer = client_of(manager).get("/api/v1/companies?limit=30", headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer
    assert len(json.loads(answer.content)["data"]) == 30


def test_each_form_has_its_own_strong_etag_and_either_is_known_again(program: Caller) -> None:
    plain = program("GET", "companies?limit=30")["ETag"]
    packed = program("GET", "companies?limit=30", Accept_Encoding="gzip")["ETag"]
    assert (packed == plain, packed.startswith("W/")) == (False, False)
    for tag in (plain, packed, f"W/{packed}"):
        unchanged = program("GET", "companies?limit=30", Accept_Encoding="gzip", If_None_Match=tag)
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert unchanged["ETag"] == tag.removeprefix("W/")
    with as_system("a test"):
        Company.objects.create(name="Another")
    assert program("GET", "companies?limit=30&sort=-name", Accept_Encoding="gzip", If_None_Match=packed).status_code == 200


def test_the_etag_of_the_compressed_form_holds_for_a_change(program: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prm.core.compression.SMALLEST", 100)
    path = f"companies/{program('GET', 'companies?limit=1').json()['data'][0]['id']}"
    read = program("GET", path, Accept_Encoding="gzip")
    assert read["Content-Encoding"] == "gzip"
    changed = program("PATCH", path, {"city": "Quimper"}, If_Match=read["ETag"])
    assert (changed.status_code, changed.json()["city"]) == (200, "Quimper")
    assert program("PATCH", path, {"city": "Vannes"}, If_Match=read["ETag"]).status_code == 412
