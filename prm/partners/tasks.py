"""Background work of the partner model: figures that take too long to read at each view, and people to be forgotten."""

from __future__ import annotations

from datetime import timedelta

from prm.access.actors import Actor
from prm.jobs.runner.periodic import periodic
from prm.partners.selectors.home import figures_renew
from prm.partners.services.people import people_forget


@periodic("partners.figures", every=timedelta(minutes=10))
def renew_figures(*, actor: Actor) -> None:
    """Comes round six times an hour."""
    figures_renew(actor=actor)


@periodic("partners.forget_people", every=timedelta(hours=12))
def forget_people(*, actor: Actor) -> None:
    """Comes round twice a day."""
    people_forget(actor=actor)
