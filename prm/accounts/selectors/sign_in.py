"""Who tried to sign in: what the limits count when Redis is away, and what somebody sees on the page of their own account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from prm.access.actors import Actor
from prm.access.roles import as_login, as_sign_in
from prm.accounts.models import SignIn, User
from prm.core.networks import CONNECTION, CUSTOMER, span_of

#: Refused tries within ``WINDOW`` after which nothing is tried any more: for one address where it signed in before, and from one internet
#: address elsewhere.
WINDOW, MOST_FOR_ADDRESS, MOST_FROM_IP = timedelta(minutes=15), 20, 60
#: Whoever stays below that is noticed by the day, so that an account's owner learns of it.
DAY, MOST_IN_A_DAY = timedelta(days=1), 60
#: Once an address was tried ``MOST_FOR_ADDRESS`` times, wherever from: how long each further internet address waits after a refusal.
PAUSE = timedelta(minutes=5)


def address_digest(*, actor: Actor, email: str) -> str:
    """An address as it is kept with the tries: keyed, so that the table names nobody who has no account here."""
    return salted_hmac("prm.accounts.sign_in", email.strip().casefold(), algorithm="sha256").hexdigest()


def is_guessing(*, actor: Actor, email: str, ip: str | None) -> bool:
    """Whether so many tries were refused lately that this one is not looked at. Counts in Postgres, whatever Redis does.

    Nobody can use it to keep somebody else out: where an account signed in before, only what was refused there counts; elsewhere an
    address that is being guessed at slows each internet address down after a refusal of its own, and the first try of each is looked at.
    Of the long kind of internet address whoever has one has as many as there are tries: their network counts (``prm.core.networks``).
    For an address without an account it is the same. At most four queries.
    """
    now = timezone.now()
    of_address = SignIn.objects.filter(address_digest=address_digest(actor=actor, email=email))
    refused = SignIn.objects.filter(outcome=SignIn.Outcome.REFUSED, at__gt=now - WINDOW)
    for_address = of_address.filter(outcome=SignIn.Outcome.REFUSED, at__gt=now - WINDOW)
    here, near = _from(ip), _from(ip, CUSTOMER)
    if ip and of_address.filter(here, outcome=SignIn.Outcome.IN).exists():
        return for_address.filter(here)[:MOST_FOR_ADDRESS].count() >= MOST_FOR_ADDRESS
    if ip and refused.filter(here)[:MOST_FROM_IP].count() >= MOST_FROM_IP:
        return True
    is_tried_much = for_address[:MOST_FOR_ADDRESS].count() >= MOST_FOR_ADDRESS
    return is_tried_much and for_address.filter(near, at__gt=now - PAUSE).exists()


def _from(ip: str | None, bits: int = CONNECTION) -> Q:
    return Q(ip__isnull=True) if ip is None else Q(ip__range=span_of(ip, bits))


@dataclass(frozen=True)
class Guessed:
    """Wrong passwords for one address within ``WINDOW``, or where these are few within ``DAY``: how many, from how many internet addresses,
    and since when."""

    tries: int
    places: int
    began_at: datetime


def guessed_addresses(*, actor: Actor) -> dict[str, Guessed]:
    """By digest, the addresses that are being guessed at now, with or without an account: fast, or slowly the whole day. One query."""
    now = timezone.now()
    lately = Q(at__gt=now - WINDOW)
    with as_login():
        refused = SignIn.objects.filter(outcome=SignIn.Outcome.REFUSED, at__gt=now - DAY).order_by()
        tried = refused.values("address_digest").annotate(
            tries=Count("pk", filter=lately), places=Count("ip", filter=lately, distinct=True), began_at=Min("at", filter=lately),
            day_tries=Count("pk"), day_places=Count("ip", distinct=True), day_began_at=Min("at"),
        )  # fmt: skip
        # What is over is told no more: of a day's tries the last one is of now.
        rows = list(tried.filter(Q(tries__gte=MOST_FOR_ADDRESS) | Q(tries__gte=1, day_tries__gte=MOST_IN_A_DAY)))
    return {row["address_digest"]: _guessed(row) for row in rows}


def _guessed(row: Mapping[str, Any]) -> Guessed:
    of = "" if row["tries"] >= MOST_FOR_ADDRESS else "day_"
    return Guessed(row[f"{of}tries"], row[f"{of}places"], row[f"{of}began_at"])


def sign_in_list(*, actor: Actor, most: int = 8) -> list[SignIn]:
    """The last times that the actor's account was opened, or its address tried. Newest first."""
    with as_sign_in():
        email = User.objects.values_list("email", flat=True).get(pk=actor.account_id)
        return list(SignIn.objects.filter(address_digest=address_digest(actor=actor, email=email)).order_by("-at")[:most])
