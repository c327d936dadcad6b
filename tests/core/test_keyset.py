"""Pages by keyset: every row exactly once, in order, in both directions, with unknown values last."""

import itertools

import pytest

from prm.access.actors import Actor
from prm.core.keyset import BadCursor, keyset_page
from prm.partners.models import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def universe(as_system: Actor) -> None:
    sizes = [5, None, 3, 3, 3, None, 8, 1, None, 5, 2]
    Company.objects.bulk_create(Company(name=f"C{n}", name_key=f"c{n:02}", employees=size) for n, size in enumerate(sizes))


def forwards(order: list[str], limit: int) -> tuple[list[Company], list[str]]:
    rows, cursors, cursor = [], [], ""
    for _ in range(50):
        page = keyset_page(Company.objects.all(), order=order, cursor=cursor, limit=limit)
        rows += page.rows
        cursors.append(page.previous)
        cursor = page.next
        if not cursor:
            return rows, cursors
    raise AssertionError("paging does not end")


@pytest.mark.parametrize(("descending", "limit"), list(itertools.product([False, True], [1, 2, 3, 4, 11, 50])))
def test_every_row_comes_once_and_unknown_values_last(universe: None, descending: bool, limit: int) -> None:
    rows, _cursors = forwards(["-employees" if descending else "employees"], limit)
    assert len({row.pk for row in rows}) == len(rows) == 11
    values = [row.employees for row in rows]
    assert values == sorted([v for v in values if v is not None], reverse=descending) + [None] * 3


@pytest.mark.parametrize(("descending", "limit"), list(itertools.product([False, True], [1, 2, 3, 4])))
def test_going_back_shows_the_same_pages(universe: None, descending: bool, limit: int) -> None:
    order = ["-employees" if descending else "employees"]
    pages, cursor = [], ""
    while True:
        page = keyset_page(Company.objects.all(), order=order, cursor=cursor, limit=limit)
        pages.append(page)
        if not page.next:
            break
        cursor = page.next
    for before, after in itertools.pairwise(pages):
        back = keyset_page(Company.objects.all(), order=order, cursor=after.previous, limit=limit)
        assert [row.pk for row in back.rows] == [row.pk for row in before.rows]
        assert bool(back.previous) == bool(before.previous)


def test_a_row_added_while_paging_moves_nothing(universe: None) -> None:
    order = ["name_key"]
    first = keyset_page(Company.objects.all(), order=order, limit=4)
    Company.objects.create(name="C00 before")
    second = keyset_page(Company.objects.all(), order=order, cursor=first.next, limit=4)
    assert [row.name for row in second.rows] == ["C4", "C5", "C6", "C7"]


@pytest.mark.parametrize("cursor", ["x", "WyJuYW1lIl0:abc:def"])
def test_a_changed_cursor_is_refused(universe: None, cursor: str) -> None:
    with pytest.raises(BadCursor):
        keyset_page(Company.objects.all(), order=["name_key"], cursor=cursor)


def test_a_cursor_of_another_order_is_refused(universe: None) -> None:
    page = keyset_page(Company.objects.all(), order=["name_key"], limit=2)
    with pytest.raises(BadCursor):
        keyset_page(Company.objects.all(), order=["employees"], cursor=page.next)
