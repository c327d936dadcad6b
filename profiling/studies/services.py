"""Asking questions: a study is created, changed, run, archived."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Conflict, Faults, Invalid
from prm.core.validation import validate
from prm.events.publishing import publish
from prm.jobs.services import job_start
from profiling.studies.events import StudyArchived, StudyChanged, StudyCreated, StudyRestored, StudyRunStarted
from profiling.studies.kinds import kinds
from profiling.studies.models import Study, StudyRun
from profiling.studies.selectors import run_under_way
from profiling.studies.version import code_version

JOB = "profiling.study_run"
LONGEST_TITLE = 200


@transaction.atomic
def study_create(
    *, actor: Actor, kind: str, title: str, parameters: dict[str, Any], named_after: dict[str, Any] | None = None
) -> Study:
    """A new study, not yet run; ``named_after`` (name, more) where nobody wrote its title.

    Raises Denied; Invalid for an unknown kind, no title or unusable parameters. Publishes StudyCreated."""
    authorize(actor, "profiling.study:create")
    if kind not in kinds:
        raise Invalid("unknown_kind", _("Choose one of the kinds of studies."), field="kind")
    faults = Faults()
    with faults.kept():
        title = _title(title)
    with faults.kept():
        parameters = kinds.get(kind).clean(actor, parameters)
    faults.refuse()
    study = Study(kind=kind, title=title, parameters=parameters, owner_id=actor.person_id, named_after=named_after)
    validate(study, exclude=["title_key"])
    study.save()
    publish(StudyCreated(subject_id=study.pk, kind=kind), actor=actor)
    return study


@transaction.atomic
def study_update(
    *,
    actor: Actor,
    study_id: UUID | str,
    title: str | None = None,
    parameters: dict[str, Any] | None = None,
    is_pinned: bool | None = None,
) -> Study:
    """Changes what is given; parameters replace the earlier ones as a whole, runs keep their own.

    Raises NotFound, Denied, Invalid, Conflict for an archived study. Publishes StudyChanged when something changed.
    """
    study = _locked(actor, study_id)
    authorize(actor, "profiling.study:edit", study)
    _refuse_archived(study)
    wanted: dict[str, Any] = {}
    faults = Faults()
    if title is not None:
        with faults.kept():
            wanted["title"] = _title(title)
            if wanted["title"] not in {study.title, study.shown_title}:
                study.named_after = None
            elif study.named_after:
                wanted["title"] = study.title  # left as it was shown: nobody wrote it
    if parameters is not None:
        with faults.kept():
            wanted["parameters"] = kinds.get(study.kind).clean(actor, parameters)
    faults.refuse()
    if is_pinned is not None:
        wanted["is_pinned"] = is_pinned
    changed = [name for name, value in wanted.items() if getattr(study, name) != value]
    if changed:
        for name in changed:
            setattr(study, name, wanted[name])
        validate(study, exclude=["title_key"])
        study.save()
        publish(StudyChanged(subject_id=study.pk, fields=changed), actor=actor)
    return study


@transaction.atomic
def study_archive(*, actor: Actor, study_id: UUID | str) -> Study:
    """Takes a study out of the lists; its runs stay. Raises NotFound, Denied. Publishes StudyArchived."""
    study = _locked(actor, study_id)
    authorize(actor, "profiling.study:archive", study)
    if study.archived_at is None:
        study.archived_at = timezone.now()
        study.save(update_fields=["archived_at", "updated_at"])
        publish(StudyArchived(subject_id=study.pk), actor=actor)
    return study


@transaction.atomic
def study_restore(*, actor: Actor, study_id: UUID | str) -> Study:
    """Brings an archived study back. Raises NotFound, Denied. Publishes StudyRestored."""
    study = _locked(actor, study_id)
    authorize(actor, "profiling.study:archive", study)
    if study.archived_at is not None:
        study.archived_at = None
        study.save(update_fields=["archived_at", "updated_at"])
        publish(StudyRestored(subject_id=study.pk), actor=actor)
    return study


@transaction.atomic
def study_run(*, actor: Actor, study_id: UUID | str, seed: int = 0) -> StudyRun:
    """Starts a run of the study's question as it stands; its job carries it on.

    Raises NotFound, Denied, Conflict while another run of it is under way or the study is archived. Publishes StudyRunStarted.
    """
    study = _locked(actor, study_id)
    authorize(actor, "profiling.study:run", study)
    _refuse_archived(study)
    earlier = run_under_way(actor=actor, study=study)
    if earlier is not None and earlier.job is not None and earlier.job.is_open:
        raise Conflict(
            "run_under_way", _("Run %(number)s is still under way.") % {"number": earlier.number}, run=earlier.public_id
        )
    study.last_number += 1
    study.save(update_fields=["last_number", "updated_at"])
    run = StudyRun(
        study=study,
        number=study.last_number,
        # The question is checked again: a reference may have been archived meanwhile.
        parameters=kinds.get(study.kind).clean(actor, study.parameters),
        seed=seed,
        code_version=code_version(study.kind),
        started_by_id=actor.person_id,
    )
    run.job = job_start(actor=actor, kind=JOB, title=study.title, parameters={"run": str(run.pk)}, subject_id=study.pk)
    run.save()
    publish(StudyRunStarted(subject_id=study.pk, number=run.number, run_id=run.public_id), actor=actor)
    return run


@transaction.atomic
def run_pin(*, actor: Actor, run: StudyRun, is_pinned: bool = True) -> StudyRun:
    """Keeps a run's results for ever, or lets them go with age. Raises NotFound, Denied."""
    authorize(actor, "profiling.study_run:pin", run)
    run.is_pinned = is_pinned
    run.save(update_fields=["is_pinned", "updated_at"])
    return run


def run_cite(*, actor: Actor, run: StudyRun) -> None:
    """Keeps a run because a record cites its figures, for ever. Which run other pages use is not touched by it."""
    authorize(actor, "profiling.study_run:view", run)
    StudyRun.objects.visible_to(actor).filter(pk=run.pk, is_cited=False).update(is_cited=True)


def _locked(actor: Actor, study_id: UUID | str) -> Study:
    """The study, its row kept as it is until the end: who renames it beside somebody who runs it puts no run's number back."""
    study: Study = Study.objects.visible_to(actor).select_for_update().one(study_id)
    return study


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise Invalid("required", _("Give the study a title."), field="title")
    if len(title) > LONGEST_TITLE:
        raise Invalid("too_long", _("Keep the title under 200 characters."), field="title")
    return title


def _refuse_archived(study: Study) -> None:
    if study.archived_at is not None:
        raise Conflict("archived", _("This study is archived. Bring it back first."))
