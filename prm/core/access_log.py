"""The access log of the web server without what opens doors: links of invitations, of new passwords, of questionnaires, of mails.

Named to gunicorn: ``--logger-class=prm.core.access_log.MaskedLogger``. Needs no Django: gunicorn reads it before the application.
"""

from __future__ import annotations

import re
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

MASK = "…"
#: Beginnings of addresses whose next part is a secret.
SECRET_BEHIND = (
    "/accounts/invitation/",
    "/accounts/password/reset/key/",
    "/accounts/confirm-email/",
    "/q/",
    "/mail/unsubscribe/",
    "/mailbox/",
)
_IN_PATH = re.compile(rf"({'|'.join(map(re.escape, SECRET_BEHIND))})[^/?#\s]+")
#: As written, and inside another address (``?next=%2Fq%2F…``).
_IN_VALUE = re.compile(r"((?:%2F|/)(?:q|invitation|key|confirm-email|unsubscribe|mailbox)%2F)[^%&#\s]+", re.IGNORECASE)
_IN_QUERY = re.compile(r"((?:^|[?&])(?:code|state|token|key|SAMLResponse)=)[^&#\s]+")


def masked(text: str) -> str:
    """``text`` (an address, a request line, a query string) without secrets.

    >>> masked("GET /q/sW5pIGZ1bA/s/needs HTTP/1.1")
    'GET /q/…/s/needs HTTP/1.1'
    >>> masked("/accounts/login/?next=%2Faccounts%2Finvitation%2FsW5pIGZ1bA%2F&code=12")
    '/accounts/login/?next=%2Faccounts%2Finvitation%2F…%2F&code=…'
    """
    for secret in (_IN_PATH, _IN_VALUE, _IN_QUERY):
        text = secret.sub(rf"\g<1>{MASK}", text)
    return text


class MaskedLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Writes addresses without the secrets in them, whatever the format asks for."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return {name: masked(value) if isinstance(value, str) else value for name, value in found.items()}
