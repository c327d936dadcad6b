"""Lists that offer views, and what somebody does with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.views.models import SavedView
from prm.views.services import saved_view_create


@pytest.fixture
def page(client_of: Callable[[Actor], Client], manager: Actor) -> Client:
    return client_of(manager)


@pytest.fixture
def keep() -> Callable[..., SavedView]:
    """Keeps a view as an actor."""

    def kept(actor: Actor, name: str, query: str = "", *, list_name: str = "jobs", **how: Any) -> SavedView:
        with as_role(actor):
            return saved_view_create(actor=actor, list_name=list_name, name=name, query=query, **how)

    return kept


@pytest.fixture
def save(page: Client) -> Callable[..., Any]:
    """Sends the form beside the filters."""

    def sent(list_name: str, name: str, query: str = "", **how: str) -> Any:
        form = {"list": list_name, "name": name, "query": query, **how}
        return page.post(reverse("vendor:views:saved-view-create"), form)

    return sent
