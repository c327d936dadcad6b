"""The commands of docs/integrators/getting-started.md, run as they stand there against a live server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from prm.access.actors import Actor
from prm.jobs.models import Job
from prm.jobs.runner.work import run_inline
from prm.jobs.services import job_start
from tests.jobs import kinds  # noqa: F401  registers a kind of work

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(shutil.which("curl") is None, reason="the guide uses curl"),
]
GUIDE = Path(__file__).parents[2] / "docs" / "integrators" / "getting-started.md"


def commands() -> list[str]:
    return re.findall(r"<!-- run -->\n```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL)


@pytest.fixture
def run(live_server: LiveServer, manager: Actor, key_of: Callable[..., str], settings, tmp_path) -> Callable[[int], str]:
    settings.MEDIA_ROOT = tmp_path
    run_inline(job_start(actor=manager, kind="tests.sum", title="Done", parameters={"n": 5}))
    job: Job = job_start(actor=manager, kind="tests.sum", title="Waiting", parameters={"n": 5})
    environment = os.environ | {
        "PRM": live_server.url,
        "PRM_KEY": key_of(manager, ["jobs:write"]),
        "JOB": job.public_id,
        "no_proxy": "*",
    }

    def execute(number: int) -> str:
        done = subprocess.run(
            ["sh", "-ec", commands()[number]], env=environment, capture_output=True, text=True, timeout=30, check=True
        )
        return done.stdout

    return execute


def test_every_command_of_the_guide_works(run: Callable[[int], str]) -> None:
    assert len(commands()) == 5
    assert json.loads(run(0))["scopes"] == ["jobs:read", "jobs:write"]
    listing = json.loads(run(1))
    assert ([job["title"] for job in listing["data"]], listing["total"]) == (["Done"], 1)
    assert re.search(r'^ETag: "\w+"', run(2), re.MULTILINE | re.IGNORECASE)
    cancelled = run(3)
    assert cancelled.count('"state":"cancelled"') == 2
    assert re.search("^Idempotency-Replayed: true", cancelled, re.MULTILINE | re.IGNORECASE)
    assert json.loads(run(4))["code"] == "bad_parameter"
