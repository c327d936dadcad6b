"""Which lists can be exported: one ``Source`` a list, declared by the feature that owns it.

The page's menu, the API and the job all write the same rows, in the order and with the columns of the list::

    from prm.exports.sources import Asked, Source, sources

    sources.register(Source(
        key="companies", label=_("Companies"), permission="partners.company:export",
        spec=lambda actor, of: company_spec(…),          # the list page's own: it reads the query string
        columns=lambda actor, asked: COMPANY_EXPORT,     # all that a file may hold, "id" first
        shown={"company": ("name", "city"), …},          # column of the list → columns of the file; same name by default
        keys=lambda actor, asked: company_keys(actor=actor, q=asked.state.q, …),
        rows=lambda actor, asked, keys: companies_of(actor=actor, ids=keys),
    ))

A list whose rows are one queryset says ``**of_queryset(lambda actor, asked: study_list(actor=actor, …))`` for keys and rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import models
from django.http import QueryDict

from prm.access.actors import Actor
from prm.core.errors import NotFound
from prm.core.registry import Registry
from prm.exports.writers import Column
from prm.ui.tables import ListSpec, ListState

#: What the query string says besides filters, sort and columns.
EVERY_COLUMN = "all"
BATCH = 2_000


@dataclass(frozen=True)
class Asked:
    """What somebody wants in the file: the list's state, and ``of``, the TypeID of the record that the list belongs to ("" = none)."""

    query: QueryDict
    state: ListState
    of: str = ""


Keys = Callable[[Actor, Asked], Iterable[UUID]]
Rows = Callable[[Actor, Asked, Sequence[UUID]], Sequence[Any]]


@dataclass(frozen=True, kw_only=True)
class Source:
    """One exportable list.

    ``permission`` is asked before each act on it. ``keys`` gives the ids of all rows in the list's order, lazily; ``rows`` gives
    the rows of some of them, in that order, leaving out what is gone. ``name(actor, of)`` names the file when the label is not enough
    and raises NotFound when ``of`` is nothing that the actor sees.
    """

    key: str
    label: Any
    permission: str
    spec: Callable[[Actor, str], ListSpec]
    columns: Callable[[Actor, Asked], Sequence[Column]]
    keys: Keys
    rows: Rows
    shown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    name: Callable[[Actor, str], str] | None = None
    # What the rows answer, name and value, for a sheet of its own in a workbook.
    about: Callable[[Actor, Asked], Sequence[tuple[str, Any]]] | None = None
    # What its query string says besides filters, search, sort and columns.
    also: Sequence[str] = ()

    def asked(self, actor: Actor, query: QueryDict, of: str = "") -> Asked:
        """What a query string of the list means."""
        return Asked(query, self.spec(actor, of).state_of(query), of)

    def misunderstood(self, actor: Actor, query: QueryDict, of: str = "") -> list[str]:
        """The names in a query string of the list that it does not know, or whose value it cannot read. Pages pass over them; a
        program would get more rows than it asked for."""
        spec = self.spec(actor, of)
        owners = {name: found for found in spec.filters for name in found.params}
        known = {"q" if spec.search else "", "sort", "col", "columns", *self.also}
        wrong = [name for name in query if name not in known and (name not in owners or owners[name].read(query) is None)]
        sorts = {column.sort for column in spec.columns if column.sort}
        asked = query.get("sort", "")
        return wrong if not asked or asked.removeprefix("-") in sorts else [*wrong, "sort"]

    def title(self, actor: Actor, of: str) -> str:
        """What the file is called, in words."""
        return self.name(actor, of) if self.name else str(self.label)

    def said(self, actor: Actor, asked: Asked) -> Sequence[tuple[str, Any]]:
        """What stands beside the rows in a workbook, in the active language."""
        return self.about(actor, asked) if self.about else ()

    def chosen(self, actor: Actor, asked: Asked) -> list[Column]:
        """The file's columns: those that the list shows in its order, after the id; with ``columns=all`` all there are."""
        every = list(self.columns(actor, asked))
        if asked.query.get("columns") == EVERY_COLUMN or not asked.state.columns:
            return every
        by_name = {column.name: column for column in every}
        names = ["id", *(name for c in asked.state.columns for name in self.shown.get(c.key, (c.key,)))]
        return [by_name[name] for name in dict.fromkeys(names) if name in by_name]


sources: Registry[Source] = Registry("exports.sources", key=lambda source: source.key, order=lambda source: source.key)


def source_of(key: str) -> Source:
    """The source called ``key``. Raises NotFound."""
    if key not in sources:
        raise NotFound
    return sources.get(key)


def of_queryset(query: Callable[[Actor, Asked], models.QuerySet[Any]]) -> dict[str, Any]:
    """``keys`` and ``rows`` of a source whose list is one ordered queryset."""

    def keys(actor: Actor, asked: Asked) -> Iterable[UUID]:
        return query(actor, asked).values_list("pk", flat=True).iterator(20_000)

    def rows(actor: Actor, asked: Asked, wanted: Sequence[UUID]) -> list[Any]:
        found = query(actor, asked).order_by().in_bulk(list(wanted))
        return [found[key] for key in wanted if key in found]

    return {"keys": keys, "rows": rows}


def rows_of(source: Source, actor: Actor, asked: Asked, keys: Iterable[UUID]) -> Iterator[Any]:
    """The rows of these keys, read in batches: memory is that of one batch."""
    waiting = iter(keys)
    while batch := list(islice(waiting, BATCH)):
        yield from source.rows(actor, asked, batch)
