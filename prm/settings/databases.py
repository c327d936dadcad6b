"""The two database logins that every process may hold.

``default`` is ``prm_app``: it owns nothing and must take a role before it sees a domain table. ``owner`` is ``prm_owner``:
migrations and the creation of test databases, never a request.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from prm.local.addresses import postgres_socket_dir

COMMON: dict[str, Any] = {
    "ENGINE": "django.db.backends.postgresql",
    "CONN_MAX_AGE": 600,
    "CONN_HEALTH_CHECKS": True,
    # Keyset paging and the role wrapper need no server-side cursors held outside a transaction.
    "DISABLE_SERVER_SIDE_CURSORS": True,
}


def from_url(url: str) -> dict[str, Any]:
    """``postgres://user:password@host:port/name?sslmode=require`` as Django settings."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(f"DATABASE_URL must start with postgres://, not {parts.scheme}://")
    options = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def databases() -> dict[str, dict[str, Any]]:
    """The ``DATABASES`` setting: from ``DATABASE_URL`` and ``DATABASE_OWNER_URL``, or the embedded Postgres."""
    app_url = os.environ.get("DATABASE_URL")
    if app_url:
        owner_url = os.environ.get("DATABASE_OWNER_URL")
        app = from_url(app_url)
        # A web process need not know the owner's password; migrations then say what is missing.
        owner = from_url(owner_url) if owner_url else {**app, "USER": "prm_owner", "PASSWORD": ""}
    else:
        embedded = {"NAME": "prm", "PASSWORD": "", "HOST": str(postgres_socket_dir()), "PORT": "5432", "OPTIONS": {}}
        app = {**embedded, "USER": "prm_app"}
        owner = {**embedded, "USER": "prm_owner"}
    timeouts = "-c statement_timeout=30s -c idle_in_transaction_session_timeout=60s -c timezone=UTC"
    app["OPTIONS"] = {"options": timeouts, **app["OPTIONS"]}
    return {
        # Tests create one database as the owner and work in it as the application's login.
        "default": {**COMMON, **app, "TEST": {"MIRROR": "owner"}},
        "owner": {**COMMON, **owner, "CONN_MAX_AGE": 0},
    }
