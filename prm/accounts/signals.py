"""What allauth tells, which has no other door: somebody signed in, a second factor was set up. The domain itself uses events."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from prm.accounts import sessions
from prm.accounts.confirming import note_second_step


@receiver(user_logged_in)
def clock_starts(request: HttpRequest, **more: Any) -> None:
    """Idle and absolute limits count from here."""
    sessions.begin(request)


@receiver(authenticator_added)
def second_step_proved(request: HttpRequest, authenticator: Authenticator, **more: Any) -> None:
    """Setting one up takes it: nobody is asked for the code that they typed a moment ago."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        note_second_step(request, authenticator.type)
