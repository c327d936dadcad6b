"""A shared answer as pages show it: heads in the reader's language, figures as the reader writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from prm.exports.writers import Column
from prm.ui import formats
from profiling.sharing.models import Publication, PublishedRow

FIGURES = {"number", "decimal", "percent"}


@dataclass(frozen=True)
class Cell:
    """One value with the head of its column, which a narrow screen shows beside it."""

    head: str
    text: str
    is_figure: bool
    is_name: bool


def heads(publication: Publication) -> list[tuple[str, bool]]:
    """The columns' heads, and whether each holds figures."""
    return [(in_language(column["label"], column["key"]), column["kind"] in FIGURES) for column in publication.columns]


def lines(publication: Publication, rows: Iterable[PublishedRow]) -> list[list[Cell]]:
    """The rows as cells, in the order of the heads."""
    named = heads(publication)
    return [
        [
            Cell(head, words(value, column["kind"]), is_figure, column["key"] == "company_name")
            for (head, is_figure), column, value in zip(named, publication.columns, row.values, strict=True)
        ]
        for row in rows
    ]


def words(value: Any, kind: str) -> str:
    """A value for reading; a dash where it is not known."""
    if value is None or value == "":
        return "–"
    if kind == "percent":
        return str(formats.percent(value))
    if kind == "number":
        return str(formats.number(value))
    if kind == "decimal":
        return str(formats.number(value, 2)) if isinstance(value, float) else str(value)
    return str(value)


def file_columns(publication: Publication) -> list[Column]:
    """The columns of its file."""
    return [
        Column(column["key"], in_language(column["label"], column["key"]), _value(at), kind=column["kind"])
        for at, column in enumerate(publication.columns)
    ]


def _value(at: int) -> Callable[[PublishedRow], Any]:
    return lambda row: row.values[at]


def in_language(said: Mapping[str, Any], otherwise: Any) -> Any:
    """What was kept by language, in the reader's."""
    return said.get((get_language() or "en")[:2]) or said.get("en") or otherwise
