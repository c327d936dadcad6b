"""A browser before the demo as a person would start it: ``python -m prm.local.demo`` on a folder of its own.

The whole run shares one demo; it is stopped with an interrupt at the end, and must leave no process behind. Every page collects
what its console and its content policy complain about; a test that ends with a complaint fails.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, StorageState

ROOT = Path(__file__).resolve().parents[2]
NOT_PASSED = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "MAKELEVEL"}
START_SECONDS, STOP_SECONDS = 300, 60

Person = Callable[..., Page]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def demo_output() -> Iterator[Path]:
    """Where the demo writes what a person would read in the terminal; its folder is the demo's data folder.

    Not pytest's own folder: that one is closed to the account under which Postgres runs when root runs the tests.
    """
    with tempfile.TemporaryDirectory(prefix="prm-demo-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "demo.out"


@pytest.fixture(scope="session")
def demo(demo_output: Path) -> Iterator[str]:
    """The address of a running demo with its world loaded."""
    var, port = demo_output.parent, free_port()
    environment = {k: v for k, v in os.environ.items() if k not in NOT_PASSED}
    environment |= {"PRM_VAR_DIR": str(var), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    log = demo_output.open("w+")
    process = subprocess.Popen(
        [sys.executable, "-m", "prm.local.demo"], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(address, process, demo_output)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            log.close()


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the demo stopped while starting:\n{output.read_text()}")
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:
                if answer.status == 200 and "Ctrl-C" in output.read_text():
                    return
        except OSError:
            pass
        time.sleep(0.5)
    pytest.fail(f"the demo was not ready after {START_SECONDS} s:\n{output.read_text()}")


@pytest.fixture(scope="session")
def accounts(demo: str, demo_output: Path) -> dict[str, tuple[str, str]]:
    """E-mail and password by first name, as the demo prints them for a person to read."""
    lines = re.findall(
        r"^\s*(\w+)\.\w+@orvane\.example\s+([a-z0-9]{4}(?:-[a-z0-9]{4}){3})\b.*$", demo_output.read_text(), re.M
    )
    full = dict(re.findall(r"((\w+)\.\w+@orvane\.example)", demo_output.read_text()))
    emails = {first: email for email, first in full.items()}
    return {first: (emails[first], password) for first, password in lines}


@pytest.fixture
def open_context(chromium_browser: Browser, demo: str) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a fresh browser profile; at the end of the test none of its pages may have complained."""
    contexts: list[tuple[BrowserContext, list[str]]] = []

    def start(*, width: int = 1280, theme: str = "light", language: str = "en", **options: Any) -> BrowserContext:
        context = chromium_browser.new_context(
            base_url=demo,
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            locale={"en": "en-GB", "fr": "fr-FR"}[language],
            reduced_motion="reduce",
            **options,
        )
        complaints: list[str] = []
        context.on("console", lambda message: complaints.extend(_complaint(message)))
        context.on("weberror", lambda e: complaints.append(str(e.error)))
        contexts.append((context, complaints))
        return context

    yield start
    told = [text for _context, complaints in contexts for text in complaints]
    for context, _complaints in contexts:
        context.close()
    assert told == [], "the browser complained: " + json.dumps(told, indent=1)


def _complaint(message: ConsoleMessage) -> list[str]:
    """What the console says against a page; that a page which does not exist answers 404 is no complaint."""
    wanted = message.type in {"error", "warning"} and not message.location.get("url", "").endswith("/no-such-page")
    return [message.text] if wanted else []


@pytest.fixture(scope="session")
def sessions() -> dict[str, StorageState]:
    """Who has signed in already: the cookies that the browser kept."""
    return {}


@pytest.fixture
def person(
    open_context: Callable[..., BrowserContext], accounts: dict[str, tuple[str, str]], sessions: dict[str, StorageState]
) -> Person:
    """One of the demo's people, signed in through the sign-in page the first time they are needed."""

    def sign_in(name: str = "claire", **options: Any) -> Page:
        if name in sessions:
            return open_context(storage_state=sessions[name], **options).new_page()
        page = open_context(**options).new_page()
        email, password = accounts[name]
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(email)
        page.locator("input[name=password]").fill(password)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/accounts/" not in url)
        sessions[name] = page.context.storage_state()
        return page

    return sign_in
