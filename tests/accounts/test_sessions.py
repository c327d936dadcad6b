"""How long a session lives, where it is open, and ending it."""

from __future__ import annotations

import re
import time

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from prm.access.actors import Actor
from prm.accounts.sessions import BEGAN, SEEN
from tests.accounts.second_steps import sign_in

pytestmark = pytest.mark.django_db


def age(client: Client, **moments: float) -> None:
    """Moves the clock of a session back by so many seconds."""
    session = client.session
    for key, seconds in moments.items():
        session[{"began": BEGAN, "seen": SEEN}[key]] = int(time.time() - seconds)
    session.save()


def test_a_session_ends_when_nothing_happened_and_leads_back_to_where_they_were(manager: Actor, settings) -> None:
    client, _to = sign_in(manager)
    idle = settings.PRM_SESSION_IDLE.total_seconds()
    age(client, seen=idle - 60)
    assert client.get("/jobs").status_code == 200
    age(client, seen=idle + 60)
    answer = client.get("/jobs?of=all")
    assert answer.headers["Location"] == "/accounts/login/?ended=idle&next=%2Fjobs%3Fof%3Dall"
    assert "nothing happened here for a while" in client.get(answer.headers["Location"]).content.decode()
    _client, leads_to = sign_in(manager, client, next="/jobs?of=all")
    assert leads_to == "/jobs?of=all"


def test_a_session_ends_after_some_days_however_busy_it_is(manager: Actor, settings) -> None:
    client, _to = sign_in(manager)
    age(client, began=settings.PRM_SESSION_MAX.total_seconds() + 1, seen=0)
    assert client.get("/jobs").headers["Location"].startswith("/accounts/login/?ended=age")
    assert client.get("/api/v1/me").status_code == 401


def test_a_form_sent_too_late_leads_back_to_its_page_and_never_to_another_site(manager: Actor, settings) -> None:
    for came_from, back in (
        ("http://testserver/companies/new?a=1", "%2Fcompanies%2Fnew%3Fa%3D1"),
        ("https://evil.example/x", "%2F"),
    ):
        client, _to = sign_in(manager)
        age(client, seen=settings.PRM_SESSION_IDLE.total_seconds() + 1)
        answer = client.post("/companies/new", {"name": "x"}, headers={"referer": came_from})
        assert answer.headers["Location"] == f"/accounts/login/?ended=idle&next={back}"


def test_activity_keeps_a_session_alive_and_is_noted_once_a_minute(manager: Actor, settings) -> None:
    client, _to = sign_in(manager)
    age(client, seen=30)
    before = client.session[SEEN]
    client.get("/jobs")
    assert client.session[SEEN] == before
    age(client, seen=90)
    client.get("/jobs", headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"})
    assert time.time() - client.session[SEEN] < 5
    assert "Firefox" in UserSession.objects.get().user_agent


def test_without_stay_signed_in_the_cookie_ends_with_the_browser(manager: Actor, settings) -> None:
    client, _to = sign_in(manager)
    assert client.cookies["sessionid"]["max-age"] == ""
    kept = Client()
    kept.post(
        "/accounts/login/", {"login": "manager.claire@orvane.example", "password": "correct horse battery", "remember": "on"}
    )
    assert kept.cookies["sessionid"]["max-age"] == settings.SESSION_COOKIE_AGE


def test_a_person_sees_where_they_are_signed_in_and_ends_one_of_them(manager: Actor) -> None:
    here, _to = sign_in(manager)
    there = Client(headers={"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1"})
    sign_in(manager, there)
    page = here.get("/accounts/security/").content.decode()
    told = page.count("Safari, iPhone")
    end = re.search(r'action="(/accounts/security/sessions/\d+/end/)"', page)[1]
    assert here.post(end).headers["Location"] == "/accounts/security/"
    assert (here.get("/jobs").status_code, there.get("/jobs").status_code) == (200, 302)
    left = here.get("/accounts/security/").content.decode().count("Safari, iPhone")
    assert (told, left) == (3, 1), "it is a session no more; that it signed in stays told"


def test_all_others_are_ended_at_once(manager: Actor) -> None:
    here, second, third = (sign_in(manager)[0] for _n in range(3))
    here.post("/accounts/security/sessions/end-others/")
    assert [client.get("/jobs").status_code for client in (here, second, third)] == [200, 302, 302]


def test_nobody_ends_another_persons_session(manager: Actor, director: Actor) -> None:
    mine, _to = sign_in(manager)
    theirs, _to = sign_in(director)
    session = UserSession.objects.get(user_id=director.user_id)
    assert mine.post(f"/accounts/security/sessions/{session.pk}/end/").status_code == 404
    assert theirs.get("/jobs").status_code == 200


def test_pages_of_ones_account_send_a_stranger_to_sign_in() -> None:
    for url in (
        "/accounts/security/",
        "/accounts/security/second-step/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/recovery-codes/",
    ):
        answer = Client().get(url)
        assert answer.headers["Location"].startswith("/accounts/login/"), url
