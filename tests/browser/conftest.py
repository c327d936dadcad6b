"""A browser before the demo as a person would start it: ``python -m prm.local.demo`` on a folder of its own.

The whole run shares one demo; it is stopped with an interrupt at the end, and must leave no process behind. Every page collects
what its console and its content policy complain about; a test that ends with a complaint fails.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
START_SECONDS, STOP_SECONDS = 180, 30

Person = Callable[..., Page]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running demo with its world loaded."""
    var, port = tmp_path_factory.mktemp("demo"), free_port()
    var.chmod(0o755)
    for parent in var.parents:  # Postgres runs as another user where the tests run as root
        if parent.stat().st_uid == os.getuid() and parent != Path(parent.anchor):
            parent.chmod(parent.stat().st_mode | 0o055)
    environment = {k: v for k, v in os.environ.items() if k not in {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL"}}
    environment |= {"PRM_VAR_DIR": str(var), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    log = (var / "demo.out").open("w+")
    process = subprocess.Popen(
        [sys.executable, "-m", "prm.local.demo"], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(address, process, var / "demo.out")
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
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"the demo was not ready after {START_SECONDS} s:\n{output.read_text()}")


@pytest.fixture(scope="session")
def accounts(demo: str) -> dict[str, dict[str, str]]:
    """The demo's accounts by role, as the command prints them."""
    from prm.demo.accounts import DEMO_ACCOUNTS

    return {account.role: {"email": account.email, "password": account.password} for account in DEMO_ACCOUNTS}


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = next((p for p in CHROMIUM if Path(p).exists()), None)
    if path is None:
        pytest.fail("Chromium is missing: `make test` installs it, or set up the package `chromium`")
    running = playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield running
    running.close()


@pytest.fixture
def open_context(browser: Browser, demo: str) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a fresh browser profile; at the end of the test none of its pages may have complained."""
    contexts: list[tuple[BrowserContext, list[str]]] = []

    def start(*, width: int = 1280, theme: str = "light", language: str = "en", **options: Any) -> BrowserContext:
        context = browser.new_context(
            base_url=demo,
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            locale={"en": "en-GB", "fr": "fr-FR"}[language],
            reduced_motion="reduce",
            **options,
        )
        complaints: list[str] = []
        context.on("console", lambda m: complaints.append(m.text) if m.type in {"error", "warning"} else None)
        context.on("weberror", lambda e: complaints.append(str(e.error)))
        contexts.append((context, complaints))
        return context

    yield start
    told = [text for _context, complaints in contexts for text in complaints]
    for context, _complaints in contexts:
        context.close()
    assert told == [], "the browser complained: " + json.dumps(told, indent=1)


@pytest.fixture
def person(open_context: Callable[..., BrowserContext], accounts: dict[str, dict[str, str]]) -> Person:
    """A person of a role, signed in through the sign-in page; gives the page they land on."""

    def sign_in(role: str = "manager", **options: Any) -> Page:
        page = open_context(**options).new_page()
        page.goto("/accounts/login/")
        page.get_by_label("E-mail", exact=False).fill(accounts[role]["email"])
        page.locator("input[type=password]").fill(accounts[role]["password"])
        page.locator("form button[type=submit]").first.click()
        page.wait_for_load_state("networkidle")
        return page

    return sign_in
