"""Sign-in by an OIDC provider, against one that runs on this machine and signs: whom it opens accounts of, and what it cannot forge."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal import auth as totp
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client
from django.utils import timezone

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_system
from prm.accounts.models import Invitation, Person, SignInProvider, User
from prm.accounts.places import SESSION_KEY
from prm.accounts.selectors.actors import actor_of_user
from prm.accounts.services.accounts import Account
from prm.accounts.services.members import member_deactivate, member_remove
from prm.accounts.services.providers import Wanted, provider_add, provider_switch, provider_tested
from prm.partners.services.members import partner_member_add
from tests.accounts.local_providers import CLIENT, SECRET, OidcServer, new_key, oidc_server

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commits_at_once")]


@pytest.fixture
def server() -> Iterator[OidcServer]:
    with oidc_server() as found:
        yield found


def provider(
    administrator: Actor, server: OidcServer, *, partner_id: Any = None, on: bool = True, **more: Any
) -> SignInProvider:
    plain = {
        "name": "Orvane sign-in",
        "domains": ["orvane.example"],
        "issuer": server.url,
        "client_id": CLIENT,
        "secret": SECRET,
    }
    wanted = Wanted(**{**plain, **more})
    with as_role(administrator):
        made = provider_add(actor=administrator, kind="oidc", partner_id=partner_id, wanted=wanted)
        provider_tested(actor=administrator, provider_id=made.pk)
        return provider_switch(actor=administrator, provider_id=made.pk, on=on)


def asked(client: Client, email: str, **more: str) -> dict[str, str]:
    """What the browser takes to the provider after somebody typed their address."""
    page = client.post("/accounts/company/", {"email": email, **more})
    assert page.status_code == 200, page.content.decode()
    url = html.unescape(re.search(r'href="([^"]+)" id="go"', page.content.decode())[1])
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def came_back(client: Client, made: SignInProvider, question: dict[str, str]) -> Any:
    return client.get(f"/accounts/oidc/{made.public_id}/login/callback/", {"code": "c", "state": question["state"]})


def signed_in(client: Client, made: SignInProvider, server: OidcServer, email: str, **claims: Any) -> Any:
    """The whole way; the provider says ``claims`` of whoever asked."""
    question = asked(client, email)
    server.claims = {"email": email, "email_verified": True, "nonce": question["nonce"], "name": "Nina Roux", **claims}
    return came_back(client, made, question)


def user_of(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_a_person_of_ours_comes_in_by_the_provider_and_is_told_of_the_link(administrator, manager, server) -> None:
    made, client = provider(administrator, server), Client()
    email = User.objects.get(pk=manager.user_id).email
    mail.outbox.clear()
    assert signed_in(client, made, server, email).url == "/"
    assert user_of(client) == str(manager.user_id)
    assert "Orvane sign-in" in mail.outbox[0].body
    question = server.asked[0]
    assert {"code_verifier", "code", "redirect_uri"} <= question.keys(), "PKCE"
    link = SocialAccount.objects.get()
    assert (link.provider, link.uid, link.extra_data) == (made.public_id, "s-1", {})
    mail.outbox.clear()
    again = Client()
    signed_in(again, made, server, email)
    assert user_of(again) == str(manager.user_id)
    assert not mail.outbox, "the link is known"


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param({"signed_by": new_key()}, id="forged: signed by another key"),
        pytest.param({"signed_by": "x" * 40, "algorithm": "HS256"}, id="forged: a shared secret"),
        pytest.param({"signed_by": "", "algorithm": "none"}, id="unsigned"),
        pytest.param({"exp": int(time.time()) - 300}, id="expired"),
        pytest.param({"aud": "somebody-else"}, id="for another audience"),
        pytest.param({"aud": [CLIENT, "other"], "azp": "other"}, id="made for another of several"),
        pytest.param({"iss": "https://evil.example"}, id="of another issuer"),
        pytest.param({"nonce": "of another visit"}, id="replayed from another visit"),
        pytest.param({"nonce": None}, id="without the nonce"),
    ],
)
def test_an_answer_that_is_not_the_providers_to_us_now_opens_nothing(administrator, manager, server, forged) -> None:
    made, client = provider(administrator, server), Client()
    for name in ("signed_by", "algorithm"):
        if name in forged:
            setattr(server, name, forged[name])
    claims = {name: value for name, value in forged.items() if name not in {"signed_by", "algorithm"}}
    answer = signed_in(client, made, server, User.objects.get(pk=manager.user_id).email, **claims)
    assert answer.status_code in {401, 403}
    assert user_of(client) is None
    assert not SocialAccount.objects.exists()


def test_an_answer_is_taken_once_and_only_by_the_browser_that_asked(administrator, manager, server) -> None:
    made, client = provider(administrator, server), Client()
    question = asked(client, "x@orvane.example")
    email = User.objects.get(pk=manager.user_id).email
    server.claims = {"email": email, "email_verified": True, "nonce": question["nonce"]}
    assert came_back(Client(), made, question).status_code == 401, "another browser"
    assert came_back(client, made, question).status_code == 302
    client.post("/accounts/logout/")
    assert came_back(client, made, question).status_code == 401, "once more"
    assert user_of(client) is None


def test_a_provider_that_calls_itself_otherwise_is_not_asked(administrator, manager, server) -> None:
    provider(administrator, server)
    server.calls_itself = "https://evil.example"
    page = Client().post("/accounts/company/", {"email": "x@orvane.example"})
    assert page.status_code == 403


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": None}, {"email_verified": "yes"}])
def test_an_unverified_address_opens_nobodys_account(administrator, manager, server, claims) -> None:
    made, client = provider(administrator, server), Client()
    answer = signed_in(client, made, server, User.objects.get(pk=manager.user_id).email, **claims)
    assert answer.status_code == 403
    assert user_of(client) is None
    assert not SocialAccount.objects.exists()


def test_an_address_of_another_domain_opens_nobodys_account(administrator, manager, partners_side, server) -> None:
    made = provider(administrator, server, partner_id=organisation(partners_side), domains=["kerlan.example"], name="Kerlan")
    client = Client()
    question = asked(client, "y@kerlan.example")
    email = User.objects.get(pk=administrator.user_id).email
    server.claims = {"email": email, "email_verified": True, "nonce": question["nonce"]}
    assert came_back(client, made, question).status_code == 403
    assert user_of(client) is None


def organisation(partners_side: Any) -> Any:
    return partners_side.member(partners_side.kerlan).partner_id


def kerlan_person(partners_side: Any, email: str = "anne@kerlan.example") -> User:
    with as_system("a test") as system:
        account = Account(email=email, name="Anne", password="correct horse battery")
        partner_member_add(actor=system, partner_id=partners_side.kerlan.pk, account=account, role=Role.PARTNER_SALES)
    return User.objects.get(email=email)


def test_a_partners_provider_opens_no_account_that_also_works_elsewhere(administrator, partners_side, server) -> None:
    made = provider(administrator, server, partner_id=organisation(partners_side), domains=["kerlan.example"], name="Kerlan")
    user = kerlan_person(partners_side)
    client = Client()
    signed_in(client, made, server, user.email)
    assert user_of(client) == str(user.pk)
    with as_system("a test") as system:
        account = Account(email=user.email, name="Anne")
        partner_member_add(actor=system, partner_id=partners_side.nordisk.pk, account=account, role=Role.PARTNER_SALES)
    again = Client()
    answer = signed_in(again, made, server, user.email)
    assert (answer.status_code, user_of(again)) == (403, None)
    assert SESSION_KEY not in again.session


def test_only_who_is_invited_comes_in_and_by_that_invitation(administrator, server) -> None:
    made, client = provider(administrator, server), Client()
    assert signed_in(client, made, server, "nina@orvane.example").status_code == 403
    assert not User.objects.filter(email="nina@orvane.example").exists()
    now = timezone.now()
    Invitation.objects.create(
        email="Nina@orvane.example", name="Nina R.", roles=["finance_approver"], digest="2" * 64, sent_at=now,
        expires_at=now + timedelta(days=7),
    )  # fmt: skip
    assert signed_in(client, made, server, "nina@orvane.example").url == "/"
    user = User.objects.get(email__iexact="nina@orvane.example")
    assert actor_of_user(user).roles == {Role.FINANCE_APPROVER}
    assert not user.has_usable_password()
    assert Invitation.objects.get().state == "accepted"


def test_everybody_of_the_domain_comes_in_where_the_administrator_says_so_but_nobody_whose_access_ended(
    administrator, partners_side, server
) -> None:
    made = provider(
        administrator, server, partner_id=organisation(partners_side), domains=["kerlan.example"], name="Kerlan",
        lets_in="anybody", role="partner_technical",
    )  # fmt: skip
    client = Client()
    signed_in(client, made, server, "nina@kerlan.example")
    actor = actor_of_user(User.objects.get(email="nina@kerlan.example"))
    assert (actor.partner_id, actor.roles, actor.name) == (partners_side.kerlan.pk, {Role.PARTNER_TECHNICAL}, "Nina Roux")
    yann = partners_side.member(partners_side.kerlan)
    with as_role(yann):
        member_remove(actor=yann, person_id=actor.person_id)
        assert Person.objects.get(pk=actor.person_id).archived_at is not None
    answer = signed_in(Client(), made, server, "nina@kerlan.example")
    assert answer.status_code == 403


def test_a_closed_account_stays_closed(administrator, manager, server) -> None:
    made, client = provider(administrator, server), Client()
    email = User.objects.get(pk=manager.user_id).email
    with as_role(administrator):
        member_deactivate(actor=administrator, person_id=manager.person_id)
    assert signed_in(client, made, server, email).status_code == 403
    assert user_of(client) is None


@pytest.mark.parametrize("counts", [True, False])
def test_a_second_step_at_the_provider_counts_as_the_administrator_decides(
    administrator, manager, server, settings, counts
) -> None:
    settings.PRM_MFA_REQUIRED_OF_STAFF = True
    user = User.objects.get(pk=manager.user_id)
    totp.TOTP.activate(user, totp.generate_totp_secret())
    made, client = provider(administrator, server, counts_as_second_step=counts), Client()
    answer = signed_in(client, made, server, user.email)
    if counts:
        assert (answer.url, client.get("/companies").status_code) == ("/", 200)
    else:
        assert answer.url.startswith("/accounts/2fa/authenticate/")
        assert user_of(client) is None


def test_passwords_are_refused_where_the_provider_is_required_whoever_has_an_account(administrator, manager, server) -> None:
    provider(administrator, server, is_required=True)
    email = User.objects.get(pk=manager.user_id).email
    told = []
    for login in (email, "nobody@orvane.example"):
        client = Client()
        answer = client.post("/accounts/login/", {"login": login, "password": "correct horse battery"})
        assert user_of(client) is None
        told.append(re.sub(r"[A-Za-z0-9]{64}", "", answer.content.decode().replace(login, "")))
    assert told[0] == told[1]
    assert "Your company signs in its own way" in told[0]


def test_an_invitation_to_such_a_domain_leads_to_the_provider_and_makes_no_password(administrator, server) -> None:
    provider(administrator, server, is_required=True)
    now = timezone.now()
    from prm.accounts.rules.keys import digest_of  # noqa: PLC0415  beside its use

    Invitation.objects.create(
        email="nina@orvane.example", name="Nina", roles=["manager"], digest=digest_of("t"), sent_at=now,
        expires_at=now + timedelta(days=7),
    )  # fmt: skip
    assert 'action="/accounts/company/"' in Client().get("/accounts/invitation/t/").content.decode()
    assert Client().post("/accounts/invitation/t/", {"password": "a sentence is best"}).status_code == 409
    assert not User.objects.filter(email="nina@orvane.example").exists()


def test_the_page_of_companies_answers_by_the_domain_alone(administrator, manager, server) -> None:
    provider(administrator, server)
    email = User.objects.get(pk=manager.user_id).email
    pages = [
        Client().post("/accounts/company/", {"email": login}).content.decode() for login in (email, "nobody@orvane.example")
    ]
    one, other = (re.sub(r"state=[^&\"]+|nonce=[^&\"]+|code_challenge=[^&\"]+|[A-Za-z0-9]{64}", "", page) for page in pages)
    assert one == other
    assert Client().post("/accounts/company/", {"email": "x@elsewhere.example"}).status_code == 422


def test_a_provider_that_is_off_opens_nothing_and_leads_nowhere_else(administrator, manager, server) -> None:
    made = provider(administrator, server, on=False)
    assert Client().post("/accounts/company/", {"email": "x@orvane.example"}).status_code == 422
    assert Client().get(f"/accounts/oidc/{made.public_id}/login/callback/", {"code": "c", "state": "s"}).status_code == 404
    with as_role(administrator):
        provider_switch(actor=administrator, provider_id=made.pk, on=True)
    question = asked(Client(), "x@orvane.example", next="https://evil.example/")
    assert "evil" not in str(question)
