"""What is refused before anything heavy starts, and what the refusal tells."""

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from prm.local.preflight import Trouble, claim_demo, preflight, refuse_taken_port, wanted_port


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_port_in_use_is_named_with_the_next_one(taken_port: int) -> None:
    with pytest.raises(Trouble) as refusal:
        refuse_taken_port(taken_port)
    assert str(taken_port) in refusal.value.what
    assert refusal.value.next_step == f"PORT={taken_port + 1} make demo"


def test_a_free_port_passes(taken_port: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    monkeypatch.setenv("PORT", str(free))
    preflight(tmp_path)


@pytest.mark.parametrize("text", ["eighty", "0", "70000", "-1", "80.5"])
def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(Trouble, match="is not a port"):
        wanted_port()


def test_the_port_of_the_environment_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8123")
    assert wanted_port() == 8123
    monkeypatch.delenv("PORT")
    assert wanted_port() == 8000


def test_a_second_demo_of_one_data_folder_hears_where_the_first_is(tmp_path: Path) -> None:
    with claim_demo(tmp_path):
        (tmp_path / "demo.json").write_text(json.dumps({"pid": os.getpid(), "url": "http://localhost:8123"}))
        with pytest.raises(Trouble, match="already running at http://localhost:8123") as refusal:
            claim_demo(tmp_path)
    assert "make stop" in refusal.value.next_step
    claim_demo(tmp_path).close()  # free again when the first has ended


def test_every_refusal_says_what_why_and_next() -> None:
    lines = str(Trouble("It rains.", "There are clouds.", "wait")).splitlines()
    assert lines == ["It rains.", "  Why:  There are clouds.", "  Next: wait"]
