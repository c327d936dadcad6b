"""What opens doors is not in the access log."""

from __future__ import annotations

import io
import logging
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from gunicorn.config import Config

from prm.core.access_log import SECRET_BEHIND, MaskedLogger, masked
from prm.local.demo import commands

SECRET = "sW5pIGZ1bA-3fZ_x"  # as tokens look
#: Parts of addresses that are called like secrets and are none: the keys of tabs.
HARMLESS = {"companies/<str:company_id>/tab/<slug:key>"}


def routes(patterns: Any, before: str = "") -> Any:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, before + str(one.pattern))
        elif isinstance(one, URLPattern):
            yield before + str(one.pattern)


def test_every_address_with_a_secret_in_it_is_masked() -> None:
    named = [route for route in routes(get_resolver().url_patterns) if "token>" in route or ":key>" in route]
    secret = [route for route in named if route not in HARMLESS]
    assert len(secret) > 5
    for route in secret:
        assert f"/{route}".startswith(SECRET_BEHIND), route


@pytest.mark.parametrize("address", [
    f"/accounts/invitation/{SECRET}/", f"/accounts/password/reset/key/1-{SECRET}/", f"/q/{SECRET}/s/needs", f"/q/{SECRET}",
    f"/mail/unsubscribe/{SECRET}?x=1", f"/accounts/login/?next=%2Faccounts%2Finvitation%2F{SECRET}%2F",
    f"/accounts/oidc/idp/login/callback/?state=a&code={SECRET}",
])  # fmt: skip
def test_a_line_of_the_log_tells_the_way_and_no_secret(address: str) -> None:
    config = Config()
    config.set("accesslog", "-")
    logger, written = MaskedLogger(config), io.StringIO()
    logger.access_log.handlers, logger.access_log.disabled = [logging.StreamHandler(written)], False
    logger.access_log.setLevel(logging.INFO)
    path, _mark, query = address.partition("?")
    asked = {
        "REQUEST_METHOD": "GET", "RAW_URI": address, "PATH_INFO": path, "QUERY_STRING": query, "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": f"https://prm.example{address}",
    }  # fmt: skip
    answer = SimpleNamespace(status="200 OK", headers=[], sent=12)
    logger.access(answer, SimpleNamespace(headers=[]), asked, timedelta(seconds=1))
    assert SECRET not in written.getvalue()
    assert "GET /" in written.getvalue()
    assert "…" in written.getvalue()


def test_what_is_no_secret_stays() -> None:
    line = "GET /companies/company_01h455vb4pex5vsknk084sn02q/tab/people?q=kerlan HTTP/1.1"
    assert masked(line) == line


def test_demo_and_image_write_the_log_so() -> None:
    wanted = "--logger-class=prm.core.access_log.MaskedLogger"
    assert wanted in commands(8000, Path("var"))["web"]
    assert wanted in Path(__file__).parents[2].joinpath("Dockerfile").read_text()
