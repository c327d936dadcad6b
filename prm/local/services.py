"""Start and stop the embedded Postgres and Redis for whoever needs them.

Every process that needs them *holds* them: a shared lock on one file, which the system frees however the process
ends. The last holder to leave stops the servers: a command leaves nothing running, and a command beside a running demo
uses its servers. ``python -m prm.local up`` keeps them running until ``python -m prm.local down``.
Where ``DATABASE_URL`` or ``REDIS_URL`` names a real server, the embedded one is left alone.
"""

from __future__ import annotations

import atexit
import fcntl
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import IO

from prm.local.addresses import socket_dir, var_dir
from prm.local.files import exclusive
from prm.local.postgres_server import Postgres
from prm.local.redis_server import Redis


class Services:
    """The embedded servers of one data folder (``var``), or none of those that the environment replaces."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.run = var / "run"
        self.postgres = Postgres(var)
        self.redis = Redis(var)
        self._lease: IO[str] | None = None
        self._holder = 0

    def wanted(self) -> list[Postgres | Redis]:
        """The servers that the environment does not replace."""
        named = {"Postgres": os.environ.get("DATABASE_URL"), "Redis": os.environ.get("REDIS_URL")}
        servers: list[Postgres | Redis] = [self.postgres, self.redis]
        return [server for server in servers if not named[server.name]]

    def ensure(self) -> list[str]:
        """Start what is not running; names of what was started. Raises ``preflight.Trouble``."""
        with exclusive(self.run / "services.lock"):
            return [server.name for server in self.wanted() if server.start()]

    def stop(self) -> list[str]:
        """Stop what is running, whoever holds it; names of what was stopped."""
        with exclusive(self.run / "services.lock"):
            stopped = [server.name for server in (self.redis, self.postgres) if server.stop()]
            folder = socket_dir(self.var)
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        return stopped

    def hold(self) -> None:
        """Start what is not running, and keep it until this process ends or releases it. Idempotent."""
        if not self.wanted():
            return
        if self._lease is None or self._holder != os.getpid():
            self.run.mkdir(parents=True, exist_ok=True)
            self._lease = (self.run / "holders.lock").open("a")
            self._holder = os.getpid()
            fcntl.flock(self._lease, fcntl.LOCK_SH)  # waits while the last holder is stopping the servers
            atexit.register(self.release)
        self.ensure()

    def release(self) -> None:
        """Let go; stops the servers when nobody else holds them and they were not asked to stay."""
        # A forked child inherits the open file but is not the holder.
        if self._lease is None or self._holder != os.getpid():
            return
        try:
            fcntl.flock(self._lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            if not self.keep_file.exists():
                self.stop()
        finally:
            self._lease.close()
            self._lease = None
            atexit.unregister(self.release)

    def prepare(self, setup: Callable[[], object], *, again: bool = False) -> None:
        """Run ``setup`` once for each embedded database (or ``again``): its roles and the database itself.

        One process at a time; a server named by ``DATABASE_URL`` is prepared by its administrator (docs/operators).
        """
        if self.postgres not in self.wanted():
            return
        done = self.postgres.data / "prm-prepared"  # lies with the data, and goes with it
        with exclusive(self.run / "prepare.lock"):
            if again or not done.exists():
                setup()
                done.touch()

    @property
    def keep_file(self) -> Path:
        """Its presence means that the servers stay after their last holder has left."""
        return self.run / "keep"


@cache
def _services(var: Path) -> Services:
    return Services(var)


def services() -> Services:
    """The services of this process's data folder, the same object each time."""
    return _services(var_dir())
