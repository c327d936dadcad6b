"""A program that asks about studies."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from prm.access.roles import as_role
from prm.accounts.services.keys import api_key_create


@pytest.fixture
def api(manager):
    """``api(method, path, body)`` as a program of the manager's."""
    with as_role(manager):
        _key, secret = api_key_create(
            actor=manager, name="Checks", scopes=["studies:write", "target_lists:write", "companies:read"]
        )
    client = Client(headers={"authorization": f"Bearer {secret}"})

    def call(method, path, body=None, **headers):
        kept = {"content_type": "application/json", "headers": headers}
        return (
            getattr(client, method)(f"/api/v1/{path}", json.dumps(body) if body is not None else None, **kept)
            if method != "get"
            else client.get(f"/api/v1/{path}")
        )

    return call


@pytest.fixture
def all_rows(api):
    """``all_rows(path)``: a list of the API, page after page."""

    def read(path):
        rows, cursor = [], ""
        while True:
            page = api("get", f"{path}{'&' if '?' in path else '?'}limit=50{cursor}").json()
            rows += page["data"]
            if not page["has_more"]:
                return rows
            cursor = f"&cursor={page['next_cursor']}"

    return read
