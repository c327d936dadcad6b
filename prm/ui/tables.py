"""What a list is: declared columns and filters, its state in the URL, one keyset page of rows (docs/ui.md).

A feature declares one ``ListSpec`` and asks its selector for a ``Page`` with ``spec.state(request)``; ``prm.ui.listings`` shows it.
Why not django-tables2: docs/adr/0004-own-list-pages.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.http import HttpRequest, QueryDict

from prm.ui.filters import Filter
from prm.ui.marks import unknown_cell

Cell = Callable[[Any], Any]
#: In the URL when columns have just been chosen: they are remembered.
KEEP = "keep"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. ``cell(row)`` gives text or safe markup; None is drawn as unknown, never as nothing.

    ``sort`` is the key that the URL and the selector use ("" = not sortable); ``phone`` says where the cell
    goes when a row is
    two lines: ``name`` and ``figure`` on the first, ``meta`` on the second, "" hidden. ``locked`` columns cannot be hidden.
    ``acts`` holds buttons: on a phone these speak for themselves, without the column's head.
    """

    key: str
    label: Any
    cell: Cell
    sort: str = ""
    numeric: bool = False
    shown: bool = True
    locked: bool = False
    phone: Literal["", "name", "figure", "meta"] = ""
    acts: bool = False
    hint: Any = ""
    extra: str = ""

    def value(self, row: Any) -> Any:
        """The cell's content."""
        value = self.cell(row)
        return unknown_cell() if value is None else value


@dataclass(frozen=True)
class Page:
    """What a list selector gives back: rows of one keyset page.

    ``total`` is exact up to 10,000 and None when nobody counted; ``capped`` says counting stopped there. ``start`` is the
    1-based place of the first row, when known. ``next`` and ``previous`` are cursors, "" at the ends.
    """

    rows: Sequence[Any]
    total: int | None = None
    capped: bool = False
    start: int | None = 1
    next: str = ""
    previous: str = ""


@dataclass(frozen=True)
class ListState:
    """What the URL asks for. ``sort`` is a column's sort key; ``values`` maps the keys of set filters to their values."""

    q: str
    sort: str
    descending: bool
    cursor: str
    values: Mapping[str, Any]
    columns: tuple[Column, ...]
    query: QueryDict

    @property
    def ordering(self) -> str:
        """``-potential``: the sort as the URL and the API write it."""
        return ("-" if self.descending else "") + self.sort if self.sort else ""

    @property
    def is_filtered(self) -> bool:
        return bool(self.q or self.values)


@dataclass(frozen=True, kw_only=True)
class ListSpec:
    """The unchanging part of a list page. ``name`` is its id in the page; ``sort`` the default ordering (``-potential``)."""

    name: str
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    sort: str = ""
    search: Any = ""
    page_size: int = 50

    def state(self, request: HttpRequest) -> ListState:
        """Reads the URL; what it does not understand it leaves out. Columns that it does not name are those last chosen on this device."""
        query: QueryDict = request.GET
        kept = request.COOKIES.get(self.cookie, "")
        if kept and "col" not in query and KEEP not in query:
            query = query.copy()
            query.setlist("col", kept.split("."))
            return replace(self.state_of(query), query=request.GET)
        return self.state_of(query)

    @property
    def cookie(self) -> str:
        """The cookie that remembers the columns of this list."""
        return f"prm_columns_{self.name}"

    def state_of(self, query: QueryDict) -> ListState:
        """The same from a query string alone: what "all rows" of a bulk act means."""
        ordering = query.get("sort", self.sort)
        key = ordering.removeprefix("-")
        if key not in {column.sort for column in self.columns if column.sort}:
            ordering, key = self.sort, self.sort.removeprefix("-")
        values = {f.key: value for f in self.filters if (value := f.read(query)) is not None}
        return ListState(
            q=query.get("q", "").strip()[:200] if self.search else "",
            sort=key,
            descending=ordering.startswith("-"),
            cursor=query.get("cursor", ""),
            values=values,
            columns=self._columns(query.getlist("col")),
            query=query,
        )

    def _columns(self, asked: Sequence[str]) -> tuple[Column, ...]:
        by_key = {column.key: column for column in self.columns}
        chosen = [by_key[key] for key in dict.fromkeys(asked) if key in by_key]
        if not chosen:
            return tuple(column for column in self.columns if column.shown or column.locked)
        locked = [column for column in self.columns if column.locked and column not in chosen]
        return (*locked, *chosen)
