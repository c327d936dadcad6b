"""A real browser for tests: ``browse(actor, "/companies")`` opens a page of the live server as somebody.

A plugin of tests/conftest.py. Every page collects what the console complains about in ``page.complaints``: a journey ends
with ``assert page.complaints == []``. The system's Chromium is used; PRM_CHROMIUM names another.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from prm.access.actors import Actor

WIDTHS = {1280: 900, 375: 812, 320: 640}


def chromium() -> str | None:
    """The browser's path, or None: then Playwright's own is tried."""
    named = os.environ.get("PRM_CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator[Any]:
    """One running browser for all tests of a process: Playwright keeps a loop there, and a second one is refused."""
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps a loop in this thread
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as engine:
        options = {"executable_path": chromium()} if chromium() else {}
        browser = engine.chromium.launch(args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"], **options)
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium_browser: Any, live_server: Any, client_of: Callable[[Actor], Any]) -> Iterator[Callable[..., Any]]:
    """``browse(actor or None, path, width=1280, theme="light", language="", touch=False)`` → a Playwright page."""
    contexts = []

    def open_page(
        actor: Actor | None,
        path: str,
        *,
        width: int = 1280,
        theme: str = "light",
        language: str = "",
        javascript: bool = True,
    ) -> Any:
        context = chromium_browser.new_context(
            viewport={"width": width, "height": WIDTHS.get(width, 900)},
            color_scheme=theme,
            locale={"fr": "fr-FR"}.get(language, "en-GB"),
            has_touch=width < 600,
            is_mobile=width < 600,
            reduced_motion="reduce",
            java_script_enabled=javascript,
        )
        contexts.append(context)
        if actor is not None:
            cookie = client_of(actor).cookies["sessionid"]
            context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        if language:
            context.add_cookies([{"name": "prm_language", "value": language, "url": live_server.url}])
        page = context.new_page()
        page.complaints = []
        page.on(
            "console", lambda message: page.complaints.append(message.text) if message.type in {"error", "warning"} else None
        )
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(live_server.url + path)
        page.wait_for_load_state("networkidle")
        return page

    yield open_page
    for context in contexts:
        context.close()
