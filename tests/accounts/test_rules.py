"""The rules of signing in that an administrator sets: a second step of partners, limits of sessions, invitations; they hold at once."""

from __future__ import annotations

import html
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_system
from prm.accounts.models import Invitation, SignInRules
from prm.accounts.rules.sign_in import Rules, crossed, out_of_bounds
from prm.accounts.selectors.sign_in_rules import rules_now
from prm.accounts.services.invitations import Invited, invitation_resend, invitation_send
from prm.accounts.services.keys import api_key_create
from prm.accounts.services.sign_in_rules import sign_in_rules_change
from prm.accounts.sessions import BEGAN, SEEN
from prm.core.errors import Denied, Invalid
from prm.events.models import OutboxEvent
from profiling.studies.models import Study
from tests.accounts.second_steps import sign_in

pytestmark = pytest.mark.django_db
PAGE = "/settings/sign-in/rules"
FORM = {
    "staff_idle_minutes": "120", "staff_most_hours": "24", "partner_idle_minutes": "720", "partner_most_hours": "168",
    "invitation_days": "3", "invitation_domains": "",
}  # fmt: skip


def change(actor: Actor, **values: Any) -> Rules:
    with as_role(actor):
        return sign_in_rules_change(actor=actor, values=values)


def age(client: Client, **seconds: float) -> None:
    session = client.session
    for key, ago in seconds.items():
        session[{"began": BEGAN, "seen": SEEN}[key]] = int(time.time() - ago)
    session.save()


def test_until_somebody_sets_rules_the_settings_of_the_installation_hold(administrator: Actor, settings: Any) -> None:
    settings.PRM_SESSION_IDLE, settings.PRM_SESSION_MAX = timedelta(hours=2), timedelta(days=3)
    rules = rules_now(actor=administrator)
    assert (rules.staff_idle_minutes, rules.partner_most_hours, rules.invitation_days) == (120, 72, 7)
    assert not rules.partner_second_step


def test_numbers_stay_within_their_bounds_and_idleness_within_age() -> None:
    assert out_of_bounds({"staff_idle_minutes": 4, "invitation_days": 30, "partner_most_hours": 721}) == {
        "staff_idle_minutes": (5, 10_080), "partner_most_hours": (1, 720),
    }  # fmt: skip
    assert crossed(Rules(partner_idle_minutes=120, partner_most_hours=1)) == ["partner_idle_minutes"]


def test_a_limit_ends_sessions_that_are_open_at_their_next_click(administrator: Actor, manager: Actor) -> None:
    client, _to = sign_in(manager)
    age(client, seen=3000, began=5000)
    assert client.get("/jobs").status_code == 200
    age(client, seen=3000, began=5000)
    change(administrator, staff_idle_minutes=30)
    assert client.get("/jobs").headers["Location"].startswith("/accounts/login/?ended=idle")
    client, _to = sign_in(manager)
    age(client, began=5000)
    change(administrator, staff_most_hours=1)
    assert client.get("/jobs").headers["Location"].startswith("/accounts/login/?ended=age")


def test_each_side_has_limits_of_its_own(administrator: Actor, manager: Actor, partners_side: Any) -> None:
    ours, theirs = sign_in(manager)[0], sign_in(partners_side.member(partners_side.kerlan))[0]
    change(administrator, partner_idle_minutes=30)
    for client in (ours, theirs):
        age(client, seen=3000)
    assert ours.get("/jobs").status_code == 200
    assert theirs.get("/portal/").headers["Location"].startswith("/accounts/login/?ended=idle")


def test_a_session_that_would_end_at_its_next_click_is_not_shown_as_open(administrator: Actor, manager: Actor) -> None:
    client, _to = sign_in(manager)
    sign_in(manager)
    UserSession.objects.exclude(session_key=client.session.session_key).update(
        last_seen_at=timezone.now() - timedelta(hours=3)
    )
    assert "End all others" in client.get("/accounts/security/").content.decode()
    change(administrator, staff_idle_minutes=60)
    assert "End all others" not in client.get("/accounts/security/").content.decode()


def test_a_second_step_asked_of_partners_is_asked_of_who_is_signed_in_already(
    administrator: Actor, partners_side: Any
) -> None:
    yann = partners_side.member(partners_side.kerlan)
    client, _to = sign_in(yann)
    assert client.get("/portal/").status_code == 200
    change(administrator, partner_second_step=True)
    assert client.get("/portal/").headers["Location"] == "/accounts/security/second-step/?next=/portal/"
    assert client.get("/api/v1/me").status_code == 401
    assert "/accounts/2fa/totp/activate/" in client.get("/accounts/security/second-step/").content.decode()
    change(administrator, partner_second_step=False)
    assert client.get("/portal/").status_code == 200


def test_that_of_our_own_people_cannot_be_switched_off(
    administrator: Actor, settings: Any, client_of: Callable[..., Client]
) -> None:
    page = client_of(administrator).get(PAGE).content.decode()
    assert "was started without asking its own people" in page
    settings.PRM_MFA_REQUIRED_OF_STAFF = True
    change(administrator, partner_second_step=False)
    client, _to = sign_in(administrator)
    assert client.get(PAGE).headers["Location"].startswith("/accounts/security/second-step/")
    assert not any("staff_second" in field.name for field in SignInRules._meta.fields)


def test_a_link_lives_as_long_as_the_rules_say_when_it_is_sent(administrator: Actor) -> None:
    invited = Invited(email="elise@orvane.example", name="Elise Vidal", roles=[Role.MANAGER])

    def days(moment: Any) -> int:
        return round((moment - timezone.now()) / timedelta(days=1))

    with as_role(administrator):
        first = invitation_send(actor=administrator, invited=invited)
    change(administrator, invitation_days=2)
    assert days(Invitation.objects.get(pk=first.pk).expires_at) == 7
    with as_role(administrator):
        assert days(invitation_resend(actor=administrator, invitation_id=first.pk).expires_at) == 2


def test_our_own_people_are_invited_at_the_domains_named_and_others_anywhere(
    administrator: Actor, partners_side: Any
) -> None:
    change(administrator, invitation_domains=["Orvane.example"])
    boss = partners_side.member(partners_side.kerlan)

    def send(actor: Actor, email: str, role: Role) -> None:
        with as_role(actor):
            invitation_send(actor=actor, invited=Invited(email=email, name="Elise", roles=[role]))

    send(administrator, "elise@ORVANE.example", Role.MANAGER)
    with pytest.raises(Invalid) as refusal:
        send(administrator, "elise@orvane.example.evil.example", Role.MANAGER)
    assert (refusal.value.field, "orvane.example" in str(refusal.value.message)) == ("email", True)
    with as_system("a test"):
        study = Study.objects.create(kind="ranking", title="West", parameters={})
    with as_role(administrator):
        outside = Invited(email="nina@university.example", name="Nina", roles=[Role.SPECIALIST], study_ids=[study.pk])
        invitation_send(actor=administrator, invited=outside)
    send(boss, "sales@kerlan.example", Role.PARTNER_SALES)
    for wrong in (["gmail.com"], ["no domain"], [f"d{n}.example" for n in range(51)]):
        with pytest.raises(Invalid):
            change(administrator, invitation_domains=wrong)


def test_what_changed_is_kept_with_who_before_and_after(administrator: Actor, client_of: Callable[..., Client]) -> None:
    client = client_of(administrator)
    assert client.post(PAGE, FORM).headers["Location"] == "/settings/sign-in"
    client.post(PAGE, FORM)  # the same again is no change
    with as_system("a test"):
        told = OutboxEvent.objects.get(type="accounts.sign_in_rules_changed")
    assert (told.actor_id, told.data["before"]) == (
        administrator.user_id, {"staff_idle_minutes": 720, "staff_most_hours": 168, "invitation_days": 7},
    )  # fmt: skip
    assert told.data["after"] == {"staff_idle_minutes": 120, "staff_most_hours": 24, "invitation_days": 3}
    page = client.get(PAGE).content.decode()
    assert "Sessions of our people without activity: 12 hours → 2 hours" in page
    assert "Our people after 2 hours without activity or 24 hours in all" in client.get("/settings/sign-in").content.decode()


def test_what_breaks_the_rules_of_rules_is_said_at_its_field(administrator: Actor, client_of: Callable[..., Client]) -> None:
    client = client_of(administrator)
    for wrong, words in (
        ({"staff_idle_minutes": "10080"}, "No longer than a session may last in all."),
        ({"invitation_domains": "gmail.com"}, "Not a company’s domain: gmail.com"),
        ({"invitation_days": "90"}, "90"),
    ):
        answer = client.post(PAGE, {**FORM, **wrong})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert not SignInRules.objects.exists()


def test_only_administrators_set_them(
    director: Actor, manager: Actor, partners_side: Any, client_of: Callable[..., Client]
) -> None:
    for actor, status in ((director, 403), (manager, 403), (partners_side.member(partners_side.kerlan), 404)):
        assert client_of(actor).get(PAGE).status_code == status
        assert client_of(actor).get("/api/v1/sign-in-rules").status_code in {403, 404}
        with pytest.raises(Denied):
            change(actor, invitation_days=1)


def test_the_api_reads_and_changes_them_under_its_scope(administrator: Actor) -> None:
    with as_role(administrator):
        keys = [
            api_key_create(actor=administrator, name="a test", scopes=[f"sign_in_rules:{verb}"])[1]
            for verb in ("read", "write")
        ]
    reader, writer = ({"authorization": f"Bearer {key}"} for key in keys)
    ask = Client()
    read = ask.get("/api/v1/sign-in-rules", headers=reader)
    assert (read.json()["staff_idle_minutes"], read.json()["partner_second_step"]) == (720, False)

    def patch(body: Any, headers: Any = writer, **more: str) -> Any:
        return ask.patch("/api/v1/sign-in-rules", body, content_type="application/json", headers={**headers, **more})

    assert patch({"invitation_days": 2}, reader).status_code == 403
    done = patch({"invitation_days": 2, "invitation_domains": ["orvane.example"]}, **{"if-match": read.headers["ETag"]})
    assert (done.status_code, done.json()["invitation_days"], done.json()["invitation_domains"]) == (
        200,
        2,
        ["orvane.example"],
    )
    assert patch({"invitation_days": 3}, **{"if-match": read.headers["ETag"]}).status_code == 412
    assert patch({"invitation_days": 3}).status_code == 428
    for wrong in (
        {"invitation_days": 31},
        {"staff_second_step": False},
        {"invitation_domains": ["gmail.com"]},
        {"partner_most_hours": 1},
    ):
        refused = patch(wrong, **{"if-match": "*"})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] in {f"/{next(iter(wrong))}", "/partner_idle_minutes"}


def test_two_who_set_rules_at_once_do_not_undo_each_other(administrator: Actor, client_of: Callable[..., Client]) -> None:
    page, browsers = "/settings/sign-in/rules", [client_of(administrator) for _one in range(2)]
    opened = [browser.get(page).context["form"] for browser in browsers]
    first, second = (
        {**{name: value for name, value in form.initial.items() if value not in (None, False)}, "opened": form.opened}
        for form in opened
    )
    assert browsers[0].post(page, {**first, "partner_second_step": "on"}).status_code == 302
    stale = browsers[1].post(page, {**second, "invitation_days": 3})
    assert stale.status_code == 409
    assert f"{administrator.name} changed this while the form was open." in html.unescape(stale.content.decode())
    assert rules_now(actor=administrator).invitation_days == 7
    again = dict(stale.context["form"].data.items())
    assert browsers[1].post(page, again).status_code == 302
    held = rules_now(actor=administrator)
    assert (held.partner_second_step, held.invitation_days) == (True, 3)
