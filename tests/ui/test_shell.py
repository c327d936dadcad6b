"""The shell: navigation by permission, preferences, palette, error pages, sign-in."""

from __future__ import annotations

import json

import pytest
from django.test import Client, override_settings

from prm.access.actors import Actor, ActorKind
from prm.ui import nav, palette, panels
from prm.ui.errors import server_error


def test_navigation_shows_what_the_actor_may_open_and_marks_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = type(nav.items)("test", key=lambda i: i.url_name, order=lambda i: (i.stage, i.order))
    monkeypatch.setattr(nav, "items", registry)
    registry.register(
        nav.NavItem(nav.Stage.PROFILING, "Offline", "wifi-off", "common:offline", permission="a.b:view", key="o")
    )
    registry.register(nav.NavItem(nav.Stage.PROFILING, "Palette", "search", "vendor:palette", permission="a.b:edit"))
    registry.register(nav.NavItem(nav.Stage.ADMIN, "Later", "clock", "vendor:does-not-exist"))
    actor = Actor(kind=ActorKind.VENDOR, permissions=frozenset({"a.b:view"}))
    groups = nav.groups_for(actor, "common:offline")
    assert [(str(g["label"]), [i["label"] for i in g["items"]]) for g in groups] == [("1 Profiling", ["Offline"])]
    assert groups[0]["items"][0]["current"] is True


def test_preferences_are_kept_in_cookies_and_nonsense_is_not(db: None) -> None:
    client = Client()
    answer = client.post(
        "/preferences", {"theme": "dark", "density": "huge", "language": "fr", "next": "https://elsewhere.example/"}
    )
    assert answer.status_code == 302
    assert answer.url == "/"
    assert answer.cookies["prm_theme"].value == "dark"
    assert "prm_density" not in answer.cookies
    page = client.get("/accounts/login/").content.decode()
    assert '<html lang="fr" data-theme="dark" data-bs-theme="dark"' in " ".join(page.split())


def test_preferences_of_a_signed_in_person_follow_to_another_browser(manager: Actor, client_of) -> None:
    client_of(manager).post("/preferences", {"theme": "dark", "density": "compact"})
    page = " ".join(client_of(manager).get("/nothing-here").content.decode().split())
    assert 'data-theme="dark"' in page
    assert 'data-density="compact"' in page


def test_palette_finds_records_first_and_only_for_those_who_may(
    manager: Actor, client_of, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = type(palette.providers)("test", key=lambda p: p.name, order=lambda p: p.order)
    monkeypatch.setattr(palette, "providers", registry)
    hits = [palette.Hit(text="Kerlan Systèmes", url="/k", rank=1), palette.Hit(text="Conserverie Kermor", url="/c", rank=2)]
    registry.register(
        palette.Provider(name="companies", kind="record", find=lambda actor, words, limit: hits if words == "ker" else [])
    )
    registry.register(
        palette.Provider(
            name="secret", kind="record", permission="no.such:view", find=lambda *a: [palette.Hit(text="x", url="/x")]
        )
    )
    found = json.loads(client_of(manager).get("/palette?q=Kér").content)
    assert [hit["text"] for hit in found["records"]] == ["Conserverie Kermor", "Kerlan Systèmes"]
    assert Client().get("/palette?q=ker").status_code == 401


def test_panels_come_in_order_and_may_stay_away(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = type(panels.panels)("test", key=lambda p: p.key, order=lambda p: p.order)
    monkeypatch.setattr(panels, "panels", registry)
    for key, order, data in (("b", 2, {"n": 1}), ("a", 1, {"n": 2}), ("none", 0, None)):
        registry.register(
            panels.Panel(
                key=key,
                place="company:rail",
                title=key,
                template="x.html",
                order=order,
                provider=lambda actor, subject, data=data: data,
            )
        )
    actor = Actor(kind=ActorKind.VENDOR)
    assert [(p["key"], p["data"]) for p in panels.panels_of("company:rail", actor, object())] == [
        ("a", {"n": 2}),
        ("b", {"n": 1}),
    ]
    assert panels.panels_of("company:main", actor, object()) == []


@pytest.mark.parametrize("signed_in", [False, True])
def test_unknown_address_is_a_state_page_with_a_way_on(signed_in: bool, manager: Actor, client_of) -> None:
    client = client_of(manager) if signed_in else Client()
    answer = client.get("/nothing-here")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert page.count("<h1") == 1
    assert ("Main" in page) is signed_in


def test_broken_page_needs_neither_session_nor_database() -> None:
    answer = server_error(None)  # type: ignore[arg-type]
    assert answer.status_code == 500
    assert b"<h1" in answer.content


@override_settings(CSRF_FAILURE_VIEW="prm.ui.errors.csrf_failure")
def test_form_that_was_open_too_long_is_told_so(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/preferences", {"theme": "dark"})
    assert answer.status_code == 403
    assert "not current any more" in answer.content.decode()


def test_sign_in_says_what_is_wrong_and_keeps_the_address(db: None) -> None:
    answer = Client().post("/accounts/login/", {"login": "nobody@orvane.example", "password": "x"})
    page = answer.content.decode()
    assert "data-errors" in page
    assert 'value="nobody@orvane.example"' in page
    assert "style=" not in page


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/inactive/",
        "/accounts/confirm-email/",
        "/offline",
    ],
)
def test_sign_in_pages_are_in_our_frame(path: str, db: None) -> None:
    answer = Client().get(path)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("<h1") == 1
    assert "build/app.css" in page
    assert "script-src" in answer.headers["Content-Security-Policy"]
