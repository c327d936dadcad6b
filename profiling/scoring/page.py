"""What the study page of a look-alike shows, put in order: plain data for its template, no reading and no markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from prm.partners.models import Company, Typology
from prm.ui import charts, formats
from profiling.scoring.catalogue import GROUP, GROUPS, in_order, label_of
from profiling.scoring.rules import Explanation
from profiling.studies.models import RunResult, StudyRun
from profiling.studies.snapshots import currency

ENOUGH = 0.5
ROWS = 25
NAMED_IN_CHART = 60
ALIKE_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Names:
    """Words for codes: criterion → code → name, and measures by key."""

    values: Mapping[str, Mapping[str, str]]
    measures: Mapping[str, str]

    def criterion(self, key: str) -> str:
        return label_of(key, self.measures)

    def value(self, key: str, code: str) -> str:
        if key == "typology":
            return str(dict(Typology.choices).get(code, code))
        return self.values.get(key, {}).get(code, area_words(code) if key == "areas" else code)


def area_words(code: str) -> str:
    """``FR:ile de france`` → "Ile De France, FR"."""
    country, _sep, region = code.partition(":")
    return f"{region.title()}, {country}" if region else country


def colour(group: str) -> str:
    """The colour class of a group's bar."""
    return GROUP[group].colour if group in GROUP else "c-6"


def weights_shown(parameters: Mapping[str, Any], run: StudyRun | None) -> list[dict[str, Any]]:
    """A slider for each group of which the universe knows something, or all before the first run: the weights that are set,
    else those that the run was served with."""
    served = {g["key"]: g["weight"] for g in run.summary.get("groups", [])} if run else {}
    known = set(served) or set(GROUP)
    given = parameters.get("groups") or served
    shown = [g for g in GROUPS if g.key in known]
    # Shown out of 100 whatever unit they were given in.
    whole = sum(given.get(g.key, 0) for g in shown)
    return [
        {
            "key": g.key,
            "label": g.label,
            "colour": g.colour.removeprefix("c-"),
            "weight": round(100 * given.get(g.key, 0) / whole) if whole else round(100 / len(shown)),
        }
        for g in shown
    ]


def evaluation_words(evaluation: Mapping[str, Any], weights: str) -> dict[str, str]:
    """What held-out partners say of the weights: text before, figures, conclusion. ``weights``: set, suggested or equal."""
    if not evaluation:
        return {}
    if evaluation["status"] == "too_few":
        text = ngettext(
            "Only %(count)s good partner is known: too few to put some aside and tell whether these weights help. It takes %(needed)s.",
            "Only %(count)s good partners are known: too few to put some aside and tell whether these weights help. It takes %(needed)s.",
            evaluation["partners"],
        )
        return {"text": text % {"count": evaluation["partners"], "needed": evaluation["needed"]}}
    chosen, equal = (formats.number(evaluation["methods"][m][0], 1) for m in ("chosen", "equal"))
    lift, error = evaluation["methods"]["chosen"]
    conclusion = {
        "within_error": _("The difference is within the error."),
        "better": _("That is more than the error."),
        "worse": _("That is worse by more than the error: equal weights serve better."),
    }[evaluation["status"]]
    if weights == "equal" and evaluation["status"] == "worse":
        conclusion = _(
            "The references suggest them, but they do worse by more than the error: equal weights are used instead."
        )
    elif lift - 2 * (error or 0) <= 1:
        conclusion = _(
            "Neither is above chance by more than the error: on these facts our partners are not told apart from others."
        )
    return {
        "text": _(
            "On %(count)s held-out partners these weights find %(chosen)s× more than chance in the top 1 %%; equal weights %(equal)s×."
        )
        % {"count": evaluation["partners"], "chosen": chosen, "equal": equal},
        "conclusion": " ".join(
            [conclusion, _("The references suggest these weights.")] if weights == "suggested" else [conclusion]
        ),
    }


def place_of(company: Company) -> str:
    """``Grenoble · MSP``: where it is and what it is; what is not known is left out."""
    typology = company.get_typology_display() if company.typology else None
    return " · ".join(part for part in (company.city, typology) if part)


def row_shown(
    result: RunResult, *, top: float, url: str, why: str, selected: bool, lifecycle: str = "", lists: Sequence[str] = ()
) -> dict[str, Any]:
    """One line of the table."""
    parts = [(colour(g), tenths / 10) for g, tenths in in_order(result.contributions) if tenths]
    words = [
        f"{GROUP[g].label}: {formats.number(tenths / 10, 1) if tenths is not None else _('not known')}"
        for g, tenths in in_order(result.contributions)
    ]
    return {
        "id": result.company.public_id,
        "rank": result.rank,
        "name": result.company.name,
        "about": place_of(result.company),
        "tag": lifecycle,
        "lists": ", ".join(lists),
        "parts": parts,
        "words": ", ".join(words),
        "score": formats.number(result.score, 0),
        "known": result.known_share,
        "p10": _k(result.p10),
        "p50": _k(result.p50),
        "p90": _k(result.p90),
        "potential": formats.number(_k(result.p50), 0, missing="?"),
        "top": top,
        "url": url,
        "why": why,
        "selected": selected,
    }


def unit() -> str:
    """The sign of the reporting currency."""
    return formats.money(0, currency()).replace("0", "").replace("\u00a0", "").strip()


def _k(value: Any) -> float | None:
    return None if value is None else float(value) / 1000


def scatter_of(
    run: StudyRun, best: Sequence[RunResult], references: Sequence[Company], *, selected: str, why: str, title: str
) -> charts.Chart:
    """Potential by resemblance: the best, the references as diamonds, a sample of everyone else."""
    by_id = {str(c.pk): c for c in references}
    points = [
        {
            "x": float(r.score), "y": round(float(r.p50) / 1000, 1), "name": r.company.name, "id": r.company.public_id,
            "url": f"{why}?{urlencode({'company': r.company.public_id, 'run': run.number})}",
        }
        for r in best
        if r.score is not None and r.p50 is not None
    ]  # fmt: skip
    diamonds = [
        {"x": round(100 * r["resemblance"], 1), "y": round(r["p50"] / 1000, 1), "name": by_id[r["company"]].name}
        for r in run.summary.get("references", [])
        if r["company"] in by_id and r["resemblance"] is not None and r["p50"] is not None
    ]
    symbol = unit()
    # A few giants would press everyone else to the floor: the cloud ends a little above the highest that is named.
    highest = 1.25 * max([p["y"] for p in (*points, *diamonds)], default=0)
    cloud = [[x, round(y / 1000, 1)] for x, y in run.summary.get("cloud", []) if y / 1000 <= highest or not highest]
    return charts.scatter(
        key="alike",
        title=title,
        about=_("Potential at P50 (%(unit)sk) by resemblance; the pale cloud is a sample of everyone else")
        % {"unit": symbol},
        sentence=_("%(count)s companies by resemblance to the references and potential; the best is %(name)s.")
        % {"count": len(points), "name": points[0]["name"] if points else _("nobody")},
        x=_("Resemblance to the references"),
        y=_("Potential %(unit)sk") % {"unit": symbol},
        points=points,
        references=diamonds,
        cloud=cloud,
        x_max=100,
        selected=selected,
        target="#why",
    )


def map_of(best: Sequence[RunResult], references: Sequence[Company], *, title: str, why: str, run: StudyRun) -> charts.Chart:
    """The best on the map, larger where more alike."""
    points: list[dict[str, Any]] = [
        {
            "lon": r.company.longitude, "lat": r.company.latitude, "value": float(r.score), "name": r.company.name,
            "figure": formats.number(r.score, 1),
            "url": f"{why}?{urlencode({'company': r.company.public_id, 'run': run.number})}",
        }
        for r in best
        if r.company.latitude is not None and r.score is not None
    ]  # fmt: skip
    points += [
        {"lon": c.longitude, "lat": c.latitude, "value": 100, "name": c.name, "figure": _("reference"), "reference": True}
        for c in references
        if c.latitude is not None
    ]
    far = any(p["lon"] < -25 or p["lon"] > 45 or p["lat"] < 34 for p in points)
    missing = sum(1 for r in best if r.company.latitude is None)
    return charts.places(
        key="map",
        title=title,
        about=_("The larger the dot the more alike; of %(missing)s of the first %(count)s the place is not known")
        % {"missing": missing, "count": len(best)},
        sentence=_("Where the %(count)s most alike are.") % {"count": len(points)},
        points=points,
        measure=_("Alike"),
        world=far,
        target="#why",
    )


def finding_of(best: Sequence[RunResult]) -> str:
    """The chart's title: how many of the best are both alike and worth it."""
    known = sorted(float(r.p50) for r in best if r.p50 is not None)
    if not known:
        return _("The most alike")
    worth = _round_figure(known[len(known) // 2])
    alike = [r for r in best if r.score is not None and r.score >= 60 and r.p50 is not None and float(r.p50) >= worth]
    amount = formats.money(worth, currency(), short=True)
    if not alike:
        return _("None of the most alike is worth more than %(amount)s") % {"amount": amount}
    return ngettext(
        "%(count)s is alike and worth more than %(amount)s", "%(count)s are alike and worth more than %(amount)s", len(alike)
    ) % {"count": len(alike), "amount": amount}


def _round_figure(value: float) -> float:
    """A threshold that people would choose: one or two significant figures."""
    if value <= 0:
        return 0.0
    size = 10.0 ** (len(str(int(value))) - 1)
    return max(round(value / size * 2) / 2 * size, size / 2)


def drawer_of(
    result: RunResult, explanation: Explanation | None, run: StudyRun, names: Names, shared: set[tuple[str, str]]
) -> dict[str, Any]:
    """The why of one company: points adding up, what it shares with the references, what is not known of it."""
    weights = {g["key"]: g["weight"] for g in run.summary["groups"]}
    groups: list[dict[str, Any]] = [
        {
            "key": key,
            "label": GROUP[key].label,
            "colour": colour(key),
            "points": None if tenths is None else tenths / 10,
        }
        for key, tenths in in_order(result.contributions)
        if weights.get(key)
    ]
    widest = max([weights[g["key"]] for g in groups] + [1])
    for group in groups:
        group["share"] = None if group["points"] is None else min(group["points"] / (widest * 1.25), 1)
        group["most"] = weights[group["key"]] / (widest * 1.25)
    ahead = formats.percent(min(result.percentile, 99.9) / 100, 1) if result.percentile is not None else formats.unknown()
    return {
        "ahead": ahead,
        "groups": groups,
        "parts": [(g["colour"], g["points"]) for g in groups if g["points"]],
        "alike": alike_words(run.summary.get("alike", []), names, shared),
        "unknown": [names.criterion(key) for key in (explanation.unknown if explanation else ())],
        "lacking": _lacking(explanation, names),
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
    if low is None and high is None:
        value = names.value(fact["key"], fact["value"])
        separator = "\u202f: " if (get_language() or "").startswith("fr") else ": "
        return f"{label}{separator}{value}"
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
    if key == "founded_year":
        return str(int(value))
    return formats.money(value, currency(), short=True) if key == "revenue" else formats.number(value, 0)


def _lacking(explanation: Explanation | None, names: Names) -> list[str]:
    if explanation is None:
        return []
    found = [
        (share, reason.key, label) for reason in explanation.reasons for label, share in reason.missing if share >= ENOUGH
    ]
    return [names.value(key, label) for _share, key, label in sorted(found, reverse=True)[:3]]
