"""Outgoing requests to addresses that somebody typed: https, to global addresses only, no redirects, bounded in time and size.

``session()`` gives a ``requests.Session`` that keeps to it. The name is resolved once and the connection goes to the address that was
looked at, so that a name cannot mean another machine a moment later. ``PRM_OUTGOING_LOOPBACK`` lets tests and development reach this
machine, over http too; no server sets it.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter

SECONDS, MOST_BYTES = 10, 1_000_000


class OutgoingRefused(requests.RequestException):
    """The address is none that the product calls, or its answer is too long."""


def vetted_address(url: str) -> tuple[str, str, int]:
    """Scheme, address and port to connect to. Raises OutgoingRefused for what is not https to a global address."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = {info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, ValueError) as error:
        raise OutgoingRefused(f"{host or url} is not found") from error
    addresses = sorted(ipaddress.ip_address(str(address).partition("%")[0]) for address in found)
    if settings.PRM_OUTGOING_LOOPBACK and addresses and all(address.is_loopback for address in addresses):
        return parts.scheme, str(addresses[0]), port
    if parts.scheme != "https":
        raise OutgoingRefused("only https is called")
    if not addresses or not all(address.is_global and not address.is_multicast for address in addresses):
        raise OutgoingRefused(f"{host} is no public address")
    return parts.scheme, str(addresses[0]), port


def session() -> requests.Session:
    """A session that calls vetted addresses only."""
    made = requests.Session()
    made.trust_env = False
    made.max_redirects = 0
    for scheme in ("http://", "https://"):
        made.mount(scheme, _VettedAdapter())
    return made


class _VettedAdapter(HTTPAdapter):
    """Connects to the address that was vetted; the certificate is checked against the name."""

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        parts = urlsplit(request.url or "")
        scheme, address, port = vetted_address(request.url or "")
        host = parts.hostname or ""
        shown = f"[{address}]" if ":" in address else address
        request.headers["Host"] = parts.netloc.rpartition("@")[2]
        request.url = parts._replace(netloc=f"{shown}:{port}").geturl()
        if scheme == "https":
            self.poolmanager.connection_pool_kw["server_hostname"] = host
            self.poolmanager.connection_pool_kw["assert_hostname"] = host
        options.update(timeout=SECONDS, stream=True, proxies={})
        answer = super().send(request, **options)
        if answer.is_redirect:
            raise OutgoingRefused("a redirect is not followed")
        body = answer.raw.read(MOST_BYTES + 1, decode_content=True)
        if len(body) > MOST_BYTES:
            raise OutgoingRefused("the answer is too long")
        answer._content = body
        return answer
