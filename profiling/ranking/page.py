"""What the page of a ranking shows, put in order: plain data for its template, no reading and no markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.core.money import reporting_currency
from prm.core.rounding import round_rows
from prm.ui import charts, formats
from profiling.ranking.models import Correction
from profiling.ranking.question import line_name
from profiling.studies.models import RunResult, StudyRun
from profiling.studies.rows import RowsShown, thousands, unit

IN_CHART = 12
TABS = 4
THOUSANDS = 10_000  # from here on a waterfall is told in thousands

STEPS = {
    "start": gettext_lazy("Typical company"),
    "capacity": gettext_lazy("What it can sell"),
    "fit": gettext_lazy("Part for the product"),
    "share": gettext_lazy("Share that we can get"),
    "correction": gettext_lazy("Correction by hand"),
}
CAPACITY_FROM = {
    "sales_people": gettext_lazy("Its salespeople limit what it can sell"),
    "engineers": gettext_lazy("Its engineers limit what it can sell"),
    "customers": gettext_lazy("Its customers limit what it can sell"),
    "revenue": gettext_lazy("Its revenue limits what it can sell"),
    "comparable": gettext_lazy("Nothing is known: what comparable companies can sell"),
    "corrected": gettext_lazy("Set by hand"),
}


def lines_shown(run: StudyRun, products: Mapping[str, str], current: str) -> dict[str, list[dict[str, Any]]]:
    """All products and each family with how much is to be won, the largest first: as many ``tabs`` as find room, the one shown
    among them, and the rest in ``more``."""
    lines = run.summary.get("lines", [])
    if len(lines) < 2:
        return {"tabs": [], "more": []}
    gaps = {x["line"]: x["potential"] - (x["actual"] or 0) for x in lines}
    order = ["", *sorted(gaps, key=lambda line: -gaps[line])]
    gaps[""] = sum(gaps.values())
    first = [line for line in order if line in order[:TABS] or line == current]
    shown = {
        line: {
            "line": line,
            "name": line_name(line, products),
            "gap": formats.money(gaps[line], reporting_currency(), short=True),
            "current": line == current,
        }
        for line in order
    }
    return {"tabs": [shown[line] for line in first], "more": [shown[line] for line in order if line not in first]}


def chart_of(rows: Sequence[RunResult], *, line: str) -> charts.Chart:
    """The largest gaps: potential from P10 to P90 with its middle, and what is sold today as a tick."""
    first = [r for r in rows if r.p50 is not None][:IN_CHART]
    name = first[0].company.name if first else ""
    gap = formats.money(first[0].gap, reporting_currency(), short=True) if first else ""
    title = _("%(name)s has the most to win: %(gap)s") % {"name": name, "gap": gap} if first else _("Nobody to show")
    if first and "too_little" in first[0].marks:
        title = _("Too little is known to say who has the most to win")
    return charts.ranges(
        key="gaps",
        title=title,
        about=_(
            "%(line)s: potential a year from P10 to P90, %(unit)s; tick and figure are its middle, P50;"
            " the ring is what it buys from us today"
        )
        % {"unit": formats.thousands(reporting_currency()), "line": line},
        sentence=_("The %(count)s companies with the largest gap between potential and sales.") % {"count": len(first)},
        items=_ranges(first),
        head=(_("Company"), "P10", "P50", "P90"),
        height=320,
    )


def territories_of(
    run: StudyRun, *, line: str, products: Mapping[str, str], regions: Mapping[str, str]
) -> charts.Chart | None:
    """Where potential and our business differ: each region's part of all potential beside its part of what we sell. None for
    runs that did not sum it."""
    places = run.summary.get("territories")
    if not places:
        return None
    sums = [(p, *(sum(v[i] for k, v in p["lines"].items() if line in {"", k}) for i in (0, 1))) for p in places]
    potential, sold = (sum(s[i] for s in sums) or 1.0 for i in (1, 2))
    points = [
        {
            "name": _region(p, regions), "lon": p["lon"], "lat": p["lat"], "value": max(mine - ours, 0.0),
            "figure": formats.money(max(mine - ours, 0), reporting_currency(), short=True),
            "potential": formats.money(mine, reporting_currency(), short=True),
            "ours": formats.money(ours, reporting_currency(), short=True),
            "part": formats.percent(mine / potential), "part_ours": formats.percent(ours / sold),
            "difference": mine / potential - ours / sold, "companies": formats.number(p["companies"]),
            "tone": "us" if mine / potential > ours / sold else "line-strong",
        }
        for p, mine, ours in sums
        if mine
    ]  # fmt: skip
    most = max(points, key=lambda p: float(p["difference"]), default=None)
    finding = (
        _("%(place)s holds %(part)s of the potential and %(ours)s of our business")
        % {"place": most["name"], "part": most["part"], "ours": most["part_ours"]}
        if most
        else _("No potential was found")
    )
    return charts.places(
        key="territories",
        title=finding,
        about=_("%(line)s by region; the larger the dot the more is to be won; petrol where its part of the potential"
            " is larger than its part of our business")
        % {"line": line_name(line, products)},
        sentence=f"{finding}.",
        points=points,
        head=(_("Region"), _("Companies"), _("Potential"), _("Ours today"), _("Part of potential"), _("Part of ours")),
        columns=("companies", "potential", "ours", "part", "part_ours"),
        world=any(p["lon"] is not None and not -25 < p["lon"] < 45 for p in points),
    )  # fmt: skip


def _region(place: Mapping[str, Any], regions: Mapping[str, str]) -> str:
    if not place["region"]:
        unknown = _("Region not known")
        return f"{unknown}, {place['country']}" if place["country"] else _("Place not known")
    return f"{regions.get(place['region'], place['region'].title())}, {place['country'] or '?'}"


def _ranges(first: Sequence[RunResult]) -> list[dict[str, Any]]:
    return [
        {
            "name": r.company.name, "low": thousands(r.p10) or 0, "mid": thousands(r.p50) or 0, "high": thousands(r.p90) or 0,
            "figure": formats.money(r.p50, reporting_currency(), short=True), "thin": "too_little" in r.marks,
        }
        | ({} if r.actual is None else {"actual": thousands(r.actual)})
        for r in first
    ]  # fmt: skip


def row_shown(shown: RowsShown, result: RunResult, *, corrections: Sequence[Correction] = ()) -> dict[str, Any]:
    """One line of the table, money in thousands; ``corrections`` are those in force for the company, newest first."""
    return {
        **shown.row(result),
        "actual": formats.number(thousands(result.actual), 0, missing="?"),
        "gap": formats.number(thousands(result.gap), 0, missing="?"),
        "corrected": _("%(author)s: %(reason)s") % {"author": _author(corrections[0]), "reason": corrections[0].reason}
        if corrections
        else "",
        "is_later": bool(corrections) and "corrected" not in result.marks,
        "actual_k": thousands(result.actual),
    }


def drivers_of(result: RunResult) -> dict[str, Any]:
    """The waterfall of one company in the unit of its headline, adding up as shown, and the three factors in words."""
    drivers = result.drivers
    raw = [
        (name, units) for name, units in drivers.get("steps", []) if name in {"start", "capacity", "fit", "share"} or units
    ]
    total = sum(units for _name, units in raw)
    in_thousands = total >= THOUSANDS
    sizes = _rounded([units for _name, units in raw], 1000 if in_thousands else 1)
    shown = [
        {
            "name": str(STEPS[name]),
            "value": size,
            "figure": formats.number(size) if name == "start" else formats.number(size, signed=True),
            "total": name == "start",
        }
        for (name, _units), size in zip(raw, sizes, strict=True)
    ]
    shown.append({"name": _("Potential"), "value": sum(sizes), "figure": formats.number(sum(sizes)), "total": True})
    return {
        "steps": shown,
        "unit": formats.thousands(reporting_currency()) if in_thousands else unit(),
        "capacity": formats.money(drivers.get("capacity"), reporting_currency(), short=True),
        "capacity_from": str(CAPACITY_FROM.get(drivers.get("capacity_from", ""), "")),
        "share": formats.percent(drivers.get("share"), 1),
        "fit": formats.percent(drivers["fit"], 1) if drivers.get("fit") is not None else None,
        "evidence": drivers.get("evidence", 0),
    }


def _rounded(units: Sequence[int], size: int) -> list[int]:
    """Steps in units of ``size`` that add up to their rounded sum."""
    if not units:
        return []
    rounded, _totals = round_rows(np.array([units], dtype=np.float64) / size, 0)
    return [int(step) for step in rounded[0]]


def waterfall_of(result: RunResult) -> charts.Chart:
    """The drivers as steps."""
    drivers = drivers_of(result)
    return charts.waterfall(
        key="drivers",
        title=_("What drives it"),
        about=_("From a typical company to this one, %(unit)s a year") % {"unit": drivers["unit"]},
        sentence=", ".join(f"{s['name']} {s['figure']}" for s in drivers["steps"]),
        items=drivers["steps"],
        head=(_("Step"), drivers["unit"]),
        height=200,
    )


def corrections_shown(corrections: Sequence[Correction], products: Mapping[str, str]) -> list[dict[str, Any]]:
    """Corrections of one company, newest first, each with its author and reason."""
    return [
        {
            "id": str(c.pk),
            "what": c.get_what_display(),
            "line": line_name(c.line, products) if c.line else "",
            "value": formats.percent(c.value, 1)
            if c.what in {"share", "fit"}
            else formats.money(c.value, reporting_currency()),
            "reason": c.reason,
            "company": c.company.name,
            "author": _author(c),
            "at": c.created_at,
        }
        for c in corrections
    ]


def _author(correction: Correction) -> str:
    return correction.author.name if correction.author else _("Somebody who left")
