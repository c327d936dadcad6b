"""What people add to the vendor's home: invitations that nobody follows, and who did what lately."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.access.actors import Actor
from prm.accounts.selectors.invitations import invitations_ending
from prm.accounts.selectors.persons import person_names
from prm.events.selectors import recent_list
from prm.events.subjects import subject_names, subjects_named
from prm.ui import formats, home
from prm.ui.panels import Panel, panels

SHOWN = 4
#: How long before its end an invitation asks for a look.
ENDING = timedelta(days=2)


def waiting_invitations(whose: home.Whose) -> home.Work | None:
    """Invitations to the vendor that end within two days, or have ended lately and were not sent again: those of whoever looks."""
    now = timezone.now()
    found = invitations_ending(actor=whose.actor, within=ENDING, inviter_id=whose.actor.user_id if whose.person_id else None)
    items = [
        home.WorkItem(
            subject=invitation.name,
            why=_("was invited on %(day)s and has not come in") % {"day": formats.day(invitation.sent_at)},
            url=home.address("vendor:accounts:invitation-list"),
            act=_("Open"),
            act_url=home.address("vendor:accounts:invitation-list"),
            due=_("ends %(when)s") % {"when": formats.ago(invitation.expires_at)}
            if invitation.expires_at > now
            else _("ended %(when)s") % {"when": formats.ago(invitation.expires_at)},
            tone="soon",
        )
        for invitation in found[: home.SHOWN]
    ]
    return home.Work(items=items, total=len(found), all_url=home.address("vendor:accounts:invitation-list"))


def activity(actor: Actor, whose: home.Whose) -> dict[str, Any] | None:
    """The last things that happened to records that can be named: who, what, to which."""
    # Of those that can be named only: a large import leaves hundreds of others behind.
    recent = recent_list(actor=actor, subject_types=[subject.subject_type for subject in subject_names], limit=60)
    if not recent:
        return None
    people = person_names(actor=actor, user_ids=[entry.actor_id for entry in recent if entry.actor_id])
    named = subjects_named(actor=actor, subjects=[(entry.subject_type, entry.subject_id) for entry in recent])
    entries: list[dict[str, Any]] = []
    told: set[tuple[UUID | None, UUID | str]] = set()
    for entry in recent:
        # Of a row of acts of somebody on one record, or of one kind, only the last is news.
        same: set[tuple[UUID | None, UUID | str]] = {(entry.actor_id, entry.subject_id), (entry.actor_id, entry.sentence)}
        if (entry.subject_type, entry.subject_id) not in named or same & told:
            continue
        if len(entries) == SHOWN:
            break
        told |= same
        subject, url = named[entry.subject_type, entry.subject_id]
        who = people.get(entry.actor_id) if entry.actor_id else None
        entries.append(
            {"who": who or _("The product"), "sentence": entry.sentence, "subject": subject, "url": url, "at": entry.at}
        )
    return {"entries": entries} if entries else None


def register() -> None:
    """Called once, when the app is ready."""
    home.work.register(
        home.WorkSource(
            key="accounts.invitations", label=gettext_lazy("Invitations that nobody follows"), icon="mail",
            permission="accounts.person:invite", provider=waiting_invitations, order=60,
        )
    )  # fmt: skip
    panels.register(
        Panel(
            key="activity", place="home:rail", title=gettext_lazy("Activity"), template="accounts/home_activity.html",
            provider=activity, order=20, permission="events.event:view",
        )
    )  # fmt: skip
