"""Charts: data as JSON beside the drawing, the same numbers as a table, and a sentence for screen readers.

The title is the finding; ``about`` says what is measured, the unit and the period. Show one with
``{% include "ui/chart.html" %}`` (``chart`` in the context) or ``<c-chart :chart="chart" />``, and put
``{% include "ui/chart_scripts.html" %}`` into the page's ``scripts`` block. Nothing is drawn without JavaScript: then the
table is open.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, TypedDict, Unpack

from django.templatetags.static import static
from django.utils.translation import gettext as _

from prm.ui import formats

Item = Mapping[str, Any]
Kind = Literal["scatter", "sites", "columns", "bars", "waterfall", "range", "places"]
HEIGHTS = (120, 160, 200, 240, 280, 320, 400, 480)


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A drawing. ``head`` and ``rows`` are its table (figures already worded); ``data`` what its kind draws.

    ``key`` is unique in the page. ``height`` is one of ``HEIGHTS`` in px and reserved before anything loads.
    ``link`` (label, url) leads to where one can act on it.
    """

    key: str
    kind: Kind
    title: Any
    sentence: Any
    data: Mapping[str, Any]
    head: Sequence[Any]
    rows: Sequence[Sequence[Any]]
    about: Any = ""
    height: int = 240
    link: tuple[Any, str] | None = None

    def __post_init__(self) -> None:
        if self.height not in HEIGHTS:
            raise ValueError(f"height is one of {HEIGHTS}: the stylesheet reserves them")

    @property
    def json(self) -> str:
        """The data, for an attribute of the drawing: scripts, even of data, are taken out of what htmx brings."""
        return json.dumps(self.data, default=_plain)

    @property
    def outlines(self) -> str:
        """The address of the outlines it needs."""
        return static(f"build/maps/{self.data.get('map', 'europe')}.json") if self.kind in {"sites", "places"} else ""


class Words(TypedDict, total=False):
    """What every chart says beside its drawing: the fields of ``Chart`` of these names. Key, title and sentence are a must."""

    key: str
    title: Any
    about: Any
    sentence: Any
    height: int
    link: tuple[Any, str] | None


def scatter(
    *,
    x: str,
    y: str,
    points: Sequence[Item],
    references: Sequence[Item] = (),
    cloud: Sequence[Sequence[float]] = (),
    x_max: float | None = None,
    named: int = 3,
    selected: str = "",
    target: str = "",
    **words: Unpack[Words],
) -> Chart:
    """Two measures: ``points`` {x, y, name, id, url} of ours, ``references`` as diamonds, everyone else as a pale cloud.

    A click on a point loads its ``url`` into ``target`` (a CSS selector, through htmx) and marks it; without
    target it opens it.
    """
    data = {
        "x": {"label": x, "max": x_max},
        "y": {"label": y},
        "points": points,
        "references": references,
        "cloud": cloud,
        "named": named,
        "selected": selected,
        "target": target,
    }
    rows = [[p["name"], formats.number(p["x"], 0), formats.number(p["y"], 0)] for p in (*references, *points)]
    return Chart(kind="scatter", data=data, head=("", x, y), rows=rows, **words)


def columns(
    *,
    labels: Sequence[str],
    series: Sequence[Item],
    targets: Sequence[float | None] = (),
    first: Any = "",
    digits: int = 0,
    **words: Unpack[Words],
) -> Chart:
    """Stacked columns over time or groups. ``series``: {name, values, tone: us | us-3 | line-strong | them |
    missing}; direct labels at the right.

    ``labels`` may hold a line break for a second line (the year). ``targets`` are ticks over each column.
    """
    words.setdefault("height", 200)
    rows = [
        [
            label.replace("\n", " "),
            *(formats.number(s["values"][i], digits) for s in series),
            *([formats.number(targets[i], digits)] if targets else []),
        ]
        for i, label in enumerate(labels)
    ]
    head = (first, *(s["name"] for s in series), *((_("Target"),) if targets else ()))
    data = {"labels": labels, "series": series, "targets": targets, "digits": digits}
    return Chart(kind="columns", data=data, head=head, rows=rows, **words)


def bars(*, items: Sequence[Item], head: Sequence[Any], **words: Unpack[Words]) -> Chart:
    """Sorted horizontal bars: ``items`` {name, value, figure, about?, tone?}; for short lists prefer ``<c-bar-list>``."""
    words.setdefault("height", 200)
    return Chart(kind="bars", data={"items": items}, head=head, rows=_named(items, "figure"), **words)


def waterfall(*, items: Sequence[Item], head: Sequence[Any], **words: Unpack[Words]) -> Chart:
    """From a start to an end through what drives it: ``items`` {name, value, figure, total?: True for the ends}."""
    return Chart(kind="waterfall", data={"items": items}, head=head, rows=_named(items, "figure"), **words)


def ranges(*, items: Sequence[Item], head: Sequence[Any], **words: Unpack[Words]) -> Chart:
    """P10 to P90 with a tick at P50: ``items`` {name, low, mid, high, actual?, figure}."""
    return Chart(kind="range", data={"items": items}, head=head, rows=_named(items, "low", "mid", "high"), **words)


def sites(
    *, places: Sequence[Item], dots: Sequence[Sequence[float]] = (), world: bool = False, **words: Unpack[Words]
) -> Chart:
    """Sites on the outlines of countries: ``places`` {lon, lat, name, about?}, ``dots`` [lon, lat, weight] around them."""
    data = {"map": _outlines(world), "places": places, "dots": dots}
    return Chart(kind="sites", data=data, head=(_("Site"), ""), rows=_named(places, "about"), **words)


def places(
    *,
    points: Sequence[Item],
    head: Sequence[Any],
    columns: Sequence[str] = ("figure",),
    world: bool = False,
    target: str = "",
    **words: Unpack[Words],
) -> Chart:
    """Results on a map: ``points`` {lon, lat, value, name, figure, url?, reference?: True, tone?: us | us-3 | line-strong};
    the larger the value the larger the dot. ``columns`` are the fields of a point that its table shows, under ``head``.
    """
    words.setdefault("height", 320)
    data = {"map": _outlines(world), "points": points, "target": target}
    return Chart(kind="places", data=data, head=head, rows=_named(points, *columns), **words)


def _named(items: Sequence[Item], *columns: str) -> list[list[Any]]:
    """The table of named things: figures that are not worded yet as whole numbers."""
    return [[i["name"], *(v if isinstance(v := i.get(c, ""), str) else formats.number(v, 0) for c in columns)] for i in items]


def _outlines(world: bool) -> str:
    return "world" if world else "europe"


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return str(value)
