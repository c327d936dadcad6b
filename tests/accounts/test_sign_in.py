"""Sign-in as it meets guessers: limits, links, what is told about accounts that may not exist."""

from __future__ import annotations

import statistics
import time

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from prm.access.actors import Actor
from prm.accounts.models import SignIn
from prm.accounts.selectors.sign_in import MOST_FOR_ADDRESS, PAUSE, WINDOW
from prm.settings import base

pytestmark = pytest.mark.django_db
GUESS = {"login": "nobody@orvane.example", "password": "a guess"}


def test_behind_the_proxy_of_a_server_one_guesser_does_not_keep_everybody_out(
    manager: Actor, monkeypatch: pytest.MonkeyPatch, settings
) -> None:
    monkeypatch.setenv("SECRET_KEY", "x" * 50)
    from prm.settings import prod  # noqa: PLC0415  it reads the environment as it is imported

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = prod.ALLAUTH_TRUSTED_PROXY_COUNT
    for number in range(40):
        # What the guesser claims to have come through stands before the address that the proxy saw.
        claimed = {"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.66"}
        last = Client().post("/accounts/login/", {**GUESS, "login": f"{number}@orvane.example"}, headers=claimed)
    assert last.status_code == 429
    signed_in = Client().post(
        "/accounts/login/",
        {"login": "manager.claire@orvane.example", "password": "correct horse battery"},
        headers={"X-Forwarded-For": "203.0.113.7"},
    )
    assert (signed_in.status_code, signed_in.headers["Location"]) == (302, "/")


def test_without_a_proxy_the_header_moves_nobody(settings) -> None:
    for number in range(40):
        last = Client().post("/accounts/login/", GUESS, headers={"X-Forwarded-For": f"198.51.100.{number}"})
    assert last.status_code == 429


@pytest.mark.parametrize(
    "page", ["login/", "password/reset/", "password/reset/key/abc-def/", "confirm-email/abc/", "inactive/"]
)
def test_no_browser_or_proxy_keeps_a_page_of_sign_in(page: str) -> None:
    assert "no-store" in Client().get(f"/accounts/{page}").headers["Cache-Control"]


def test_a_new_password_ends_every_other_session(manager: Actor) -> None:
    mine, stolen = Client(), Client()
    for browser in (mine, stolen):
        browser.post("/accounts/login/", {"login": "manager.claire@orvane.example", "password": "correct horse battery"})
        assert browser.get("/jobs").status_code == 200
    chosen = {"password1": "another horse battery", "password2": "another horse battery"}
    assert mine.post("/accounts/password/change/", {"oldpassword": "correct horse battery", **chosen}).status_code == 302
    assert (mine.get("/jobs").status_code, stolen.get("/jobs").status_code) == (200, 302)


def test_people_sign_in_while_redis_is_away(manager: Actor, settings) -> None:
    """Limits are counted there; with nothing to count in, nobody is kept out (as in the API)."""
    nowhere = {"BACKEND": base.CACHES["default"]["BACKEND"], "LOCATION": "redis://127.0.0.1:1"}
    settings.CACHES = {"default": nowhere}
    assert Client().post("/accounts/login/", GUESS).status_code == 200
    right = {"login": "manager.claire@orvane.example", "password": "correct horse battery"}
    assert Client().post("/accounts/login/", right).status_code == 302
    assert Client().post("/accounts/password/reset/", {"email": "nobody@orvane.example"}).status_code == 302


def test_a_reset_sends_one_mail_whether_or_not_the_account_exists(manager: Actor, mailoutbox) -> None:
    """Sending takes time; where only known addresses get a mail, that time tells which they are."""
    answers = []
    for address in ("manager.claire@orvane.example", "nobody@orvane.example"):
        answer = Client().post("/accounts/password/reset/", {"email": address})
        answers.append((answer.status_code, answer.headers["Location"]))
    assert answers[0] == answers[1]
    assert [mail.to for mail in mailoutbox] == [["manager.claire@orvane.example"], ["nobody@orvane.example"]]
    assert "/accounts/password/reset/key/" in mailoutbox[0].body
    assert "/accounts/password/reset/key/" not in mailoutbox[1].body


def test_nobody_adds_an_address_of_their_own(manager: Actor) -> None:
    mine = Client()
    mine.post("/accounts/login/", {"login": "manager.claire@orvane.example", "password": "correct horse battery"})
    added = mine.post("/accounts/email/", {"action_add": "", "email": "elsewhere@orvane.example"})
    assert added.status_code == 404


def test_refused_tries_are_kept_and_stop_guessing_also_while_redis_is_away(manager: Actor, settings) -> None:
    nowhere = {"BACKEND": base.CACHES["default"]["BACKEND"], "LOCATION": "redis://127.0.0.1:1"}
    settings.CACHES = {"default": nowhere}
    right = {"login": "manager.claire@orvane.example", "password": "correct horse battery"}
    for _try in range(MOST_FOR_ADDRESS):
        assert Client().post("/accounts/login/", {**right, "password": "a guess"}).status_code == 200
    assert SignIn.objects.filter(outcome="refused").count() == MOST_FOR_ADDRESS
    assert Client().post("/accounts/login/", right).status_code == 200
    assert Client().post("/accounts/login/", {**right, "login": "NOBODY@orvane.example"}).status_code == 200
    SignIn.objects.update(at=timezone.now() - WINDOW)
    assert Client().post("/accounts/login/", right).status_code == 302


def test_nobody_locks_somebody_else_out_by_guessing(manager: Actor, settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    right = {"login": "manager.claire@orvane.example", "password": "correct horse battery"}

    def enter(ip: str, **changes: str) -> bool:
        sent = Client().post("/accounts/login/", {**right, **changes}, headers={"x-forwarded-for": ip})
        return sent.status_code == 302

    assert enter("192.0.2.1")  # the office
    for n in range(MOST_FOR_ADDRESS + 5):
        assert not enter(f"203.0.113.{n}", password="a guess")
    assert enter("192.0.2.1")
    assert enter("192.0.2.77")  # on the way: nobody was refused here yet
    assert not enter("198.51.100.1", password="a guess")
    assert not enter("198.51.100.1")  # each of these waits after its own refusal
    assert not enter("203.0.113.2")
    SignIn.objects.filter(ip="198.51.100.1").update(at=timezone.now() - PAUSE)
    assert enter("198.51.100.1")


def test_whoever_has_a_network_of_addresses_has_not_as_many_tries(manager: Actor, settings) -> None:
    """One connection of the long kind has 2^64 internet addresses, and the first try of each was looked at: nobody guessed in vain."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = False
    right = {"login": "manager.claire@orvane.example", "password": "correct horse battery"}

    def enter(ip: str, **changes: str) -> bool:
        sent = Client().post("/accounts/login/", {**right, **changes}, headers={"x-forwarded-for": ip})
        return sent.status_code == 302

    assert enter("2001:db8:0:1::1")  # the office
    for n in range(MOST_FOR_ADDRESS):
        assert not enter(f"2001:db8:bad:{n:x}::{n + 1:x}", password="a guess")
    looked_at = SignIn.objects.filter(outcome="refused").count()
    assert not enter("2001:db8:bad:ffff::1")
    assert not enter("2001:db8:bad:1:2:3:4:5", password="a guess")
    assert SignIn.objects.filter(outcome="refused").count() == looked_at
    assert enter("2001:db8:0:1::7777"), "another address of where they signed in before"
    assert enter("2001:db8:ace:1::1"), "on the way"
    SignIn.objects.filter(outcome="refused").update(at=timezone.now() - PAUSE)
    assert enter("2001:db8:bad:ffff::1")


def test_where_somebody_signed_in_before_only_what_was_refused_there_counts(manager: Actor) -> None:
    form = {"login": "manager.claire@orvane.example", "password": "correct horse battery"}
    Client().post("/accounts/login/", form)
    for _try in range(MOST_FOR_ADDRESS):
        cache.clear()  # allauth's own limit is another
        Client().post("/accounts/login/", {**form, "password": "a guess"})
    cache.clear()
    assert Client().post("/accounts/login/", form).status_code == 200
    SignIn.objects.filter(outcome="refused").update(at=timezone.now() - WINDOW)
    assert Client().post("/accounts/login/", form).status_code == 302


def test_a_person_sees_who_tried_their_account_and_the_table_names_no_address(manager: Actor) -> None:
    mine = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"})
    mine.post("/accounts/login/", {"login": "manager.claire@orvane.example", "password": "a guess"})
    mine.post("/accounts/login/", {"login": "manager.claire@orvane.example", "password": "correct horse battery"})
    page = mine.get("/accounts/security/").content.decode()
    assert page.index("Signed in") < page.index("Refused: wrong password")
    assert "claire" not in str(list(SignIn.objects.values("address_digest", "way", "device")))


def test_a_password_takes_as_long_for_an_address_without_an_account(make_member, settings) -> None:
    """Medians of processor time of both, in turns: within a fifth. With the hashing left out for unknown addresses they differ tenfold."""
    settings.PASSWORD_HASHERS = ["tests.accounts.hashing.Brisk"]
    make_member(name="Claire Rousset")
    spent: dict[str, list[float]] = {"manager.claire": [], "nobody": []}
    for turn in range(9):
        for name, times in spent.items():
            form = {"login": f"{name}@orvane.example", "password": f"a guess {turn}"}
            began = time.process_time()
            Client().post("/accounts/login/", form)
            times.append(time.process_time() - began)
            cache.clear()
    known, unknown = (statistics.median(times) for times in spent.values())
    assert known == pytest.approx(unknown, rel=0.2), spent
