"""Answering: kept as it is typed, sent once. The actor is whoever holds the link (``respondents.Respondent``), in the portal's role."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.access.roles import as_system
from prm.access.uploads import TakenFile
from prm.core.errors import Conflict, Invalid, NotFound
from prm.core.ids import uuid7
from prm.core.translated import default_language, said
from prm.events.publishing import publish
from prm.partners.facts.proposed import ProposalSource
from prm.partners.models import Company, PartnerTerritory, SourceKind
from prm.partners.services.proposals import fact_propose
from prm.questionnaires.doors import door_state, facts_of
from prm.questionnaires.events import AnswerSubmitted
from prm.questionnaires.models import AnonymousAnswer, Answer, AnswerFile, Invitation, InvitationState, Round
from prm.questionnaires.rules.answers import asked_only, missing
from prm.questionnaires.rules.document import Kind, Question
from prm.questionnaires.selectors.rounds import Door

MOST_FILES = 20


@transaction.atomic
def answer_keep(*, actor: Actor, door: Door, answers: Mapping[str, Any], now: datetime | None = None) -> Answer:
    """Keeps answers (key of question → cleaned value, None takes one back) in the draft; the same again changes nothing.

    Raises NotFound, Denied; Conflict (``used``, ``closed``, ``expired``).
    """
    invitation = _open(actor, door, now or timezone.now())
    draft = _draft(actor, invitation)
    values = {**draft.values, **{key: value for key, value in answers.items() if value is not None}}
    for key in [key for key, value in answers.items() if value is None]:
        values.pop(key, None)
    if values != draft.values:
        draft.values = values
        draft.save(update_fields=["values", "updated_at"])
    if invitation.state == InvitationState.SENT:
        invitation.state = InvitationState.OPENED
        invitation.save(update_fields=["state", "updated_at"])
    return draft


@transaction.atomic
def answer_submit(*, actor: Actor, door: Door, now: datetime | None = None) -> None:
    """Sends the draft: once, and for good. A named answer stays as it is and proposes the facts that its questions name; an anonymous
    one loses every way back to who gave it. Publishes AnswerSubmitted.

    Raises NotFound, Denied; Invalid (``missing``, ``data["missing"]`` the questions); Conflict (``used``, ``closed``, ``expired``).
    """
    now = now or timezone.now()
    if door.is_anonymous:
        # Before the invitation, as whoever moves the round's day takes them too.
        with as_system("an anonymous answer") as system:
            _refuse_late(system, door, now)
    invitation = _open(actor, door, now)
    draft = _draft(actor, invitation)
    lacking = missing(door.form, draft.values)
    if lacking:
        raise Invalid("missing", _("Some answers are still needed."), missing=[question.key for question in lacking])
    values = asked_only(door.form, draft.values)
    if door.is_anonymous:
        draft.delete()
    else:
        draft.values, draft.submitted_at = values, now
        draft.save(update_fields=["values", "submitted_at", "updated_at"])
    invitation.state, invitation.answered_on = InvitationState.SUBMITTED, timezone.localdate(now)
    invitation.save(update_fields=["state", "answered_on", "updated_at"])
    if not door.is_anonymous:
        _propose(actor, door, invitation, facts_of(door.form, values))
        event = AnswerSubmitted(
            subject_id=door.questionnaire_id, partner_id=invitation.partner_id, round_id=door.round_id, answer_id=draft.pk
        )
        publish(event, actor=actor)
        return
    # Whose it was ends here: the product itself writes the answer and says that one came.
    with as_system("an anonymous answer") as system:
        _keep_anonymous(system, invitation, values)
        publish(AnswerSubmitted(subject_id=door.questionnaire_id, round_id=door.round_id), actor=system)


@transaction.atomic
def file_keep(*, actor: Actor, door: Door, question: Question, taken: TakenFile, now: datetime | None = None) -> AnswerFile:
    """Answers a question with a file, in place of an earlier one. Raises NotFound, Denied, Invalid; Conflict as ``answer_keep``."""
    if question.kind != Kind.FILE:
        raise NotFound
    invitation = _open(actor, door, now or timezone.now())
    draft = _draft(actor, invitation)
    files = AnswerFile.objects.visible_to(actor, "answer").filter(answer=draft)
    if files.count() > MOST_FILES:
        raise Invalid("too_many", _("At most %(most)s files.") % {"most": MOST_FILES}, field="file")
    _drop(files.filter(question=question.key))
    path = default_storage.save(f"answers/{door.round_id}/{uuid7().hex}.{taken.extension}", ContentFile(taken.content))
    kept = AnswerFile.objects.create(
        partner_id=invitation.partner_id, answer=draft, question=question.key, path=path, name=taken.name or f"file.{taken.extension}",
        content_type=taken.content_type, size=len(taken.content),
    )  # fmt: skip
    value = {"file": kept.public_id, "name": kept.name, "size": kept.size}
    answer_keep(actor=actor, door=door, answers={question.key: value}, now=now)
    return kept


@transaction.atomic
def file_remove(*, actor: Actor, door: Door, question: Question, now: datetime | None = None) -> None:
    """Takes a file back. Raises as ``file_keep``."""
    invitation = _open(actor, door, now or timezone.now())
    _drop(AnswerFile.objects.visible_to(actor, "answer").filter(answer__invitation=invitation, question=question.key))
    answer_keep(actor=actor, door=door, answers={question.key: None}, now=now)


def _refuse_late(actor: Actor, door: Door, now: datetime) -> None:
    """Raises Conflict where the round was closed since the link opened: its answers may be told by now, and this one would stand out.
    Whoever closes it at this moment waits."""
    round_: Round = Round.objects.visible_to(actor).select_for_update(no_key=True).one(door.round_id)
    if round_.is_over(now):
        raise Conflict("closed", _("This questionnaire takes no answer from you any more."))


def _open(actor: Actor, door: Door, now: datetime) -> Invitation:
    """The invitation, kept for this transaction, while it takes answers."""
    rows = Invitation.objects.visible_to(actor, "answer").select_for_update(of=("self",))
    invitation: Invitation = rows.one(door.invitation.pk)
    authorize(actor, "questionnaires.invitation:answer", invitation)
    state = door_state(door, invitation, now)
    if state:
        raise Conflict(state, _("This questionnaire takes no answer from you any more."))
    return invitation


def _draft(actor: Actor, invitation: Invitation) -> Answer:
    there: Answer | None = Answer.objects.visible_to(actor, "answer").filter(invitation=invitation).first()
    return there or Answer.objects.create(
        partner_id=invitation.partner_id, invitation=invitation, round_id=invitation.round_id
    )


def _drop(files: Any) -> None:
    paths = list(files.values_list("path", flat=True))
    files.delete()
    for path in paths:
        transaction.on_commit(partial(default_storage.delete, path))


def _propose(actor: Actor, door: Door, invitation: Invitation, facts: Mapping[str, Any]) -> None:
    if not facts:
        return
    source = ProposalSource(
        SourceKind.QUESTIONNAIRE, said(door.title, default_language()).text, f"questionnaire:{UUID(str(door.round_id))}"
    )
    fact_propose(actor=actor, partner_id=invitation.partner_id, company_id=invitation.company_id, facts=facts, source=source)


def _keep_anonymous(actor: Actor, invitation: Invitation, values: Mapping[str, Any]) -> None:
    """What was said, with the kind of company and its first territory, and nothing else."""
    typology = Company.objects.visible_to(actor).filter(pk=invitation.company_id).values_list("typology", flat=True).first()
    served = PartnerTerritory.objects.visible_to(actor).filter(partner_id=invitation.partner_id).order_by("id")
    territory = served.values_list("territory__code", flat=True).first()
    AnonymousAnswer.objects.create(
        round_id=invitation.round_id, values=dict(values), typology=typology or "", territory=territory or ""
    )
