"""What can be refused before anything heavy starts, and how a refusal reads.

Standard library only and no import of the package: ``scripts/bootstrap.py`` loads this file by its path before the
virtual environment exists.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import sys
from pathlib import Path
from typing import IO, Any

DEFAULT_PORT = 8000


class Trouble(Exception):
    """Something that a person has to settle: what happened, why, and the next step."""

    def __init__(self, what: str, why: str, next_step: str) -> None:
        super().__init__(what)
        self.what, self.why, self.next_step = what, why, next_step

    def __str__(self) -> str:
        return f"{self.what}\n  Why:  {self.why}\n  Next: {self.next_step}"


def report(trouble: Trouble) -> None:
    """Print a refusal where people look for it; in colour on a terminal only."""
    mark = "\033[1;31m✗\033[0m" if sys.stderr.isatty() and not os.environ.get("NO_COLOR") else "✗"
    print(f"\n{mark} {trouble}\n", file=sys.stderr, flush=True)


def wanted_port() -> int:
    """The web port: ``PORT``, or 8000. Raises ``Trouble`` when it is not a port number."""
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    if text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise Trouble(f"PORT={text} is not a port.", "A port is a whole number from 1 to 65535.", "PORT=8001 make demo")


def bind_address() -> str:
    """Where the demo listens: ``PRM_BIND``, or this machine only, since the demo's passwords are printed."""
    return os.environ.get("PRM_BIND") or "127.0.0.1"


def demo_facts(run_dir: Path) -> dict[str, Any]:
    """What the demo of this data folder wrote about itself: ``pid`` and ``url``; empty when none ever ran."""
    try:
        return dict(json.loads((run_dir / "demo.json").read_text()))
    except (OSError, ValueError):
        return {}


def claim_demo(run_dir: Path) -> IO[str]:
    """The open file whose lock says that a demo runs from this data folder; free again when its process ends.

    Raises ``Trouble`` when another process holds it.
    """
    run_dir.mkdir(parents=True, exist_ok=True)
    claim = (run_dir / "demo.lock").open("a")
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        claim.close()
        facts = demo_facts(run_dir)
        raise Trouble(
            f"The demo is already running at {facts.get('url', 'another port')}.",
            f"Process {facts.get('pid', '?')} serves it from {run_dir.parent}.",
            "open that address, or `make stop` and then `make demo`",
        ) from error
    return claim


def refuse_taken_port(port: int) -> None:
    """Raise ``Trouble`` when another program listens on ``port``, or when this user may not open it."""
    for family, host in ((socket.AF_INET, bind_address()), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as caller:
                caller.settimeout(0.5)
                if caller.connect_ex((host, port)) == 0:  # some systems let a second program bind beside a wildcard
                    raise OSError(errno.EADDRINUSE, "somebody answers")
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Trouble(
                    f"Port {port} is in use.",
                    f"Another program on this machine already listens on {host}:{port}.",
                    f"PORT={port + 1 if port < 65535 else 8001} make demo",
                ) from error
            if error.errno == errno.EACCES:
                raise Trouble(
                    f"Port {port} may not be opened.",
                    "Ports below 1024 are reserved for the administrator of the machine.",
                    "PORT=8000 make demo",
                ) from error
            if family == socket.AF_INET:
                raise Trouble(
                    f"{host}:{port} cannot be listened on.",
                    str(error),
                    "set PRM_BIND to an address of this machine, or unset it",
                ) from error


def preflight(run_dir: Path) -> None:
    """Every check that needs no download and no server."""
    claim_demo(run_dir).close()
    refuse_taken_port(wanted_port())
