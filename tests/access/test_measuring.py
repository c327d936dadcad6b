"""The measurements of the walls measure: pairs see a small cost through a machine's noise, and a client takes one answer for one."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.benchmarks.crossing import Line
from tests.benchmarks.walls import cost_of


def pairs(cost: float, seed: int = 3) -> list[tuple[float, float]]:
    """Answers of about 20 ms on a machine that others slow down up to tenfold for a while: both of a pair alike."""
    chance, found = random.Random(seed), []
    for _n in range(60):
        slow = chance.choice([1, 1, 1, 2, 5, 10])
        found.append(tuple(slow * (base + chance.gauss(0, 0.3)) for base in (20 * (1 + cost), 20)))
    return found


@pytest.mark.parametrize("cost", [0.0, 0.05, 0.25])
def test_pairs_see_a_cost_through_ten_times_its_noise(cost: float) -> None:
    measured, low, high = cost_of(pairs(cost), random.Random(5))
    assert low <= measured <= high
    assert abs(measured - cost) < 0.03
    assert high - low < 0.10


def test_a_cost_beyond_the_bar_is_seen_as_one() -> None:
    assert cost_of(pairs(0.25), random.Random(5))[1] > 0.10
    assert cost_of(pairs(0.0), random.Random(5))[2] < 0.10


@contextmanager
def answering(*parts: bytes) -> Iterator[int]:
    """A server that sends these parts to whoever asks; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _address = server.accept()
            with line:
                line.recv(1_000)
                for part in parts:
                    line.sendall(part)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def test_an_answer_is_read_to_its_end_in_however_many_parts_it_comes() -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-", b"Length: 5\r\n\r\nab", b"cde") as port:
        assert Line(port).ask(b"GET / HTTP/1.1\r\n\r\n") == (200, b"abcde")


@pytest.mark.parametrize("parts", [
    [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nc"],
    [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"],
    [b"HTTP/1.1 200 OK\r\n\r\nab"],
])  # fmt: skip
def test_what_is_not_one_whole_answer_fails(parts: list[bytes]) -> None:
    with answering(*parts) as port, pytest.raises(OSError, match=r"answer|ended"):
        Line(port).ask(b"GET / HTTP/1.1\r\n\r\n")
