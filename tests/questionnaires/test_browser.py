"""In a real browser: answered on a phone in French through a lost connection, built by hand and keyboard, fit for everybody."""

from __future__ import annotations

import pytest
from django.urls import reverse

from prm.access.roles import as_role, as_system
from prm.questionnaires.models import Answer
from prm.questionnaires.selectors.questionnaires import version_draft
from prm.questionnaires.services.questionnaires import questionnaire_create
from tests.questionnaires.conftest import tokens_of
from tests.ui.axe import axe_violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def kept() -> dict:
    with as_system("a test"):
        found = Answer.objects.first()
        return found.values if found else {}


@pytest.fixture
def token(publish_form, send) -> str:
    return tokens_of(send(publish_form()))[0]


def test_somebody_answers_on_a_phone_in_french_though_the_connection_breaks(browse, token) -> None:
    page = browse(None, f"/q/{token}", width=375, language="fr")
    assert page.locator("legend", has_text="Vendez-vous").is_visible()
    assert not page.locator("#q-staff").is_visible()
    page.locator("label", has_text="Oui").tap()
    page.locator("#q-staff").wait_for(state="visible")
    page.fill("#c-staff", "1 046")
    page.locator("[data-kept-note]", has_text="Conservé").wait_for()
    assert kept()["staff"] == "1046"
    page.context.set_offline(True)
    page.locator("label", has_text="Formation").tap()
    page.locator("[data-kept-note].lost").wait_for()
    page.locator("button", has_text="Continuer").tap()
    page.wait_for_timeout(400)
    assert page.locator("#c-staff").input_value() == "1 046"
    page.context.set_offline(False)
    page.locator("[data-kept-note]:not(.lost)").wait_for()
    assert kept()["topics"] == ["a"]
    page.locator("button", has_text="Continuer").tap()
    page.wait_for_url("**/s/s2")
    page.locator("#q-rate label", has_text="9").tap()
    page.reload()
    assert page.locator("#c-rate-9").is_checked()
    page.locator("button", has_text="Envoyer les réponses").tap()
    page.locator("h1", has_text="Vos réponses nous sont parvenues").wait_for()
    assert kept() == {"sell": "yes", "staff": "1046", "topics": ["a"], "rate": 9}
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    assert [c for c in page.complaints if "ERR_INTERNET_DISCONNECTED" not in c] == []


def test_what_was_typed_without_a_connection_is_there_after_closing(browse, token) -> None:
    page = browse(None, f"/q/{token}/s/s2", width=375)
    page.route("**/q/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.locator("#q-rate label", has_text="3").tap()
    page.fill("#c-why", "Slow")
    page.locator("[data-kept-note].lost").wait_for()
    page.unroute("**/q/**")
    page.reload()  # before what was lost is tried again by itself
    page.locator("[data-kept-note]", has_text="Kept").wait_for()
    assert page.locator("#c-why").input_value() == "Slow"
    assert kept() == {"rate": 3, "why": "Slow"}


@pytest.mark.parametrize(("width", "theme"), [(375, "light"), (1280, "dark")])
def test_the_answer_pages_are_for_everybody(browse, token, width: int, theme: str) -> None:
    for path in (f"/q/{token}/s/s1", f"/q/{token}/s/s2", f"/q/{token}/s/s2?lack=1", "/q/nothing"):
        page = browse(None, path, width=width, theme=theme, language="fr")
        assert axe_violations(page) == []
    targets = page.evaluate(
        "[...document.querySelectorAll('a, button')].filter((e) => e.offsetParent).map((e) => e.offsetHeight)"
    )
    assert min(targets, default=44) >= 24


def test_one_builds_by_typing_dragging_and_keys(browse, manager) -> None:
    with as_role(manager):
        made = questionnaire_create(actor=manager, title={"en": "Needs", "fr": "Besoins"}, template="needs")
    page = browse(manager, reverse("vendor:questionnaires:build", args=[made.public_id]) + "?at=else")
    page.fill("#text-en", "Anything else at all?")
    page.locator("#preview", has_text="Anything else at all?").wait_for()
    page.fill("#text-fr", "")
    page.locator(".checks", has_text="Anything else at all?: The question (FR)").wait_for()

    def keys() -> list[str]:
        with as_role(manager):
            return [q.key for q in version_draft(actor=manager, questionnaire=made).form.questions]

    first = keys()
    page.focus("[data-item=tech_ready] a")
    with page.expect_response(lambda answer: "/build" in answer.url):
        page.keyboard.press("Alt+ArrowUp")
    page.locator("[data-item]:first-child[data-item=tech_ready]").wait_for()
    assert keys()[:2] == ["tech_ready", "sales_ready"]
    page.drag_and_drop("[data-item=else]", "[data-item=tech_ready]")
    page.locator("[data-item]:first-child[data-item=else]").wait_for()
    assert keys()[0] == "else"
    assert sorted(keys()) == sorted(first)
    assert page.complaints == []
    for width, theme in ((1280, "light"), (375, "dark")):
        again = browse(
            manager, reverse("vendor:questionnaires:build", args=[made.public_id]) + "?at=when", width=width, theme=theme
        )
        assert axe_violations(again) == []


def test_pages_of_the_vendor_are_for_everybody(browse, manager, publish_form, send) -> None:
    questionnaire = publish_form()
    round_ = send(questionnaire)
    for at, (name, args) in enumerate(
        [("questionnaire-list", []), ("questionnaire-new", []), ("questionnaire-detail", [questionnaire.public_id]), ("send", []),
         ("round-results", [round_.public_id]), ("round-people", [round_.public_id])]
    ):  # fmt: skip
        width, theme = ((1280, "light"), (375, "dark"), (375, "light"), (1280, "dark"))[at % 4]
        page = browse(
            manager,
            reverse(f"vendor:questionnaires:{name}", args=args),
            width=width,
            theme=theme,
            language=("en", "fr")[at % 2],
        )
        assert (name, axe_violations(page)) == (name, [])
        assert page.complaints == []
