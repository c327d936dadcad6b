"""The embedded Postgres and Redis: real servers, kept as long as somebody holds them, and no longer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest
import redis

from prm.local import postgres_server
from prm.local.addresses import ROOT
from prm.local.files import write_private
from prm.local.preflight import Trouble
from prm.local.services import Services
from prm.local.users import private_folder
from tests.local.processes import processes_of

HOLDER = "from prm.local.services import services; services().hold(); print('held', flush=True); input()"


def sql(services: Services, statement: str) -> list[tuple]:
    connection = psycopg2.connect(host=str(services.postgres.sockets), user="postgres", dbname="postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def redis_of(services: Services) -> redis.Redis:
    return redis.Redis(unix_socket_path=str(services.redis.socket))


def start_holder(var: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        cwd=ROOT,
        env={**os.environ, "PRM_VAR_DIR": str(var)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_data_outlives_a_stop(embedded: Services) -> None:
    embedded.hold()
    assert int(sql(embedded, "SHOW server_version_num")[0][0]) >= 160_000
    sql(embedded, "CREATE TABLE IF NOT EXISTS kept (n int)")
    sql(embedded, "INSERT INTO kept VALUES (7)")
    redis_of(embedded).set("kept", "7")
    embedded.release()
    assert not embedded.postgres.is_running()
    assert not embedded.redis.is_running()
    assert processes_of(embedded.var) == []
    embedded.hold()
    assert (7,) in sql(embedded, "SELECT n FROM kept")
    assert redis_of(embedded).get("kept") == b"7"


def test_memory_follows_what_a_container_may_use(embedded: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(postgres_server, "CONTAINER_LIMITS", (limit, tmp_path / "absent"))
    limit.write_text("max\n")
    assert postgres_server.memory() == os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit.write_text("1073741824\n")
    embedded.hold()
    assert sql(embedded, "SHOW shared_buffers") == [("64MB",)]


def test_nothing_listens_on_a_network(embedded: Services) -> None:
    embedded.hold()
    assert sql(embedded, "SHOW listen_addresses") == [("",)]
    assert redis_of(embedded).config_get("port") == {"port": "0"}
    assert embedded.postgres.sockets.stat().st_mode & 0o077 == 0, "others may not reach a server that asks no password"


def test_a_list_of_passwords_is_closed_also_where_an_open_one_lies(tmp_path: Path) -> None:
    path = tmp_path / "run" / "accounts.txt"
    path.parent.mkdir()
    path.write_text("an earlier version left this")
    path.chmod(0o644)
    write_private(path, "agnes  a-pass-word")
    assert (path.stat().st_mode & 0o777, path.read_text()) == (0o600, "agnes  a-pass-word")


def test_redis_keeps_its_append_only_file(embedded: Services) -> None:
    embedded.hold()
    assert redis_of(embedded).config_get("appendonly") == {"appendonly": "yes"}


def test_the_last_holder_stops_the_servers(embedded: Services) -> None:
    first = start_holder(embedded.var)
    second = start_holder(embedded.var)
    try:
        first.communicate("\n", timeout=20)
        assert embedded.postgres.is_running(), "the second holder still needs it"
        second.communicate("\n", timeout=20)
        assert not embedded.postgres.is_running()
        assert not embedded.redis.is_running()
    finally:
        first.kill()
        second.kill()


def test_a_killed_holder_holds_nothing(embedded: Services) -> None:
    holder = start_holder(embedded.var)
    holder.kill()
    holder.wait(10)
    assert embedded.postgres.is_running(), "nobody was there to stop it"
    embedded.hold()
    embedded.release()
    assert not embedded.postgres.is_running()


def test_five_starters_at_once_share_one_server(embedded: Services) -> None:
    command = HOLDER.replace("input()", "import time; time.sleep(1)")
    env = {**os.environ, "PRM_VAR_DIR": str(embedded.var)}
    starters = [subprocess.Popen([sys.executable, "-c", command], cwd=ROOT, env=env) for _ in range(5)]
    assert [starter.wait(30) for starter in starters] == [0] * 5
    assert not embedded.postgres.is_running()


def test_servers_that_were_asked_to_stay_do(embedded: Services) -> None:
    def local(verb: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "prm.local", verb], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
        )
        return done.stdout

    assert local("up").count("running") == 2
    embedded.hold()
    embedded.release()
    assert embedded.postgres.is_running()
    assert "Postgres" in local("down")
    assert local("status").count("stopped") == 2


def test_a_killed_postgres_comes_back_with_what_was_committed(embedded: Services) -> None:
    embedded.hold()
    sql(embedded, "CREATE TABLE IF NOT EXISTS committed (n int)")
    sql(embedded, "INSERT INTO committed VALUES (1)")
    pid = int((embedded.postgres.data / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while embedded.postgres.is_running() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert embedded.ensure() == ["Postgres"]
    assert (1,) in sql(embedded, "SELECT n FROM committed")


def test_the_lock_file_of_a_dead_server_does_not_keep_the_next_one_out(embedded: Services) -> None:
    embedded.hold()
    embedded.release()
    # As after a restart of a container, where another program has the number now: here, this test.
    pid_file = embedded.postgres.data / "postmaster.pid"
    pid_file.write_text(
        f"{os.getpid()}\n{embedded.postgres.data}\n1700000000\n5432\n{embedded.postgres.sockets}\n\n1 1\nready\n"
    )
    embedded.hold()
    assert sql(embedded, "SELECT 1") == [(1,)]


@pytest.mark.parametrize(
    ("url", "started"), [("DATABASE_URL", ["Redis"]), ("REDIS_URL", ["Postgres"])], ids=["real Postgres", "real Redis"]
)
def test_a_named_server_replaces_the_embedded_one(
    embedded: Services, monkeypatch: pytest.MonkeyPatch, url: str, started: list[str]
) -> None:
    monkeypatch.setenv(url, "somewhere://else")
    embedded.hold()
    assert [server.name for server in (embedded.postgres, embedded.redis) if server.is_running()] == started


def test_a_database_is_prepared_once(embedded: Services) -> None:
    calls: list[int] = []
    embedded.hold()
    (embedded.postgres.data / "prm-prepared").unlink(missing_ok=True)
    embedded.prepare(lambda: calls.append(1))
    embedded.prepare(lambda: calls.append(2))
    embedded.prepare(lambda: calls.append(3), again=True)
    assert calls == [1, 3]


def test_a_strangers_folder_is_refused(tmp_path: Path) -> None:
    squatted = tmp_path / "sockets"
    squatted.symlink_to(tmp_path)
    with pytest.raises(Trouble, match="belongs to somebody else"):
        private_folder(squatted)


def test_a_server_that_cannot_start_says_why(embedded: Services) -> None:
    embedded.hold()
    embedded.release()
    settings = embedded.postgres.data / "postgresql.conf"
    good = settings.read_text()
    settings.write_text(good + "\nno_such_setting = 1\n")
    try:
        with pytest.raises(Trouble, match="Postgres did not start") as refusal:
            embedded.hold()
        assert "no_such_setting" in refusal.value.why
    finally:
        settings.write_text(good)
