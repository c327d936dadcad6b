"""Settings of signing in, roles and people in a real browser: accessible and as wide as the screen, in both languages and themes."""

from __future__ import annotations

from typing import Any

import pytest

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_system
from prm.accounts.services.invitations import Invited, invitation_send
from prm.accounts.services.providers import Wanted, provider_add
from prm.accounts.services.roles import custom_role_make
from prm.accounts.services.sign_in_rules import sign_in_rules_change
from profiling.studies.models import Study
from tests.ui.axe import axe_violations

pytestmark = pytest.mark.django_db(transaction=True)
SETTINGS = [
    "/settings/sign-in", "/settings/sign-in/rules", "/settings/sign-in/new", "/settings/roles", "/settings/roles/new?base=manager",
    "/settings/people", "/settings/invitations", "/accounts/company/",
]  # fmt: skip
LOOKS = [(375, "dark", "fr"), (1280, "light", "en")]


def invite(actor: Actor, role: Role) -> None:
    with as_role(actor):
        invitation_send(actor=actor, invited=Invited(email="elise@orvane.example", name="Elise Vidal", roles=[role]))


@pytest.fixture
def settled(administrator: Actor) -> Actor:
    """An administrator whose settings pages have something to show."""
    with as_role(administrator):
        sign_in_rules_change(actor=administrator, values={"staff_idle_minutes": 90, "invitation_domains": ["orvane.example"]})
        custom_role_make(actor=administrator, name="Partner care", base=Role.MANAGER, abilities=["partners.partner:view"])
        wanted = Wanted(
            name="Entra ID", domains=["orvane.example"], issuer="https://login.orvane.example", client_id="x", secret="y"
        )
        provider_add(actor=administrator, kind="oidc", partner_id=None, wanted=wanted)
    invite(administrator, Role.MANAGER)
    return administrator


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_settings_of_people_are_accessible_and_never_wider_than_the_screen(
    width: int, theme: str, language: str, settled: Actor, browse: Any
) -> None:
    page = browse(settled, SETTINGS[0], width=width, theme=theme, language=language)
    for path in SETTINGS:
        page.goto(page.url.split("/settings/")[0].split("/accounts/")[0] + path)
        page.wait_for_load_state("networkidle")
        assert axe_violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert page.complaints == []


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_a_partners_people_with_invitations_are_accessible(
    width: int, theme: str, language: str, partners_side: Any, browse: Any
) -> None:
    boss = partners_side.member(partners_side.kerlan)
    invite(boss, Role.PARTNER_SALES)
    page = browse(boss, "/portal/people", width=width, theme=theme, language=language)
    assert "Elise Vidal" in page.content()
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_a_partners_keys_are_made_and_listed_accessibly(
    width: int, theme: str, language: str, partners_side: Any, browse: Any
) -> None:
    page = browse(
        partners_side.member(partners_side.kerlan), "/portal/api-keys/create", width=width, theme=theme, language=language
    )
    assert axe_violations(page) == []
    page.fill("input[name=name]", "CRM sync")
    page.check('input[value="notifications:read"]')
    page.click("form.form button.btn-primary")
    page.wait_for_selector("#secret")
    for path in ("", "/portal/api-keys"):
        if path:
            page.goto(page.url.split("/portal/")[0] + path)
            page.wait_for_load_state("networkidle")
        assert axe_violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert "CRM sync" in page.content()
    assert page.complaints == []


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_inviting_a_specialist_to_studies_found_by_typing_is_accessible(
    width: int, theme: str, language: str, administrator: Actor, browse: Any
) -> None:
    with as_system("a test"):
        for number in range(12):
            Study.objects.create(kind="ranking", title=f"Study {number:02}", parameters={})
    page = browse(administrator, "/settings/people/add", width=width, theme=theme, language=language)
    page.click("#f-studies summary")
    page.fill("#f-studies [data-narrow]", "study 07")
    assert page.locator("#f-studies label.check:visible").all_inner_texts() == ["Study 07"]
    page.check("#f-studies input[name=studies]:visible")
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.complaints == []
