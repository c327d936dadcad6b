"""On a company's profile: the button that finds more like it, and who is most alike once that was asked (P3)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.partners.models import Company
from prm.ui.panels import Panel, panels
from profiling.scoring.selectors import companies_by_public_id, resemblance_of_company, run_of_company
from profiling.studies.models import StudyRun
from profiling.studies.rows import place_of
from profiling.studies.selectors import result_list

SHOWN = 4
WEIGHTS = {"set": _("weights set by hand"), "suggested": _("weights as the references suggest"), "equal": _("equal weights")}


def _act(actor: Actor, company: Any) -> dict[str, Any] | None:
    if not isinstance(company, Company) or company.archived_at is not None:
        return None
    return {"url": reverse("vendor:profiling:lookalike-like", args=[company.public_id])}


def _most_alike(actor: Actor, company: Any) -> dict[str, Any] | None:
    run = run_of_company(actor=actor, company=company) if isinstance(company, Company) else None
    if run is None:
        return _resemblance(actor, company) if isinstance(company, Company) else None
    rows = list(result_list(actor=actor, run=run)[:SHOWN])
    return {
        **_of_study(run),
        "others": len(run.parameters["references"]) - 1,
        "rows": [
            {
                "name": r.company.name,
                "about": place_of(r.company),
                "url": reverse("vendor:partners:company-detail", args=[r.company.public_id]),
                "score": float(r.score or 0),
                "share": float(r.score or 0) / 100,
                "known": r.known_share,
            }
            for r in rows
        ],
    }


def _of_study(run: StudyRun) -> dict[str, Any]:
    """Whose answer it is: the study's title, who asked, who chose the weights, among how many."""
    study = run.study
    return {
        "study_url": reverse("vendor:profiling:study-detail", args=[study.public_id]),
        "study": study.shown_title,
        "owner": study.owner.name if study.owner else "",
        "weights": WEIGHTS[run.summary.get("weights", "set")],
        "universe": run.universe_count,
    }


def _resemblance(actor: Actor, company: Company) -> dict[str, Any] | None:
    """How far the company is like the references of the last study that holds it."""
    row = resemblance_of_company(actor=actor, company=company)
    if row is None or row.score is None:
        return None
    references = companies_by_public_id(actor=actor, public_ids=row.run.parameters.get("references", []))
    return {
        **_of_study(row.run),
        "rank": row.rank,
        "score": float(row.score),
        "share": float(row.score) / 100,
        "known": row.known_share,
        "references": [(r.name, reverse("vendor:partners:company-detail", args=[r.public_id])) for r in references[:SHOWN]],
    }


panels.register(
    Panel(
        key="find-more",
        place="company:acts",
        title=_("Find more like this"),
        template="profiling/scoring/act.html",
        provider=_act,
        permission="profiling.study:create",
    )
)
panels.register(
    Panel(
        key="most-alike",
        place="company:main",
        title=_("Most alike"),
        template="profiling/scoring/most_alike.html",
        provider=_most_alike,
        permission="profiling.study:view",
    )
)
