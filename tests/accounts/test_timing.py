"""Who has an account is not told by how long an answer takes. Both kinds of address are asked in turn, many times, and their medians
compared: whatever else the machine does hits both alike."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from prm.access.roles import as_role
from prm.accounts.models import SignIn, User
from prm.accounts.services_providers import Wanted, provider_add, provider_switch, provider_tested
from tests.accounts.local_providers import SamlIdp

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commits_at_once")]
ROUNDS, MOST_APART = 40, 0.3


def apart(ask: Callable[[str], Any], known: str, unknown: str) -> float:
    """By which share of the shorter one the medians of both kinds of address differ."""
    took: dict[str, list[float]] = {known: [], unknown: []}
    for number in range(ROUNDS + 2):
        order = (known, unknown) if number % 2 else (unknown, known)
        for email in order:
            cache.clear()  # the limits are another matter
            SignIn.objects.all().delete()
            began = time.perf_counter()
            ask(email)
            if number >= 2:  # the first ones warm up
                took[email].append(time.perf_counter() - began)
    shorter, longer = sorted(median(seconds) for seconds in took.values())
    return longer / shorter - 1


@pytest.fixture
def known(manager: Any) -> str:
    return User.objects.get(pk=manager.user_id).email


def test_the_comparison_sees_a_difference_that_was_planted() -> None:
    assert apart(lambda email: time.sleep(0.002 if email == "a" else 0.004), "a", "b") > MOST_APART


def test_a_password_is_refused_as_fast_for_who_has_an_account_as_for_who_has_none(known: str, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    user = User.objects.get(email=known)
    user.set_password("correct horse battery")
    user.save()
    ask = Client()

    def tried(email: str) -> None:
        assert ask.post("/accounts/login/", {"login": email, "password": "wrong horse battery"}).status_code == 200

    assert apart(tried, known, "nobody.at.all@orvane.example") < MOST_APART


def test_a_password_is_sent_for_as_fast(known: str) -> None:
    ask = Client()
    assert (
        apart(lambda email: ask.post("/accounts/password/reset/", {"email": email}), known, "nobody.at.all@orvane.example")
        < MOST_APART
    )


def test_a_companys_sign_in_is_found_as_fast(known: str, administrator: Any) -> None:
    wanted = Wanted(name="Orvane sign-in", domains=["orvane.example"], metadata=SamlIdp().metadata())
    with as_role(administrator):
        made = provider_add(actor=administrator, kind="saml", partner_id=None, wanted=wanted)
        provider_tested(actor=administrator, provider_id=made.pk)
        provider_switch(actor=administrator, provider_id=made.pk, on=True)
    ask = Client(HTTP_HOST="testserver")

    def found(email: str) -> None:
        assert ask.post("/accounts/company/", {"email": email}).status_code == 200

    assert apart(found, known, "nobody.at.all@orvane.example") < MOST_APART
