"""The probes: alive without anything else; ready only when database, migrations, Redis and a worker are."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from django.conf import LazySettings
from django.db import OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from prm.core import health, heartbeat
from prm.core.heartbeat import EVERY_SECONDS, EXPIRES_SECONDS, beat, beating_workers, redis_client
from prm.local.addresses import ROOT, redis_socket
from prm.local.services import Services, services

WORKER = "probe-test@here"


@pytest.fixture
def running_redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[redis.Redis]:
    """The Redis of the tests, with the pulse of one worker. Test processes share it: each feels the pulses of its own test only."""
    if not os.environ.get("REDIS_URL"):
        services().hold()
    monkeypatch.setattr(heartbeat, "PREFIX", f"prm:worker:{uuid4()}:")
    client = redis_client()
    beat(client, WORKER)
    yield client
    client.delete(f"{heartbeat.PREFIX}{WORKER}")


@pytest.fixture
def absent_redis(settings: LazySettings, tmp_path: Path) -> None:
    settings.REDIS_URL = f"redis+socket://{tmp_path}/nobody.sock"


def failed_checks(client: Client) -> dict[str, str]:
    response = client.get("/readyz")
    checks = response.json()["checks"]
    assert set(checks) == {"database", "migrations", "redis", "worker"}
    failed = {name: check["detail"] for name, check in checks.items() if check["status"] != "ok"}
    assert response.status_code == (503 if failed else 200)
    assert response.json()["status"] == ("failed" if failed else "ok")
    assert response["Cache-Control"] == "no-store"
    return failed


def test_alive_asks_nobody(client: Client, absent_redis: None) -> None:
    # No mark for the database: the test fails when it is touched.
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_when_everything_is_there(client: Client, running_redis: redis.Redis) -> None:
    assert failed_checks(client) == {}


@pytest.mark.django_db
def test_not_ready_without_redis_and_so_without_a_pulse(client: Client, absent_redis: None) -> None:
    started = time.monotonic()
    assert failed_checks(client) == {"redis": "Redis cannot be reached", "worker": "Redis cannot be asked"}
    assert time.monotonic() - started < 4, "a probe that waits is no probe"


@pytest.mark.django_db
def test_not_ready_when_no_worker_has_a_pulse(client: Client, running_redis: redis.Redis) -> None:
    for name in beating_workers(running_redis):
        running_redis.delete(f"{heartbeat.PREFIX}{name}")
    assert failed_checks(client) == {"worker": "no worker has shown its pulse lately"}


@pytest.mark.django_db
def test_not_ready_before_a_migration(client: Client, running_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_last_migrations", lambda: {("partners", "9999_to_come"), ("accounts", "0001_initial")})
    assert failed_checks(client) == {"migrations": "1 apps wait for manage.py migrate"}


@pytest.mark.django_db
def test_not_ready_without_the_database(client: Client, running_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def cursor(self) -> None:
            raise OperationalError("connection to server at 10.1.2.3 failed: password authentication failed for prm_app")

    monkeypatch.setattr(health, "connection", Gone())
    monkeypatch.setattr(health.MigrationRecorder, "applied_migrations", lambda self: self.connection.cursor())
    failed = failed_checks(client)
    assert set(failed) == {"database", "migrations"}
    assert "10.1.2.3" not in str(failed), "addresses and logins are nobody's business"


@pytest.mark.django_db
def test_probes_answer_by_any_host_name_and_over_plain_http(
    client: Client, running_redis: redis.Redis, settings: LazySettings
) -> None:
    settings.ALLOWED_HOSTS = ["partners.example.com"]
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz", headers={"host": "10.0.0.7:8000"}).status_code == 200
    assert client.get("/readyz", headers={"host": "10.0.0.7:8000"}).status_code == 200
    assert client.get("/", headers={"host": "10.0.0.7:8000"}).status_code == 400, "only the probes do"


@pytest.mark.django_db
def test_probes_open_no_session_and_ask_little(
    client: Client, running_redis: redis.Redis, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/readyz")
    with django_assert_num_queries(3):  # a question, whether the table of migrations is there, what it holds
        response = client.get("/readyz")
    assert not response.cookies


def test_a_pulse_runs_out(running_redis: redis.Redis) -> None:
    assert 0 < running_redis.ttl(f"{heartbeat.PREFIX}{WORKER}") <= EXPIRES_SECONDS
    assert EXPIRES_SECONDS >= 3 * EVERY_SECONDS


def test_a_worker_without_redis_goes_on(absent_redis: None, caplog: pytest.LogCaptureFixture) -> None:
    beat(redis_client(), WORKER)
    assert "pulse could not be written" in caplog.text


@pytest.mark.slow
def test_a_worker_shows_its_pulse_again_after_redis_was_away() -> None:
    own = Services(services().var)
    own.hold()
    name = "pulse@test"
    command = [sys.executable, "-m", "celery", "-A", "prm", "worker", "--pool=solo", f"--hostname={name}", "--queues=pulse"]
    worker = subprocess.Popen(
        [*command, "--without-gossip", "--without-mingle"],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "prm.settings.test"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    client = redis.Redis(unix_socket_path=str(redis_socket()))

    def await_pulse(seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while name not in beating_workers(client):
            assert time.monotonic() < deadline
            assert worker.poll() is None
            time.sleep(0.2)

    try:
        await_pulse(60)
        own.redis.stop()
        time.sleep(1)
        own.ensure()
        client.delete(f"{heartbeat.PREFIX}{name}")
        await_pulse(40)
        worker.terminate()
        worker.wait(30)
        assert name not in beating_workers(client), "an orderly end takes the pulse along"
    finally:
        worker.kill()
        worker.wait(10)
