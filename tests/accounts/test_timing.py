"""Who has an account is not told by how long an answer takes. Both kinds of address are asked in turn, many times, and the fastest
quarter of each compared: whatever else the machine does only makes an answer slower."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from statistics import mean
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from prm.access.actors import Role
from prm.access.roles import as_role
from prm.accounts.links import token_behind
from prm.accounts.models import Invitation, SignIn, User
from prm.accounts.services.invitations import Invited, invitation_send
from prm.accounts.services.providers import Wanted, provider_add, provider_switch, provider_tested
from prm.events.runner.work import deliver_all
from tests.accounts.local_providers import SamlIdp

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commits_at_once")]
ROUNDS, MOST_APART = 40, 0.3
LINK = re.compile(r"http\S+")
NOBODY = "nobody.at.all@orvane.example"


def apart(ask: Callable[[str], Any], known: str, unknown: str) -> float:
    """By which share of the shorter one the fastest quarters of both kinds of address differ."""
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
    shorter, longer = sorted(mean(sorted(seconds)[: ROUNDS // 4]) for seconds in took.values())
    return longer / shorter - 1


@pytest.fixture
def known(manager: Any) -> str:
    return User.objects.get(pk=manager.user_id).email


def test_the_comparison_sees_a_difference_that_was_planted() -> None:
    assert apart(lambda email: time.sleep(0.002 if email == "a" else 0.004), "a", "b") > MOST_APART


def test_a_password_is_refused_as_fast_for_who_has_an_account_as_for_who_has_none(known: str, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashing.Brisk"]
    user = User.objects.get(email=known)
    user.set_password("correct horse battery")
    user.save()
    ask = Client()

    def tried(email: str) -> None:
        assert ask.post("/accounts/login/", {"login": email, "password": "wrong horse battery"}).status_code == 200

    assert apart(tried, known, NOBODY) < MOST_APART


def test_a_password_is_sent_for_as_fast(known: str) -> None:
    ask = Client()
    assert apart(lambda email: ask.post("/accounts/password/reset/", {"email": email}), known, NOBODY) < MOST_APART


def without(email: str, page: str) -> str:
    """A page without the address that was asked about, and without what is different each time."""
    return re.sub(r"invite_\w+|nonce-\S+|value=\"\w{64}\"|content=\"\w+\"|/invitation/[^/]+/", "", page.replace(email, "…"))


def test_an_invitation_goes_out_as_fast_and_is_told_alike(known: str, partners_side: Any, client_of: Any) -> None:
    ask = client_of(partners_side.member(partners_side.kerlan))
    told = {}

    def invited(email: str) -> None:
        form = {"name": "Anne", "email": email, "role": "partner_sales", "language": "fr"}
        assert ask.post("/portal/people/new", form).headers["Location"] == "/portal/people"
        told[email] = ask.get("/portal/people").content.decode()
        Invitation.objects.all().delete()

    assert apart(invited, known, NOBODY) < MOST_APART
    assert without(known, told[known]) == without(NOBODY, told[NOBODY])
    for email in (known, NOBODY):
        ask.post("/portal/people/new", {"name": "Anne", "email": email, "role": "partner_sales", "language": "fr"})
    deliver_all()
    assert {letter.to[0] for letter in mail.outbox} == {known, NOBODY}
    assert len({without(letter.to[0], LINK.sub("", letter.body)) for letter in mail.outbox}) == 1


def test_the_link_of_an_invitation_opens_as_fast_and_says_the_same(known: str, partners_side: Any) -> None:
    boss = partners_side.member(partners_side.kerlan)
    links = {}
    for email in (known, NOBODY):
        invited = Invited(email=email, name="Anne", roles=[Role.PARTNER_SALES])
        with as_role(boss):
            links[email] = f"/accounts/invitation/{token_behind(invitation_send(actor=boss, invited=invited))}/"
    told = {}

    def followed(email: str) -> None:
        told[email] = Client().get(links[email]).content.decode()
        assert Client().post(links[email], {"password": "short"}).status_code == 422

    assert apart(followed, known, NOBODY) < MOST_APART
    assert without(known, told[known]) == without(NOBODY, told[NOBODY])


def test_a_companys_sign_in_is_found_as_fast(known: str, administrator: Any) -> None:
    wanted = Wanted(name="Orvane sign-in", domains=["orvane.example"], metadata=SamlIdp().metadata())
    with as_role(administrator):
        made = provider_add(actor=administrator, kind="saml", partner_id=None, wanted=wanted)
        provider_tested(actor=administrator, provider_id=made.pk)
        provider_switch(actor=administrator, provider_id=made.pk, on=True)
    ask = Client(HTTP_HOST="testserver")

    def found(email: str) -> None:
        assert ask.post("/accounts/company/", {"email": email}).status_code == 200

    assert apart(found, known, NOBODY) < MOST_APART
