"""Celery's side: "look for mails that are due". Losing any of these messages loses nothing."""

from __future__ import annotations

from celery import shared_task

from prm.access.roles import as_system
from prm.notifications.services_mail import digests_plan, mails_hand_over


@shared_task(name="prm.notifications.poll", ignore_result=True)
def poll() -> None:
    """The beat, every few seconds: plans daily mails whose hour has come, and hands over what is due."""
    with as_system("mails that are due") as actor:
        digests_plan(actor=actor)
        mails_hand_over(actor=actor)
