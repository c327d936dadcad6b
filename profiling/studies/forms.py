"""The filters of a study as a form sends them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from prm.core.errors import Invalid
from prm.ui.figures import figure_typed
from profiling.studies.rules import ENOUGH_KNOWN

LISTS = ("typologies", "countries")
SIZES = ("min_employees", "max_employees")


def filters_sent(post: QueryDict, *, status: str) -> dict[str, Any]:
    """The filters of a study that does not exist yet, as its form has them; before it is sent, those that a study starts with."""
    filters = filters_from(post, {"status": status, "min_known": ENOUGH_KNOWN})
    with suppress(TypeError, ValueError):
        filters["min_known"] = float(filters["min_known"])
    return filters


def _size(text: str) -> Decimal | int | str | None:
    """A number as people type it; what is none stays as it is, to be refused where it stands."""
    try:
        size = figure_typed(text).value if text else None
        return int(size) if size is not None and size == int(size) else size
    except Invalid:
        return text


def filters_from(post: QueryDict, current: Mapping[str, Any]) -> dict[str, Any]:
    """The filters that a form asks for: those sent replace the current ones; ``drop`` takes one away."""
    filters = dict(current)
    if "status" in post:
        filters["status"] = post["status"]
    if "min_known" in post:
        filters["min_known"] = post["min_known"] or 0
    if "with_filters" in post:
        filters["typologies"] = post.getlist("typologies")
        filters["countries"] = [c.strip() for c in post.get("countries", "").replace(";", ",").split(",") if c.strip()]
        for name in SIZES:
            filters[name] = _size(post.get(name, "").strip())
    dropped = post.get("drop", "")
    if dropped == "status":
        filters["status"] = "any"
    elif dropped == "min_known":
        filters["min_known"] = 0
    elif dropped in LISTS:
        filters[dropped] = []
    elif dropped in SIZES:
        filters[dropped] = None
    return {key: value for key, value in filters.items() if value is not None}
