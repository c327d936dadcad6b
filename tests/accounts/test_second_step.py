"""The second step: set up, asked for, required, lost and found again (G4)."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from prm.access.actors import Actor, Role
from prm.accounts.models import User
from prm.core.sealing import seal, unseal
from tests.accounts.second_steps import PASSWORD, app_of, code_of, email_of, factors_of, shown_secret, sign_in
from tests.conftest import confirm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commits_at_once")]


def set_up(client: Client) -> tuple[str, list[str]]:
    """Goes through the pages; the secret and the recovery codes."""
    secret = shown_secret(client.get("/accounts/2fa/totp/activate/").content.decode())
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    answer = client.get(answer.headers["Location"])
    codes = re.search(r"<textarea[^>]*>([\d\s]+)</textarea>", answer.content.decode())[1].split()
    return secret, codes


def test_after_setting_the_app_up_a_password_alone_opens_nothing(manager: Actor) -> None:
    client, _to = sign_in(manager)
    secret, codes = set_up(client)
    assert (factors_of(manager), len(codes)) == ({"totp", "recovery_codes"}, 10)
    other, leads_to = sign_in(manager, next="/jobs")
    assert leads_to.startswith("/accounts/2fa/authenticate/")
    assert other.get("/jobs").status_code == 302
    assert other.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert other.get("/jobs").status_code == 302
    Authenticator.objects.filter(type="totp").update(data={"secret": seal(secret)})
    answer = other.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/jobs")
    assert other.get("/jobs").status_code == 200


def test_in_french_every_field_of_a_second_step_has_a_french_label(manager: Actor) -> None:
    client, _to = sign_in(manager)
    User.objects.filter(email=email_of(manager)).update(language="fr")
    page = client.get("/accounts/2fa/webauthn/add/").content.decode()
    assert re.search(r'<label for="id_name">Nom\b', page), page
    refused = client.post("/accounts/2fa/totp/activate/", {"code": "000000"}).content.decode()
    assert re.search(r'<a href="#id_code">Code\s*:', refused), refused


def test_a_recovery_code_works_once_and_is_shown_once(manager: Actor) -> None:
    client, _to = sign_in(manager)
    _secret, codes = set_up(client)
    again = client.get("/accounts/2fa/recovery-codes/").content.decode()
    assert not any(code in again for code in codes)
    for expected in (302, 200):
        other, _to = sign_in(manager)
        assert other.post("/accounts/2fa/authenticate/", {"code": codes[3]}).status_code == expected


def test_what_makes_the_codes_is_sealed_in_the_database(manager: Actor) -> None:
    secret = app_of(manager)
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored
    assert unseal(stored) == secret


def test_what_was_sealed_opens_with_an_older_key_and_not_with_a_strangers(settings) -> None:
    sealed = seal("JBSWY3DP")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key " * 5, [settings.SECRET_KEY]
    assert unseal(sealed) == "JBSWY3DP"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(ValueError, match="another key"):
        unseal(sealed)


def test_the_vendors_people_are_led_to_a_second_step_and_then_to_where_they_wanted(manager: Actor, settings) -> None:
    settings.PRM_MFA_REQUIRED_OF_STAFF = True
    client, leads_to = sign_in(manager, next="/jobs?of=all")
    assert leads_to == "/jobs?of=all"
    answer = client.get(leads_to)
    assert answer.headers["Location"] == "/accounts/security/second-step/?next=/jobs%3Fof%3Dall"
    assert "Protect your account" in client.get(answer.headers["Location"]).content.decode()
    set_up(client)
    assert client.get("/accounts/security/second-step/").headers["Location"] == "/jobs?of=all"
    assert client.get("/jobs").status_code == 200


def test_until_then_neither_pages_nor_forms_nor_the_api_answer(manager: Actor, settings) -> None:
    settings.PRM_MFA_REQUIRED_OF_STAFF = True
    client, _to = sign_in(manager)
    for url in ("/", "/companies", "/settings/api-keys/create"):
        for answer in (client.get(url), client.post(url, {"name": "x"})):
            assert answer.headers["Location"].startswith("/accounts/security/second-step/"), url
    assert client.get("/api/v1/me").status_code == 401


def test_a_session_from_before_takes_the_step_when_it_is_required(manager: Actor, client_of, settings) -> None:
    client = client_of(manager)
    secret = app_of(manager)
    settings.PRM_MFA_REQUIRED_OF_STAFF = True
    assert "Take your second step" in client.get("/accounts/security/second-step/?next=/jobs").content.decode()
    answer = client.post("/accounts/2fa/reauthenticate/?next=/accounts/security/second-step/", {"code": code_of(secret)})
    assert answer.headers["Location"] == "/accounts/security/second-step/"
    assert client.get("/accounts/security/second-step/").headers["Location"] == "/jobs"


def test_nobody_is_led_elsewhere_by_what_stands_in_the_address(manager: Actor, client_of, settings) -> None:
    settings.PRM_MFA_REQUIRED_OF_STAFF = True
    client = client_of(manager)
    client.get("/accounts/security/second-step/?next=https://evil.example/")
    set_up(client)
    assert client.get("/accounts/security/second-step/").headers["Location"] == "/"


def test_each_change_is_told_by_mail_in_the_persons_language(make_member, mailoutbox) -> None:
    person = make_member(Role.MANAGER, name="Élodie Faure", language="fr")
    client, _to = sign_in(person)
    set_up(client)
    confirm(client, User.objects.get(pk=person.user_id))
    client.post("/accounts/2fa/totp/deactivate/")
    subjects = [mail.subject for mail in mailoutbox if mail.to == [email_of(person)]]
    assert any("application d’authentification est active" in subject for subject in subjects)
    assert any("application d’authentification est désactivée" in subject for subject in subjects)


def test_guessing_codes_is_stopped_after_a_few(manager: Actor) -> None:
    secret = app_of(manager)
    client, _to = sign_in(manager)
    for guess in range(6):
        client.post("/accounts/2fa/authenticate/", {"code": f"00000{guess}"})
    answer = client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert answer.status_code == 200
    assert client.get("/jobs").status_code == 302


@pytest.mark.parametrize(("url", "form"), [
    ("/settings/api-keys/create", {"name": "CRM", "scopes": ["persons:read"], "lifetime": "90"}),
    ("/settings/people/add", {"name": "E", "email": "e@orvane.example", "roles": ["manager"], "language": "en"}),
    ("/accounts/2fa/totp/activate/", {"code": "123456"}),
    ("/accounts/2fa/webauthn/add/", {"credential": "{}"}),
    ("/accounts/2fa/recovery-codes/generate/", {}),
])  # fmt: skip
def test_what_opens_doors_asks_again_when_signing_in_is_a_while_ago(
    administrator: Actor, client_of, settings, url: str, form: dict
) -> None:
    client = client_of(administrator)
    confirm(client, User.objects.get(pk=administrator.user_id), ago=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 1)
    for answer in (client.get(url), client.post(url, form, headers={"referer": f"http://testserver{url}"})):
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/?next="), url
    wrong = client.post(f"/accounts/reauthenticate/?next={url}", {"password": "a guess"})
    assert wrong.status_code == 200
    assert client.get(url).status_code == 302
    right = client.post(f"/accounts/reauthenticate/?next={url}", {"password": PASSWORD, "next": url})
    assert right.status_code in {200, 302}
    assert client.get(url).status_code == 200


def test_the_code_that_set_the_app_up_does_not_sign_in_as_well(manager: Actor, client_of) -> None:
    secret, _codes = set_up(client_of(manager))
    code = code_of(secret)
    fresh, asked = sign_in(manager)
    assert asked.startswith("/accounts/2fa/authenticate/")
    assert fresh.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 200  # asked again
    assert fresh.get("/").status_code == 302
