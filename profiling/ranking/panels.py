"""On a company's profile: its potential of the last ranking, and how much of it we sell today (P5)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.core.money import reporting_currency
from prm.partners.models import Company
from prm.ui.panels import Panel, panels
from profiling.ranking.selectors import potential_of_company


def _potential(actor: Actor, company: Any) -> dict[str, Any] | None:
    if not isinstance(company, Company) or company.archived_at is not None:
        return None
    row = potential_of_company(actor=actor, company=company)
    if row is None or row.p50 is None:
        return None
    return {
        "p10": row.p10,
        "p50": row.p50,
        "p90": row.p90,
        "gap": row.gap,
        "actual": row.actual,
        "realised": row.actual / row.p50 if row.actual is not None and row.p50 > 0 else None,
        "currency": reporting_currency(),
        "url": reverse("vendor:profiling:study-detail", args=[row.run.study.public_id]),
    }


panels.register(
    Panel(
        key="potential",
        place="company:kpis",
        title=_("Potential"),
        template="profiling/ranking/potential.html",
        provider=_potential,
        permission="profiling.study:view",
    )
)
