"""What the portal itself shows on its home: the tier card, the company's profile, whom to call."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from prm.access.actors import Actor
from prm.partners.facts.words import proposal_words
from prm.partners.models import Partner
from prm.partners.selectors.own import own_contact, own_decisions, own_waiting
from prm.portal.facts import decision_of, missing_facts, words_of_field
from prm.ui.panels import Panel, panels

#: How much of each list the home shows.
SHOWN = 4


def register() -> None:
    """Hangs them on the home."""
    for panel in (
        Panel(
            key="profile", place="portal:home", title=gettext_lazy("My company"), template="portal/panels/profile.html",
            provider=profile, order=200, permission="partners.fact_proposal:view",
        ),
        Panel(
            key="tier", place="portal:home:side", title=gettext_lazy("My tier"), template="portal/panels/tier.html",
            provider=tier, order=10,
        ),
        Panel(
            key="contact", place="portal:home:side", title=gettext_lazy("My contact"),
            template="portal/panels/contact.html", provider=contact, order=300, permission="partners.partner_contact:view",
        ),
    ):  # fmt: skip
        panels.register(panel)


def profile(actor: Actor, partner: Partner) -> dict[str, Any]:
    """What the company's profile lacks, what waits, and the last answers. Two queries."""
    waiting = own_waiting(actor=actor)
    decisions = [decision_of(proposal) for proposal in own_decisions(actor=actor)]
    missing = missing_facts(partner.company, waiting)
    refused = next((decision for decision in decisions[:SHOWN] if not decision.accepted), None)
    return {
        "missing": missing[:SHOWN], "more": max(0, len(missing) - SHOWN), "count": len(missing),
        "waiting": [(words_of_field(p.field), proposal_words(p.field, p.value), p.created_at) for p in waiting.values()][:SHOWN],
        "decisions": decisions[:SHOWN], "urgent": _urgent(refused.label if refused else "", len(missing)),
        "act": {"label": _("Complete the profile"), "url": reverse("portal:company-edit"), "icon": "pencil"} if missing else None,
    }  # fmt: skip


def tier(actor: Actor, partner: Partner) -> dict[str, Any] | None:
    """The tier, once one is known."""
    return {"partner": partner, "tier": partner.tier_code.replace("_", " ").title()} if partner.tier_code else None


def contact(actor: Actor, partner: Partner) -> dict[str, Any]:
    """Who looks after the partner. One query."""
    return {"contact": own_contact(actor=actor)}


def _urgent(refused: str, missing: int) -> str:
    if refused:
        return _("Not taken over: %(fact)s. The reason is below.") % {"fact": refused}
    if missing:
        text = ngettext("One fact of your company is missing.", "%(n)s facts of your company are missing.", missing)
        return text % {"n": missing}
    return ""
