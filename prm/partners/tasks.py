"""Background work of the partner model: figures that take too long to read at each view, amounts that follow a rate, and people to be
forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.jobs.kinds import KINDS, ChunkPlan, JobKind
from prm.jobs.models import Job, JobChunk
from prm.jobs.runner.periodic import periodic
from prm.partners.selectors.home import figures_renew
from prm.partners.selectors.rates import spans_of
from prm.partners.services.people import people_forget
from prm.partners.services.rates import RECKONING, amounts_reckon

SPAN = 10_000


@periodic("partners.figures", every=timedelta(minutes=10))
def renew_figures(*, actor: Actor) -> None:
    """Comes round six times an hour."""
    figures_renew(actor=actor)


@periodic("partners.forget_people", every=timedelta(hours=12))
def forget_people(*, actor: Actor) -> None:
    """Comes round twice a day."""
    people_forget(actor=actor)


@KINDS.register_class
class ReckoningKind(JobKind):
    """Writes all amounts in a currency in the installation's, after a rate was said or taken away."""

    key = RECKONING
    label = _("Amounts in another currency")
    permission = "partners.exchange_rate:edit"
    unit = _("amounts")
    icon = "refresh"

    def plan(self, job: Job, actor: Actor) -> Sequence[ChunkPlan]:
        currency = job.parameters["currency"]
        return [
            ChunkPlan({"what": what, "first": str(first), "last": str(last)}, units=n)
            for what in ("companies", "sales")
            for first, last, n in spans_of(actor=actor, what=what, currency=currency, size=SPAN)
        ]

    def run_chunk(self, job: Job, chunk: JobChunk, actor: Actor) -> dict[str, Any] | None:
        said = chunk.payload
        changed = amounts_reckon(
            actor=actor, what=said["what"], currency=job.parameters["currency"], first=UUID(said["first"]), last=UUID(said["last"]),
        )  # fmt: skip
        return {"changed": changed}

    def result_url(self, job: Job) -> str:
        return reverse("vendor:partners:rate-list")
