"""Are events lost when things are killed? 10,000 of them under ≥ 20 worker kills, 5 Redis kills with FLUSHALL, 3 immediate Postgres stops.

Everything runs in a folder of its own, on sockets that only its user reaches: Postgres, Redis, three workers, a beat, two publishers. Only
what was started here is killed, and all of it ends with the run, which is bounded. A subscriber whose effect is in the database and one
whose effect is outside (a line of a file) take each event; the product's audit chain takes it as well. Beside them, for each event, a
plain Celery task without an outbox, acknowledged late and retried: the peer, on the same workers and the same Redis, under the same kills.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2
import redis as redis_package

from prm.local.addresses import ROOT, socket_dir
from prm.local.services import Services

EVENTS, WORKER_KILLS, REDIS_KILLS, POSTGRES_STOPS = 10_000, 20, 5, 3
QUICK = (1_000, 3, 1, 1)
WORKERS, PUBLISHERS = 3, 2
MAX_DUPLICATES, MAX_DRAIN_SECONDS = 0.05, 60.0
BOUND_SECONDS = 900
PACE_SECONDS = 4.0  # a fault comes this long after work was last seen to go on, at least half of it
CYCLE_SECONDS = 7.0  # what a fault and getting to work again take together: publishing goes on as long
WORLD, PUBLISHER = "tests.benchmarks._outbox_world", "tests.benchmarks._outbox_publisher"


class Installation:
    """One run: its servers and processes, all of them its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        services = Services(folder)
        self.postgres, self.redis = services.postgres, services.redis
        # A command that ends leaves them running.
        services.keep_file.parent.mkdir(parents=True, exist_ok=True)
        services.keep_file.touch()
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "REDIS_URL", "DATABASE_OWNER_URL"}
        }
        self.env = kept | {
            "PRM_VAR_DIR": str(folder), "PRM_BENCH_FOLDER": str(folder), "PRM_DEBUG": "0", "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "prm.settings.dev",
        }  # fmt: skip
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.backlog: list[tuple[float, int]] = []  # seconds after the last fault, what had not arrived yet

    def prepare(self) -> None:
        """Servers, roles, schema, tables of the effects."""
        self.postgres.start()
        self.redis.start()
        for command in (
            ["manage.py", "setup_database"],
            ["manage.py", "migrate", "--no-input"],
            ["-m", PUBLISHER, "prepare"],
        ):
            subprocess.run([sys.executable, *command], cwd=ROOT, env=self.env, check=True, capture_output=True, timeout=240)

    def start(self, name: str, *arguments: str) -> None:
        """A process in a group of its own, with a log of its own."""
        log = (self.folder / f"{name}.log").open("ab")
        self.running[name] = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
        )

    def start_worker(self, number: int) -> None:
        """A worker of the product's delivery queue and of the peer's."""
        options = [
            "--queues=delivery,peer",
            "--concurrency=1",
            f"--hostname=w{number}-{time.monotonic_ns()}@bench",
            "--loglevel=WARNING",
        ]
        self.start(f"worker{number}", "-m", "celery", "-A", WORLD, "worker", *options, "--without-gossip", "--without-mingle")

    def kill(self, name: str) -> None:
        """-9 to a process and its children."""
        process = self.running[name]
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def end(self) -> None:
        """Ends what this run started."""
        for name in self.running:
            self.kill(name)
        self.redis.stop()
        self.postgres.stop()
        shutil.rmtree(socket_dir(self.folder), ignore_errors=True)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows, as the server's own administrator."""
        link = psycopg2.connect(host=str(self.postgres.sockets), user="postgres", dbname="prm")
        try:
            with link.cursor() as cursor:
                cursor.execute(sql)
                return list(cursor.fetchall())
        finally:
            link.close()

    def crash_redis(self) -> None:
        """-9, then up again and emptied of whatever it still had."""
        client = redis_package.Redis(unix_socket_path=str(self.redis.socket))
        os.kill(int(client.info("server")["process_id"]), signal.SIGKILL)
        until(lambda: not self.redis.is_running(), 10, "Redis ended")
        self.redis.start()
        redis_package.Redis(unix_socket_path=str(self.redis.socket)).flushall()

    def crash_postgres(self) -> None:
        """An immediate shutdown: no session is let finish, the next start replays the log."""
        pid = int((self.postgres.data / "postmaster.pid").read_text().split(maxsplit=1)[0])
        os.kill(pid, signal.SIGQUIT)
        until(lambda: not self.postgres.is_running(), 20, "Postgres ended")
        self.postgres.stop()
        self.postgres.start()


def run(folder: Path | None, *, quick: bool = False, seed: int = 27) -> dict[str, Any]:
    """The whole of it; facts and bars."""
    events, worker_kills, redis_kills, postgres_stops = (
        QUICK if quick else (EVENTS, WORKER_KILLS, REDIS_KILLS, POSTGRES_STOPS)
    )
    place = Path(tempfile.mkdtemp(prefix="prm-bench-outbox-"))
    place.chmod(0o755)
    installation = Installation(place)
    try:
        installation.prepare()
        faults = _faults(worker_kills, redis_kills, postgres_stops, random.Random(seed))
        began = time.monotonic()
        _start(installation, events, len(faults), seed)
        last_fault = _injure(installation, faults, began + BOUND_SECONDS / 2)
        publishers = [process for name, process in installation.running.items() if name.startswith("publisher")]
        for process in publishers:
            process.wait(max(1.0, began + BOUND_SECONDS / 2 - time.monotonic()))
        drained = _drained(installation, last_fault)
        published = time.monotonic() - began
        _peer_drained(installation)
        return _result(installation, events, faults, drained, published, quick)
    finally:
        installation.end()
        shutil.rmtree(place, ignore_errors=True)


def _faults(workers: int, redis: int, postgres: int, rng: random.Random) -> list[str]:
    """The faults in a mixed order; a worker's first and last."""
    middle = ["worker"] * (workers - 2) + ["redis"] * redis + ["postgres"] * postgres
    rng.shuffle(middle)
    return ["worker", *middle, "worker"]


def _start(installation: Installation, events: int, faults: int, seed: int) -> None:
    """Workers, then publishers that go on until about the last fault."""
    for number in range(WORKERS):
        installation.start_worker(number)
    installation.start(
        "beat",
        "-m",
        "celery",
        "-A",
        WORLD,
        "beat",
        "--loglevel=WARNING",
        "--pidfile=",
        f"--schedule={installation.folder}/beat",
    )
    share = events // PUBLISHERS
    pace = share / (faults * CYCLE_SECONDS)
    for number in range(PUBLISHERS):
        numbers = (str(number * share), str((number + 1) * share), str(pace), str(seed + number))
        installation.start(f"publisher{number}", "-m", PUBLISHER, *numbers)


def _injure(installation: Installation, faults: list[str], deadline: float) -> float:
    """One fault after another; when the last one was over."""
    next_worker = 0
    for fault in faults:
        if time.monotonic() > deadline:
            raise TimeoutError("the faults take too long on this machine")
        until(lambda: _at_work(installation), 60, "events were being delivered")
        time.sleep(PACE_SECONDS * 0.5)
        if fault == "worker":
            installation.kill(f"worker{next_worker}")
            installation.start_worker(next_worker)
            next_worker = (next_worker + 1) % WORKERS
        elif fault == "redis":
            installation.crash_redis()
        else:
            installation.crash_postgres()
    return time.monotonic()


def _at_work(installation: Installation) -> bool:
    """Whether something was delivered within the last second; a fault that hits nothing proves nothing."""
    before = installation.ask("SELECT count(*) FROM staging.bench_effect")[0][0]
    time.sleep(PACE_SECONDS * 0.25)
    publishing = any(process.poll() is None for name, process in installation.running.items() if name.startswith("publisher"))
    return bool(installation.ask("SELECT count(*) FROM staging.bench_effect")[0][0] > before) or not publishing


def _open(installation: Installation) -> int:
    """Events without a position, and deliveries that wait."""
    return int(
        installation.ask(
            "SELECT (SELECT count(*) FROM events_outboxevent WHERE position IS NULL)"
            " + (SELECT count(*) FROM events_delivery WHERE state = 'waiting')"
        )[0][0]
    )


def _drained(installation: Installation, since: float) -> float:
    """Seconds from ``since`` until everything that was told had arrived; infinite when it did not in time."""
    while time.monotonic() - since < 180:
        left = _open(installation)
        installation.backlog.append((round(time.monotonic() - since, 1), left))
        if not left:
            return time.monotonic() - since
        time.sleep(0.2)
    return float("inf")


def _peer_drained(installation: Installation) -> None:
    """Gives the peer as long as it still moves, at most a minute and a half: its retries take up to ten seconds each."""
    last, still, deadline = -1, 0, time.monotonic() + 90
    while still < 25 and time.monotonic() < deadline:
        count = installation.ask("SELECT count(*) FROM staging.bench_peer")[0][0]
        still = still + 1 if count == last else 0
        last = count
        time.sleep(1)


def _result(
    installation: Installation, events: int, faults: list[str], drained: float, seconds: float, quick: bool
) -> dict[str, Any]:
    rows = installation.ask("SELECT id::text, subject_id::text, (data->>'n')::int, position FROM events_outboxevent")
    told = {key: (subject, n) for key, subject, n, _position in rows}
    order = {key: position for key, _subject, _n, position in rows}
    acknowledged = {int(line) for path in installation.folder.glob("acknowledged-*.txt") for line in path.read_text().split()}
    inside = [row[0] for row in installation.ask("SELECT event_id::text FROM staging.bench_effect ORDER BY place")]
    lines = [line.split() for line in (installation.folder / "outside.txt").read_text().splitlines()]
    outside = [line[0] for line in lines]
    peer = Counter(row[0] for row in installation.ask("SELECT n FROM staging.bench_peer"))
    chained = installation.ask("SELECT count(*), count(DISTINCT event_id) FROM events_auditentry")[0]
    dead = installation.ask("SELECT count(*) FROM events_delivery WHERE state = 'dead'")[0][0]
    verified = subprocess.run(
        [sys.executable, "manage.py", "audit_verify"],
        cwd=ROOT,
        env=installation.env,
        capture_output=True,
        text=True,
        check=False,
    )
    lost = (
        len(acknowledged - {n for _subject, n in told.values()})
        + len(set(told) - set(inside))
        + len(set(told) - set(outside))
    )
    doubles = (len(inside) - len(set(inside))) + (chained[0] - chained[1])
    duplicates = (len(outside) - len(set(outside))) / max(1, len(told))
    overtaken = _overtaken(inside, told, order) + _overtaken(list(dict.fromkeys(outside)), told, order)
    strange = len([key for key in (*inside, *outside) if key not in told])
    peer_lost = len(acknowledged) - len(acknowledged & set(peer))
    return {
        "benchmark": "outbox", "quick": quick,
        "events": len(told), "acknowledged": len(acknowledged), "faults": dict(Counter(faults)), "seconds": round(seconds, 1),
        "backlog_after_last_fault": installation.backlog[:: max(1, len(installation.backlog) // 12)],
        "ours": {
            "lost": lost, "duplicates_percent": round(duplicates * 100, 3), "double_effects": doubles, "drain_seconds": round(drained, 1),
            "overtaken": overtaken, "unknown_ids": strange, "dead_letters": dead, "chained": chained[1],
            "chain_is_whole": verified.returncode == 0,
        },
        "peer": {
            "what": "Celery task sent after commit, acks_late, reject_on_worker_lost, retried on database errors",
            "lost": peer_lost, "double_effects": sum(times - 1 for times in peer.values()),
        },
        "bars": [
            _bar("events that were told", len(acknowledged), f">= {events}", len(acknowledged) >= events),
            _bar("lost", lost, "0", lost == 0),
            _bar("duplicates outside, same id, %", round(duplicates * 100, 3), "<= 5", duplicates <= MAX_DUPLICATES and not strange),
            _bar("double effects", doubles, "0", doubles == 0),
            _bar("overtaken within a subject", overtaken, "0", overtaken == 0),
            _bar("seconds to drain after the last fault", round(drained, 1), f"<= {MAX_DRAIN_SECONDS:.0f}", drained <= MAX_DRAIN_SECONDS),
            _bar("chain whole, with every event", chained[1], str(len(told)), verified.returncode == 0 and chained[1] == len(told)),
        ],
    }  # fmt: skip


def _overtaken(keys: list[str], told: dict[str, tuple[str, int]], order: dict[str, int]) -> int:
    """How often an event of a subject took effect after a later one."""
    last: dict[str, int] = {}
    found = 0
    for key in keys:
        if key in told:
            subject = told[key][0]
            found += order[key] < last.get(subject, 0)
            last[subject] = max(order[key], last.get(subject, 0))
    return found


def _bar(bar: str, value: Any, limit: str, holds: bool) -> dict[str, Any]:
    return {"bar": bar, "value": value, "limit": limit, "holds": bool(holds)}


def until(what: Callable[[], bool], seconds: float, words: str) -> None:
    """Waits until ``what`` holds. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds} s until {words}")
        time.sleep(0.05)
