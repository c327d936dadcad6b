"""Addresses follow from the data folder alone, and fit into a Unix socket."""

from pathlib import Path

import pytest

from prm.local.addresses import postgres_socket_dir, redis_client_url, redis_socket, var_dir

DEEP = Path("/home/somebody/with/a/long/name") / ("deep/" * 40)


def test_sockets_of_a_deep_checkout_are_short_enough() -> None:
    # macOS allows 104 bytes, Linux 108.
    assert len(str(postgres_socket_dir(DEEP) / ".s.PGSQL.5432.lock")) < 100
    assert len(str(redis_socket(DEEP))) < 100


def test_two_checkouts_do_not_meet() -> None:
    assert postgres_socket_dir(Path("/a/var")) != postgres_socket_dir(Path("/b/var"))
    assert redis_socket(Path("/a/var")) != redis_socket(Path("/b/var"))


def test_the_environment_moves_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PRM_VAR_DIR", str(tmp_path / "elsewhere"))
    assert var_dir() == tmp_path / "elsewhere"
    assert redis_socket() == redis_socket(tmp_path / "elsewhere")


def test_another_temporary_folder_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = redis_socket()
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert redis_socket() == before


def test_a_socket_is_written_as_the_client_reads_it_and_a_server_is_left_as_it_is() -> None:
    assert redis_client_url("redis+socket:///tmp/a.sock") == "unix:///tmp/a.sock"
    assert redis_client_url("rediss://:word@redis.example:6379/0") == "rediss://:word@redis.example:6379/0"
