"""Sending rounds: whom one asks, reminders, closing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Conflict, Invalid
from prm.core.ids import uuid7
from prm.core.translated import texts_of
from prm.events.publishing import publish, publish_all
from prm.questionnaires import events
from prm.questionnaires.models import Answer, Invitation, InvitationState, Questionnaire, Round
from prm.questionnaires.respondents import digest_of, token_of
from prm.questionnaires.rules.checks import lacks
from prm.questionnaires.rules.results import SMALL_GROUP
from prm.questionnaires.selectors.questionnaires import version_published
from prm.questionnaires.selectors.rounds import audience_of

#: So long a link still says that it is over, and an answer that was late can be let in by a new day.
LINK_OUTLIVES = timedelta(days=60)
MOST_PEOPLE = 2_000
MOST_REMINDERS = 5


@transaction.atomic
def round_send(
    *, actor: Actor, questionnaire_id: UUID | str, company_ids: Collection[UUID], person_ids: Collection[UUID], due_at: datetime,
    name: str = "", message: Mapping[str, str] | None = None, reminder_days: Collection[int] = (7, 1),
) -> Round:  # fmt: skip
    """Sends the last published version to ``person_ids`` of these companies, until ``due_at``; reminders so many days before it.

    Publishes RoundSent and one InvitationSent each. Raises NotFound, Denied; Conflict (``not_published``, ``archived``); Invalid
    (``people``, ``due_at``, ``name``, ``message``, ``reminder_days``).
    """
    authorize(actor, "questionnaires.round:send")
    questionnaire: Questionnaire = Questionnaire.objects.visible_to(actor).one(questionnaire_id)
    version = version_published(actor=actor, questionnaire=questionnaire)
    if questionnaire.archived_at is not None:
        raise Conflict("archived", _("This questionnaire is archived. Bring it back first."))
    if version is None:
        raise Conflict("not_published", _("Publish the questionnaire first: only what stays as it is can be sent."))
    _check_terms(questionnaire, due_at, reminder_days)
    if questionnaire.is_anonymous and lacks(version.form, (), is_anonymous=True):
        raise Conflict("not_anonymous", _("This version asks what tells who answers. Publish a new version first."))
    wanted, now = set(person_ids), timezone.now()
    people = {a.person_id: a for a in audience_of(actor=actor, company_ids=list(company_ids)).people if a.person_id in wanted}
    if not people:
        raise Invalid("people", _("Choose at least one person."), field="people")
    if len(people) > MOST_PEOPLE:
        raise Invalid("people", _("At most %(most)s people in a round.") % {"most": MOST_PEOPLE}, field="people")
    if questionnaire.is_anonymous and len(people) < SMALL_GROUP:
        words = _("Anonymous answers need at least %(least)s people: of fewer, nothing could be told.") % {
            "least": SMALL_GROUP
        }
        raise Invalid("people", words, field="people")
    try:
        message = texts_of(message or {}, max_length=1000)
    except ValidationError as error:
        raise Invalid("message", error.messages[0], field="message") from error
    made = Round.objects.create(
        questionnaire=questionnaire, version=version, name=_name(name, now), message=message, due_at=due_at,
        is_anonymous=questionnaire.is_anonymous, reminder_days=sorted(set(reminder_days), reverse=True), sender_id=actor.person_id,
    )  # fmt: skip
    invitations = []
    for asked in people.values():
        key = uuid7()
        invitations.append(
            Invitation(
                pk=key, partner_id=asked.partner_id, round=made, company=asked.company, person_id=asked.person_id,
                title=questionnaire.title, due_at=due_at, expires_at=due_at + LINK_OUTLIVES, token_digest=digest_of(token_of(key)),
            )
        )  # fmt: skip
    Invitation.objects.bulk_create(invitations)
    publish(events.RoundSent(subject_id=questionnaire.pk, round_id=made.pk, count=len(invitations)), actor=actor)
    publish_all(
        (
            events.InvitationSent(subject_id=i.pk, partner_id=i.partner_id, round_id=made.pk, person_id=i.person_id)
            for i in invitations
        ),
        actor=actor,
    )
    return made


@transaction.atomic
def round_close(*, actor: Actor, round_id: UUID | str, now: datetime | None = None) -> Round:
    """No more answers; drafts of an anonymous round are removed. Publishes RoundClosed. Raises NotFound, Denied."""
    round_ = _locked(actor, round_id)
    if round_.closed_at is None:
        round_.closed_at = now or timezone.now()
        round_.save(update_fields=["closed_at", "updated_at"])
        publish(events.RoundClosed(subject_id=round_.questionnaire_id, round_id=round_.pk), actor=actor)
    return round_


@transaction.atomic
def round_reopen(*, actor: Actor, round_id: UUID | str, due_at: datetime) -> Round:
    """Takes answers again until another day; also how a day is moved. Publishes RoundReopened. Raises NotFound, Denied, Invalid;
    Conflict (``answers_told``) for an anonymous one that is over: what its answers say could be compared before and after another."""
    round_ = _locked(actor, round_id)
    if round_.is_anonymous and round_.is_over(timezone.now()):
        words = _(
            "Its anonymous answers are told now, and another would stand out from them. Send the questionnaire again instead."
        )
        raise Conflict("answers_told", words)
    _check_terms(round_.questionnaire, due_at, round_.reminder_days)
    round_.closed_at, round_.due_at = None, due_at
    round_.save(update_fields=["closed_at", "due_at", "updated_at"])
    rows = Invitation.objects.visible_to(actor).filter(round=round_)
    rows.update(due_at=due_at, expires_at=due_at + LINK_OUTLIVES, updated_at=timezone.now())
    publish(events.RoundReopened(subject_id=round_.questionnaire_id, round_id=round_.pk), actor=actor)
    return round_


@transaction.atomic
def reminders_send(*, actor: Actor, now: datetime | None = None) -> int:
    """Reminds who has not answered, each on the days that their round named, once; answers how many. Publishes InvitationReminded each.

    Comes round by itself (``tasks``).
    """
    now = now or timezone.now()
    open_ = Round.objects.visible_to(actor).filter(
        closed_at__isnull=True, due_at__gt=now, due_at__lt=now + timedelta(days=60)
    )
    told = []
    for round_ in open_:
        left = (round_.due_at - now) / timedelta(days=1)
        due = [days for days in round_.reminder_days if left <= days]
        if not due:
            continue
        since = round_.due_at - timedelta(days=min(due))
        waiting = (
            Invitation.objects.visible_to(actor)
            .filter(round=round_, created_at__lt=since)
            .exclude(state=InvitationState.SUBMITTED)
        )
        for invitation in waiting.select_for_update(of=("self",)).order_by("pk"):
            if invitation.reminded_at is None or invitation.reminded_at < since:
                told.append((invitation, max(1, round(left))))
    keys = [invitation.pk for invitation, _left in told]
    Invitation.objects.visible_to(actor).filter(pk__in=keys).update(reminded_at=now)
    publish_all(
        (
            events.InvitationReminded(
                subject_id=i.pk, partner_id=i.partner_id, round_id=i.round_id, person_id=i.person_id, days_left=left
            )
            for i, left in told
        ),
        actor=actor,
    )
    return len(told)


@transaction.atomic
def drafts_forget(*, actor: Actor, now: datetime | None = None) -> int:
    """Removes the drafts of anonymous rounds that are over: nobody may read what somebody did not send. Comes round by itself."""
    now = now or timezone.now()
    old = Answer.objects.visible_to(actor).filter(submitted_at__isnull=True, round__is_anonymous=True)
    over = old.filter(round__closed_at__isnull=False) | old.filter(round__due_at__lt=now)
    return int(over.delete()[1].get(Answer._meta.label, 0))


def _locked(actor: Actor, round_id: UUID | str) -> Round:
    round_: Round = (
        Round.objects.visible_to(actor).select_related("questionnaire").select_for_update(of=("self",)).one(round_id)
    )
    authorize(actor, "questionnaires.round:close", round_)
    return round_


def _check_terms(questionnaire: Questionnaire, due_at: datetime, reminder_days: Collection[int]) -> None:
    now = timezone.now()
    if not now < due_at < now + timedelta(days=366):
        raise Invalid("due_at", _("Choose a day from tomorrow on, within a year."), field="due_at")
    if len(set(reminder_days)) > MOST_REMINDERS or not all(1 <= days <= 60 for days in reminder_days):
        raise Invalid(
            "reminder_days", _("At most 5 reminders, each 1 to 60 days before the last day."), field="reminder_days"
        )


def _name(name: str, now: datetime) -> str:
    name = " ".join(name.split()) or timezone.localtime(now).strftime("%Y-%m")
    if len(name) > 120:
        raise Invalid("name", _("At most %(most)s characters.") % {"most": 120}, field="name")
    return name
