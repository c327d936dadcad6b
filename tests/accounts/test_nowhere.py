"""An account that no place is open to: its access ended, its partner left. A kind page, never a loop nor an error."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from prm.accounts.models import Invitation, Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def left(partners_side: Any) -> Any:
    """Somebody of Kerlan who came in by an invitation of Yann's, and whose access ended since."""
    actor = partners_side.member(partners_side.kerlan)
    now = timezone.now()
    Invitation.objects.create(
        email="a@kerlan.example", name="A", partner_id=actor.partner_id, inviter_name="Yann Guivarch", digest="0" * 64, sent_at=now,
        expires_at=now, accepted_at=now, accepted_by_id=actor.user_id,
    )  # fmt: skip
    Membership.objects.filter(user_id=actor.user_id).delete()
    return actor


@pytest.mark.parametrize(
    "path", ["/", "/portal/", "/accounts/login/", "/accounts/security/", "/settings/people", "/nothing-here"]
)
def test_every_page_says_that_no_place_is_open_whom_to_ask_and_offers_to_sign_out(
    left: Any, client_of: Any, path: str
) -> None:
    answer = client_of(left).get(path, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert answer.redirect_chain == []
    assert "ask Yann Guivarch, who invited you for Kerlan Systèmes" in page
    assert 'action="/accounts/logout/"' in page


def test_whoever_came_without_an_invitation_is_told_to_ask_the_administrator(left: Any, client_of: Any) -> None:
    Invitation.objects.all().delete()
    assert "ask the administrator of your company" in client_of(left).get("/").content.decode()


def test_signing_out_works_from_there_and_the_api_is_closed_as_to_nobody(left: Any, client_of: Any) -> None:
    client = client_of(left)
    assert client.get("/api/v1/me").status_code == 401
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/accounts/login/").status_code == 200


def test_another_invitation_opens_a_place_from_there(left: Any, client_of: Any) -> None:
    assert client_of(left).get("/accounts/invitation/not-one/").status_code == 404
