"""What profiling adds to the demo world: questions of several people, asked once or again with other weights, and what came of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.utils import timezone

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_sign_in
from prm.accounts.models import Person, User
from prm.accounts.selectors.actors import actor_of_user
from prm.accounts.services.accounts import member_add
from prm.accounts.services.invitations import Invited, invitation_send
from prm.core.days import end_of
from prm.demo.accounts import demo_actor, password_of
from prm.demo.registry import WorldContext, register_world
from prm.demo.world.people import SPECIALISTS
from prm.jobs.models import Job, JobState
from prm.jobs.runner.work import run_inline
from prm.partners.models import Company
from profiling.sharing.models import Remark
from profiling.sharing.services import study_remark, study_share
from profiling.sharing.services_specialists import specialist_admit
from profiling.studies.models import Study, StudyRun
from profiling.studies.selectors import result_list, run_get
from profiling.studies.services import run_pin, study_archive, study_create, study_run, study_update
from profiling.targets.models import TargetList
from profiling.targets.services import Wanted, target_list_archive, target_list_create, targets_add

BEST_OF_THE_WEST = 3  # Kerlan Systèmes, Breizh Réseaux, Sudelec Informatique: the first told companies
WEST = "Who looks like our three best in the West"
_REMARK = (
    "Two of the first five sell mostly to local councils, whose tenders are won by frame contracts. I would ask for their share of public "
    "business before calling."
)
STRIKING = {"typologies": ["var", "integrator"], "min_employees": 30, "max_employees": 150}


def _is_there(context: WorldContext) -> bool:
    return Study.objects.exists()


@register_world("profiling.studies", order=500, is_there=_is_there, whole=False)
def build(context: WorldContext) -> str:
    """Asks as the people who would: runs happen in this process, in transactions of their own, like those of a worker."""
    claire, elise, theo, ines, marta, lukas = (
        demo_actor(key) for key in ("rousset", "vidal", "marchal", "delattre", "soler", "brandt")
    )
    _network(elise)  # first: what look-alikes say of potential comes from the ranking in use
    north = _recruits(ines)
    _kept(ines, north, "Nord et Benelux, rentrée", 8, skip=0, reason="Gros potentiel, pas encore chez nous")

    trial = _asked(lukas, "look_alike", "Trial of the weights", {"references": _first(context, lukas, 2)})
    with as_role(lukas):
        study_archive(actor=lukas, study_id=trial.study_id)
    spring = _kept(lukas, trial, "Spring fair", 5, skip=20, reason="Met at the stand")
    with as_role(lukas):
        target_list_archive(actor=lukas, list_id=spring.pk)

    _swiss(theo)
    _unanswerable(marta)
    alike = _west(context, claire)
    _kept(claire, alike, "West, next quarter", 12, skip=0, reason="Among the best look-alikes of our three best")
    with as_role(elise):
        studies, runs = Study.objects.count(), StudyRun.objects.count()
    return f"{studies} studies, {runs} runs of {alike.universe_count:,} companies, 3 target lists"


def _west(context: WorldContext, claire: Actor) -> StudyRun:
    """Equal weights first; then what the West lives on: whom companies serve and what they carry beside us."""
    references = {"references": _first(context, claire, BEST_OF_THE_WEST)}
    first = _asked(claire, "look_alike", WEST, references)
    weighted = {"customers": 3.0, "complementary": 3.0, "offer": 2.0, "strike": 2.0, "territory": 2.0, "growth": 1.0}
    parameters = {**references, "groups": weighted, "filters": {"status": "not_partner", "min_known": 0.5}}
    with as_role(claire):
        study_update(actor=claire, study_id=first.study_id, parameters=parameters)
    return _again(claire, first)


def _network(elise: Actor) -> None:
    """The potential of the partners that sell, pinned as the one in use; then with a higher quota, after a talk with the field."""
    parameters: dict[str, Any] = {"filters": {"status": "partner"}}
    first = _asked(elise, "ranking", "Potentiel de nos partenaires actifs", parameters)
    with as_role(elise):
        study_update(actor=elise, study_id=first.study_id, parameters={**parameters, "values": {"quota:var": 1_200_000.0}})
    second = _again(elise, first)
    with as_role(elise):
        run_pin(actor=elise, run=second)


def _recruits(ines: Actor) -> StudyRun:
    filters = {"status": "not_partner", "min_known": 0.7, "countries": ["FR", "BE", "LU"], **STRIKING}
    return _asked(ines, "ranking", "À recruter : VAR et intégrateurs, France et Benelux", {"filters": filters})


def _swiss(theo: Actor) -> StudyRun:
    with as_role(theo):
        mine = Company.objects.visible_to(theo).filter(
            partner__account_manager_id=theo.person_id, partner__lifecycle__in=["active", "extended"]
        )
        references = [company.public_id for company in mine.order_by("id")]
    filters = {"status": "not_partner", "countries": ["CH", "FR"], "min_known": 0.4}
    return _asked(
        theo, "look_alike", "Qui ressemble à mes partenaires actifs", {"references": references, "filters": filters}
    )


def _unanswerable(marta: Actor) -> None:
    """A question that cannot be answered, so that its failure can be read: nothing is known in the one group that counts."""
    with as_role(marta):
        unknown = Company.objects.visible_to(marta).filter(
            growth=None, revenue=None, founded_year=None, partner=None, archived_at=None
        )
        references = [company.public_id for company in unknown.order_by("id")[:1]]
    if references:
        _asked(
            marta, "look_alike", "Who grows like our newest lead", {"references": references, "groups": {"growth": 1.0}},
            ends=JobState.FAILED,
        )  # fmt: skip


def _kept(actor: Actor, run: StudyRun, name: str, count: int, *, skip: int, reason: str) -> TargetList:
    """A target list of a run's companies, each once, from place ``skip`` on."""
    with as_role(actor):
        rows = result_list(actor=actor, run=run)[skip : skip + count]
        wanted = [Wanted(company_id=row.company_id, score=row.score, potential=row.p50) for row in rows]
        targets = target_list_create(actor=actor, name=name)
        targets_add(actor=actor, list_id=targets.pk, wanted=wanted, run=run, reason=reason)
        return targets


def _first(context: WorldContext, actor: Actor, count: int) -> list[str]:
    """The public ids of the first told companies."""
    with as_role(actor):
        told = Company.objects.visible_to(actor).filter(pk__in=context.ids("company", count))
        return [company.public_id for company in told.order_by("id")]


def _asked(actor: Actor, kind: str, title: str, parameters: dict[str, Any], ends: JobState = JobState.DONE) -> StudyRun:
    with as_role(actor):
        study = study_create(actor=actor, kind=kind, title=title, parameters=parameters)
    return _run(actor, study, ends)


def _again(actor: Actor, run: StudyRun) -> StudyRun:
    with as_role(actor):
        study = Study.objects.visible_to(actor).get(pk=run.study_id)
    return _run(actor, study, JobState.DONE)


def _run(actor: Actor, study: Study, ends: JobState) -> StudyRun:
    with as_role(actor):
        run = study_run(actor=actor, study_id=study.pk)
    job = run_inline(cast(Job, run.job))  # a run that was just begun has its job
    if job.state != ends:
        raise RuntimeError(f"{study.title}: {job.error or job.state}")
    with as_role(actor):
        return run_get(actor=actor, run_id=run.pk)


def _has_specialist(context: WorldContext) -> bool:
    return Remark.objects.exists()


@register_world("profiling.specialist", order=520, is_there=_has_specialist, whole=False)
def invite_specialists(context: WorldContext) -> str:
    """Claire shows who looks like her best to an analyst outside, who remarks on it; another is invited and has not come in yet."""
    claire, marc = demo_actor("rousset"), demo_actor("tessier")
    with as_role(claire):
        west = Study.objects.visible_to(claire).filter(title=WEST).first()
        if west is None:
            return "no specialists"
        study_share(actor=claire, study_id=west.pk)
    ends = end_of(max(context.day.today, timezone.localdate()) + timedelta(days=90))
    for one in SPECIALISTS:
        with as_role(marc):
            person = member_add(
                actor=marc, email=one.email, name=one.name, roles=[Role.SPECIALIST], password=password_of(one),
                language=one.language,
            )  # fmt: skip
        with as_role(context.actor):
            Person.objects.filter(pk=person.pk).update(title=one.title)
        with as_role(claire):
            specialist_admit(actor=claire, study_id=west.pk, person_id=person.pk, until=ends)
        with as_sign_in():
            reader = actor_of_user(User.objects.get(email=one.email))
        with as_role(reader):
            study_remark(actor=reader, study_id=west.pk, text=_REMARK)
    with as_role(marc):
        invited = Invited(
            email="nils.berg@northlight-research.example", name="Nils Berg", roles=[Role.SPECIALIST], study_ids=[west.pk],
            studies_until=ends,
        )  # fmt: skip
        invitation_send(actor=marc, invited=invited)
    return f"{len(SPECIALISTS)} specialist with a shared study, one invited"
