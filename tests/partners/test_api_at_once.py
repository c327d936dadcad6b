"""Systems that keep the same company in step at the same moment: nobody's change is lost unnoticed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from prm.access.actors import Actor
from tests.conftest import Caller
from tests.together import at_once


@pytest.mark.django_db(transaction=True)
def test_of_several_changes_made_on_one_version_by_another_systems_id_one_holds(
    manager: Actor, key_of: Callable[..., str]
) -> None:
    key, path = key_of(manager, ["companies:write"]), "companies/by-external-id/crm/0017F"
    made = Caller(key)("PUT", path, {"name": "Kerlan", "employees": 46})
    sizes = count(100)

    def act() -> tuple[int, int | None]:
        size = next(sizes)
        answer = Caller(key)("PUT", path, {"name": "Kerlan", "employees": size}, If_Match=made.headers["ETag"])
        return answer.status_code, answer.json().get("employees")

    found = sorted(at_once(act), key=lambda one: one[0])
    assert [status for status, _size in found] == [200, 412, 412, 412]
    assert Caller(key)("GET", path).json()["employees"] == found[0][1]
