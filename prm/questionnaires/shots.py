"""Pages of questionnaires for ``make shots``: the builder, results, whom to ask, the people of a round."""

from __future__ import annotations

from django.urls import reverse

from prm.access.actors import Actor
from prm.questionnaires.selectors.answers import answer_list
from prm.questionnaires.selectors.questionnaires import questionnaire_list, version_draft
from prm.questionnaires.selectors.rounds import round_list
from prm.ui.shots import Shot, register


def _round(actor: Actor, page: str) -> str | None:
    found = round_list(actor=actor).first()
    return reverse(f"vendor:questionnaires:{page}", args=[found.public_id]) if found else None


def _answer(actor: Actor) -> str | None:
    found = answer_list(actor=actor).first()
    return reverse("vendor:questionnaires:answer-detail", args=[found.public_id]) if found else None


def _build(actor: Actor) -> str | None:
    for questionnaire in questionnaire_list(actor=actor):
        if version_draft(actor=actor, questionnaire=questionnaire) is not None:
            return reverse("vendor:questionnaires:build", args=[questionnaire.public_id])
    return None


register(Shot("questionnaire-new", lambda actor: reverse("vendor:questionnaires:questionnaire-new")))
register(Shot("questionnaire-build", _build))
register(Shot("questionnaire-results", lambda actor: _round(actor, "round-results")))
register(Shot("questionnaire-people", lambda actor: _round(actor, "round-people")))
register(Shot("questionnaire-send", lambda actor: f"{reverse('vendor:questionnaires:send')}?life=active"))
register(Shot("questionnaire-answers", lambda actor: _round(actor, "round-answers")))
register(Shot("questionnaire-answer", _answer))
