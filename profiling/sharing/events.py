"""What happens to answers that specialists see."""

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
