"""Finding records by name, everywhere alike: each word that somebody types begins a word of the name."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Q, QuerySet

from prm.core.text import text_key

Rows = TypeVar("Rows", bound=QuerySet)  # type: ignore[type-arg]


def begins_a_word(word: str, column: str = "name_key") -> Q:
    """Whether a word of a ``*_key`` column begins with ``word``, which is folded already (``prm.core.text.text_key``)."""
    return Q(**{f"{column}__regex": rf"(^| ){word}"})


def named(rows: Rows, q: str) -> Rows:
    """The ``rows`` whose ``name_key`` holds a beginning for every word of ``q``; all of them for an empty one."""
    for word in text_key(q).split():
        rows = rows.filter(begins_a_word(word))
    return rows
