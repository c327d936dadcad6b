"""A study that leaves the lists leaves its specialists too."""

from __future__ import annotations

from prm.access.actors import Actor
from prm.events.received import Received
from prm.events.subscribing import subscriber
from profiling.sharing.services import study_unshare
from profiling.studies.events import StudyArchived


@subscriber("profiling.unshare_archived", StudyArchived)
def unshare(happened: Received, *, actor: Actor) -> None:
    """Nobody outside goes on reading what was put away."""
    study_unshare(actor=actor, study_id=happened.subject_id)
