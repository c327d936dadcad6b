"""What happens to studies."""

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import Event


class StudyCreated(Event, subject="study", sentence=_("created the study")):
    """A study was begun."""

    kind: str


class StudyChanged(Event, subject="study", sentence=_("changed the study")):
    """Name or parameters of a study were changed; ``fields`` names them."""

    fields: list[str]


class StudyArchived(Event, subject="study", sentence=_("archived the study")):
    """A study left the lists."""


class StudyRestored(Event, subject="study", sentence=_("brought the study back")):
    """An archived study came back."""


class StudyRunStarted(Event, subject="study", sentence=_("started run %(number)s")):
    """A study was asked with its parameters of then."""

    number: int
    run_id: str


class StudyRunFinished(Event, subject="study", sentence=_("ranked %(kept)s companies in run %(number)s")):
    """A run has its answer."""

    number: int
    run_id: str
    kept: int
    seconds: float
