"""Requests to addresses that somebody typed: https, to public addresses only, to the address that was looked at, no further."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from prm.core import outgoing


def means(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def found(host: str, port: int, **options: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.8", "192.168.1.4", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fd00::1", "fe80::1", "224.0.0.1",
     "::ffff:10.0.0.8"],
)  # fmt: skip
def test_an_address_that_is_not_public_is_never_called(monkeypatch, settings, address: str) -> None:
    settings.PRM_OUTGOING_LOOPBACK = False
    means(monkeypatch, address)
    with pytest.raises(outgoing.OutgoingRefused):
        outgoing.vetted_address("https://idp.example/")


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch, settings) -> None:
    means(monkeypatch, "93.184.216.34", "10.0.0.8")
    with pytest.raises(outgoing.OutgoingRefused):
        outgoing.vetted_address("https://idp.example/")


def test_only_https_is_called(monkeypatch, settings) -> None:
    means(monkeypatch, "93.184.216.34")
    assert outgoing.vetted_address("https://idp.example/") == ("https", "93.184.216.34", 443)
    for url in ("http://idp.example/", "ftp://idp.example/", "file:///etc/passwd", "gopher://idp.example/"):
        with pytest.raises(outgoing.OutgoingRefused):
            outgoing.vetted_address(url)


class Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1/else")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * (outgoing.MOST_BYTES + 10 if self.path == "/long" else 5))

    def log_message(self, *parts: Any) -> None:
        """Quiet."""


@pytest.fixture
def here() -> Any:
    listener = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listener.server_address[1]}"
    listener.shutdown()
    listener.server_close()


def test_a_redirect_is_not_followed_and_a_long_answer_not_read(here, settings) -> None:
    with outgoing.session() as session:
        assert session.get(f"{here}/short").text == "xxxxx"
        for path in ("/away", "/long"):
            with pytest.raises(outgoing.OutgoingRefused):
                session.get(f"{here}{path}")


def test_this_machine_is_called_by_tests_and_development_only(here, settings) -> None:
    settings.PRM_OUTGOING_LOOPBACK = False
    with outgoing.session() as session, pytest.raises(outgoing.OutgoingRefused):
        session.get(f"{here}/short")
