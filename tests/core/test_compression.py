"""Pages are compressed for browsers that take it; what is not a page is left as it is."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_page_travels_compressed_and_reads_the_same(client: Client) -> None:
    plain = client.get("/accounts/login/")
    packed = client.get("/accounts/login/", headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 2
    assert b"<h1>" in gzip.decompress(packed.content)


def test_an_answer_that_is_no_page_keeps_its_bytes(client: Client) -> None:
    answer = client.get("/api/v1/companies", headers={"accept-encoding": "gzip"})
    assert answer.status_code == 401
    assert "Content-Encoding" not in answer
