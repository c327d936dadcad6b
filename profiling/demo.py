"""What profiling adds to the demo world: a look-alike study with a target list out of it, and a ranking that waits for somebody."""

from __future__ import annotations

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.demo.accounts import demo_actor
from prm.demo.registry import WorldContext, register_world
from prm.jobs.models import JobState
from prm.jobs.runner.work import run_inline
from prm.partners.models import Company
from profiling.studies.models import Study, StudyRun
from profiling.studies.selectors import result_list, run_get
from profiling.studies.services import study_create, study_run
from profiling.targets.services import Wanted, target_list_create, targets_add

REFERENCES = 3  # Kerlan Systèmes, Breizh Réseaux, Sudelec Informatique: the first told companies
TARGETS = 12


def _is_there(context: WorldContext) -> bool:
    return Study.objects.exists()


@register_world("profiling.studies", order=500, is_there=_is_there, whole=False)
def build(context: WorldContext) -> str:
    """Asks as the people who would: runs happen in this process, in transactions of their own, like those of a worker."""
    claire, elise = demo_actor("rousset"), demo_actor("vidal")
    with as_role(claire):
        ids = context.ids("company", REFERENCES)
        references = [company.public_id for company in Company.objects.visible_to(claire).filter(pk__in=ids).order_by("id")]
    alike = _asked(claire, "look_alike", "Who looks like our three best in the West", {"references": references})
    with as_role(claire):
        best = list(result_list(actor=claire, run=alike)[:TARGETS])
        targets = target_list_create(actor=claire, name="West, next quarter")
        wanted = [Wanted(company_id=row.company_id, score=row.score) for row in best]
        targets_add(actor=claire, list_id=targets.pk, wanted=wanted, run=alike)
    ranked = _asked(elise, "ranking", "Potentiel du réseau", {})
    return f"2 studies of {alike.universe_count:,} and {ranked.universe_count:,} companies, a list of {len(best)} targets"


def _asked(actor: Actor, kind: str, title: str, parameters: dict[str, object]) -> StudyRun:
    with as_role(actor):
        study = study_create(actor=actor, kind=kind, title=title, parameters=parameters)
        run = study_run(actor=actor, study_id=study.pk)
    job = run_inline(run.job)
    if job.state != JobState.DONE:
        raise RuntimeError(f"{title}: {job.error or job.state}")
    with as_role(actor):
        return run_get(actor=actor, run_id=run.pk)
