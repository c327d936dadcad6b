"""Small drawings as SVG: ring, meter, stacked bar, whisker, sparkline, icon.

Lengths are SVG attributes, never styles: they pass the strict CSP, need no script and print. Colours are classes of
``static/css/ui/marks.css``. Every drawing says in words what it shows (``label``), or is hidden when a figure
stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import pi

from django.templatetags.static import static
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from prm.ui import formats

_RING = 2 * pi * 6.5
#: From this rise on a change is told as a multiple.
MANIFOLD = 10


@lru_cache(maxsize=1)
def _sprite() -> str:
    return static("build/icons.svg")


def icon(name: str, *, extra: str = "", label: str = "") -> SafeString:
    """An icon of the sprite. With ``label`` it speaks, without it is decoration beside a word."""
    voice = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="i{}" {}><use href="{}#{}"></use></svg>', f" {extra}" if extra else "", voice, _sprite(), name
    )


def _voice(label: str) -> SafeString:
    return format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')


def _clamp(share: float) -> float:
    return max(0.0, min(1.0, float(share)))


def _pct(share: float) -> str:
    return f"{_clamp(share) * 100:.2f}".rstrip("0").rstrip(".") + "%"


def ring(share: float | None, *, label: str = "") -> SafeString:
    """How much is known, 0 to 1: a small ring, amber under one half. None draws an empty ring."""
    filled = _clamp(share or 0)
    low = " low" if share is None or filled < 0.5 else ""
    return format_html(
        '<svg class="ring{}" viewBox="0 0 16 16" {}><circle cx="8" cy="8" r="6.5"></circle>'
        '<circle cx="8" cy="8" r="6.5" stroke-dasharray="{} {}" transform="rotate(-90 8 8)"></circle></svg>',
        low,
        _voice(label),
        f"{_RING * filled:.2f}",
        f"{_RING:.2f}",
    )


def known(share: float | None) -> SafeString:
    """The ring with its figure: ``◔ 69 %``."""
    low = " low" if share is None or share < 0.5 else ""
    return format_html('<span class="known{}">{}{}</span>', low, ring(share), formats.percent(share, missing="?"))


def meter(share: float | None, *, tick: float | None = None, kind: str = "us", label: str = "", size: str = "") -> SafeString:
    """A bar from 0 to ``share`` of its width, with a tick at the target or pace. None is hatched: not known."""
    value = (
        mark_safe('<rect class="c-hatch" width="100%" height="100%" rx="3"></rect>')
        if share is None
        else format_html('<rect class="c-{}" width="{}" height="100%" rx="3"></rect>', kind, _pct(share))
    )
    mark = (
        mark_safe("")
        if tick is None
        else format_html('<rect class="m-tick" x="{}" y="-3" width="2" height="12" rx="1"></rect>', _pct(tick))
    )
    return format_html(
        '<svg class="meter{}" {}><rect class="m-track" width="100%" height="100%" rx="3"></rect>{}{}</svg>',
        f" {size}" if size else "",
        _voice(label),
        value,
        mark,
    )


def figure_meter(value: float | None, share: float | None, *, digits: int = 0) -> SafeString:
    """A short bar and its figure, for a cell of a table: ``▬▬▭ 82``."""
    if value is None:
        return unknown_cell()
    return format_html(
        '<span class="fig-with">{}<span class="fig med">{}</span></span>',
        meter(share, size="short"),
        formats.number(value, digits),
    )


def stack(
    parts: Sequence[tuple[str, float]],
    *,
    full: float | None = None,
    labels: Sequence[str] = (),
    label: str = "",
    size: str = "",
) -> SafeString:
    """Parts that add up, side by side. ``parts`` are (colour class such as ``c-1``, amount); the whole width is ``full``."""
    whole = full or sum(amount for _kind, amount in parts) or 1
    left = 0.0
    drawn = []
    for place, (kind, amount) in enumerate(parts):
        title = format_html("<title>{}</title>", labels[place]) if place < len(labels) else ""
        drawn.append((kind, _pct(left / whole), _pct(amount / whole), title))
        left += amount
    gaps = format_html_join(
        "", '<rect class="stack-gap" x="{}" width="1" height="100%"></rect>', ((x,) for _k, x, _w, _t in drawn[1:])
    )
    bars = format_html_join("", '<rect class="{}" x="{}" width="{}" height="100%">{}</rect>', drawn)
    return format_html('<svg class="stack{}" {}>{}{}</svg>', f" {size}" if size else "", _voice(label), bars, gaps)


def whisker(
    low: float | None,
    mid: float | None,
    high: float | None,
    *,
    top: float,
    bottom: float = 0,
    kind: str = "",
    label: str = "",
    size: str = "",
    today: float | None = None,
    thin: bool = False,
) -> SafeString:
    """P10 to P90 as a line with a tick at P50, and a ring at what is so today, on the scale ``bottom``–``top`` of its column; a figure
    that is ``thin`` rests on too little and is hatched."""
    if mid is None:
        return unknown_cell()
    span = (top - bottom) or 1
    at = [(_clamp(((v if v is not None else mid) - bottom) / span)) for v in (low, mid, high, today)]
    ring = "" if today is None else format_html('<circle class="w-today" cx="{}" cy="6" r="3"></circle>', _pct(at[3]))
    if thin:
        return format_html(
            '<svg class="whisker{}" {}><rect class="c-hatch" x="{}" y="2" width="{}" height="8" rx="2"></rect>{}</svg>',
            "".join(f" {word}" for word in (kind, size) if word),
            _voice(label),
            _pct(min(at[0], 0.7)),
            _pct(max(at[2] - at[0], 0.3)),
            ring,
        )
    return format_html(
        '<svg class="whisker{}" {}><rect class="w-line" x="{}" y="5" width="{}" height="2" rx="1"></rect>'
        '<rect class="w-tick" x="{}" y="2" width="2" height="8" rx="1"></rect>{}</svg>',
        "".join(f" {word}" for word in (kind, size) if word),
        _voice(label),
        _pct(at[0]),
        _pct(max(at[2] - at[0], 0.02)),
        _pct(at[1]),
        ring,
    )


def sparkline(values: Iterable[float], *, label: str = "") -> SafeString:
    """A trend in a row: 72 px, with its last point marked."""
    points = [float(v) for v in values]
    if len(points) < 2:
        return unknown_cell()
    low, high = min(points), max(points)
    step, span = 68 / (len(points) - 1), (high - low) or 1
    xy = [(1 + i * step, 17 - (v - low) / span * 14) for i, v in enumerate(points)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in xy)
    return format_html(
        '<svg class="spark" viewBox="0 0 72 20" {}><polyline points="{}"></polyline>'
        '<circle cx="{}" cy="{}" r="2"></circle></svg>',
        _voice(label),
        line,
        f"{xy[-1][0]:.1f}",
        f"{xy[-1][1]:.1f}",
    )


def bar(share: float | None, *, kind: str = "us", label: str = "") -> SafeString:
    """A line of a bar list: as wide as its share of the longest one; hatched when not known."""
    cls = "c-hatch" if share is None else f"c-{kind}"
    return format_html(
        '<svg class="barline" {}><rect class="{}" width="{}" height="100%" rx="3"></rect></svg>',
        _voice(label),
        cls,
        _pct(0.3 if share is None else share),
    )


def delta(change: float | None, *, text: str = "", good_when_up: bool = True) -> SafeString:
    """``▲ 12 %``: a change with its direction as a shape and a colour; from eleven times on as ``× 12``, which
    per cent would only make long. ``text`` replaces both."""
    if change is None:
        return mark_safe("")
    shape = "M1 7 4.5 1 8 7z" if change > 0 else "M1 1 4.5 7 8 1z" if change < 0 else "M0 3h8v2H0z"
    tone = "mute" if change == 0 else "good" if (change > 0) == good_when_up else "bad"
    return format_html(
        '<span class="delta {}"><svg class="tri" viewBox="0 0 9 8" aria-hidden="true"><path d="{}"></path></svg>'
        '<span class="vh">{}</span>{}</span>',
        tone,
        shape,
        "+" if change > 0 else formats.MINUS if change < 0 else "",
        text or (formats.percent(abs(change)) if change < MANIFOLD else f"×{formats.NBSP}{formats.number(change + 1)}"),
    )


def unknown_cell() -> SafeString:
    """``?`` in a table cell, read aloud as "not known"."""
    return format_html(
        '<span class="unknown" title="{0}"><span aria-hidden="true">?</span><span class="vh">{0}</span></span>',
        formats.unknown(),
    )


def trunc(text: object) -> SafeString | None:
    """Words of a table that may be long: they end in "…" and are told whole in the title. Nothing gives None."""
    return format_html('<span class="trunc" title="{0}">{0}</span>', text) if text else None


def named(url: str, name: object, about: object = "", *, title: object = "") -> SafeString:
    """The first cell of a list: the name that leads to the record, and what else tells it apart. ``title`` is shown in full over a name
    that is cut."""
    return format_html(
        '<span class="co"><a class="nm" href="{}"{}>{}</a> <span class="at">{}</span></span>',
        url, format_html(' title="{}"', title) if title else "", name, about or "",
    )  # fmt: skip


def tag(text: object, kind: str = "") -> SafeString:
    """A small word in a box: ``us``, ``them``, ``ok``, ``wa``, ``no``, ``line`` or plain."""
    return format_html('<span class="tag{}">{}</span>', f" {kind}" if kind else "", text)


def dot(kind: str) -> SafeString:
    """A state's dot: ``ok``, ``wa``, ``no``, ``us``, ``them``, ``o`` (hollow) or plain. Always beside its word."""
    return format_html('<span class="dot {}"></span>', kind)


def avatar(name: str, *, extra: str = "") -> SafeString:
    """Initials in a circle; ``ours`` tints our own people only."""
    return format_html(
        '<span class="av{}" aria-hidden="true">{}</span>', f" {escape(extra)}" if extra else "", formats.initials(name)
    )
