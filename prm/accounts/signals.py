"""What allauth tells, which has no other door: somebody signed in, a second factor was set up. The domain itself uses events."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import user_logged_in as account_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from prm.access.actors import anonymous_actor
from prm.access.confirming import note_second_step
from prm.accounts import sessions
from prm.accounts.models import User
from prm.accounts.providers.adapter import took_it_there
from prm.accounts.rules.keys import device_of
from prm.accounts.services.sign_in import sign_in_note


@receiver(user_logged_in)
def clock_starts(request: HttpRequest, **more: Any) -> None:
    """Idle and absolute limits count from here."""
    sessions.begin(request)


@receiver(account_logged_in)
def came_in(request: HttpRequest, user: User, **more: Any) -> None:
    """Kept for the page of one's own account: when, from where, by which way."""
    ways = [record["method"] for record in get_authentication_records(request, user)]
    device = device_of(request.headers.get("User-Agent", ""))
    sign_in_note(
        actor=anonymous_actor(), email=user.email, is_in=True, way=(ways or ["password"])[-1][:12],
        ip=get_adapter().get_client_ip(request), device=device, user_id=user.pk,
    )  # fmt: skip
    if took_it_there(request):
        note_second_step(request, "provider")


@receiver(authenticator_added)
def second_step_proved(request: HttpRequest, authenticator: Authenticator, **more: Any) -> None:
    """Setting one up takes it: nobody is asked for the code that they typed a moment ago."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        note_second_step(request, authenticator.type)
    if authenticator.type == Authenticator.Type.TOTP:
        TOTP(authenticator).validate_code(request.POST.get("code", ""))  # used by it: the same code does not sign in as well
