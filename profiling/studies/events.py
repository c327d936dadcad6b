"""What happens to studies."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import Event


@dataclass(frozen=True, kw_only=True)
class StudyCreated(Event):
    type = "profiling.study_created"
    subject_type = "study"
    sentence = _("created the study")
    kind: str


@dataclass(frozen=True, kw_only=True)
class StudyChanged(Event):
    type = "profiling.study_changed"
    subject_type = "study"
    sentence = _("changed the study")
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class StudyArchived(Event):
    type = "profiling.study_archived"
    subject_type = "study"
    sentence = _("archived the study")


@dataclass(frozen=True, kw_only=True)
class StudyRestored(Event):
    type = "profiling.study_restored"
    subject_type = "study"
    sentence = _("brought the study back")


@dataclass(frozen=True, kw_only=True)
class StudyRunStarted(Event):
    type = "profiling.study_run_started"
    subject_type = "study"
    sentence = _("asked it, run %(number)s")
    number: int
    run_id: str


@dataclass(frozen=True, kw_only=True)
class StudyRunFinished(Event):
    type = "profiling.study_run_finished"
    subject_type = "study"
    sentence = _("found %(kept)s companies, run %(number)s")
    number: int
    run_id: str
    kept: int
    seconds: float
