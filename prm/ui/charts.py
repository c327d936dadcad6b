"""Charts: data as JSON beside the drawing, the same numbers as a table, and a sentence for screen readers (LOOK.md, Charts).

The title is the finding; ``about`` says what is measured, the unit and the period. Show one with ``{% include
"ui/chart.html" %}``
(``chart`` in the context) or ``<c-chart :chart="chart" />``, and put ``{% include "ui/chart_scripts.html" %}``
into the page's
``scripts`` block. Nothing is drawn without JavaScript: then the table is open.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from prm.ui import formats

Kind = Literal["scatter", "sites", "columns", "bars", "waterfall", "range", "places"]
HEIGHTS = (120, 160, 200, 240, 280, 320, 400, 480)
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


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
    maps: Sequence[str] = field(default=())

    def __post_init__(self) -> None:
        if self.height not in HEIGHTS:
            raise ValueError(f"height is one of {HEIGHTS}: the stylesheet reserves them")

    @property
    def json(self) -> SafeString:
        """The data, safe inside a script element."""
        return mark_safe(json.dumps(self.data, default=_plain).translate(_ESCAPES))  # noqa: S308  escaped just now

    @property
    def outlines(self) -> str:
        """The address of the outlines it needs."""
        return static(f"build/maps/{self.data.get('map', 'europe')}.json") if self.kind in {"sites", "places"} else ""


def scatter(
    *,
    key: str,
    title: Any,
    about: Any,
    sentence: Any,
    x: str,
    y: str,
    points: Sequence[Mapping[str, Any]],
    references: Sequence[Mapping[str, Any]] = (),
    cloud: Sequence[Sequence[float]] = (),
    x_max: float | None = None,
    named: int = 3,
    selected: str = "",
    target: str = "",
    height: int = 240,
    link: tuple[Any, str] | None = None,
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
    return Chart(
        key=key,
        kind="scatter",
        title=title,
        about=about,
        sentence=sentence,
        data=data,
        head=("", x, y),
        rows=rows,
        height=height,
        link=link,
    )


def columns(
    *,
    key: str,
    title: Any,
    about: Any,
    sentence: Any,
    labels: Sequence[str],
    series: Sequence[Mapping[str, Any]],
    targets: Sequence[float | None] = (),
    first: Any = "",
    digits: int = 0,
    height: int = 200,
    link: tuple[Any, str] | None = None,
) -> Chart:
    """Stacked columns over time or groups. ``series``: {name, values, tone: us | us-3 | line-strong | them |
    missing}; direct labels at the right.

    ``labels`` may hold a line break for a second line (the year). ``targets`` are ticks over each column.
    """
    data = {"labels": labels, "series": series, "targets": targets, "digits": digits}
    rows = [
        [
            label.replace("\n", " "),
            *(formats.number(s["values"][i], digits) for s in series),
            *([formats.number(targets[i], digits)] if targets else []),
        ]
        for i, label in enumerate(labels)
    ]
    head = (first, *(s["name"] for s in series), *((_("Target"),) if targets else ()))
    return Chart(
        key=key,
        kind="columns",
        title=title,
        about=about,
        sentence=sentence,
        data=data,
        head=head,
        rows=rows,
        height=height,
        link=link,
    )


def bars(
    *,
    key: str,
    title: Any,
    about: Any,
    sentence: Any,
    items: Sequence[Mapping[str, Any]],
    head: Sequence[Any],
    height: int = 200,
    link: tuple[Any, str] | None = None,
) -> Chart:
    """Sorted horizontal bars: ``items`` {name, value, figure, about?, tone?}; for short lists prefer ``<c-bar-list>``."""
    rows = [[i["name"], i["figure"]] for i in items]
    return Chart(
        key=key,
        kind="bars",
        title=title,
        about=about,
        sentence=sentence,
        data={"items": items},
        head=head,
        rows=rows,
        height=height,
        link=link,
    )


def waterfall(
    *,
    key: str,
    title: Any,
    about: Any,
    sentence: Any,
    steps: Sequence[Mapping[str, Any]],
    head: Sequence[Any],
    height: int = 240,
    link: tuple[Any, str] | None = None,
) -> Chart:
    """From a start to an end through what drives it: ``steps`` {name, value, figure, total?: True for the ends}."""
    rows = [[s["name"], s["figure"]] for s in steps]
    return Chart(
        key=key,
        kind="waterfall",
        title=title,
        about=about,
        sentence=sentence,
        data={"steps": steps},
        head=head,
        rows=rows,
        height=height,
        link=link,
    )


def ranges(
    *,
    key: str,
    title: Any,
    about: Any,
    sentence: Any,
    items: Sequence[Mapping[str, Any]],
    head: Sequence[Any],
    height: int = 240,
    link: tuple[Any, str] | None = None,
) -> Chart:
    """P10 to P90 with a tick at P50: ``items`` {name, low, mid, high, actual?, figure}."""
    rows = [[i["name"], *(formats.number(i[k], 0) for k in ("low", "mid", "high"))] for i in items]
    return Chart(
        key=key,
        kind="range",
        title=title,
        about=about,
        sentence=sentence,
        data={"items": items},
        head=head,
        rows=rows,
        height=height,
        link=link,
    )


def sites(
    *,
    key: str,
    title: Any,
    about: Any,
    sentence: Any,
    places: Sequence[Mapping[str, Any]],
    dots: Sequence[Sequence[float]] = (),
    world: bool = False,
    height: int = 240,
    link: tuple[Any, str] | None = None,
) -> Chart:
    """Sites on the outlines of countries: ``places`` {lon, lat, name, about?}, ``dots`` [lon, lat, weight] around them."""
    data = {"map": "world" if world else "europe", "places": places, "dots": dots}
    rows = [[p["name"], p.get("about", "")] for p in places]
    return Chart(
        key=key,
        kind="sites",
        title=title,
        about=about,
        sentence=sentence,
        data=data,
        head=(_("Site"), ""),
        rows=rows,
        height=height,
        link=link,
    )


def places(
    *,
    key: str,
    title: Any,
    about: Any,
    sentence: Any,
    points: Sequence[Mapping[str, Any]],
    measure: str,
    world: bool = False,
    height: int = 320,
    target: str = "",
    link: tuple[Any, str] | None = None,
) -> Chart:
    """Results on a map: ``points`` {lon, lat, value, name, figure, url?, reference?: True}; the larger the
    value the larger the dot.
    """
    data = {"map": "world" if world else "europe", "points": points, "target": target}
    rows = [[p["name"], p["figure"]] for p in points]
    return Chart(
        key=key,
        kind="places",
        title=title,
        about=about,
        sentence=sentence,
        data=data,
        head=("", measure),
        rows=rows,
        height=height,
        link=link,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return str(value)
