"""One process of the demo: started in a group of its own, restarted within bounds, stopped with everything it started."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from prm.local.addresses import ROOT
from prm.local.files import trim

MOST_RESTARTS = 5
RESTART_WINDOW_SECONDS = 120
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36


class Child:
    """A long-running program, its log and its history of restarts."""

    def __init__(self, name: str, command: Sequence[str], log: Path, env: Mapping[str, str]) -> None:
        self.name, self.command, self.log, self.env = name, list(command), log, dict(env)
        self.process: subprocess.Popen[bytes] | None = None
        self.restarts: list[float] = []
        self.gave_up = False
        self._due: float | None = None

    def start(self) -> None:
        """Start the program; its output goes to the end of its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        trim(self.log)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which then stops its children in order
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 -- one thread here
            )

    def status(self) -> int | None:
        """The exit status, or ``None`` while the program runs."""
        return self.process.poll() if self.process else None

    def look_after(self, now: float) -> str | None:
        """Start again what ended, a little later each time; what to tell the person, if anything.

        ``now`` is ``time.monotonic()``. A program that ended more than ``MOST_RESTARTS`` times within the window is given
        up.
        """
        status = self.status()
        if status is None or self.gave_up:
            return None
        if self._due is None:
            self.restarts = [at for at in self.restarts if now - at < RESTART_WINDOW_SECONDS]
            how = f"{self.name} ended (signal {-status})" if status < 0 else f"{self.name} ended (status {status})"
            if len(self.restarts) >= MOST_RESTARTS:
                self.gave_up = True
                return f"{how} once too often and stays down"
            self._due = now + 0.25 * 2 ** len(self.restarts)
            return f"{how}; starting it again"
        if now >= self._due:
            self._due = None
            self.restarts.append(now)
            self.signal(signal.SIGKILL)  # what the dead leader left in its group
            self.start()
        return None

    def signal(self, number: int) -> None:
        """Send a signal to the whole group."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


def stop_all(children: Sequence[Child], patience: float) -> list[str]:
    """Ask all to end, wait ``patience`` seconds, then kill the groups; names of those that had to be killed."""
    running = [child for child in children if child.process is not None]
    for child in running:
        child.signal(signal.SIGTERM)
    deadline = time.monotonic() + patience
    while any(child.status() is None for child in running) and time.monotonic() < deadline:
        time.sleep(0.05)
    late = [child.name for child in running if child.status() is None]
    for child in running:
        child.signal(signal.SIGKILL)
    for child in running:
        assert child.process is not None
        child.process.wait()
        child.process = None
    return late


def adopt_orphans() -> None:
    """On Linux, let grandchildren whose parent died come to this process, so that it can reap them."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap() -> None:
    """Collect the ended processes that nobody waits for. Only when no ``Popen`` is being waited for."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _die_with_parent() -> None:
    # A supervisor that is killed outright cannot stop its children; the kernel then does.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
