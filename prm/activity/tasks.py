"""What comes round for events: what is new in the chain is verified each night, all of it once a week; marks of what was delivered long ago
are forgotten."""

from __future__ import annotations

from datetime import timedelta

from prm.access.actors import Actor
from prm.events.services import audit_check, deliveries_forget
from prm.jobs.runner.periodic import periodic


@periodic("activity.audit", every=timedelta(days=1))
def verify_chain(*, actor: Actor) -> None:
    """Once a day, by whichever worker comes first: what is new since the day before."""
    audit_check(actor=actor, only_new=True)


@periodic("activity.audit_whole", every=timedelta(days=7))
def verify_whole_chain(*, actor: Actor) -> None:
    """Once a week from its beginning: what was changed long ago is found too."""
    audit_check(actor=actor)


@periodic("activity.deliveries", every=timedelta(hours=1))
def forget_deliveries(*, actor: Actor) -> None:
    """Dead letters stay until somebody decides."""
    deliveries_forget(actor=actor)
