"""Partners with people, and a questionnaire sent to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.accounts.models import Person
from prm.partners.models import Company, Lifecycle, Partner, PartnerTerritory, Position, Territory
from prm.questionnaires.models import Questionnaire, Round
from prm.questionnaires.respondents import token_of
from prm.questionnaires.rules.document import read_form
from prm.questionnaires.selectors.questionnaires import version_draft
from prm.questionnaires.selectors.rounds import Door, door_of
from prm.questionnaires.services.questionnaires import draft_change, questionnaire_create, version_publish
from prm.questionnaires.services.rounds import round_send


def _t(en: str, fr: str) -> dict[str, str]:
    return {"en": en, "fr": fr}


#: One question of each kind, with what hangs together: for tests of pages and of the browser.
EVERYTHING: dict[str, Any] = {
    "intro": _t("Hello", "Bonjour"),
    "thanks": _t("Thanks", "Merci"),
    "sections": [
        {
            "key": "s1",
            "title": _t("You", "Vous"),
            "questions": [
                {
                    "key": "sell",
                    "kind": "one",
                    "text": _t("Do you sell?", "Vendez-vous ?"),
                    "is_required": True,
                    "options": [
                        {"key": "yes", "text": _t("Yes", "Oui"), "points": 2},
                        {"key": "no", "text": _t("No", "Non"), "points": 0},
                    ],
                },
                {
                    "key": "staff",
                    "kind": "number",
                    "text": _t("How many people?", "Combien de personnes ?"),
                    "low": 0,
                    "fact": "employees",
                    "when": [{"question": "sell", "relation": "is", "value": "yes"}],
                },
                {
                    "key": "topics",
                    "kind": "many",
                    "text": _t("Which topics?", "Quels sujets ?"),
                    "options": [
                        {"key": "a", "text": _t("Training", "Formation")},
                        {"key": "b", "text": _t("Leads", "Contacts")},
                    ],
                },
            ],
        },
        {
            "key": "s2",
            "title": _t("Us", "Nous"),
            "questions": [
                {
                    "key": "rate",
                    "kind": "scale",
                    "text": _t("How are we?", "Comment sommes-nous ?"),
                    "low": 0,
                    "high": 10,
                    "is_required": True,
                },
                {
                    "key": "why",
                    "kind": "text",
                    "text": _t("Why so low?", "Pourquoi si bas ?"),
                    "is_required": True,
                    "when": [{"question": "rate", "relation": "at_most", "value": "6"}],
                },
                {"key": "day", "kind": "date", "text": _t("Which day?", "Quel jour ?")},
                {"key": "paper", "kind": "file", "text": _t("A paper", "Un document")},
                {
                    "key": "grid",
                    "kind": "matrix",
                    "text": _t("Each of these", "Chacun de ceux-ci"),
                    "low": 1,
                    "high": 3,
                    "rows": [{"key": "r1", "text": _t("Speed", "Rapidité")}, {"key": "r2", "text": _t("Care", "Soin")}],
                },
            ],
        },
    ],
}


def anonymous_content() -> dict[str, Any]:
    """The same without what tells who answers."""
    content: dict[str, Any] = {**EVERYTHING, "sections": []}
    for section in EVERYTHING["sections"]:
        kept = [{k: v for k, v in q.items() if k != "fact"} for q in section["questions"] if q["kind"] != "file"]
        content["sections"].append({**section, "questions": kept})
    return content


@pytest.fixture
def partners(db: None) -> list[Partner]:
    """Seven partners with a person each, of two typologies and two territories."""
    made = []
    with as_system("a test"):
        west, east = (Territory.objects.create(code=code, name=code.title()) for code in ("west", "east"))
        for number in range(7):
            company = Company.objects.create(
                name=f"Partner {number}", country="FR", typology="var" if number < 5 else "msp", city="Brest"
            )
            partner = Partner.objects.create(company=company, lifecycle=Lifecycle.ACTIVE, language="fr")
            PartnerTerritory.objects.create(partner=partner, territory=west if number < 5 else east)
            person = Person.objects.create(name=f"Person {number}", email=f"person{number}@partner{number}.example")
            Position.objects.create(company=company, person=person, level="executive")
            made.append(partner)
    return made


Publish = Callable[..., Questionnaire]


@pytest.fixture
def publish_form(manager: Actor) -> Publish:
    """Makes and publishes a questionnaire out of a document."""

    def make(
        content: dict[str, Any] = EVERYTHING, *, is_anonymous: bool = False, title: str = "How do you do?"
    ) -> Questionnaire:
        with as_role(manager):
            made = questionnaire_create(
                actor=manager, title={"en": title, "fr": title}, purpose="needs", is_anonymous=is_anonymous
            )
            draft = version_draft(actor=manager, questionnaire=made)
            draft_change(actor=manager, version_id=draft.pk, change=lambda _form: read_form(content))
            version_publish(actor=manager, version_id=draft.pk)
        return made

    return make


@pytest.fixture
def send(manager: Actor, partners: list[Partner]) -> Callable[..., Round]:
    """Sends a questionnaire to the people of all partners, or of some."""

    def do(questionnaire: Questionnaire, *, to: list[Partner] | None = None, days: int = 14, **more: Any) -> Round:
        chosen = partners if to is None else to
        with as_role(manager):
            people = Position.objects.filter(company_id__in=[p.company_id for p in chosen]).values_list(
                "person_id", flat=True
            )
            return round_send(
                actor=manager, questionnaire_id=questionnaire.pk, company_ids=[p.company_id for p in chosen],
                person_ids=list(people), due_at=timezone.now() + timedelta(days=days), **more,
            )  # fmt: skip

    return do


def tokens_of(round_: Round) -> list[str]:
    """The links' tokens of a round, in the order of asking."""
    with as_system("a test"):
        return [token_of(key) for key in round_.invitations.order_by("id").values_list("pk", flat=True)]


def open_door(token: str) -> Door:
    """What a link opens."""
    with as_system("a test") as actor:
        return door_of(actor=actor, token=token)
