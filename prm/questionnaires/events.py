"""What happens to questionnaires. Ids, codes and counts only: no answer is in an event, and of an anonymous one no person."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from prm.events.publishing import Event


class QuestionnaireCreated(Event, subject="questionnaire", sentence=_("began the questionnaire")):
    """A questionnaire was begun."""

    purpose: str


class QuestionnaireEdited(Event, subject="questionnaire", sentence=_("changed title, purpose, languages or anonymity")):
    """What frames the questions was changed."""


class QuestionnaireDraftStarted(Event, subject="questionnaire", sentence=_("began version %(number)s")):
    """A new version was begun from the last."""

    number: int


class QuestionnairePublished(Event, subject="questionnaire", sentence=_("published version %(number)s")):
    """A version was published and stays as it is."""

    number: int


class QuestionnaireArchived(Event, subject="questionnaire", sentence=_("archived the questionnaire")):
    """A questionnaire left the lists."""


class QuestionnaireRestored(Event, subject="questionnaire", sentence=_("brought the questionnaire back")):
    """An archived questionnaire came back."""


class RoundSent(
    Event, subject="questionnaire", sentence=ngettext_lazy("asked %(count)s person", "asked %(count)s people", "count")
):
    """A version was sent to people."""

    round_id: UUID
    count: int


class RoundClosed(Event, subject="questionnaire", sentence=_("closed a round")):
    """No more answers are taken."""

    round_id: UUID


class RoundReopened(Event, subject="questionnaire", sentence=_("opened a round again")):
    """Answers are taken again, until the new day."""

    round_id: UUID


class InvitationSent(Event, subject="invitation", sentence=_("asked for an answer")):
    """Somebody is to be told that they are asked: ``selectors.rounds.invitation_letter`` gives the words and the link."""

    round_id: UUID
    person_id: UUID


class InvitationReminded(Event, subject="invitation", sentence=_("reminded of an answer")):
    """Somebody is to be told that their answer is still missing."""

    round_id: UUID
    person_id: UUID
    days_left: int


class AnswerSubmitted(Event, subject="questionnaire", sentence=_("had an answer")):
    """An answer came in. Of an anonymous round nothing says whose it was, not even the partner."""

    round_id: UUID
    answer_id: UUID | None = None
