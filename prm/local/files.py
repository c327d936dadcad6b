"""Locks and small files that several processes of one checkout share."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file ``path`` alone; waits for the others. The system frees it when the process dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, also where an earlier one could be read by all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text)


def answers(path: Path) -> bool:
    """True when a server accepts connections on the Unix socket ``path``."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(2)
        return client.connect_ex(str(path)) == 0


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log, for a message; empty when there is no log."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 8_192))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def trim(path: Path, keep_bytes: int = 5_000_000) -> None:
    """Start a log afresh when it has grown past ``keep_bytes``; the previous one stays as ``.old``."""
    if path.exists() and path.stat().st_size > keep_bytes:
        shutil.move(path, path.with_suffix(path.suffix + ".old"))
