"""The suite itself: tests of one group run in one process, one after the other."""

from __future__ import annotations

import os

import pytest


@pytest.mark.xdist_group("groups")
def test_groups_of_tests_are_heard(request: pytest.FixtureRequest) -> None:
    """A group that nobody hears costs a second demo, and a second walk of all pages, in silence."""
    told = os.environ.get("PYTEST_XDIST_WORKER") is None or request.node.nodeid.endswith("@groups")
    assert told, request.node.nodeid
