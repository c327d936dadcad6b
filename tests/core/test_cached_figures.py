"""Figures that take long are kept; the others are read afresh."""

import pytest

from prm.core import cached_figures
from prm.core.cached_figures import kept, note_seen, renew, seen_lately


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cached_figures.cache.clear()


def test_what_is_quick_is_read_afresh_each_time() -> None:
    answers = iter([1, 2])
    assert [kept("figure", lambda: next(answers)) for _view in range(2)] == [1, 2]


def test_what_takes_long_is_read_once_until_it_is_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached_figures, "SLOW_SECONDS", -1)
    answers = iter([1, 2])
    assert [kept("figure", lambda: next(answers)) for _view in range(3)] == [1, 1, 1]
    renew("figure", lambda: next(answers))
    assert kept("figure", lambda: 3) == 2


def test_what_is_quick_again_is_kept_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept("figure", lambda: 1, large=lambda _found: True) == 1
    assert kept("figure", lambda: 2, large=lambda _found: True) == 1
    assert renew("figure", lambda: 2) == 2
    assert kept("figure", lambda: 3) == 3


def test_without_the_cache_everything_is_read_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(cached_figures, "SLOW_SECONDS", -1)
    monkeypatch.setattr(cached_figures.cache, "get", broken)
    monkeypatch.setattr(cached_figures.cache, "set", broken)
    assert kept("figure", lambda: 1) == renew("figure", lambda: 1) == 1
    note_seen("many", 60)
    assert not seen_lately("many")
