"""Background work of the partner model: figures of the home page that are too long to read at each view."""

from __future__ import annotations

from datetime import timedelta

from prm.access.actors import Actor
from prm.jobs.runner.periodic import periodic
from prm.partners.selectors.home import figures_renew


@periodic("partners.figures", every=timedelta(minutes=10))
def renew_figures(*, actor: Actor) -> None:
    """Comes round six times an hour."""
    figures_renew(actor=actor)
