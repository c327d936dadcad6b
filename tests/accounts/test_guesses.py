"""Somebody guesses at a password: the owner of the account is told, once a day; whoever guesses learns nothing by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.db.models import F
from django.test import Client
from django.utils import timezone

from prm.access.actors import Actor, anonymous_actor
from prm.access.roles import as_system
from prm.accounts.models import SignIn, User
from prm.accounts.selectors.sign_in import DAY, MOST_FOR_ADDRESS, MOST_IN_A_DAY, WINDOW, address_digest, is_guessing
from prm.accounts.services.guessing import QUIET
from prm.accounts.tasks import guesses
from prm.events.models import OutboxEvent
from prm.events.runner.work import deliver_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commits_at_once")]
CLAIRE = "manager.claire@orvane.example"


def guess(email: str, times: int = MOST_FOR_ADDRESS) -> None:
    for _try in range(times):
        cache.clear()  # allauth's own limit is another
        assert Client().post("/accounts/login/", {"login": email, "password": "a guess"}).status_code == 200


def told() -> list[str]:
    """Whom the beat writes to."""
    mail.outbox.clear()
    guesses()
    deliver_all()
    return [to for letter in mail.outbox for to in letter.to]


def test_the_owner_of_an_account_that_is_guessed_at_is_told_in_their_language(manager: Actor) -> None:
    User.objects.filter(email=CLAIRE).update(language="fr")
    guess(CLAIRE, MOST_FOR_ADDRESS - 1)
    assert told() == []
    guess(CLAIRE.upper(), 1)
    assert told() == [CLAIRE]
    [letter] = mail.outbox
    assert letter.subject.endswith("Quelqu’un cherche votre mot de passe")
    assert f"{MOST_FOR_ADDRESS} mots de passe faux" in letter.body
    assert "depuis 1 adresse internet." in letter.body
    assert "/accounts/password/change/" in letter.body
    assert "/accounts/security/" in letter.body
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"


def test_it_is_told_once_a_day_however_long_it_goes_on(manager: Actor) -> None:
    guess(CLAIRE)
    assert told() == [CLAIRE]
    guess("manager.claire@orvane.example", 1)
    assert told() == []
    User.objects.filter(email=CLAIRE).update(guesses_told_at=timezone.now() - QUIET + timedelta(minutes=1))
    assert told() == []
    User.objects.filter(email=CLAIRE).update(guesses_told_at=timezone.now() - QUIET)
    assert told() == [CLAIRE]


def test_nobody_without_an_account_gets_a_letter_and_a_closed_one_neither(manager: Actor) -> None:
    guess("nobody@orvane.example")
    assert told() == []
    SignIn.objects.all().delete()
    guess(CLAIRE)
    User.objects.filter(email=CLAIRE).update(is_active=False)
    assert told() == []


def test_a_guess_does_the_same_whether_its_address_has_an_account(manager: Actor) -> None:
    """The try that fills the measure writes nothing but its own row: who is told is looked for by the beat."""
    for address in (CLAIRE, "nobody@orvane.example"):
        SignIn.objects.all().delete()
        guess(address, MOST_FOR_ADDRESS)
    with as_system("a test"):
        assert not OutboxEvent.objects.filter(type="accounts.password_guessed").exists()
    assert mail.outbox == []
    assert User.objects.filter(guesses_told_at__isnull=False).count() == 0


def test_an_account_that_has_no_password_is_not_guessed_at(manager: Actor) -> None:
    user = User.objects.get(email=CLAIRE)
    user.set_unusable_password()
    user.save()
    guess(CLAIRE)
    assert told() == []


def slowly(email: str, times: int, *, last: timedelta = timedelta(minutes=1)) -> None:
    """Refused tries spread over the day, each from another internet address; the last one so long ago."""
    digest, apart = address_digest(actor=anonymous_actor(), email=email), timedelta(minutes=20)
    SignIn.objects.bulk_create(
        SignIn(
            address_digest=digest, outcome=SignIn.Outcome.REFUSED, way="password", ip=f"198.51.100.{number}",
            at=timezone.now() - last - apart * number,
        )
        for number in range(times)
    )  # fmt: skip


def test_guesses_slower_than_the_measure_of_a_quarter_of_an_hour_are_told_by_the_day(manager: Actor) -> None:
    slowly(CLAIRE, MOST_IN_A_DAY - 1, last=timedelta(minutes=2))
    assert told() == []
    guess(CLAIRE, 1)
    assert told() == [CLAIRE]
    assert f"{MOST_IN_A_DAY} wrong passwords" in mail.outbox[0].body
    assert f"from {MOST_IN_A_DAY} internet addresses" in mail.outbox[0].body
    guess(CLAIRE, 1)
    assert told() == []
    assert not is_guessing(actor=anonymous_actor(), email=CLAIRE, ip="203.0.113.9"), "nobody is kept out by it"


def test_guesses_that_are_over_are_told_no_more(manager: Actor) -> None:
    slowly(CLAIRE, MOST_IN_A_DAY, last=WINDOW + timedelta(minutes=1))
    assert told() == []
    SignIn.objects.all().delete()
    slowly(CLAIRE, MOST_IN_A_DAY)
    SignIn.objects.update(at=F("at") - DAY)
    assert told() == []


def test_slow_guesses_at_an_address_without_an_account_tell_nobody(manager: Actor) -> None:
    slowly("nobody@orvane.example", MOST_IN_A_DAY)
    assert told() == []
