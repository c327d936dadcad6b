"""How often somebody may do something."""

from __future__ import annotations

import time

import pytest
from django.core.cache import cache

from prm.core.throttle import Limit

LIMIT = Limit("test", most=2, seconds=60)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(time, "time", lambda: 6_000_010.0)


def test_each_owner_has_a_window_of_their_own() -> None:
    assert [LIMIT.use("a").remaining for _time in range(3)] == [1, 0, -1]
    assert LIMIT.use("b").remaining == 1
    assert LIMIT.use("a").is_used_up
    assert not LIMIT.use("b").is_used_up


def test_asking_whether_it_is_reached_counts_nothing() -> None:
    for _time in range(5):
        assert not LIMIT.is_reached("a")
    LIMIT.use("a")
    LIMIT.use("a")
    assert LIMIT.is_reached("a")


def test_the_next_window_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    assert LIMIT.use("a").reset == 50
    LIMIT.use("a")
    assert LIMIT.is_reached("a")
    monkeypatch.setattr(time, "time", lambda: 6_000_060.0)
    assert not LIMIT.is_reached("a")
    assert LIMIT.use("a").remaining == 1


def test_the_cache_holds_no_address_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("prm.core.throttle.cache.get", asked.append)
    LIMIT.is_reached("203.0.113.7")
    assert len(asked) == 1
    assert "203.0.113.7" not in asked[0]
