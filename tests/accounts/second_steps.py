"""What tests of sign-in hold in their hands: a phone with an authenticator app, a browser with a password."""

from __future__ import annotations

import re
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from prm.access.actors import Actor
from prm.accounts.models import User

PASSWORD = "correct horse battery"


def email_of(actor: Actor) -> str:
    return User.objects.get(pk=actor.user_id).email


def code_of(secret: str) -> str:
    """What the app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def app_of(actor: Actor) -> str:
    """An authenticator app set up earlier; its secret."""
    secret = generate_totp_secret()
    TOTP.activate(User.objects.get(pk=actor.user_id), secret)
    return secret


def sign_in(actor: Actor, client: Client | None = None, *, next: str = "") -> tuple[Client, str]:
    """Types address and password; the browser and where the answer leads."""
    client = client or Client()
    answer = client.post("/accounts/login/", {"login": email_of(actor), "password": PASSWORD, "next": next})
    return client, answer.headers.get("Location", "")


def shown_secret(page: str) -> str:
    return re.search(r'id="authenticator_secret"\s+value="([A-Z2-7=]+)"', page)[1]


def factors_of(actor: Actor) -> set[str]:
    return set(Authenticator.objects.filter(user_id=actor.user_id).values_list("type", flat=True))
