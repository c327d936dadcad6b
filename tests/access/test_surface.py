"""``PRM_SURFACE``: a process that serves one door has no address of the other."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from prm.local.addresses import ROOT

ASK = """
import django; django.setup()
from django.test import Client
client = Client()
for path in ("/companies", "/portal/", "/accounts/login/", "/healthz", "/api/v1/me"):
    print(path, client.get(path).status_code)
print(client.get("/").headers.get("Location"))
"""


def answers(surface: str) -> dict[str, str]:
    """Path → status of nobody in particular, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "prm.settings.test", "PRM_SURFACE": surface},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        return {"failed": done.stderr.strip().rpartition("\n")[2]}
    *lines, front = done.stdout.split("\n")[:-1]
    return {**dict(line.split() for line in lines), "/ leads to": front}


@pytest.mark.parametrize(
    ("surface", "companies", "portal", "front"),
    [
        ("portal", "404", "302", "/portal/"),
        ("vendor", "302", "404", "/accounts/login/?next=/"),
        ("both", "302", "302", "/accounts/login/?next=/"),
    ],
)
def test_a_process_serves_the_doors_that_it_was_told(surface: str, companies: str, portal: str, front: str) -> None:
    found = answers(surface)
    assert (found["/companies"], found["/portal/"], found["/ leads to"]) == (companies, portal, front)
    assert (found["/accounts/login/"], found["/healthz"], found["/api/v1/me"]) == ("200", "200", "401")


def test_a_door_that_there_is_not_stops_the_process_before_it_starts() -> None:
    assert "PRM_SURFACE is vendor, portal or both" in answers("window")["failed"]
