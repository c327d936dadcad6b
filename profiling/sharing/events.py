"""What happens to answers that specialists see."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import Event


class StudyShared(Event, subject="study", sentence=_("showed run %(number)s to the invited specialists")):
    """Specialists invited to the study see this run from now on, in place of the one before."""

    number: int
    count: int


class StudyUnshared(Event, subject="study", sentence=_("took the study away from the invited specialists")):
    """They see nothing of it any more."""


class StudyRemarked(Event, subject="study", sentence=_("remarked on the study")):
    """Somebody wrote about the shared answer; the words stand with the remark."""

    remark_id: str


class SharedFileTaken(Event, subject="study", sentence=_("took the shared answer away as a file")):
    """Whoever reads a shared answer may keep it; that they did is noted."""

    count: int


class SpecialistAdmitted(Event, subject="study", sentence=_("let a specialist see the study")):
    """An outside specialist sees what is shared of the study, until a moment or without end. ``is_new``: they did not a moment ago."""

    person_id: UUID
    until: datetime | None
    is_new: bool


class SpecialistEnded(Event, subject="study", sentence=_("closed the study to a specialist")):
    """An outside specialist sees nothing of the study any more."""

    person_id: UUID
