"""Reading answers: one's own draft by its link, submitted ones as the vendor."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import NotFound
from prm.questionnaires.models import Answer, AnswerFile, Round


def draft_values(*, actor: Actor) -> dict[str, Any]:
    """What the holder of a link answered so far; empty before the first."""
    found = Answer.objects.visible_to(actor, "answer").values_list("values", flat=True).first()
    return dict(found or {})


def draft_file(*, actor: Actor, question: str) -> AnswerFile:
    """The file that answers a question of one's own draft. Raises NotFound."""
    found: AnswerFile | None = AnswerFile.objects.visible_to(actor, "answer").filter(question=question).first()
    if found is None:
        raise NotFound
    return found


def answer_list(*, actor: Actor, round_: Round | None = None) -> QuerySet[Answer]:
    """Submitted named answers, newest first, with whose they are; of one round or of all. Raises Denied."""
    authorize(actor, "questionnaires.answer:view")
    rows = Answer.objects.visible_to(actor).select_related("invitation__person", "invitation__company", "round__version")
    return rows.filter(round=round_) if round_ else rows


def answer_get(*, actor: Actor, answer_id: UUID | str) -> Answer:
    """One submitted answer. Raises NotFound, Denied."""
    found: Answer = answer_list(actor=actor).one(answer_id)  # type: ignore[attr-defined]
    return found


def answer_file_get(*, actor: Actor, file_id: UUID | str) -> AnswerFile:
    """One file of a submitted answer. Raises NotFound."""
    found: AnswerFile = AnswerFile.objects.visible_to(actor).one(file_id)
    return found
