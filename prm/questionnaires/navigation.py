"""Where questionnaires stand: the sidebar, the companies chosen in the list, a company's profile."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.partners.navigation import CompanyAct, company_acts
from prm.questionnaires.selectors.results import company_asked
from prm.ui import nav
from prm.ui.panels import Panel, panels
from prm.views.lists import ViewedList, viewed_lists

VIEW = "questionnaires.questionnaire:view"


def _ask(actor: Actor, company: Any) -> dict[str, Any] | None:
    """The act on a profile, for whom somebody can be asked: partners and candidates."""
    partner = getattr(company, "partner", None)
    if partner is None or company.archived_at is not None:
        return None
    asked, answered = company_asked(actor=actor, company=company)
    return {"company": company, "asked": asked, "answered": answered}


def register() -> None:
    """Called once, when the app is ready."""
    nav.register(
        nav.NavItem(
            nav.Stage.PROFILING, _("Questionnaires"), "message-question", "vendor:questionnaires:questionnaire-list", permission=VIEW,
            order=40, key="q", under=("vendor:questionnaires:",),
        )
    )  # fmt: skip
    viewed_lists.register(
        ViewedList("questionnaires", _("Questionnaires"), "vendor:questionnaires:questionnaire-list", permission=VIEW)
    )
    company_acts.register(
        CompanyAct(
            key="ask", label=_("Ask for facts"), url_name="vendor:questionnaires:send", permission="questionnaires.round:send",
            icon="message-question", order=20,
        )
    )  # fmt: skip
    panels.register(
        Panel(
            key="ask", place="company:acts", title=_("Ask for facts"), template="questionnaires/company_ask.html", provider=_ask, order=5,
            permission="questionnaires.round:send",
        )
    )  # fmt: skip
