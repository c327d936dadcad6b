"""A shared answer as pages show it: heads in the reader's language, figures as the reader writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext

from prm.exports.writers import Column
from prm.ui import formats
from profiling.sharing.models import Publication, PublishedRow

FIGURES = {"number", "decimal", "percent"}
# To the cent they stand in the file; whoever reads compares thousands.
AMOUNTS = {"p10", "p50", "p90", "actual", "gap"}
# What a row keeps where the screen is narrow: name, main figure, then these with their heads; the rest is in the file.
MAIN_FIGURES = ("resemblance", "p50")
BESIDE = {"city", "product_family", "known_share", "p50"}


@dataclass(frozen=True)
class Cell:
    """One value with the head of its column, which a narrow screen shows beside it."""

    head: str
    text: str
    is_figure: bool
    narrow: str


def heads(publication: Publication) -> list[tuple[str, bool]]:
    """The columns' heads, and whether each holds figures."""
    return [(in_language(column["label"], column["key"]), column["kind"] in FIGURES) for column in publication.columns]


def lines(publication: Publication, rows: Iterable[PublishedRow]) -> list[list[Cell]]:
    """The rows as cells, in the order of the heads; ``narrow`` is a cell's part in the two lines of a phone, "" for none."""
    keys = [column["key"] for column in publication.columns]
    main = next((key for key in MAIN_FIGURES if key in keys), "")
    parts = [_part(key, main) for key in keys]
    named = heads(publication)
    return [
        [
            Cell(head, words(value, column["kind"], column["key"]), is_figure, part)
            for (head, is_figure), column, part, value in zip(named, publication.columns, parts, row.values, strict=True)
        ]
        for row in rows
    ]


def _part(key: str, main: str) -> str:
    if key == "company_name":
        return "name"
    if key == main:
        return "figure"
    return "meta" if key in BESIDE else ""


def words(value: Any, kind: str, key: str = "") -> str:
    """A value for reading; a dash where it is not known. Amounts are whole, points and scores have one decimal."""
    if value is None or value == "":
        return "–"
    if kind == "boolean":
        return gettext("yes") if value else gettext("no")
    if kind == "percent":
        return str(formats.percent(value))
    if kind == "number":
        return str(formats.number(value))
    if kind == "decimal":
        return str(formats.number(value, 0 if key in AMOUNTS else 1)) if isinstance(value, float) else str(value)
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
