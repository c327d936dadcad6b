"""Who is told how long work ended."""

from __future__ import annotations

from datetime import timedelta

from prm.access.actors import Actor
from prm.accounts.selectors.told import person_ids_of
from prm.events.received import Received
from prm.events.subscribing import subscriber
from prm.jobs.events import JobDone, JobFailed
from prm.jobs.runner.periodic import periodic
from prm.jobs.selectors import job_owner
from prm.notifications.services import notify
from prm.notifications.services_keys import keys_warn


@subscriber("jobs.tell_end", JobDone, JobFailed)
def tell_end(happened: Received, *, actor: Actor) -> None:
    """Whoever started it."""
    owner = job_owner(actor=actor, job_id=happened.subject_id)
    people = person_ids_of(actor=actor, user_ids=[owner]) if owner else []
    kind = "jobs.done" if happened.type == JobDone.type else "jobs.failed"
    notify(actor=actor, kind=kind, people=people, happened=happened)


@periodic("notifications.keys_ending", every=timedelta(hours=1))
def warn_of_keys(*, actor: Actor) -> None:
    """Owners of keys that end soon."""
    keys_warn(actor=actor)
