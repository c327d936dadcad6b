"""Waiting, giving up and keeping order are arithmetic: no database needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from prm.events.rules import MOST_ATTEMPTS, Waiting, choose, is_hopeless, pause_after

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
SOON = NOW + timedelta(minutes=1)


def row(position: int, lane: int = 1, *, attempts: int = 0, due_at: datetime = NOW) -> Waiting:
    return Waiting(UUID(int=position), UUID(int=lane), position, attempts, due_at)


def positions(keys: list[UUID]) -> list[int]:
    return [key.int for key in keys]


def test_pauses_grow_from_seconds_to_hours_and_then_stay() -> None:
    assert [pause_after(n).total_seconds() for n in range(1, 10)] == [2, 10, 60, 300, 1800, 7200, 21600, 21600, 21600]


def test_a_delivery_is_given_up_after_its_last_pause() -> None:
    assert [is_hopeless(n) for n in (MOST_ATTEMPTS - 1, MOST_ATTEMPTS)] == [False, True]


def test_what_nothing_holds_up_goes_out_in_order() -> None:
    choice = choose([row(1, 1), row(2, 2), row(3, 1)], [], now=NOW, most=10)
    assert (positions(choice.now), choice.later) == ([1, 2, 3], {})


def test_a_later_event_waits_for_an_earlier_one_of_its_subject_only() -> None:
    choice = choose([row(5, 1), row(6, 2), row(7, 1)], [row(3, 1)], now=NOW, most=10)
    assert positions(choice.now) == [6]


def test_what_waits_behind_a_put_off_one_is_put_off_as_long() -> None:
    choice = choose([row(5, 1), row(6, 2)], [row(3, 1, due_at=SOON)], now=NOW, most=10)
    assert (positions(choice.now), choice.later) == ([6], {UUID(int=5): SOON})


def test_a_replayed_letter_does_not_wait_for_what_came_after_it() -> None:
    assert positions(choose([row(2, 1)], [row(9, 1)], now=NOW, most=10).now) == [2]


def test_what_was_tried_twice_goes_alone() -> None:
    assert positions(choose([row(1, attempts=1), row(2, 2)], [], now=NOW, most=10).now) == [1, 2]
    assert positions(choose([row(1, attempts=2), row(2, 2)], [], now=NOW, most=10).now) == [1]
    assert positions(choose([row(1), row(2, 2, attempts=2), row(3, 3)], [], now=NOW, most=10).now) == [1]


def test_no_more_go_out_than_fit() -> None:
    assert positions(choose([row(n, n) for n in range(1, 9)], [], now=NOW, most=3).now) == [1, 2, 3]


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3), st.booleans()), max_size=30),
    st.integers(1, 10),
)
def test_whatever_waits_nothing_of_a_subject_overtakes_another(given_rows: list[tuple[int, int, bool]], most: int) -> None:
    rows = [row(n, lane, attempts=attempts) for n, (lane, attempts, _) in enumerate(given_rows, 1)]
    in_hand = [waiting for waiting, (_, _, held) in zip(rows, given_rows, strict=True) if held]
    others = [waiting for waiting, (_, _, held) in zip(rows, given_rows, strict=True) if not held]
    heads = [min((o for o in others if o.lane == lane), key=lambda o: o.position) for lane in {o.lane for o in others}]
    chosen = set(choose(in_hand, heads, now=NOW, most=most).now)
    for waiting in in_hand:
        if waiting.id in chosen:
            earlier = [o for o in rows if o.lane == waiting.lane and o.position < waiting.position]
            assert all(o.id in chosen for o in earlier)
