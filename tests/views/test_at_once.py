"""Views that two pages change at the same moment, and those of many colleagues."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.accounts.models import Person
from prm.views.models import SavedView
from prm.views.selectors import MOST_OFFERED, saved_views_offered
from prm.views.services import saved_view_delete, saved_view_update
from tests.together import at_once

Keep = Callable[..., SavedView]


@pytest.mark.django_db(transaction=True)
def test_a_view_that_is_removed_while_it_is_changed_stays_removed(manager: Actor, keep: Keep) -> None:
    view = keep(manager, "Failed", "state=failed")
    acts = [
        lambda: saved_view_delete(actor=manager, view_id=view.pk),
        lambda: saved_view_update(actor=manager, view_id=view.pk, name="Broken"),
    ]

    def act() -> SavedView:
        with as_role(manager):
            return acts.pop()()

    at_once(act, times=2)
    with as_system("a test"):
        assert not SavedView.objects.exists()


@pytest.mark.django_db
def test_views_that_colleagues_share_do_not_push_out_ones_own(manager: Actor, director: Actor, keep: Keep) -> None:
    with as_system("a test"):
        colleague = Person.objects.create(name="Yann Kerlan")
        SavedView.objects.bulk_create(
            SavedView(list_name="jobs", name=f"{n}", query=f"q={n}", is_shared=True, person=colleague)
            for n in range(MOST_OFFERED)
        )
    own = keep(manager, "Failed", "state=failed", is_default=True)
    of_role = keep(director, "Running", "state=running", is_shared=True, role="manager")
    with as_role(manager):
        assert saved_views_offered(actor=manager, list_name="jobs")[:2] == [own, of_role]


@pytest.mark.django_db(transaction=True)
def test_a_name_that_is_given_twice_at_the_same_moment_is_there_once(manager: Actor, keep: Keep) -> None:
    found = at_once(lambda: keep(manager, "Failed", "state=failed"))
    assert sorted(type(one).__name__ for one in found) == ["Conflict", "Conflict", "Conflict", "SavedView"]
