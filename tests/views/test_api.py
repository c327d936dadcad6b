"""``/api/v1/saved-views``: the same views as the pages offer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from prm.access.actors import Actor
from prm.access.roles import as_role, as_sign_in
from prm.accounts.models import User
from prm.accounts.selectors.actors import actor_of_user
from prm.accounts.services.keys import api_key_create
from prm.views.models import SavedView

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/saved-views"


@pytest.fixture
def client(client_of: Callable[[Actor], Client], manager: Actor) -> Client:
    return client_of(manager)


def test_a_view_made_by_api_is_a_tab_of_its_list_and_the_other_way_round(client: Client) -> None:
    made = client.post(
        ADDRESS, {"list": "jobs", "name": "Failed", "query": "?state=failed&cursor=x"}, content_type="application/json"
    )
    assert made.status_code == 201, made.content
    assert {k: made.json()[k] for k in ("list", "name", "query", "is_shared", "is_default", "role")} == {
        "list": "jobs", "name": "Failed", "query": "state=failed", "is_shared": False, "is_default": False, "role": "",
    }  # fmt: skip
    assert [str(tab.label) for tab in client.get("/jobs?state=failed").context["listing"].views if tab.current] == ["Failed"]
    client.post("/views", {"list": "imports", "name": "Done", "query": "state=done"})
    assert [view["name"] for view in client.get(ADDRESS).json()["data"]] == ["Failed", "Done"]
    assert [view["name"] for view in client.get(f"{ADDRESS}?list=imports").json()["data"]] == ["Done"]


def test_a_view_is_changed_on_the_version_that_was_read_and_stays_on_its_list(client: Client) -> None:
    made = client.post(ADDRESS, {"list": "jobs", "name": "Failed"}, content_type="application/json")
    one = f"{ADDRESS}/{made.json()['id']}"
    tag = made.headers["ETag"]
    patch = {"content_type": "application/json", "headers": {"If-Match": tag}}
    changed = client.patch(one, {"list": "imports", "name": "Failed, mine", "is_default": True}, **patch)
    assert (changed.json()["list"], changed.json()["name"], changed.json()["is_default"]) == ("jobs", "Failed, mine", True)
    assert client.patch(one, {"name": "Late"}, **patch).status_code == 412
    assert client.delete(one).status_code == 204
    assert client.get(one).status_code == 404


def test_refusals_name_the_field(client: Client, manager: Actor) -> None:
    for body, code, pointer in (
        ({"list": "nothing", "name": "x"}, "unknown_list", "/list"),
        ({"list": "jobs", "name": "x", "query": "q=%00"}, "too_long", "/query"),
        ({"list": "jobs", "name": "x", "role": "manager"}, "not_shared", "/role"),
    ):
        answer = client.post(ADDRESS, body, content_type="application/json")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), answer.content
        assert code in answer.content.decode()
    answer = client.post(
        ADDRESS, {"list": "jobs", "name": "x", "is_shared": True, "role": "manager"}, content_type="application/json"
    )
    assert answer.status_code == 403
    with as_role(manager):
        assert not SavedView.objects.exists()


def test_another_persons_view_is_not_found_and_a_shared_one_is_read_only(
    client: Client, director: Actor, keep: Callable[..., SavedView]
) -> None:
    private, shared = keep(director, "Private", "q=a"), keep(director, "Shared", "q=b", is_shared=True)
    assert [view["name"] for view in client.get(ADDRESS).json()["data"]] == ["Shared"]
    assert client.get(f"{ADDRESS}?mine=true").json()["data"] == []
    assert client.get(f"{ADDRESS}/{private.public_id}").status_code == 404
    assert client.delete(f"{ADDRESS}/{shared.public_id}").status_code == 403


def test_a_key_sees_the_views_of_the_lists_that_it_may_read(manager: Actor, keep: Callable[..., SavedView]) -> None:
    keep(manager, "Jobs", "state=failed", list_name="jobs")
    keep(manager, "Companies", "country=FR", list_name="companies")
    with as_sign_in():
        key_owner = actor_of_user(User.objects.get(pk=manager.user_id))
    with as_role(key_owner):
        _key, secret = api_key_create(actor=key_owner, name="Program", scopes=["saved_views:read", "jobs:read"])
    answer = Client().get(ADDRESS, headers={"Authorization": f"Bearer {secret}"})
    assert [view["name"] for view in answer.json()["data"]] == ["Jobs"], answer.content
