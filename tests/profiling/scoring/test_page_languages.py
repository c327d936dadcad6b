"""The question of a look-alike sent from a page in another language: the same question, whatever a number looks like there."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


class Controls(HTMLParser):
    """What a browser sends of a page's form ``question``: names and values, of a select the option that is selected."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self._is_in = False
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            self._is_in = given.get("id") == "question"
        elif tag == "select":
            self._select = name if self._is_in and "disabled" not in given else ""
        elif tag == "option" and self._select and ("selected" in given or self._select not in self.sent):
            self.sent[self._select] = value
        elif tag == "input" and self._is_in and name and given.get("type") not in {"checkbox", "radio", "submit"}:
            self.sent[name] = value


def controls(page: str) -> dict[str, str]:
    found = Controls()
    found.feed(page)
    return {name: value for name, value in found.sent.items() if name != "csrfmiddlewaretoken"}


@pytest.fixture
def study(universe, manager, ask, answer):
    study = ask(manager, references=[c.public_id for c in universe[:3]], criteria={"employees": 0.5, "engineers": 0.75})
    answer(manager, study)
    return study


def test_a_question_runs_again_from_a_french_page_as_from_an_english_one(
    study, manager, make_member, client_of, django_capture_on_commit_callbacks
):
    detail = reverse("vendor:profiling:lookalike-detail", args=[study.public_id])
    reader = client_of(make_member(language="fr", name="Hélène Petit"))
    french, english = (controls(client.get(detail).content.decode()) for client in (reader, client_of(manager)))
    assert french == english
    assert (french["inside_employees"], french["inside_engineers"]) == ("0.5", "0.75")
    again = reader.post(reverse("vendor:profiling:lookalike-run", args=[study.public_id]), {**french, "go": "1"})
    assert again.status_code == 302, re.findall(r'class="error[^>]*>([^<]+)', again.content.decode())
