"""Where the embedded Postgres and Redis of one checkout listen.

The addresses are derived from the data folder alone, so that settings, management commands, workers and tests agree
without a file that says which port was free. Unix sockets keep several checkouts on one machine apart.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def var_dir() -> Path:
    """The folder that holds everything this installation writes: ``PRM_VAR_DIR``, or ``var/`` in the checkout."""
    return Path(os.environ.get("PRM_VAR_DIR") or ROOT / "var").expanduser().resolve()


def socket_dir(var: Path | None = None) -> Path:
    """A short folder for sockets: Unix limits their path to about 100 characters, checkouts can lie deeper.

    Not under ``TMPDIR``: two terminals with different ones must still meet.
    """
    digest = hashlib.sha256(str(var or var_dir()).encode()).hexdigest()[:12]
    return Path("/tmp") / f"prm-{digest}"  # noqa: S108 -- prm.local.users makes it private and refuses a stranger's


def postgres_socket_dir(var: Path | None = None) -> Path:
    """The folder given to Postgres as ``unix_socket_directories`` and to clients as ``host``."""
    return socket_dir(var)


def redis_socket(var: Path | None = None) -> Path:
    """The path of the socket that the embedded Redis listens on."""
    return socket_dir(var) / "redis.sock"


def redis_client_url(url: str) -> str:
    """``REDIS_URL`` as redis-py writes it: of a socket Celery says ``redis+socket://``, redis-py ``unix://``."""
    return url.replace("redis+socket://", "unix://", 1)
