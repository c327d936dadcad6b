"""Passkeys in a real browser with an authenticator that Chromium pretends to have: made, used to sign in, used to confirm, removed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from prm.access.actors import Actor
from tests.accounts.second_steps import PASSWORD, email_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def with_authenticator(page: Any) -> Any:
    """Gives the browser a device that asks for a finger, and always gets it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def type_password(page: Any, actor: Actor) -> None:
    page.fill("#id_login", email_of(actor))
    page.fill("#id_password", PASSWORD)
    page.click("button:has-text('Sign in'):not([data-passkey-ask])")


def test_a_passkey_is_made_required_used_instead_of_the_password_and_removed(
    manager: Actor, browse: Callable[..., Any], settings: Any
) -> None:
    settings.PRM_MFA_REQUIRED_OF_STAFF = True
    page = browse(None, "/accounts/login/?next=/jobs")
    devtools, device = with_authenticator(page)
    type_password(page, manager)
    # Required: nothing opens before it is made.
    page.click("text=Make a passkey")
    page.fill("input[name=name]", "Laptop")
    page.click("[data-passkey-ask]")
    page.wait_for_selector("#codes")
    assert len(page.input_value("#codes").split()) == 10
    page.click("text=I have kept them")
    page.wait_for_url("**/jobs")
    assert len(devtools.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]) == 1
    # The next day: no password, no code.
    page.context.clear_cookies()
    server = page.url.removesuffix("/jobs")
    page.goto(server + "/accounts/login/?next=/jobs")
    page.click("[data-passkey-ask]")
    page.wait_for_url("**/jobs")
    # What opens doors is confirmed with it.
    page.wait_for_load_state("networkidle")
    page.goto(server + "/accounts/2fa/webauthn/reauthenticate/?next=/accounts/security/")
    page.click("[data-passkey-ask]")
    page.wait_for_url(re.compile(r"^[^?]*/accounts/security/$"))
    assert page.locator(".t:text('Laptop')").count() == 1
    page.click("text=Remove")
    page.click("button:has-text('Remove passkey')")
    page.wait_for_url("**/accounts/security/")
    assert not Authenticator.objects.filter(user_id=manager.user_id).exists()
    assert page.complaints == []


def test_a_passkey_is_the_second_step_after_a_password(manager: Actor, browse: Callable[..., Any]) -> None:
    page = browse(None, "/accounts/login/?next=/accounts/2fa/webauthn/add/")
    with_authenticator(page)
    type_password(page, manager)
    page.click("[data-passkey-ask]")
    page.wait_for_selector("#codes")
    page.context.clear_cookies()
    page.goto(page.url.split("/accounts/")[0] + "/accounts/login/?next=/jobs")
    type_password(page, manager)
    page.wait_for_url("**/2fa/authenticate/**")
    page.click("[data-passkey-ask]")
    page.wait_for_url("**/jobs")
    assert page.complaints == []


def test_a_device_without_the_passkey_is_told_so_and_opens_nothing(browse: Callable[..., Any]) -> None:
    page = browse(None, "/accounts/login/")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError')); }")
    page.click("[data-passkey-ask]")
    page.wait_for_selector("text=This device gave no passkey")
    assert "/accounts/login/" in page.url
