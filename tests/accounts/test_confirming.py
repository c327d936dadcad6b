"""Is it still you? One declaration (``Policy.asks_again``), and pages and API ask alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from prm.access.actors import Actor
from prm.accounts.confirming import ConfirmedPage
from prm.accounts.models import Invitation, Membership, User
from prm.core.ids import typeid_encode
from tests.conftest import confirm

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Actor], Client]
ELISE = {"email": "elise@orvane.example", "name": "Elise Vidal", "roles": ["administrator"]}
SVEN = {"email": "sven@kerlan.example", "name": "Sven", "roles": ["partner_administrator"]}
ROLE = {"name": "Assistant", "base": "manager", "abilities": ["partners.partner:view"]}


def late(client: Client, actor: Actor, settings: Any) -> Client:
    confirm(client, User.objects.get(pk=actor.user_id), ago=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 1)
    return client


def send(client: Client, method: str, path: str, body: Any = None) -> Any:
    tag = client.get(f"/api/v1/{path}").headers.get("ETag", "") if method == "patch" else ""
    headers = {"if-match": tag} if tag else {}
    return getattr(client, method)(f"/api/v1/{path}", body or {}, content_type="application/json", headers=headers)


def test_a_session_is_asked_again_by_api_as_by_page(
    administrator: Actor, manager: Actor, partners_side: Any, client_of: ClientOf, settings: Any
) -> None:
    claire = typeid_encode("person", manager.person_id)
    acts = [
        ("post", "invitations", ELISE),
        ("patch", f"members/{claire}", {"roles": ["director"]}),
        ("post", f"members/{claire}/deactivate", None),
        ("post", f"members/{claire}/reset-second-step", None),
        ("post", "roles", ROLE),
        ("patch", "sign-in-rules", {"invitation_days": 30}),
        ("post", f"partners/{partners_side.kerlan.public_id}/invitations", SVEN),
    ]
    client = late(client_of(administrator), administrator, settings)
    for method, path, body in acts:
        refused = send(client, method, path, body)
        told = refused.json()
        assert (refused.status_code, told["code"]) == (403, "reauthentication_required"), path
        assert told["confirm_at"] == "http://testserver/accounts/reauthenticate/"
    assert not Invitation.objects.exists()
    assert list(Membership.objects.filter(user_id=manager.user_id).values_list("role", flat=True)) == ["manager"]
    assert client.get("/api/v1/members").status_code == 200  # reading asks nothing
    confirm(client, User.objects.get(pk=administrator.user_id))
    assert [send(client, *act).status_code for act in acts] == [201, 200, 200, 200, 201, 200, 201]


def test_a_partners_administrator_is_asked_too(partners_side: Any, client_of: ClientOf, settings: Any) -> None:
    boss = partners_side.member(partners_side.kerlan)
    client = late(client_of(boss), boss, settings)
    assert client.get("/portal/people/new").headers["Location"].startswith("/accounts/reauthenticate/")
    assert send(client, "post", "invitations", SVEN).json()["code"] == "reauthentication_required"
    confirm(client, User.objects.get(pk=boss.user_id))
    assert send(client, "post", "invitations", SVEN).status_code == 201


def test_a_form_that_only_sends_is_asked_too(administrator: Actor, client_of: ClientOf, settings: Any) -> None:
    client = client_of(administrator)
    invitation = send(client, "post", "invitations", ELISE).json()["id"]
    late(client, administrator, settings)
    asked = client.post(f"/settings/invitations/{invitation}/revoke")
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    assert Invitation.objects.get().state == "open"


def test_a_page_cannot_ask_for_what_the_api_does_not() -> None:
    with pytest.raises(ValueError, match="no policy says"):

        class Wrong(ConfirmedPage):
            permission = "accounts.person:view"


def test_a_key_is_nobody_to_ask(administrator: Actor, key_of: Any) -> None:
    headers = {"authorization": f"Bearer {key_of(administrator, ['sign_in_rules:write'])}", "if-match": "*"}
    change = Client().patch(
        "/api/v1/sign-in-rules", {"invitation_days": 30}, content_type="application/json", headers=headers
    )
    assert change.status_code == 200
