"""What the page of a ranking shows, put in order: plain data for its template, no reading and no markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.partners.models import Company, Typology
from prm.ui import charts, formats
from profiling.ranking.models import Correction
from profiling.studies.models import RunResult, StudyRun
from profiling.studies.snapshots import currency

ROWS = 25
IN_CHART = 15

#: Parameters in the order in which the formula reads them: key, name, what it means.
PARAMETERS = (
    ("quota", gettext_lazy("Sales per salesperson"), gettext_lazy("a year, of all vendors' products")),
    ("day_rate", gettext_lazy("Day rate of an engineer"), ""),
    ("billable_days", gettext_lazy("Days billed per engineer"), gettext_lazy("a year")),
    ("basket", gettext_lazy("Sales per customer"), gettext_lazy("a year")),
    ("headroom", gettext_lazy("Capacity beside today's revenue"), gettext_lazy("1 = sells all it can")),
    ("typical_capacity", gettext_lazy("Capacity where nothing is known"), gettext_lazy("a year")),
    ("share:alpha", gettext_lazy("Share of its business that a vendor gets, α"), gettext_lazy("Beta prior")),
    ("share:beta", gettext_lazy("Share of its business that a vendor gets, β"), gettext_lazy("Beta prior")),
    ("share_quantile", gettext_lazy("Which of comparable companies to match"), gettext_lazy("0.8 = the best fifth")),
    ("dilution", gettext_lazy("How the share falls with size"), gettext_lazy("0 = not at all, 1 = size adds nothing")),
    ("shrinkage", gettext_lazy("Companies that weigh as much as the parent segment"), ""),
    ("error_capacity", gettext_lazy("Error of capacity"), gettext_lazy("standard deviation of the logarithm")),
    ("error_capacity_unknown", gettext_lazy("Error of capacity where nothing is known"), ""),
    ("error_fit", gettext_lazy("Error of the product's part"), ""),
    ("error_share", gettext_lazy("Error of the share"), ""),
    ("error_corrected", gettext_lazy("Error of a value corrected by hand"), ""),
)
UNITS = {
    "currency/person/year": "¤", "currency/day": "¤", "currency/customer/year": "¤", "currency/year": "¤",
    "days/person/year": gettext_lazy("days"), "companies": gettext_lazy("companies"),
}  # fmt: skip
ORIGINS = {
    "stand_in": gettext_lazy("Stand-in"),
    "estimated": gettext_lazy("From %(count)s companies"),
    "set": gettext_lazy("Set by hand"),
}
STEPS = {
    "start": gettext_lazy("Typical company"),
    "capacity": gettext_lazy("What it can sell"),
    "fit": gettext_lazy("Part for the product"),
    "share": gettext_lazy("Share that we can get"),
    "correction": gettext_lazy("Correction by hand"),
}
CAPACITY_FROM = {
    "sales_people": gettext_lazy("its salespeople limit what it can sell"),
    "engineers": gettext_lazy("its engineers limit what it can sell"),
    "customers": gettext_lazy("its customers limit what it can sell"),
    "revenue": gettext_lazy("its revenue limits what it can sell"),
    "comparable": gettext_lazy("nothing is known: what comparable companies can sell"),
    "corrected": gettext_lazy("set by hand"),
}


def unit() -> str:
    """The sign of the reporting currency."""
    return formats.money(0, currency()).replace("0", "").replace("\u00a0", "").strip()


def line_name(line: str, products: Mapping[str, str]) -> str:
    """A product family in words; '' is all of them."""
    if line in {"", "all"}:
        return _("All products")
    return _("Other products") if line == "other" else products.get(line, line)


def parameters_shown(
    parameters: Mapping[str, Any], run: StudyRun | None, products: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Every single value of the formula with its origin: general ones first, then by typology and product.

    Before a run only what was set by hand is known.
    """
    values: Mapping[str, Any] = run.summary.get("parameters", {}) if run else {}
    given = parameters.get("values", {})
    order = {key: place for place, (key, _name, _about) in enumerate(PARAMETERS)}
    names = {key: (name, about) for key, name, about in PARAMETERS}
    shown = []
    for key in sorted({*values, *given, *order}, key=lambda k: (k not in order, order.get(k, 0), k)):
        value, raw_unit, origin, evidence = values.get(key, [given.get(key), "", "set" if key in given else "stand_in", 0])
        name, about = names.get(key, (_detail(key, names, products), ""))
        digits = 0 if value is not None and value >= 1000 else 3
        shown.append(
            {
                "key": key,
                "name": name,
                "about": about,
                "value": "" if value is None else formats.number(round(value, digits), None),
                "is_set": key in given,
                "set_value": "" if key not in given else f"{given[key]:g}",
                "unit": str(UNITS.get(raw_unit, "")).replace("¤", unit()),
                "origin": str(ORIGINS[origin]) % {"count": formats.number(evidence)}
                if origin == "estimated"
                else str(ORIGINS[origin]),
                "is_stand_in": origin == "stand_in",
                "is_general": key in order,
            }
        )
    return shown


def _detail(key: str, names: Mapping[str, Any], products: Mapping[str, str]) -> str:
    """``quota:var`` → "Sales per salesperson · VAR"; ``mix:var:firewall`` → "Part for Firewall · VAR"."""
    typologies = {k: str(v) for k, v in Typology.choices}
    name, _sep, rest = key.partition(":")
    if name == "mix":
        segment, _sep, product = rest.rpartition(":")
        words = _("Part for %(product)s") % {"product": line_name(product, products)}
        return f"{words} · {typologies.get(segment, segment)}" if segment else words
    if name == "share":
        segment, _sep, which = rest.rpartition(":")
        return f"{names[f'share:{which}'][0]} · {typologies.get(segment, segment)}"
    return f"{names.get(name, (name,))[0]} · {typologies.get(rest, rest)}"


def lines_shown(run: StudyRun, products: Mapping[str, str], current: str) -> list[dict[str, Any]]:
    """The product families as tabs with how much is to be won."""
    lines = run.summary.get("lines", [])
    whole = {"line": "", "potential": sum(x["potential"] for x in lines), "actual": sum(x["actual"] or 0 for x in lines)}
    return [
        {
            "line": x["line"],
            "name": line_name(x["line"], products),
            "gap": formats.money(x["potential"] - (x["actual"] or 0), currency(), short=True),
            "current": x["line"] == current,
        }
        for x in ([whole, *lines] if len(lines) > 1 else [whole])
    ]


def chart_of(rows: Sequence[RunResult], *, line: str) -> charts.Chart:
    """The largest gaps: potential from P10 to P90 with its middle, and what is sold today as a tick."""
    first = [r for r in rows if r.p50 is not None][:IN_CHART]
    name = first[0].company.name if first else ""
    gap = formats.money(first[0].gap, currency(), short=True) if first else ""
    return charts.ranges(
        key="gaps",
        title=_("%(name)s has the most to win: %(gap)s") % {"name": name, "gap": gap} if first else _("Nobody to show"),
        about=_("Potential a year from P10 to P90, %(unit)sk; the mark is what it buys from us today; %(line)s")
        % {"unit": unit(), "line": line},
        sentence=_("The %(count)s companies with the largest gap between potential and sales.") % {"count": len(first)},
        items=_ranges(first),
        head=(_("Company"), "P10", "P50", "P90"),
        height=320,
    )


def _ranges(first: Sequence[RunResult]) -> list[dict[str, Any]]:
    return [
        {
            "name": r.company.name, "low": _k(r.p10) or 0, "mid": _k(r.p50) or 0, "high": _k(r.p90) or 0,
            "figure": formats.money(r.p50, currency(), short=True),
        }
        | ({} if r.actual is None else {"actual": _k(r.actual)})
        for r in first
    ]  # fmt: skip


def row_shown(result: RunResult, *, top: float, url: str, why: str, selected: bool, place: str) -> dict[str, Any]:
    """One line of the table, money in thousands."""
    return {
        "id": result.company.public_id,
        "rank": result.rank,
        "name": result.company.name,
        "about": place,
        "p10": _k(result.p10), "p50": _k(result.p50), "p90": _k(result.p90), "top": top,
        "potential": formats.number(_k(result.p50), 0, missing="?"),
        "actual": formats.number(_k(result.actual), 0, missing="?"),
        "gap": formats.number(_k(result.gap), 0, missing="?"),
        "known": result.known_share,
        "too_little": "too_little" in result.marks,
        "corrected": "corrected" in result.marks,
        "url": url,
        "why": why,
        "selected": selected,
    }  # fmt: skip


def _k(value: Any) -> float | None:
    return None if value is None else float(value) / 1000


def drivers_of(result: RunResult) -> dict[str, Any]:
    """The waterfall of one company, and the three factors in words."""
    drivers = result.drivers
    steps = [
        (name, units) for name, units in drivers.get("steps", []) if name in {"start", "capacity", "fit", "share"} or units
    ]
    shown = [
        {
            "name": str(STEPS[name]),
            "value": units,
            "figure": formats.money(units, currency()) if name == "start" else signed(units),
            "total": name == "start",
        }
        for name, units in steps
    ]
    total = sum(units for _name, units in steps)
    shown.append({"name": _("Potential"), "value": total, "figure": formats.money(total, currency()), "total": True})
    return {
        "steps": shown,
        "capacity": formats.money(drivers.get("capacity"), currency(), short=True),
        "capacity_from": str(CAPACITY_FROM.get(drivers.get("capacity_from", ""), "")),
        "share": formats.percent(drivers.get("share"), 1),
        "fit": formats.percent(drivers["fit"], 1) if drivers.get("fit") is not None else None,
        "evidence": drivers.get("evidence", 0),
    }


def signed(units: int) -> str:
    """``+€1,200`` or ``−€300``."""
    text = formats.money(abs(units), currency())
    return f"+{text}" if units >= 0 else f"{formats.MINUS}{text}"


def waterfall_of(result: RunResult) -> charts.Chart:
    """The drivers as steps."""
    steps = drivers_of(result)["steps"]
    return charts.waterfall(
        key="drivers",
        title=_("What drives it"),
        about=_("From a typical company to this one, %(unit)s a year") % {"unit": unit()},
        sentence=", ".join(f"{s['name']} {s['figure']}" for s in steps),
        steps=steps,
        head=(_("Step"), unit()),
        height=200,
    )


def corrections_shown(corrections: Sequence[Correction], products: Mapping[str, str]) -> list[dict[str, Any]]:
    """Corrections of one company, newest first, each with its author and reason."""
    return [
        {
            "id": str(c.pk),
            "what": c.get_what_display(),
            "line": line_name(c.line, products) if c.line else "",
            "value": formats.percent(c.value, 1) if c.what in {"share", "fit"} else formats.money(c.value, currency()),
            "reason": c.reason,
            "author": c.author.name if c.author else _("Somebody who left"),
            "at": c.created_at,
        }
        for c in corrections
    ]


def place_of(company: Company) -> str:
    """Where it is and what it is."""
    typology = company.get_typology_display() if company.typology else None
    return " · ".join(part for part in (company.city, typology) if part)
