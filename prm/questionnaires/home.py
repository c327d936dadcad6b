"""What questionnaires add to homes: to the vendor's the rounds that end soon, to the portal's what somebody is asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.core.translated import said
from prm.partners.models import Partner
from prm.questionnaires.respondents import link_of
from prm.questionnaires.selectors.rounds import invitations_waiting, round_facts, rounds_ending
from prm.ui import formats, home
from prm.ui.panels import Panel, panels

#: How long before its end a round asks for a look, and when that is pressing.
ENDING, PRESSING = timedelta(days=7), timedelta(days=2)
SHOWN = 3


def ending_rounds(whose: home.Whose) -> home.Work | None:
    """Open rounds that end within a week and lack answers, the soonest first."""
    now = timezone.now()
    rounds = rounds_ending(actor=whose.actor, now=now, before=now + ENDING, sender_id=whose.person_id)
    facts = round_facts(actor=whose.actor, ids=[round_.pk for round_ in rounds]) if rounds else {}
    lacking = [round_ for round_ in rounds if facts[round_.pk].answered < facts[round_.pk].asked]
    items = [
        home.WorkItem(
            subject=round_.name,
            why=_("%(answered)s of %(asked)s have answered")
            % {"answered": formats.number(facts[round_.pk].answered), "asked": formats.number(facts[round_.pk].asked)},
            url=home.address("vendor:questionnaires:round-results", round_.public_id),
            act=_("See who has not"),
            act_url=home.address("vendor:questionnaires:round-people", round_.public_id),
            due=_("ends %(when)s") % {"when": formats.ago(round_.due_at)},
            tone="hot" if round_.due_at - now < PRESSING else "soon",
        )
        for round_ in lacking[: home.SHOWN]
    ]
    return home.Work(items=items, total=len(lacking), all_url=home.address("vendor:questionnaires:questionnaire-list"))


def asked(actor: Actor, partner: Partner) -> dict[str, Any] | None:
    """What the person is asked and has not answered yet, soonest first. One query."""
    language, now = get_language() or "en", timezone.now()
    waiting = [
        (said(invitation.title, language).text, invitation.due_at, url, invitation.due_at - now < PRESSING)
        for invitation in invitations_waiting(actor=actor, now=now)
        if (url := link_of(invitation))
    ]
    if not waiting:
        return None
    urgent = ngettext("We have a questionnaire for you.", "We have %(n)s questionnaires for you.", len(waiting))
    return {
        "waiting": waiting[:SHOWN], "more": max(0, len(waiting) - SHOWN), "urgent": urgent % {"n": len(waiting)},
        "act": {"label": _("Answer now"), "url": waiting[0][2], "icon": "message-question"},
    }  # fmt: skip


def register() -> None:
    """Called once, when the app is ready."""
    home.work.register(
        home.WorkSource(
            key="questionnaires.ending", label=gettext_lazy("Questionnaires that end soon"), icon="message-question",
            permission="questionnaires.round:send", provider=ending_rounds, order=50,
        )
    )  # fmt: skip
    panels.register(
        Panel(
            key="questionnaires", place="portal:home", title=gettext_lazy("Questions for you"),
            template="questionnaires/portal_waiting.html", provider=asked, order=20, permission="questionnaires.invitation:view",
        )
    )  # fmt: skip
