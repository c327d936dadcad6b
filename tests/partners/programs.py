"""What programs do in several tests of the partner model's API."""

from __future__ import annotations

from typing import Any

from tests.conftest import Caller


def made(call: Caller, **facts: Any) -> dict[str, Any]:
    """A new company as answered, with its ETag."""
    answer = call("POST", "companies", {"name": "Kerlan Systèmes", **facts})
    assert answer.status_code == 201, answer.content
    return {**answer.json(), "tag": answer.headers["ETag"]}


def names(answer: Any) -> list[str]:
    """The names in an answered list, in order."""
    assert answer.status_code == 200, answer.content
    return [item["name"] for item in answer.json()["data"]]
