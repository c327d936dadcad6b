"""What comes round: reminders, and drafts that nobody may keep."""

from __future__ import annotations

from datetime import timedelta

from prm.access.actors import Actor
from prm.jobs.runner.periodic import periodic
from prm.questionnaires.services.rounds import drafts_forget, reminders_send


@periodic("questionnaires.reminders", every=timedelta(hours=1))
def send_reminders(*, actor: Actor) -> None:
    """Comes round every hour; each person is reminded once a day that their round named."""
    reminders_send(actor=actor)


@periodic("questionnaires.drafts", every=timedelta(hours=6))
def forget_drafts(*, actor: Actor) -> None:
    """Comes round four times a day."""
    drafts_forget(actor=actor)
