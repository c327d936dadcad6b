"""The answer of a look-alike as its page shows it, put in order: plain data for its template, no reading and no markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.core.money import reporting_currency
from prm.partners.models import Company, Lifecycle, Partner
from prm.ui import charts, formats
from profiling.scoring.catalogue import CRITERIA, GROUP, GROUPS, LABELS, colour, in_order
from profiling.scoring.finding import finding_words
from profiling.scoring.rules import THIN, finding_of
from profiling.studies.models import RunResult, StudyRun
from profiling.studies.rows import RowsShown, place_of

NAMED_IN_CHART = 60


def groups_compared() -> list[dict[str, str]]:
    """What a look-alike compares before it is asked: each group with its colour and the criteria in it."""
    named = {g.key: ", ".join(str(LABELS[c.key]) for c in CRITERIA if c.group == g.key) for g in GROUPS}
    named["measures"] = str(_("Whatever you import as a measure: certificates, levels, satisfaction"))
    return [{"label": str(g.label), "colour": g.colour.replace("c-", "t-"), "criteria": named[g.key]} for g in GROUPS]


def partner_offered(partner: Partner) -> dict[str, Any]:
    """A partner to take as a reference, with what it bought in a year."""
    sold = getattr(partner, "sales_year", None)
    figure = formats.money(sold, reporting_currency(), short=True) if sold else ""
    return {"company": partner.company, "about": place_of(partner.company), "tag": "", "figure": figure}


def company_offered(company: Company) -> dict[str, Any]:
    """A company found by name, with where our relationship with it stands."""
    partner = getattr(company, "partner", None)
    return {
        "company": company,
        "about": place_of(company),
        "tag": str(Lifecycle(partner.lifecycle).label) if partner else "",
        "figure": "",
    }


def row_shown(shown: RowsShown, result: RunResult, *, lifecycle: str = "", lists: Sequence[str] = ()) -> dict[str, Any]:
    """One line of the table."""
    contributions = in_order(result.contributions)
    unknown = _("not known")
    words = [
        f"{GROUP[g].label}: {formats.number(tenths / 10, 1) if tenths is not None else unknown}"
        for g, tenths in contributions
    ]
    return {
        **shown.row(result),
        "tag": lifecycle,
        "lists": ", ".join(lists),
        "lists_words": _("On a target list: %(names)s") % {"names": ", ".join(lists)},
        "parts": [(colour(g), tenths / 10) for g, tenths in contributions if tenths],
        "words": ", ".join(words),
        "score": formats.number(result.score, 0),
    }


def scatter_of(
    run: StudyRun, best: Sequence[RunResult], references: Sequence[Company], *, selected: str, why: str, title: str
) -> charts.Chart:
    """Potential by resemblance: the best, the references as diamonds, a sample of everyone else."""
    by_id = {str(c.pk): c for c in references}
    points = [
        {
            "x": float(r.score), "y": round(float(r.p50) / 1000, 1), "name": r.company.name, "id": r.company.public_id,
            "thin": THIN in r.marks,
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
    # A few giants would press everyone else to the floor: the cloud ends a little above the highest that is named.
    highest = 1.25 * max([p["y"] for p in (*points, *diamonds)], default=0)
    about = _("Potential at P50 (%(unit)s) by resemblance; the pale cloud is a sample of everyone else")
    if any(p["thin"] for p in points):
        about = _(
            "Potential at P50 (%(unit)s) by resemblance; hollow where it rests on too little; the pale cloud is a sample of everyone else"
        )
    cloud = [[x, round(y / 1000, 1)] for x, y in run.summary.get("cloud", []) if y / 1000 <= highest or not highest]
    return charts.scatter(
        key="alike",
        title=title,
        about=about % {"unit": formats.thousands(reporting_currency())},
        sentence=_("%(count)s companies by resemblance to the references and potential; the best is %(name)s.")
        % {"count": len(points), "name": points[0]["name"] if points else _("nobody")},
        x=_("Resemblance to the references"),
        y=_("Potential %(unit)s") % {"unit": formats.thousands(reporting_currency())},
        points=points,
        references=diamonds,
        cloud=cloud,
        x_max=100,
        selected=selected,
        target="#why",
    )


def named_after(references: Sequence[Company]) -> dict[str, Any]:
    """What a look-alike is called after that nobody has named (``title_after``)."""
    return {"name": references[0].name if references else _("nobody"), "more": max(len(references) - 1, 0)}


def title_of(run: StudyRun, best: Sequence[RunResult]) -> str:
    """The chart's title: what the run found; runs of before kept no finding, so it is read off their best."""
    found = finding_of([(r.score, None if THIN in r.marks else r.p50) for r in best])
    return finding_words(run.summary.get("finding") or found)


def kept_words(run: StudyRun) -> str:
    """From how many companies how many are ranked, and why the others are not."""
    counts = run.summary.get("left_out", {})
    references = counts.get("references", 0)
    said = {
        "references": ngettext("%(count)s reference", "%(count)s references", references),
        "status": _("%(count)s by their status"),
        "filters": _("%(count)s by the other filters"),
        "excluded": _("%(count)s not like us"),
        "unknown": _("%(count)s of which too little is known"),
    }
    left_out = [words % {"count": formats.number(counts[reason])} for reason, words in said.items() if counts.get(reason)]
    ranked = {"universe": formats.number(run.universe_count), "kept": formats.number(run.kept_count)}
    if not left_out:
        return _("Of %(universe)s companies %(kept)s are ranked.") % ranked
    words = _("Of %(universe)s companies %(kept)s are ranked; left out: %(reasons)s.")
    return words % {**ranked, "reasons": ", ".join(left_out)}


def thin_words(run: StudyRun, best: Sequence[RunResult]) -> str:
    """Of how many of the best the potential rests on too little; '' where of none."""
    thin = sum(THIN in r.marks for r in best)
    if not thin:
        return ""
    words = ngettext(
        "For %(thin)s of the first %(count)s the potential rests on too little and is hatched."
        " Its salespeople, engineers, customers or revenue would tell.",
        "For %(thin)s of the first %(count)s the potential rests on too little and is hatched."
        " Their salespeople, engineers, customers or revenue would tell.",
        thin,
    )
    return words % {"thin": formats.number(thin), "count": formats.number(len(best))}


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
        head=(_("Company"), _("Alike")),
        world=far,
        target="#why",
    )
