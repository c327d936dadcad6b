"""Reading questionnaires and their versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.text import text_key
from prm.questionnaires.models import Invitation, Questionnaire, Round, Version, VersionState


@dataclass(frozen=True)
class QuestionnaireFacts:
    """What a list tells of a questionnaire: latest published version, whether one is worked on, how the last round went."""

    published: int | None = None
    draft: int | None = None
    rounds: int = 0
    asked: int = 0
    answered: int = 0
    last_at: datetime | None = None


def questionnaire_list(*, actor: Actor, q: str = "", purpose: str = "", archived: bool = False) -> QuerySet[Questionnaire]:
    """Questionnaires by title; those in use, or with ``archived`` those put away. Raises Denied."""
    authorize(actor, "questionnaires.questionnaire:view")
    rows = Questionnaire.objects.visible_to(actor).filter(archived_at__isnull=not archived).select_related("owner")
    for word in text_key(q).split():
        rows = rows.filter(Q(title_key__startswith=word) | Q(title_key__contains=f" {word}"))
    return rows.filter(purpose=purpose) if purpose else rows


def questionnaire_get(*, actor: Actor, questionnaire_id: UUID | str) -> Questionnaire:
    """One questionnaire. Raises NotFound, Denied."""
    authorize(actor, "questionnaires.questionnaire:view")
    found: Questionnaire = Questionnaire.objects.visible_to(actor).select_related("owner").one(questionnaire_id)
    return found


def questionnaire_facts(*, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, QuestionnaireFacts]:
    """What a list tells of each, by key. Three queries."""
    of = Q(questionnaire_id__in=ids)
    versions = Version.objects.visible_to(actor).filter(of).order_by().values("questionnaire_id")
    versions = versions.annotate(
        published=Max("number", filter=Q(state=VersionState.PUBLISHED)),
        draft=Max("number", filter=Q(state=VersionState.DRAFT)),
    )
    rounds = Round.objects.visible_to(actor).filter(of).order_by().values("questionnaire_id")
    rounds = rounds.annotate(n=Count("pk"), last=Max("created_at"))
    asked = Invitation.objects.visible_to(actor).filter(round__questionnaire_id__in=ids).order_by()
    asked = asked.values("round__questionnaire_id").annotate(n=Count("pk"), answered=Count("pk", filter=Q(state="submitted")))
    by_round = {row["questionnaire_id"]: row for row in rounds}
    by_asked = {row["round__questionnaire_id"]: row for row in asked}
    found = {row["questionnaire_id"]: row for row in versions}
    return {
        key: QuestionnaireFacts(
            published=found.get(key, {}).get("published"), draft=found.get(key, {}).get("draft"),
            rounds=by_round.get(key, {}).get("n", 0), last_at=by_round.get(key, {}).get("last"),
            asked=by_asked.get(key, {}).get("n", 0), answered=by_asked.get(key, {}).get("answered", 0),
        )
        for key in ids
    }  # fmt: skip


def version_list(*, actor: Actor, questionnaire: Questionnaire) -> QuerySet[Version]:
    """The versions of a questionnaire, newest first."""
    return (
        Version.objects.visible_to(actor)
        .filter(questionnaire=questionnaire)
        .select_related("published_by")
        .order_by("-number")
    )


def version_by_number(*, actor: Actor, questionnaire: Questionnaire, number: int) -> Version:
    """One version. Raises NotFound."""
    rows = Version.objects.visible_to(actor).filter(questionnaire=questionnaire, number=number)
    found: Version = rows.one(rows.values_list("pk", flat=True).first() or questionnaire.pk)
    return found


def version_published(*, actor: Actor, questionnaire: Questionnaire) -> Version | None:
    """The last version that was published; None when none was."""
    rows = Version.objects.visible_to(actor).filter(questionnaire=questionnaire, state=VersionState.PUBLISHED)
    found: Version | None = rows.order_by("-number").first()
    return found


def version_draft(*, actor: Actor, questionnaire: Questionnaire) -> Version | None:
    """The version that is worked on; None when there is none."""
    found: Version | None = (
        Version.objects.visible_to(actor).filter(questionnaire=questionnaire, state=VersionState.DRAFT).first()
    )
    return found
