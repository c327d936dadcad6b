"""What follows from what happens to shared answers: who is told, and what leaves with a study that is put away."""

from __future__ import annotations

from uuid import UUID

from prm.access.actors import Actor
from prm.events.received import Received
from prm.events.subscribing import subscriber
from prm.notifications.services import notify
from profiling.sharing.events import SpecialistAdmitted, StudyRemarked
from profiling.sharing.mails import admission_mail
from profiling.sharing.selectors_specialists import owner_of
from profiling.sharing.services import study_unshare
from profiling.studies.events import StudyArchived


@subscriber("profiling.unshare_archived", StudyArchived)
def unshare(happened: Received, *, actor: Actor) -> None:
    """Nobody outside goes on reading what was put away."""
    study_unshare(actor=actor, study_id=happened.subject_id)


@subscriber("profiling.tell_remark", StudyRemarked)
def tell_remark(happened: Received, *, actor: Actor) -> None:
    """Whose study it is hears of a remark on it."""
    people = [owner_of(actor=actor, study_id=happened.subject_id)]
    notify(actor=actor, kind="profiling.remarked", people=people, happened=happened)


@subscriber("profiling.mail_admission", SpecialistAdmitted, outside=True)
def mail_admission(happened: Received, *, actor: Actor) -> None:
    """A specialist who is let in to another study gets a letter; one whose day merely changed gets none."""
    if happened.data["is_new"]:
        person_id = UUID(happened.data["person_id"])
        admission_mail(actor=actor, study_id=happened.subject_id, person_id=person_id, key=happened.id)
