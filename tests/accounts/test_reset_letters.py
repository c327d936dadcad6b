"""Asking for a new password is for everybody, also for whoever wants to fill somebody's mailbox: so many letters leave, no more."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from prm.access.actors import Actor
from prm.access.roles import as_sign_in
from prm.accounts.adapter import LETTERS_ASKED, LETTERS_ASKED_FROM
from prm.accounts.models import User

pytestmark = pytest.mark.django_db


def ask(email: str, ip: str) -> Any:
    return Client(REMOTE_ADDR=ip).post("/accounts/password/reset/", {"email": email})


@pytest.mark.parametrize("has_account", [True, False])
def test_one_address_gets_so_many_letters_an_hour_wherever_they_are_asked_from(
    manager: Actor, settings: Any, has_account: bool
) -> None:
    settings.ACCOUNT_RATE_LIMITS = False  # allauth's own begins anew each minute, while ours goes on
    email = "nobody.at.all@elsewhere.example"
    if has_account:
        with as_sign_in():
            email = User.objects.get(pk=manager.user_id).email
    answers = []
    for number in range(LETTERS_ASKED.most * 3):
        written = email.upper() if number % 2 else email
        answers.append(ask(written, f"198.51.100.{number}"))
    assert len(mail.outbox) == LETTERS_ASKED.most
    assert {(one.status_code, one.headers.get("Location")) for one in answers} == {(302, "/accounts/password/reset/done/")}, (
        "who asks too often is told nothing else"
    )
    ask("another@elsewhere.example", "198.51.100.99")
    assert len(mail.outbox) == LETTERS_ASKED.most + 1, "an address has its own"


def test_one_network_has_so_many_letters_sent_whoever_they_are_for(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    for number in range(LETTERS_ASKED_FROM.most + 5):
        assert ask(f"stranger{number}@elsewhere.example", f"2001:db8:bad:1::{number:x}").status_code == 302
    assert len(mail.outbox) == LETTERS_ASKED_FROM.most
    ask("stranger@elsewhere.example", "2001:db8:ace:1::1")
    assert len(mail.outbox) == LETTERS_ASKED_FROM.most + 1


@pytest.mark.parametrize("domain", ["or\u2028vane.example", "or\u3000vane.example", "or\ufdfavane.example"])
def test_an_address_that_no_mail_can_be_written_to_is_answered_as_any_other(domain: str) -> None:
    answer = ask(f"nobody@{domain}", "198.51.100.7")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/password/reset/done/")
    assert mail.outbox == []
