"""Pages of lists: out of a queryset whose order has an index, by the cursor in the URL; or out of a short list in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.db import models

from prm.core.keyset import BadCursor, keyset_page
from prm.core.text import text_key
from prm.ui.tables import ListState, Page

R = TypeVar("R")


def keyset_listing_page(rows: models.QuerySet[Any], order: Sequence[str], state: ListState, size: int) -> Page:
    """The page that ``state.cursor`` names; the first one for a cursor of another list or order."""
    try:
        found = keyset_page(rows, order=order, cursor=state.cursor, limit=size, count=True)
    except BadCursor:
        found = keyset_page(rows, order=order, limit=size, count=True)
    return Page(
        rows=found.rows, total=found.total, capped=found.capped, start=None if state.cursor else 1,
        next=found.next, previous=found.previous,
    )  # fmt: skip


def narrowed(
    rows: Sequence[R], state: ListState, *, words: Callable[[R], str], sorts: Mapping[str, Callable[[R], Any]]
) -> list[R]:
    """A short list as its URL asks for it: rows of which each searched word begins a word of ``words(row)``, sorted by ``sorts``."""
    wanted = text_key(state.q).split()
    found = [row for row in rows if all(any(word.startswith(w) for word in text_key(words(row)).split()) for w in wanted)]
    if state.sort in sorts:
        found.sort(key=sorts[state.sort], reverse=state.descending)
    return found


def whole_page(rows: Sequence[Any]) -> Page:
    """All rows of a short list as its only page."""
    return Page(rows=rows, total=len(rows))
