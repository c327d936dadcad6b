"""What of a list's query string belongs to a view, and which view is the one that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

#: What the address says of a moment, not of a view.
PASSING = frozenset({"cursor", "keep"})
#: What makes a view no other one: how its rows are ordered and what is shown of them.
SHAPE = frozenset({"sort", "col"})
MOST_PARAMETERS = 100

Pairs = list[tuple[str, str]]


def pairs_of(query: str) -> Pairs:
    """The parameters that a view keeps, in their order. Raises ValueError for more than a list has, and for what no address holds."""
    found = parse_qsl(query.lstrip("?"), max_num_fields=MOST_PARAMETERS)
    if any("\x00" in text for pair in found for text in pair):
        raise ValueError("a value holds a NUL character")
    return [(name, value) for name, value in found if name not in PASSING]


def query_kept(query: str) -> str:
    """A query string as a view keeps it. Raises ValueError as ``pairs_of`` does."""
    return urlencode(pairs_of(query))


def view_shown(query: str, *, usual: Sequence[str], kept: Sequence[str]) -> int | None:
    """Which of the views (query strings) the list shown as ``query`` is, counted through ``usual`` and then ``kept``: the same in
    everything, a kept one rather than the usual tab that it repeats; else the first of the same search and filters; else None."""
    shown, among = _settled(query), [_settled(view) for view in (*usual, *kept)]
    if shown in among[len(usual) :]:
        return among.index(shown, len(usual))
    if shown in among:
        return among.index(shown)
    bare = [_bare(pairs) for pairs in among]
    return bare.index(_bare(shown)) if _bare(shown) in bare else None


def _settled(query: str) -> Pairs:
    """In one order by name; values of one name, such as columns, in theirs. What cannot be read is like itself alone."""
    try:
        return sorted(pairs_of(query), key=lambda pair: pair[0])
    except ValueError:
        return [("", query)]


def _bare(pairs: Pairs) -> Pairs:
    return [(name, value) for name, value in pairs if name not in SHAPE]
