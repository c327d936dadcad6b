"""Celery's side: "look whether somebody guesses at passwords". Losing any of these messages loses nothing."""

from __future__ import annotations

from celery import shared_task

from prm.access.roles import as_system
from prm.accounts.services.guessing import guesses_note


@shared_task(name="prm.accounts.guesses", ignore_result=True)
def guesses() -> None:
    """The beat, every minute: owners of accounts whose password is being guessed at are told."""
    with as_system("guesses at passwords") as actor:
        guesses_note(actor=actor)
