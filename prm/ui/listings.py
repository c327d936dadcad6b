"""A list page about to be shown: head, rows, filters, views, acts, export, paging; one URL for page and fragment (docs/ui.md).

A page answers ``render_list(request, Listing(...), "stage/feature/thing_list.html")`` with a template that extends ``ui/list.html``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.ui import formats
from prm.ui.filters import Filter
from prm.ui.tables import KEEP, Column, ListSpec, ListState, Page

PAGE_PARAMS = ("cursor", KEEP)
#: What every list understands in its address, besides its filters.
OWN_PARAMS = ("sort", "col", *PAGE_PARAMS)
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, kw_only=True)
class ViewTab:
    """A saved view: a name for a query string. ``shared`` ones are marked; ``count`` is shown when known."""

    label: Any
    query: str
    count: int | None = None
    shared: bool = False
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class BulkAct:
    """An act on the selected rows: the selection is posted to ``url`` as ``id`` (repeated), or ``all=1`` with ``query``."""

    label: Any
    url: str
    icon: str = ""
    main: bool = False
    danger: bool = False


@dataclass(frozen=True)
class Chip:
    """A filter that is set."""

    filter: Filter
    value: Any
    words: str
    without: str
    rest: list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Empty:
    """What to say when there is nothing at all yet: what it will bring, and the first act."""

    title: Any
    text: Any = ""
    act_label: Any = ""
    act_url: str = ""
    drawing: str = "empty"


@dataclass(kw_only=True)
class Listing:
    """One list page about to be shown.

    ``row_id(row)`` (TypeID) switches selection on when there are ``bulk`` acts. ``sums`` is what all rows add
    up to, as words.
    ``saving`` is what ``prm.views`` puts beside the filters: its ``template``, and what that shows.
    ``export`` names the source that writes the list as a file (``prm.exports.sources``), ``export_of`` the record that it belongs to.
    When none is found, ``near`` says how many are close, and ``hidden_by`` how many each filter (and the search, ``q``) hides: what would
    be found without it, and whether there is more.
    """

    spec: ListSpec
    state: ListState
    page: Page
    noun: Any
    views: Sequence[ViewTab] = ()
    bulk: Sequence[BulkAct] = ()
    export: str = ""
    export_of: str = ""
    sums: Any = ""
    empty: Empty | None = None
    near: Any = ""
    hidden_by: Mapping[str, tuple[int, bool]] = field(default_factory=dict)
    saving: Mapping[str, Any] = field(default_factory=dict)
    row_id: Callable[[Any], str] | None = None
    row_selected: Callable[[Any], bool] | None = None
    caption: Any = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def selectable(self) -> bool:
        return bool(self.bulk and self.row_id)

    @property
    def head_class(self) -> str:
        """The page head is ruled off unless the views' tabs do it."""
        return "" if self.views else "lined"

    @cached_property
    def query(self) -> str:
        """The query string without the cursor: what "all rows" means to an export or a bulk act."""
        return self._with()

    @cached_property
    def exports(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The export menu: what of the list, and (format, address) for each; filters, search, sort and columns go along."""
        if not self.export:
            return []
        address = reverse("vendor:exports:list-export", args=[self.export])
        own = {"of": self.export_of}
        return [
            (
                words,
                [(name, f"{address}?{self._with(format=name.lower(), columns=columns, **own)}") for name in ("CSV", "XLSX")],
            )
            for words, columns in ((_("Columns shown"), ""), (_("Every column"), "all"))
        ]

    @cached_property
    def heads(self) -> list[dict[str, Any]]:
        """The table's head: label, numeric, link to sort by it, and what a screen reader is told."""
        found = []
        for column in self.state.columns:
            is_sorted = bool(column.sort) and column.sort == self.state.sort
            down = not self.state.descending if is_sorted else column.numeric
            found.append(
                {
                    "column": column,
                    "sorted": ("descending" if self.state.descending else "ascending") if is_sorted else "",
                    "url": "?" + self._with(sort=("-" if down else "") + column.sort) if column.sort else "",
                }
            )
        return found

    @staticmethod
    def _cell(column: Column, row: Any) -> Any:
        """A cell's content; a figure that stands without its column's head on a phone is named there."""
        content = column.value(row)
        if column.acts or not (column.numeric and column.phone in {"figure", "meta"}):
            return content
        return format_html('<span class="only-narrow xs mute">{}</span> {}', column.label, content)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows as the template draws them: id, selected, cells [(column, content, classes)]."""
        first_meta = next((c.key for c in self.state.columns if c.phone == "meta"), "")
        classes = {
            c.key: " ".join(
                part
                for part in (
                    "num" if c.numeric else "",
                    f"p-{c.phone}" if c.phone else "",
                    "p-first" if c.key == first_meta else "",
                    c.extra,
                )
                if part
            )
            for c in self.state.columns
        }
        return [
            {
                "id": self.row_id(row) if self.row_id else "",
                "row": row,
                "selected": bool(self.row_selected and self.row_selected(row)),
                "cells": [(column, self._cell(column, row), classes[column.key]) for column in self.state.columns],
            }
            for row in self.page.rows
        ]

    @cached_property
    def chips(self) -> list[Chip]:
        """The filters that are set, each with the URL without it."""
        return [self._chip(f, self.state.values[f.key]) for f in self.spec.filters if f.key in self.state.values]

    @cached_property
    def free_filters(self) -> list[Chip]:
        """The filters that could be added."""
        return [self._chip(f, None) for f in self.spec.filters if f.key not in self.state.values]

    @cached_property
    def hidden_columns(self) -> list[Column]:
        return [column for column in self.spec.columns if column not in self.state.columns]

    @cached_property
    def column_rest(self) -> list[tuple[str, str]]:
        """The parameters that a change of columns keeps."""
        return self._rest("col")

    @cached_property
    def search_rest(self) -> list[tuple[str, str]]:
        return self._rest("q")

    @property
    def next_url(self) -> str:
        return "?" + self._with(cursor=self.page.next) if self.page.next else ""

    @property
    def previous_url(self) -> str:
        return "?" + self._with(cursor=self.page.previous) if self.page.previous else ""

    @property
    def clear_url(self) -> str:
        """The list without filters and search, sorted and shown as it is."""
        return "?" + self._with(drop=("q", *(p for f in self.spec.filters for p in f.params)))

    @property
    def span(self) -> SafeString:
        """``1–18 of 312``, ``51–100 of 10,000+``."""
        count, page = len(self.page.rows), self.page
        if page.total is None and page.start is None:
            return format_html("<b>{}</b>", formats.count(count))
        shown = (
            formats.count(count)
            if page.start is None
            else f"{formats.number(page.start)}–{formats.number(page.start + count - 1)}"
        )
        if page.total is None:
            return format_html("<b>{}</b>", shown)
        return format_html(_("<b>{}</b> of {}"), shown, formats.count(page.total, capped=page.capped))

    @property
    def total_words(self) -> str:
        return formats.count(self.page.total, capped=self.page.capped) if self.page.total is not None else _("all")

    @property
    def announcement(self) -> str:
        """What a screen reader hears after the list changed."""
        if not self.page.rows:
            return _("None found.")
        found = 2 if self.page.total is None else self.page.total
        words = ngettext("%(count)s found, %(shown)s shown.", "%(count)s found, %(shown)s shown.", found)
        return words % {"count": self.total_words, "shown": formats.number(len(self.page.rows))}

    @cached_property
    def left_out(self) -> list[dict[str, str]]:
        """What the address asks and this list does not know, in words, with the address that was probably meant: nobody shall take
        everything for what they asked."""
        known = {*OWN_PARAMS, *(p for f in self.spec.filters for p in f.params), *(["q"] if self.spec.search else [])}
        told = []
        for name, value in self.state.query.items():
            if name in known or not value:
                continue
            meant = next(iter(get_close_matches(name, known, 1, 0.6)), "")
            words = _("“%(name)s” is no filter of this list and was left out.") % {"name": name[:60]}
            changed: dict[str, Any] = {meant: value}
            told.append({"words": words, "meant": meant, "url": f"?{self._with(drop=[name], **changed)}" if meant else ""})
        for spec in self.spec.filters:
            said = [value for p in spec.params for value in self.state.query.getlist(p) if value.strip()]
            if said and spec.key not in self.state.values:
                words = _("“%(value)s” says nothing to the filter “%(name)s”: it was left out.")
                told.append({"words": words % {"value": said[0][:60], "name": spec.label}, "meant": "", "url": ""})
        return told

    @cached_property
    def ways_on(self) -> list[dict[str, str]]:
        """When none is found: what to leave out, with how many would be found then, that which hides most first."""
        ways = [
            {"key": chip.filter.key, "name": str(chip.filter.label), "words": chip.words, "url": chip.without}
            for chip in self.chips
        ]
        if self.state.q and self.chips:
            words = {"key": "q", "name": self.state.q, "words": "", "url": "?" + self._with(drop=["q"])}
            ways.append(words)
        for way in ways:
            total, capped = self.hidden_by.get(way["key"], (0, False))
            way["n"] = formats.count(total, capped=capped) if total else ""
        return sorted(ways, key=lambda way: -self.hidden_by.get(way["key"], (0, False))[0])

    @property
    def everywhere_url(self) -> str:
        """The search without the filters, where there are both."""
        if not (self.state.q and self.chips):
            return ""
        return "?" + self._with(drop=[p for f in self.spec.filters for p in f.params])

    def _chip(self, spec: Filter, value: Any) -> Chip:
        words = spec.words(value) if value is not None else ""
        return Chip(spec, value, words, "?" + self._with(drop=spec.params), self._rest(*spec.params))

    def _rest(self, *names: str) -> list[tuple[str, str]]:
        gone = {*names, *PAGE_PARAMS}
        return [(key, value) for key, values in self.state.query.lists() if key not in gone for value in values if value]

    def _with(self, *, drop: Sequence[str] = (), **changes: str) -> str:
        query = QueryDict(mutable=True)
        for key, value in self._rest(*drop, *changes):
            query.appendlist(key, value)
        for key, value in changes.items():
            if value:
                query[key] = value
        return query.urlencode()


def render_list(
    request: HttpRequest, listing: Listing, template: str = "ui/list.html", context: dict[str, Any] | None = None
) -> HttpResponse:
    """The whole page, or only the listing when htmx asks for it from the listing itself.

    The answer varies by the htmx headers, so that no cache hands a fragment to somebody who goes back.
    """
    data = {**listing.extra, **(context or {}), "listing": listing}
    wants_fragment = bool(request.headers.get("HX-Request")) and request.headers.get("HX-Target") == "listing"
    wants_fragment = wants_fragment and not request.headers.get("HX-History-Restore-Request")
    response: HttpResponse
    if wants_fragment:
        response = HttpResponse(render_to_string("ui/listing_fragment.html", data, request))
    else:
        response = TemplateResponse(request, template, data)
    if KEEP in request.GET:
        chosen = [column.key for column in listing.state.columns]
        if any(request.GET.getlist("col")):
            response.set_cookie(
                listing.spec.cookie,
                ".".join(chosen),
                max_age=_YEAR,
                samesite="Lax",
                secure=request.is_secure(),
                httponly=True,
            )
        else:
            response.delete_cookie(listing.spec.cookie, samesite="Lax")
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response
