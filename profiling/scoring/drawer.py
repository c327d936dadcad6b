"""The why of one company of a look-alike: points that add up, what it shares with the references, what it lacks, what is not
known of it. Plain data, no reading and no markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from prm.core.money import reporting_currency
from prm.ui import formats
from profiling.scoring.catalogue import GROUP, Names, colour, in_order
from profiling.scoring.rules import Explanation
from profiling.studies.models import RunResult, StudyRun

ALIKE_SHOWN = 6
LACKING_SHOWN = 3
MOST = 0.5  # of the references


def drawer_of(
    result: RunResult, explanation: Explanation | None, run: StudyRun, names: Names, shared: set[tuple[str, str]]
) -> dict[str, Any]:
    """Everything that the drawer says below the company's name."""
    ahead = formats.percent(min(result.percentile, 99.9) / 100, 1) if result.percentile is not None else formats.unknown()
    groups = points_shown(result.contributions, {g["key"]: g["weight"] for g in run.summary["groups"]})
    inside = inside_shown(explanation, names)
    groups = [{**group, "inside": inside.get(group["key"], ())} for group in groups]
    return {
        "ahead": ahead,
        "groups": groups,
        "parts": [(g["colour"], g["points"]) for g in groups if g["points"]],
        "alike": alike_words(run.summary.get("alike", []), names, shared),
        "unknown": [names.criterion(key) for key in (explanation.unknown if explanation else ())],
        "lacking": _lacking(explanation, names),
    }


def points_shown(contributions: Mapping[str, int | None], weights: Mapping[str, float]) -> list[dict[str, Any]]:
    """A line for each group that carries weight: its points, and the most that it could give to this company, whose unknown
    groups leave their weight to the others."""
    carried = [(key, tenths) for key, tenths in in_order(contributions) if weights.get(key)]
    rested = sum(weights[key] for key, tenths in carried if tenths is not None)
    most = {key: 100 * weights[key] / rested for key, tenths in carried if tenths is not None} if rested else {}
    widest = max(most.values(), default=1.0)
    return [
        {
            "key": key,
            "label": GROUP[key].label,
            "colour": colour(key),
            "points": None if tenths is None else tenths / 10,
            "most": most.get(key),
            "share": None if tenths is None else min(tenths / 10 / widest, 1),
            "tick": min(most[key] / widest, 1) if key in most else None,
        }
        for key, tenths in carried
    ]


def inside_shown(explanation: Explanation | None, names: Names) -> dict[str, list[dict[str, Any]]]:
    """Group → its criteria, each with its points, None where the fact is not known: they add up to the group's. Of groups that hold
    several only, and that are known: what one of them gives must not pass for another that carries the group's name."""
    found: dict[str, list[dict[str, Any]]] = {}
    for reason in explanation.reasons if explanation else ():
        if reason.weight:
            points = None if reason.similarity is None else reason.points / 10
            found.setdefault(reason.group, []).append({"label": names.criterion(reason.key), "points": points})
    return {
        group: sorted(inside, key=lambda one: one["points"] is None)
        for group, inside in found.items()
        if len(inside) > 1 and any(one["points"] is not None for one in inside)
    }


def alike_words(
    found: Sequence[Mapping[str, Any]], names: Names, shared: set[tuple[str, str]] | None = None
) -> list[dict[str, str]]:
    """Facts that the references share more than the universe does, as sentences with their lift; those of one company only
    when ``shared`` names (criterion, value) pairs that it has."""
    shown = []
    for fact in found:
        if fact["lift"] <= 1.05 or (shared is not None and (fact["key"], fact["value"]) not in shared):
            continue
        shown.append({"text": _fact_words(fact, names), "lift": f"{formats.number(fact['lift'], 1)}×"})
    return shown[:ALIKE_SHOWN]


def _fact_words(fact: Mapping[str, Any], names: Names) -> str:
    label, low, high = names.criterion(fact["key"]), fact.get("low"), fact.get("high")
    if fact["key"] == "founded_year":
        return _founded(low, high)
    if low is None and high is None:
        value = names.value(fact["key"], fact["value"])
        return with_value(label, value)
    if low is None:
        return _("%(label)s up to %(high)s") % {"label": label, "high": _number(fact["key"], high)}
    if high is None:
        return _("%(label)s above %(low)s") % {"label": label, "low": _number(fact["key"], low)}
    return _("%(label)s from %(low)s to %(high)s") % {
        "label": label,
        "low": _number(fact["key"], low),
        "high": _number(fact["key"], high),
    }


def _number(key: str, value: float | None) -> str:
    if value is None:
        return formats.unknown()
    if key in {"growth", "market_share"}:
        return formats.percent(value, 1)
    return formats.money(value, reporting_currency(), short=True) if key == "revenue" else formats.number(value, 0)


def with_value(label: str, value: str) -> str:
    """``Offer sold: firewalls``; in French with its narrow space."""
    separator = "\u202f: " if (get_language() or "").startswith("fr") else ": "
    return f"{label}{separator}{value}"


def _founded(low: float | None, high: float | None) -> str:
    if high is None:
        return _("Founded after %(year)s") % {"year": int(low or 0)}
    if low is None:
        return _("Founded up to %(year)s") % {"year": int(high)}
    return _("Founded from %(low)s to %(high)s") % {"low": int(low), "high": int(high)}


def _lacking(explanation: Explanation | None, names: Names) -> list[dict[str, str]]:
    """What most of the references have and it has not, the most common first: fact, and their share."""
    if explanation is None:
        return []
    found: list[tuple[float, str, str]] = [
        (share, reason.key, label) for reason in explanation.reasons for label, share in reason.missing if share >= MOST
    ]
    return _without_countries(sorted(found, reverse=True), names)[:LACKING_SHOWN]


def _without_countries(found: Sequence[tuple[float, str, str]], names: Names) -> list[dict[str, str]]:
    """A region says its country too: the country alone is not told twice."""
    told = {label.partition(":")[0] for _share, key, label in found if key == "areas" and ":" in label}
    return [
        {"text": with_value(names.criterion(key), names.value(key, label)), "share": formats.percent(share)}
        for share, key, label in found
        if key != "areas" or ":" in label or label not in told
    ]
