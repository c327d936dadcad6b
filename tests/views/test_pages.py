"""Saved views on every list page (UX 3): mine, shared, and what a list opens with."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from re import findall, search
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.events.selectors import history_list
from prm.jobs.models import Job
from prm.partners.models import Company
from prm.views.listing import ListPage
from prm.views.lists import viewed_lists
from prm.views.models import SavedView

pytestmark = pytest.mark.django_db
# A question that each list understands.
ASKED = {
    "companies": "country=FR", "partners": "lifecycle=active", "sales": "sold_from=2026-01-01", "studies": "kind=ranking",
    "target-lists": "archived=yes", "imports": "state=failed", "jobs": "state=failed", "exports": "source=companies",
    "people": "department=sales", "questionnaires": "archived=yes", "events": "actor=system", "dead_letters": "state=dead",
}  # fmt: skip
LISTS = sorted(ASKED)
SEEN_BY_MANAGERS = [name for name in LISTS if name != "events"]  # the log is for directors
Keep = Callable[..., SavedView]


def tabs(answer: Any) -> dict[str, str]:
    """The tabs of a list: name → address."""
    nav = search(r'<nav class="tabs".*?</nav>', answer.content.decode(), 16)
    found = findall(r'<a href="([^"]*)"[^>]*>\s*([^<]*?)\s*<', nav.group()) if nav else []
    return {unescape(name): unescape(query) for query, name in found}


def current(answer: Any) -> list[str]:
    return [str(tab.label) for tab in answer.context["listing"].views if tab.current]


def view_of(actor: Actor, **which: Any) -> SavedView:
    with as_role(actor):
        return SavedView.objects.visible_to(actor).get(**which)


def address(list_name: str) -> str:
    return reverse(viewed_lists.get(list_name).url_name)


def test_each_list_with_filters_is_registered_and_tried_here() -> None:
    assert [entry.name for entry in viewed_lists if address(entry.name)] == LISTS
    pages = everything_under(ListPage)
    assert sorted(cls.list_name for cls in pages) == LISTS


def everything_under(cls: type) -> list[type]:
    return [found for child in cls.__subclasses__() for found in (child, *everything_under(child))]


@pytest.mark.parametrize("name", SEEN_BY_MANAGERS)
def test_a_view_of_any_list_is_kept_opened_renamed_and_removed(name: str, page: Client, manager: Actor, save: Any) -> None:
    assert page.get(address(name)).context["listing"].spec.name == name
    answer = save(name, "Mine", f"{ASKED[name]}&cursor=x")
    assert answer.headers["Location"] == f"{address(name)}?{ASKED[name]}"
    opened = page.get(answer.headers["Location"])
    assert tabs(opened)["Mine"] == f"?{ASKED[name]}"
    assert current(opened) == ["Mine"]
    view = view_of(manager)
    assert f"/views/{view.public_id}/delete" in opened.content.decode()
    assert f"/views/{view.public_id}/delete" not in page.get(f"{address(name)}?q=something").content.decode()
    page.post(f"/views/{view.public_id}/edit", {"name": "Still mine"})
    assert "Still mine" in tabs(page.get(address(name)))
    gone = page.post(f"/views/{view.public_id}/delete")
    assert gone.headers["Location"] == f"{address(name)}?{ASKED[name]}"
    assert "Still mine" not in tabs(page.get(address(name)))


@pytest.mark.parametrize("name", SEEN_BY_MANAGERS)
def test_a_view_is_seen_by_others_only_once_it_is_shared_and_is_marked_then(
    name: str, manager: Actor, director: Actor, client_of: Any, keep: Keep
) -> None:
    keep(manager, "Mine alone", ASKED[name], list_name=name)
    keep(manager, "For all", ASKED[name], list_name=name, is_shared=True)
    theirs = client_of(director).get(address(name))
    shown = {str(tab.label): tab.shared for tab in theirs.context["listing"].views}
    assert "Mine alone" not in shown
    assert shown["For all"] is True
    assert b"icon-users" in theirs.content or b"#users" in theirs.content


def test_views_stay_on_their_list(page: Client, manager: Actor, keep: Keep) -> None:
    keep(manager, "Failed", "state=failed", list_name="jobs")
    assert "Failed" in tabs(page.get("/jobs"))
    assert "Failed" not in tabs(page.get("/imports"))


def test_a_colleagues_view_is_neither_changed_nor_removed(
    manager: Actor, director: Actor, client_of: Any, keep: Keep
) -> None:
    shared, private = keep(manager, "For all", "state=failed", is_shared=True), keep(manager, "Mine", "state=done")
    other = client_of(director)
    opened = other.get("/jobs?state=failed").content.decode()
    assert "Save view" in opened
    assert f"/views/{shared.public_id}/edit" not in opened
    for act in ("edit", "delete"):
        assert other.post(f"/views/{shared.public_id}/{act}", {"name": "Theirs"}).status_code == 403
        assert other.post(f"/views/{private.public_id}/{act}", {"name": "Theirs"}).status_code == 404
    with as_role(manager):
        assert set(SavedView.objects.values_list("name", flat=True)) == {"For all", "Mine"}


def test_a_view_of_a_list_that_one_may_not_open_is_neither_offered_nor_kept(
    director: Actor, manager: Actor, keep: Keep, save: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(director, "Exports of all", "source=companies", list_name="exports", is_shared=True)
    assert view_of(manager).name == "Exports of all"
    lesser = type(manager)(**{**vars(manager), "permissions": manager.permissions - {"exports.export:view"}})
    with as_role(manager):
        assert not SavedView.objects.visible_to(lesser).exists()
    assert save("nothing", "Mine").status_code == 422


def test_a_removed_view_comes_back_by_undo_as_it_was(page: Client, manager: Actor, keep: Keep) -> None:
    view = keep(manager, "Failed & mine", "state=failed&mine=yes", is_shared=True, is_default=True)
    answer = page.post(f"/views/{view.public_id}/delete", follow=True)
    undo = next(m.extra_tags for m in answer.context["messages"]).split("undo=")[1].split()[0]
    page.post(undo)
    again = view_of(manager)
    assert (again.name, again.query, again.is_shared, again.is_default) == (
        "Failed & mine",
        "state=failed&mine=yes",
        True,
        True,
    )


def test_saving_twice_keeps_one_view(page: Client, manager: Actor, save: Any) -> None:
    save("jobs", "Failed", "state=failed")
    answer = page.get(save("jobs", "Failed", "state=failed").headers["Location"])
    assert "You have a view of this name already." in answer.content.decode()
    form = {"list": "jobs", "name": "Once", "query": "state=done", "once": "00000000-0000-7000-8000-000000000001"}
    for _sent in range(2):
        page.post(reverse("vendor:views:saved-view-create"), form)
    with as_role(manager):
        assert sorted(SavedView.objects.values_list("name", flat=True)) == ["Failed", "Once"]


def test_a_form_sent_twice_is_answered_alike(page: Client) -> None:
    form = search(r'<form[^>]*action="/views"[^>]*>.*?</form>', page.get("/jobs?state=failed").content.decode(), 16)
    assert form is not None
    sent = {
        "name": "Failed",
        **{k: unescape(v) for k, v in findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form.group())},
    }
    first, second = (page.post(reverse("vendor:views:saved-view-create"), sent) for _n in range(2))
    assert first.headers["Location"] == second.headers["Location"] == "/jobs?state=failed"
    assert "already" not in page.get("/jobs?state=failed").content.decode()


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_name_is_asked_for_in_words_and_what_was_shown_stays(name: str, page: Client, manager: Actor, save: Any) -> None:
    answer = save("jobs", name, "state=failed")
    assert answer.headers["Location"] == "/jobs?state=failed"
    assert "up to 60 characters" in page.get(answer.headers["Location"]).content.decode()
    with as_role(manager):
        assert not SavedView.objects.exists()


def test_a_name_of_any_signs_is_shown_as_it_was_written(page: Client, save: Any) -> None:
    name = "<b>Œuvres & “Îles”</b> " + "W" * 37
    save("jobs", name, "state=failed")
    content = page.get("/jobs").content.decode()
    assert unescape(name) in tabs(page.get("/jobs"))
    assert "<b>Œuvres" not in content


@pytest.mark.parametrize("name", SEEN_BY_MANAGERS)
def test_an_old_view_of_filters_that_are_gone_breaks_no_page(
    name: str, page: Client, manager: Actor, director: Actor, keep: Keep
) -> None:
    keep(manager, "Old", "colour=red&sort=-colour&col=colour&state=dreaming&country=XX&manager=nobody", list_name=name)
    with as_role(director):
        SavedView.objects.create(
            list_name=name, name="Broken", query="q=%00&" + "&".join("a" * 900), person_id=director.person_id, is_shared=True
        )
    answer = page.get(address(name))
    assert answer.status_code == 200
    assert {"Old", "Broken"} <= set(tabs(answer))
    opened = page.get(address(name) + tabs(answer)["Old"])
    assert (opened.status_code, current(opened)) == (200, ["Old"])


@pytest.mark.parametrize("query", ["q=%00", "&".join(f"a{n}=1" for n in range(101)), "q=" + "x" * 2000])
def test_what_is_no_list_is_not_kept(query: str, page: Client, manager: Actor, save: Any) -> None:
    assert save("jobs", "Odd", query).status_code == 302
    with as_role(manager):
        assert not SavedView.objects.exists()


def test_the_21st_view_of_a_list_is_refused(page: Client, manager: Actor, keep: Keep, save: Any) -> None:
    for number in range(20):
        keep(manager, f"View {number}", f"q={number}")
    assert "20 is the most" in page.get(save("jobs", "One more", "q=x").headers["Location"]).content.decode()
    assert save("imports", "Elsewhere", "state=failed").status_code == 302
    assert view_of(manager, list_name="imports").name == "Elsewhere"


def test_the_list_opens_with_ones_own_view_for_who_comes_from_elsewhere(
    page: Client, manager: Actor, director: Actor, client_of: Any, keep: Keep
) -> None:
    view = keep(manager, "Failed", "state=failed", is_shared=True)
    page.post(f"/views/{view.public_id}/edit", {"name": "Home", "default": "1"})
    changed = view_of(manager)
    assert (changed.name, changed.is_shared, changed.is_default) == ("Home", False, True)
    assert page.get("/jobs").headers["Location"] == "/jobs?state=failed"
    assert page.get("/jobs", headers={"Referer": "http://testserver/jobs?state=failed"}).status_code == 200
    assert page.get("/jobs?sort=-created_at").status_code == 200
    assert client_of(director).get("/jobs").status_code == 200
    other = keep(manager, "Mine", "mine=yes", is_default=True)
    assert view_of(manager, is_default=True).pk == other.pk


def test_a_view_opens_the_list_for_a_role_and_ones_own_says_more(
    manager: Actor, director: Actor, administrator: Actor, client_of: Any, keep: Keep
) -> None:
    theirs = client_of(manager)
    first = keep(director, "Running", "state=running", is_shared=True, role="manager")
    assert theirs.get("/jobs").headers["Location"] == "/jobs?state=running"
    assert client_of(director).get("/jobs").status_code == 200
    keep(administrator, "Failed", "state=failed", is_shared=True, role="manager")
    assert theirs.get("/jobs").headers["Location"] == "/jobs?state=failed"
    with as_role(director):
        first.refresh_from_db()
    assert first.role == ""
    keep(manager, "Everything", "", is_default=True)
    assert theirs.get("/jobs").status_code == 200


def test_only_directors_say_what_a_role_opens_and_only_of_what_it_sees(
    page: Client, manager: Actor, director: Actor, client_of: Any, keep: Keep
) -> None:
    view = keep(manager, "Failed", "state=failed", is_shared=True)
    assert page.post(f"/views/{view.public_id}/edit", {"name": "Failed", "shared": "1", "role": "manager"}).status_code == 403
    assert b'name="role"' not in page.get("/jobs?state=failed").content
    own, boss = keep(director, "Running", "state=running"), client_of(director)
    assert b'name="role"' in boss.get("/jobs?state=running").content
    answer = boss.post(f"/views/{own.public_id}/edit", {"name": "Running", "role": "manager"}, follow=True)
    assert "Share the view first" in answer.content.decode()
    boss.post(f"/views/{own.public_id}/edit", {"name": "Running", "shared": "1", "role": "manager"})
    assert view_of(director, pk=own.pk).role == "manager"
    boss.post(f"/views/{own.public_id}/edit", {"name": "Running", "role": ""})
    assert (view_of(director, pk=own.pk).role, view_of(director, pk=own.pk).is_shared) == ("", False)


def test_a_view_takes_the_order_and_columns_shown_now_when_asked(page: Client, manager: Actor, keep: Keep) -> None:
    view = keep(manager, "France", "country=FR", list_name="companies")
    shown = page.get("/companies?country=FR&sort=-employees&col=company&col=growth").content.decode()
    box = search(r'name="query"\s+value="([^"]+)">\s*With the order', shown)
    assert box is not None
    page.post(f"/views/{view.public_id}/edit", {"name": "France", "query": unescape(box.group(1))})
    assert view_of(manager).query == "country=FR&sort=-employees&col=company&col=growth"


def test_tabs_say_how_many_there_are_and_follow_the_filters(page: Client, manager: Actor, keep: Keep) -> None:
    with as_role(manager):
        for state in ("failed", "failed", "done"):
            Job.objects.create(kind="samples", title="Work", state=state, finished_at=timezone.now())
    keep(manager, "Failed", "state=failed")
    told = {str(tab.label): tab.count for tab in page.get("/jobs").context["listing"].views}
    assert told == {"All": 3, "Mine": 0, "Failed": 2}
    fragment = page.get("/jobs?state=failed", headers={"HX-Request": "true", "HX-Target": "listing"})
    assert 'hx-swap-oob="true"' in fragment.content.decode()
    assert search(r'href="\?state=failed"\s+aria-current="page"', fragment.content.decode())


@pytest.mark.parametrize("name", ["companies", "jobs", "imports", "studies", "sales"])
def test_twelve_views_ask_no_more_than_two(name: str, page: Client, manager: Actor, keep: Keep) -> None:
    with as_role(manager):
        Company.objects.create(name="Kerlan", country="FR")
    counts = []
    for target in (2, 12):
        with as_role(manager):
            have = SavedView.objects.count()
        for number in range(have, target):
            keep(manager, f"View {number}", f"q={number}", list_name=name)
        page.get(address(name))
        with CaptureQueriesContext(connection) as queries:
            assert len(tabs(page.get(address(name)))) > target
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_was_done_to_a_view_is_in_its_history_without_its_name(page: Client, manager: Actor, keep: Keep) -> None:
    view = keep(manager, "Secret plan", "q=secret")
    page.post(f"/views/{view.public_id}/edit", {"name": "Secret plan B"})
    page.post(f"/views/{view.public_id}/delete")
    with as_role(manager):
        history = history_list(actor=manager, subject_type="saved_view", subject_id=view.pk)
    assert sorted(entry.sentence for entry in history) == ["changed this view", "kept this view", "removed this view"]
    assert "ecret" not in str([entry.data for entry in history])
