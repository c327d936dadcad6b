"""The supervisor of ``make demo``: one Ctrl-C stops all it started, whatever dies comes back, a second start continues."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from prm.local import demo
from prm.local.addresses import ROOT
from prm.local.children import MOST_RESTARTS, Child, stop_all
from prm.local.probe import probe
from prm.local.services import Services
from tests.local.processes import processes_of

Starter = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def start(embedded: Services, port: int) -> Iterator[Starter]:
    """Starts the supervisor over small programs, in a session of its own as a terminal would."""
    started: list[subprocess.Popen[str]] = []

    def run(**env: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.local.small_demo"],
            cwd=ROOT,
            env={**os.environ, "PORT": str(port), **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    text = ""
    while words not in text:
        line = process.stdout.readline()
        assert line, f"the demo ended before it said {words!r}: {text}"
        text += line
    return text


def await_true(what: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_one_signal_stops_everything_it_started(
    start: Starter, embedded: Services, port: int, number: signal.Signals
) -> None:
    process = start()
    said = read_until(process, "Ctrl-C stops everything")
    assert f"http://localhost:{port}" in said
    assert "agnes@orvane.example" in said
    # Postgres, Redis, web, worker and its child, beat.
    assert len(processes_of(embedded.var)) >= 6
    process.send_signal(number)
    rest, _ = process.communicate(timeout=20)
    assert "the data is kept" in rest
    assert process.returncode == 0
    assert processes_of(embedded.var) == []


def test_a_second_start_is_quick_and_a_third_beside_it_is_refused(start: Starter, embedded: Services, port: int) -> None:
    first = start()
    read_until(first, "Ctrl-C stops")
    refused = start()
    told, _ = refused.communicate(timeout=20)
    assert refused.returncode == 1
    assert f"already running at http://localhost:{port}" in told
    assert "Next: open that address" in told
    assert probe(f"http://127.0.0.1:{port}/readyz")[0] == 200, "the first one goes on"
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=20)
    started = time.monotonic()
    read_until(start(), "Ctrl-C stops")
    assert time.monotonic() - started < 10


def test_a_port_in_use_is_told_before_anything_starts(start: Starter, embedded: Services, port: int) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", port))
        server.listen()
        process = start()
        told, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert f"Port {port} is in use." in told
    assert f"Next: PORT={port + 1} make demo" in told
    assert processes_of(embedded.var) == []


def test_what_dies_is_told_and_comes_back(start: Starter, embedded: Services, port: int) -> None:
    process = start()
    read_until(process, "Ctrl-C stops")
    web = int((embedded.var / "web.pid").read_text())
    os.kill(web, signal.SIGKILL)
    assert "web ended (signal 9); starting it again" in read_until(process, "web ended")
    await_true(lambda: probe(f"http://127.0.0.1:{port}/readyz")[0] == 200)
    assert int((embedded.var / "web.pid").read_text()) != web
    os.kill(int((embedded.postgres.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    read_until(process, "Postgres had ended and was started again")
    assert embedded.postgres.is_running()


def test_what_the_demo_writes_is_for_whoever_started_it(start: Starter, embedded: Services) -> None:
    """Passwords, mails with links to sign in and logs lie in the data folder; a machine may have other users."""
    read_until(start(), "Ctrl-C stops")
    written = [embedded.var / "run" / "accounts.txt", embedded.var / "run" / "prepared", embedded.var / "log" / "web.log"]
    assert [path.name for path in written if path.stat().st_mode & 0o077] == []


def test_make_stop_ends_a_running_demo(start: Starter, embedded: Services) -> None:
    process = start()
    read_until(process, "Ctrl-C stops")
    told = subprocess.run(
        [sys.executable, "-m", "prm.local", "stop"], cwd=ROOT, capture_output=True, text=True, timeout=40, check=True
    )
    assert "The demo has stopped." in told.stdout
    process.communicate(timeout=20)
    assert processes_of(embedded.var) == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the kernel has no such signal")
def test_a_killed_supervisor_takes_its_programs_along(start: Starter, embedded: Services) -> None:
    process = start()
    read_until(process, "Ctrl-C stops")
    process.kill()
    process.wait(10)

    web = int((embedded.var / "web.pid").read_text())
    await_true(lambda: not _alive(web))
    for found in processes_of(embedded.var):
        if "SIG_IGN" in " ".join(found.cmdline()):
            found.kill()  # the stubborn grandchild of this test; Celery's own ends with its parent


def test_a_program_that_keeps_ending_is_given_up(tmp_path: Path) -> None:
    child = Child("web", [sys.executable, "-c", "raise SystemExit(3)"], tmp_path / "web.log", os.environ)
    child.start()
    told = []
    for now in range(0, 100, 5):  # later each time than any pause between two starts, and within the window
        assert child.process is not None
        child.process.wait(10)
        message = child.look_after(now)
        told += [message] if message else []
    stop_all([child], patience=1)
    assert len(told) == MOST_RESTARTS + 1
    assert told[0] == "web ended (status 3); starting it again"
    assert told[-1] == "web ended (status 3) once too often and stays down"


def test_a_program_that_ends_once_a_day_is_never_given_up(tmp_path: Path) -> None:
    child = Child("beat", [sys.executable, "-c", ""], tmp_path / "beat.log", os.environ)
    child.start()
    for day in range(MOST_RESTARTS + 3):
        assert child.process is not None
        child.process.wait(10)
        child.look_after(day * 86_400)
        child.look_after(day * 86_400 + 60)
    stop_all([child], patience=1)
    assert not child.gave_up


def test_the_programs_of_the_demo_name_the_port(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PRM_BIND", raising=False)
    programs = demo.commands(8123, tmp_path)
    assert list(programs) == ["web", "worker", "delivery", "beat"]
    assert "--bind=127.0.0.1:8123" in programs["web"]
    monkeypatch.setenv("PRM_BIND", "0.0.0.0")
    assert [part for part in demo.commands(8123, tmp_path)["web"] if part.startswith("--bind")] == ["--bind=0.0.0.0:8123"]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
