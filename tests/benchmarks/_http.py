"""The product's web server on the universe of the list benchmark, and clients that time what they ask of it over HTTP."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_sign_in, as_system
from prm.accounts.models import User
from prm.accounts.selectors.actors import actor_of_user
from prm.accounts.services.accounts import member_add
from prm.accounts.services.keys import api_key_create, api_key_revoke
from tests.benchmarks.list import prepare, summary

CLIENTS, START_SECONDS = 2, 240
EMAIL = "bench@orvane.example"
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ask:
    """One request of a class; what it answers must have ``status``. ``opening`` is answered before the clock starts."""

    name: str
    path: str
    method: str = "GET"
    body: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200


def member() -> Actor:
    """A channel director of the benchmark's database, made the first time."""
    with as_system("benchmark") as system:
        person = member_add(actor=system, email=EMAIL, name="Bench", roles=[Role.DIRECTOR], password=None)
    with as_sign_in():
        return actor_of_user(User.objects.get(pk=person.user_id))


@contextmanager
def api_key(actor: Actor, scopes: Sequence[str]) -> Iterator[dict[str, str]]:
    """The header of a fresh key, which ends with the measurement."""
    with as_role(actor):
        key, secret = api_key_create(actor=actor, name="bench", scopes=scopes)
    try:
        yield {"Authorization": f"Bearer {secret}"}
    finally:
        with as_role(actor):
            api_key_revoke(actor=actor, key_id=key.pk)


def session(actor: Actor) -> dict[str, str]:
    """The cookie of a signed-in person, as after the sign-in page."""
    with as_sign_in():
        user = User.objects.get(pk=actor.user_id)
        store = SessionStore()
        store[SESSION_KEY], store[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store.save()
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={store.session_key}"}


@contextmanager
def served(rows: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """The web server as ``make demo`` starts it (2 workers of 4 threads) on the universe; its port, and how the universe was made."""
    made = prepare(rows)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = connections["default"].settings_dict
    address = f"postgres://{quote(database['USER'])}:{quote(database['PASSWORD'] or '')}@"
    address += f":{database['PORT'] or 5432}/{made['database']}?host={quote(str(database['HOST']), safe='')}"
    env = os.environ | {"DATABASE_URL": address, "PRM_API_RATE": "1000000000", "PRM_ALLOWED_HOSTS": "127.0.0.1"}
    command = [sys.executable, "-m", "gunicorn", "prm.wsgi:application", "--workers=2", "--threads=4", "--preload"]
    command += ["--no-control-socket", f"--bind=127.0.0.1:{port}", "--timeout=120", "--log-level=warning"]
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    try:
        _wait(port, server)
        yield port, {**made, "server": server.pid}
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the web server did not start")


def measure(port: int, asks: Sequence[Ask], *, server: int) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Milliseconds by class, from ``CLIENTS`` processes with one kept connection each; classes one after another, each warm. And the
    web server's processor time a request by class."""
    connections.close_all()
    times: dict[str, list[float]] = {}
    spent: dict[str, float] = {}
    with ProcessPoolExecutor(CLIENTS, mp_context=multiprocessing.get_context("fork")) as pool:
        for name in dict.fromkeys(ask.name for ask in asks):
            mine = [ask for ask in asks if ask.name == name]
            before = processor_ms(server)
            shares = pool.map(_client, [(port, mine[number::CLIENTS]) for number in range(CLIENTS)])
            times[name] = [took for share in shares for took in share]
            spent[name] = round((processor_ms(server) - before) / (len(mine) + CLIENTS), 1)
    return times, spent


def _client(work: tuple[int, list[Ask]]) -> list[float]:
    """One client: a first request unmeasured, to connect."""
    port, asks = work
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    line.request("GET", "/healthz")
    line.getresponse().read()
    times = []
    for ask in asks:
        content = None if ask.body is None else json.dumps(ask.body).encode()
        kind = {} if content is None else {"Content-Type": "application/json"}
        started = time.perf_counter()
        line.request(ask.method, ask.path, content, {**ask.headers, **kind})
        answer = line.getresponse()
        body = answer.read()
        times.append(1000 * (time.perf_counter() - started))
        if answer.status != ask.status:
            raise RuntimeError(f"{ask.method} {ask.path} answered {answer.status}: {body[:300]!r}")
    line.close()
    return times


def ask_once(port: int, path: str, headers: dict[str, str]) -> Any:
    """The JSON of one request, outside of the measurement."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    line.request("GET", path, headers=headers)
    return json.loads(line.getresponse().read())


def processor_ms(pid: int) -> float:
    """Processor time of a process and its children so far, in ms; 0 where the system does not tell."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return 1000 * sum(_ticks(each) for each in [str(pid), *children]) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return 0.0


def _ticks(pid: str) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def report(
    name: str,
    data: dict[str, Any],
    found: dict[str, list[float]],
    spent: dict[str, float],
    limits: dict[str, int],
    floor: str,
) -> dict[str, Any]:
    """One JSON object: a bar for each class in ``limits``; the peer is ``floor``, the least that a request can cost here."""
    ours = {key: {**summary(times), "server_processor": spent[key]} for key, times in found.items()}
    peer = ours.pop(floor)
    return {
        "name": name,
        "data": {"clients": CLIENTS, "unit": "ms a request over HTTP", **{k: v for k, v in data.items() if k != "server"}},
        "ours": ours,
        "peers": {floor: peer},
        "ratios": {key: {f"p50_of_{floor}": round(value["p50"] / peer["p50"], 2)} for key, value in ours.items()},
        "errors": {},
        "bars": [
            {"bar": f"p95 of {key}, ms", "value": ours[key]["p95"], "limit": limit, "holds": ours[key]["p95"] <= limit}
            for key, limit in limits.items()
        ],
    }
