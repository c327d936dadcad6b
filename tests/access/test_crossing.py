"""T4: 50 clients of two partners on two processes, requests broken off between: no answer is another's (``bench crossing``)."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from prm.local.addresses import ROOT
from tests.benchmarks.crossing import Client, look


@pytest.fixture
def somebody() -> Client:
    return Client(cookie="", name=b"zq00000000a01", company=b"zq00000000a99", colleagues=frozenset({b"zq00000000a02"}))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/me", b'{"name": "zq00000000b01"}'),
        ("/portal/company", b"zq00000000a01 of zq00000000b99"),
        ("/portal/more", b"zq00000000a02, a colleague, where only I stand"),
    ],
)
def test_an_answer_that_is_somebody_elses_is_told(path: str, body: bytes, somebody: Client) -> None:
    look(somebody, path, 200, body)
    assert len(somebody.crossed) == 1
    assert somebody.crossed[0].startswith(f"{path} told zq00000000")


def test_an_answer_that_says_of_nobody_whose_it_is_counts_as_failed(somebody: Client) -> None:
    look(somebody, "/api/v1/me", 200, b"{}")
    look(somebody, "/api/v1/me", 500, b"zq00000000a01")
    look(somebody, "/portal/people", 200, b"zq00000000a01 zq00000000a02")
    assert (somebody.answers, sum(somebody.failed.values()), somebody.crossed) == (3, 2, [])


@pytest.mark.slow
def test_no_answer_crosses_between_partners_who_share_processes() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "prm.settings.dev"}
    command = [sys.executable, "manage.py", "bench", "crossing", "--quick", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=420, check=False)
    ours = json.loads(done.stdout)["ours"]
    assert (ours["crossed"], ours["failed"]) == (0, 0)
    assert ours["answers"] > 300
    assert ours["aborted"] > 30
