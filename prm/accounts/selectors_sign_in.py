"""Who tried to sign in: what the limits count when Redis is away, and what somebody sees on the page of their own account."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.crypto import salted_hmac

from prm.access.actors import Actor
from prm.access.roles import as_sign_in
from prm.accounts.models import SignIn, User

#: Refused tries within ``WINDOW`` after which nothing is tried any more: for one address, and from one internet address.
WINDOW, MOST_FOR_ADDRESS, MOST_FROM_IP = timedelta(minutes=15), 20, 60


def address_digest(*, actor: Actor, email: str) -> str:
    """An address as it is kept with the tries: keyed, so that the table names nobody who has no account here."""
    return salted_hmac("prm.accounts.sign_in", email.strip().casefold(), algorithm="sha256").hexdigest()


def is_guessing(*, actor: Actor, email: str, ip: str | None) -> bool:
    """Whether so many tries were refused lately that no more are looked at. Two queries; counts in Postgres, whatever Redis does."""
    since = timezone.now() - WINDOW
    refused = SignIn.objects.filter(outcome=SignIn.Outcome.REFUSED, at__gt=since)
    for_address = refused.filter(address_digest=address_digest(actor=actor, email=email))[:MOST_FOR_ADDRESS].count()
    return for_address >= MOST_FOR_ADDRESS or bool(ip and refused.filter(ip=ip)[:MOST_FROM_IP].count() >= MOST_FROM_IP)


def sign_in_list(*, actor: Actor, most: int = 8) -> list[SignIn]:
    """The last times that the actor's account was opened, or its address tried. Newest first."""
    with as_sign_in():
        email = User.objects.values_list("email", flat=True).get(pk=actor.account_id)
        return list(SignIn.objects.filter(address_digest=address_digest(actor=actor, email=email)).order_by("-at")[:most])
