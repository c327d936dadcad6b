"""``python -m prm.local.demo``: the whole product on one machine, as ``make demo`` starts it.

Postgres and Redis (unless the environment names others), web, workers and beat are started in this order, watched, started
again when they die, and stopped together on Ctrl-C or SIGTERM. Data stays in the data folder.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from prm.local.addresses import ROOT, var_dir
from prm.local.children import Child, adopt_orphans, reap, stop_all
from prm.local.console import note, say, step
from prm.local.files import tail
from prm.local.preflight import Trouble, bind_address, claim_demo, refuse_taken_port, report, wanted_port
from prm.local.prepare import ACCOUNTS
from prm.local.probe import probe
from prm.local.services import Services, services
from prm.local.version import code_and_database

READY_SECONDS = 90
# A worker's tasks resume after a kill, so nobody has to wait for a long one.
PATIENCE_SECONDS = 6.0
TICK_SECONDS = 0.25
SERVICES_TICKS = 8


class Stopped(Exception):
    """The person, or the system, asked the demo to end."""


class Demo:
    """The supervisor: what it started, and whether it was asked to stop."""

    def __init__(self, var: Path, port: int) -> None:
        self.var, self.port = var, port
        self.services: Services = services()
        self.url = f"http://localhost:{port}"
        self.stopping = False
        self.hurry = False
        self._asked_at = 0.0
        # `make` may be killed without passing the signal on; under it, losing the parent means to stop.
        self._parent = os.getppid() if os.environ.get("MAKELEVEL") else None
        self.children = [self._child(name, command) for name, command in commands(port, var).items()]
        self._services_restarts = 0
        self._prepared = False

    def run(self) -> None:
        """Start, serve until asked to stop, stop. Raises ``Trouble`` when it cannot serve; stops in every case."""
        try:
            self._start()
            self._watch()
        except Stopped:
            say()
        finally:
            self._stop()

    def ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        """Signal handler. A terminal may send the signal twice at once; a second one later means: now."""
        now = time.monotonic()
        if self.stopping and now - self._asked_at > 1:
            self.hurry = True
        if not self.stopping:
            self.stopping, self._asked_at = True, now

    def _child(self, name: str, command: list[str]) -> Child:
        env = {"PRM_DEBUG": "0", "DJANGO_SETTINGS_MODULE": "prm.settings.dev", **os.environ, "PYTHONUNBUFFERED": "1"}
        return Child(name, command, self.var / "log" / f"{name}.log", env)

    def _start(self) -> None:
        say("PRM demo")
        wanted = [server.name for server in self.services.wanted()]
        if wanted:
            with step(" and ".join(wanted)):
                self.services.hold()
        # The last start with this code left the database up to date: Django need not be loaded to find that out.
        stamp, version = self.var / "run" / "prepared", code_and_database(self.var)
        if not stamp.exists() or stamp.read_text() != version:
            self._prepare()
            stamp.write_text(code_and_database(self.var))
        with step("web, workers and beat ready"):
            # Beat last: on two cores it would only make the others late.
            for child in self.children[:-1]:
                child.start()
            self._await_ready()
            self.children[-1].start()
        accounts = (self.var / "run" / ACCOUNTS).read_text().rstrip()
        say(f"\n  {self.url}\n")
        if accounts:
            say("\n".join(f"  {line}" for line in accounts.splitlines()) + "\n")
        say(f"  Ctrl-C stops everything and keeps the data in {short(self.var)}; logs: {short(self.var / 'log')}")

    def _prepare(self) -> None:
        self._prepared = True
        log = self.var / "log" / "prepare.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        env = self.children[0].env
        with log.open("wb") as output:
            command = [sys.executable, "-m", "prm.local.prepare"]
            process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=output, start_new_session=True)
        while process.poll() is None:
            try:
                self._check_asked()
            except Stopped:
                os.killpg(process.pid, signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(PATIENCE_SECONDS)
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise
            time.sleep(TICK_SECONDS)
        if process.returncode:
            raise Trouble("The database could not be brought up to date.", tail(log), f"read {log}, then `make demo` again")

    def _await_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            self._check_asked()
            self._check_children()
            status, answer = probe(probe_url(self.port))
            if status == 200:
                return
            if answer.get("checks", {}).get("migrations", {}).get("status") == "failed" and not self._prepared:
                self._prepare()  # somebody emptied the database by hand
                continue
            given_up = [child for child in self.children if child.gave_up]
            if given_up or time.monotonic() > deadline:
                checks = answer.get("checks", {})
                wrong = {name: check for name, check in checks.items() if check.get("status") != "ok"}
                child = given_up[0] if given_up else self.children[0]
                why = f"/readyz says {json.dumps(wrong)}" if wrong else tail(child.log)
                raise Trouble("The demo does not get ready.", why, f"read the logs in {self.var / 'log'}")
            time.sleep(TICK_SECONDS)

    def _watch(self) -> None:
        tick = 0
        while True:
            self._check_asked()
            self._check_children()
            if any(child.gave_up for child in self.children[:1]):
                web = self.children[0]
                raise Trouble("The web server keeps ending.", tail(web.log), f"read {web.log}, then `make demo` again")
            tick += 1
            if tick % SERVICES_TICKS == 0:
                self._check_services()
            time.sleep(TICK_SECONDS)

    def _check_asked(self) -> None:
        if self._parent is not None and os.getppid() != self._parent:
            self.stopping = True
        if self.stopping:
            raise Stopped

    def _check_children(self) -> None:
        for child in self.children:
            message = child.look_after(time.monotonic())
            if message:
                note("✗" if child.gave_up else "!", f"{message}; see {short(child.log)}")

    def _check_services(self) -> None:
        dead = [server for server in self.services.wanted() if not server.is_running()]
        if not dead:
            return
        self._services_restarts += 1
        if self._services_restarts > 10:
            log = dead[0].log
            raise Trouble(f"{dead[0].name} keeps ending.", tail(log), f"read {log}, then `make demo` again")
        for name in self.services.ensure():
            note("!", f"{name} had ended and was started again; see {short(self.var / 'log')}")

    def _stop(self) -> None:
        if any(child.process for child in self.children):
            note("✓", "stopping")
        killed = stop_all(self.children, 0 if self.hurry else PATIENCE_SECONDS)
        if killed:
            note("!", f"{' and '.join(killed)} took too long and had to be killed; jobs resume at the next start")
        self.services.release()
        reap()
        note("✓", "everything stopped; the data is kept")


def commands(port: int, var: Path) -> dict[str, list[str]]:
    """The programs of the demo, web first. The same ones run on a server (docker-compose.yml)."""
    python = sys.executable
    binds = [f"{bind_address()}:{port}"]
    if bind_address() == "127.0.0.1" and has_ipv6():
        binds.append(f"[::1]:{port}")  # some systems resolve localhost to it first
    web = [python, "-m", "gunicorn", "prm.wsgi:application", "--workers=2", "--threads=4", "--preload"]
    web += ["--no-control-socket", "--access-logfile=-", "--logger-class=prm.core.access_log.MaskedLogger"]
    web += ["--graceful-timeout=4", "--timeout=120"]
    worker = [python, "-m", "celery", "-A", "prm", "worker", "--loglevel=INFO", "--without-gossip", "--without-mingle"]
    beat = [python, "-m", "celery", "-A", "prm", "beat", "--loglevel=INFO", f"--schedule={var / 'run' / 'beat'}"]
    return {
        "web": [*web, *(f"--bind={bind}" for bind in binds)],
        "worker": [*worker, "--queues=interactive,bulk", "--concurrency=2", "--hostname=demo@%h"],
        "delivery": [*worker, "--queues=delivery", "--concurrency=1", "--hostname=delivery@%h"],
        "beat": [*beat, "--pidfile="],
    }


def has_ipv6() -> bool:
    """True when this machine has the loopback address ::1."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe_socket:
            probe_socket.bind(("::1", 0))
    except OSError:
        return False
    return True


def probe_url(port: int) -> str:
    """Where this machine asks whether the demo is ready."""
    host = bind_address()
    return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/readyz"  # noqa: S104  compared, not bound


def short(path: Path) -> str:
    """A path as a person at the checkout would type it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def main() -> int:
    """Run the demo; 0 after an orderly stop, 1 when something has to be settled by a person."""
    var = var_dir()
    # What the demo writes (mails with links to sign in, uploads, logs, passwords) is for whoever started it, not for the machine's other
    # users.
    os.umask(0o077)
    try:
        port = wanted_port()
        with claim_demo(var / "run"):
            refuse_taken_port(port)
            demo = Demo(var, port)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, demo.ask_to_stop)
            facts = var / "run" / "demo.json"
            facts.write_text(json.dumps({"pid": os.getpid(), "url": demo.url}))
            adopt_orphans()
            try:
                demo.run()
            finally:
                facts.unlink(missing_ok=True)
    except Trouble as trouble:
        report(trouble)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
