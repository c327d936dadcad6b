"""Providers of sign-in as administrators set them up: by page, with secrets kept and connections tried."""

from __future__ import annotations

import html
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount

from prm.access.actors import Actor, Role
from prm.access.roles import as_role
from prm.accounts.models import SignInProvider
from prm.accounts.providers.check import provider_try
from prm.accounts.selectors.providers import provider_list
from prm.accounts.services.providers import Wanted, provider_add, provider_edit, provider_switch, provider_tested
from prm.core.errors import Conflict, Denied, Invalid
from prm.events.models import OutboxEvent
from tests.accounts.local_providers import SamlIdp, oidc_server

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commits_at_once")]
FORM = {
    "name": "Orvane sign-in", "domains": "orvane.example\n@orvane.test", "client_id": "prm", "secret": "not to be seen",
    "lets_in": "invited", "role": "manager", "partner": "",
}  # fmt: skip


def wanted(**more: Any) -> Wanted:
    plain = {"name": "A", "domains": ["a.example"], "issuer": "https://login.a.example", "client_id": "c", "secret": "s"}
    return Wanted(**{**plain, **more})


def add(actor: Actor, *, kind: str = "oidc", partner_id: Any = None, **more: Any) -> SignInProvider:
    with as_role(actor):
        return provider_add(actor=actor, kind=kind, partner_id=partner_id, wanted=wanted(**more))


def test_an_administrator_sets_one_up_tests_it_switches_it_on_and_takes_it_away(administrator, client_of) -> None:
    client = client_of(administrator)
    with oidc_server() as server:
        answer = client.post("/settings/sign-in/new?kind=oidc", {**FORM, "issuer": server.url})
        assert answer.status_code == 302
        page = answer["Location"]
        made = SignInProvider.objects.get()
        assert {domain.domain for domain in made.domains.all()} == {"orvane.example", "orvane.test"}
        assert f"/accounts/oidc/{made.public_id}/login/callback/" in client.get(page).content.decode()
        assert client.post(f"{page}/switch", {"on": "1"}).status_code == 409, "not before it was tested"
        assert client.post(f"/accounts/company/{made.public_id}/test/").status_code == 302
        assert client.post(f"{page}/switch", {"on": "1"}).status_code == 302
    assert SignInProvider.objects.get().is_active
    assert "Orvane sign-in" in client.get("/settings/sign-in").content.decode()
    assert client.post(f"{page}/switch", {"on": "0"}).status_code == 302
    assert client.post(f"{page}/remove").status_code == 302
    assert not SignInProvider.objects.exists()
    with as_role(administrator):
        told = list(OutboxEvent.objects.filter(subject_type="idp").order_by("pk").values_list("type", flat=True))
    assert told == ["accounts.provider_added", *["accounts.provider_switched"] * 2, "accounts.provider_removed"]


def test_the_secret_is_sealed_and_shown_nowhere_again(administrator, client_of) -> None:
    client = client_of(administrator)
    client.post("/settings/sign-in/new", {**FORM, "issuer": "https://login.orvane.example"})
    made = SignInProvider.objects.get()
    assert made.secret == "not to be seen"
    assert "not to be seen" not in made.sealed_secret
    page = f"/settings/sign-in/{made.public_id}"
    assert "not to be seen" not in client.get(page).content.decode()
    assert client.post(page, {**FORM, "secret": "", "issuer": made.issuer, "name": "Other"}).status_code == 302
    assert (SignInProvider.objects.get().secret, SignInProvider.objects.get().name) == ("not to be seen", "Other")
    with as_role(administrator):
        assert "not to be seen" not in str(list(OutboxEvent.objects.values_list("data", flat=True)))


def test_a_form_that_was_opened_before_a_colleague_changed_it_undoes_nothing(administrator, make_member, client_of) -> None:
    made, other = add(administrator), make_member(Role.ADMINISTRATOR, name="Lena Vogt")
    page, mine, theirs = f"/settings/sign-in/{made.public_id}", client_of(administrator), client_of(other)
    opened = mine.get(page).context["form"]
    assert 'name="seen"' in mine.get(page).content.decode()
    shown = {name: value for name, value in opened.initial.items() if value not in (None, False)}
    sent = {**FORM, "name": made.name, "domains": "a.example", "issuer": made.issuer, "client_id": "c", "secret": ""}
    assert theirs.post(page, {**sent, "is_required": "on", "domains": "a.example\nb.example"}).status_code == 302
    stale = mine.post(page, {**sent, "seen": shown["seen"], "opened": opened.opened, "name": "Ours"})
    assert stale.status_code == 409
    assert f"{other.name} changed this while the form was open." in html.unescape(stale.content.decode())
    assert mine.post(page, dict(stale.context["form"].data.items())).status_code == 302
    held = SignInProvider.objects.get()
    assert (held.name, held.is_required) == ("Ours", True)
    assert {domain.domain for domain in held.domains.all()} == {"a.example", "b.example"}


def test_a_secret_set_meanwhile_makes_a_form_stale(administrator, client_of) -> None:
    made = add(administrator)
    page, client = f"/settings/sign-in/{made.public_id}", client_of(administrator)
    opened = client.get(page).context["form"]
    sent = {**FORM, "domains": "a.example", "issuer": made.issuer, "client_id": "c"}
    assert client.post(page, {**sent, "secret": "another"}).status_code == 302
    stale = {"seen": opened.initial["seen"], "opened": opened.opened, "secret": ""}
    assert client.post(page, {**sent, **stale}).status_code == 409
    assert SignInProvider.objects.get().secret == "another"


def test_only_administrators_see_and_set_providers(administrator, director, partners_side, client_of) -> None:
    made = add(administrator)
    for actor, status in ((director, 403), (partners_side.member(partners_side.kerlan), 404)):
        client = client_of(actor)
        for path in ("/settings/sign-in", "/settings/sign-in/new", f"/settings/sign-in/{made.public_id}"):
            assert client.get(path).status_code == status
        assert client.post(f"/accounts/company/{made.public_id}/test/").status_code == 404
    with as_role(director), pytest.raises(Denied):
        provider_switch(actor=director, provider_id=made.pk, on=True)


def test_one_provider_speaks_for_a_domain_and_none_for_where_everybody_has_an_address(administrator) -> None:
    add(administrator)
    with pytest.raises(Conflict) as refusal:
        add(administrator, domains=["b.example", "a.example"])
    assert refusal.value.field == "domains"
    for domain in ("gmail.com", "orange.fr", "example", "a..example", ""):
        with pytest.raises(Invalid):
            add(administrator, domains=[domain])


def test_nobody_is_let_in_uninvited_as_an_administrator_or_on_the_other_side(administrator, partners_side) -> None:
    for role in ("administrator", "partner_sales", "specialist"):
        with pytest.raises(Invalid):
            add(administrator, lets_in="anybody", role=role)


def test_another_connection_is_off_until_tested_and_another_issuer_forgets_whom_the_first_one_named(administrator) -> None:
    made = add(administrator)
    SocialAccount.objects.create(user_id=administrator.user_id, provider=made.public_id, uid="s-1")
    with as_role(administrator):
        provider_tested(actor=administrator, provider_id=made.pk)
        provider_switch(actor=administrator, provider_id=made.pk, on=True)
        assert provider_edit(actor=administrator, provider_id=made.pk, wanted=wanted(secret="", name="B")).is_active
    assert SocialAccount.objects.exists()
    with as_role(administrator):
        changed = provider_edit(
            actor=administrator, provider_id=made.pk, wanted=wanted(secret="", issuer="https://other.example")
        )
    assert (changed.is_active, changed.tested_at) == (False, None)
    assert not SocialAccount.objects.exists()


def test_a_try_tells_what_is_wrong(administrator, settings) -> None:
    with oidc_server() as server:
        made = add(administrator, issuer=server.url)
        assert provider_try(made).problem == ""
        server.calls_itself = "https://evil.example"
        assert "another issuer" in provider_try(made).problem
        settings.PRM_OUTGOING_LOOPBACK = False
        assert "only https is called" in provider_try(made).problem
    expired = SamlIdp(days=-1)
    old = add(administrator, kind="saml", domains=["b.example"], metadata=expired.metadata())
    assert "expired" in provider_try(old).problem
    with pytest.raises(Invalid) as refusal:
        add(administrator, kind="saml", domains=["c.example"], metadata="<a/>")
    assert refusal.value.field == "metadata"


def test_the_list_asks_as_much_for_six_as_for_two(administrator, django_assert_num_queries) -> None:
    add(administrator)
    add(administrator, domains=["b0.example"])
    with as_role(administrator), django_assert_num_queries(6):
        assert len(provider_list(actor=administrator)) == 2
    for number in range(1, 5):
        add(administrator, domains=[f"b{number}.example"])
    with as_role(administrator), django_assert_num_queries(6):
        assert len(provider_list(actor=administrator)) == 6
