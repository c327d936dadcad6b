"""``manage.py shots``: screenshots of every page, both themes, both widths, both languages, into var/shots."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.management.base import BaseCommand, CommandError
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import autodiscover_modules

from prm.access.actors import Role
from prm.access.roles import as_role
from prm.accounts.selectors.actors import actor_of_user
from prm.ui import nav
from prm.ui.shots import Shot, shots

WIDTHS = {1280: 900, 375: 812}


class Command(BaseCommand):
    """Starts a server of its own and a browser, signs in as ``--email`` (the first account else), walks all pages."""

    help = "Writes screenshots of every page to var/shots."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", default="", help="whose eyes; the first account by default")
        parser.add_argument("--only", default="", help="only pages whose name contains this")
        parser.add_argument("--themes", default="light,dark")
        parser.add_argument("--widths", default="1280,375")
        parser.add_argument("--languages", default="en,fr")
        parser.add_argument("--to", default=str(settings.VAR_DIR / "shots"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            from playwright.sync_api import sync_playwright  # noqa: PLC0415  a server has none
        except ImportError as error:
            raise CommandError("Screenshots need Playwright: run `make shots`, which installs it.") from error
        settings.DEBUG = False  # our own error pages, as people see them
        os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps a loop in this thread
        autodiscover_modules("shots")
        pages = [shot for shot in _pages() if options["only"] in shot.name]
        target = Path(options["to"])
        target.mkdir(parents=True, exist_ok=True)
        eyes = {shot.role: self._user(options["email"], shot.role) for shot in pages}
        kept = {user: user.language for user in eyes.values()}
        with _server() as address, sync_playwright() as engine:
            path = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
            browser = engine.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
            try:
                for language in options["languages"].split(","):
                    _speak(dict.fromkeys(kept, language))
                    for width in map(int, options["widths"].split(",")):
                        for theme in options["themes"].split(","):
                            cross = (language, width, theme)
                            for role, user in eyes.items():
                                seen = [shot for shot in pages if shot.role is role]
                                self._walk(browser, address, user=user, pages=seen, target=target, cross=cross)
            finally:
                _speak(kept)
                browser.close()

    def _walk(
        self, browser: Any, address: str, *, user: Any, pages: list[Shot], target: Path, cross: tuple[str, int, str]
    ) -> None:
        language, width, theme = cross
        for signed_in in (True, False):
            context = browser.new_context(
                viewport={"width": width, "height": WIDTHS.get(width, 900)},
                color_scheme=theme,
                device_scale_factor=2 if width < 600 else 1.5,
                is_mobile=width < 600,
                has_touch=width < 600,
                reduced_motion="reduce",
            )
            cookies = {"prm_language": language, "prm_theme": theme}
            if signed_in:
                cookies["sessionid"] = _session(user)
            context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
            page = context.new_page()
            for shot in pages:
                if shot.signed_in is not signed_in:
                    continue
                path = _address(user, shot)
                if path is None:
                    self.stdout.write(f"--- {shot.name}: nothing to show yet")
                    continue
                answer = page.goto(address + path)
                for selector, text in shot.fill:
                    page.locator(selector).first.fill(text)
                if shot.send:
                    with page.expect_navigation() as sent:
                        page.locator(shot.send).first.click()
                    answer = sent.value
                page.wait_for_load_state("networkidle")
                for selector in shot.press:
                    if page.locator(selector).first.is_visible():
                        page.locator(selector).first.click()
                name = f"{shot.name}-{width}-{theme}-{language}.png"
                if not shot.press:  # as tall as the page, so that what sticks to the window's foot lies at the page's
                    tall = page.evaluate("document.documentElement.scrollHeight")
                    page.set_viewport_size({"width": width, "height": min(max(tall, WIDTHS.get(width, 900)), 6000)})
                page.screenshot(path=target / name, full_page=not shot.press)
                page.set_viewport_size({"width": width, "height": WIDTHS.get(width, 900)})
                wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
                self.stdout.write(f"{answer.status if answer else '?'} {name}{'  wider than the screen' if wide else ''}")
            context.close()

    def _user(self, email: str, role: Role | None) -> Any:
        accounts = get_user_model()._default_manager.filter(is_active=True).order_by("created_at")
        if role is not None:
            accounts = accounts.filter(memberships__role=role)
        user = (accounts.filter(email__iexact=email).first() if email and role is None else None) or accounts.first()
        if user is None:
            raise CommandError("No account to sign in with: run `make demo` once, or name one with --email.")
        return user


def _speak(languages: dict[Any, str]) -> None:
    for user, language in languages.items():
        type(user).objects.filter(pk=user.pk).update(language=language)


def _address(user: Any, shot: Shot) -> str | None:
    """Where a page is, as ``user`` sees the data."""
    if isinstance(shot.address, str):
        return shot.address
    actor = actor_of_user(user)
    with as_role(actor):
        return shot.address(actor)


def _pages() -> list[Shot]:
    """The sidebar's pages, then what was registered."""
    found = []
    for item in nav.items:
        with contextlib.suppress(NoReverseMatch):
            found.append(Shot(item.url_name.removeprefix("vendor:").replace(":", "-"), reverse(item.url_name)))
    return [*found, *shots]


def _session(user: Any) -> str:
    """A session as sign-in makes it, without the password."""
    session = SessionStore()
    session[SESSION_KEY] = user._meta.pk.value_to_string(user)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the command's own lines are the log."""


@contextlib.contextmanager
def _server() -> Iterator[str]:
    """The product on a free port of this machine, for as long as the block runs."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(StaticFilesHandler(WSGIHandler()))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(5)
