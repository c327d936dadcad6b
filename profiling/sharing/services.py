"""Sharing an answer with specialists, taking it away, and remarking on it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.access.roles import as_system
from prm.core.errors import Conflict, Invalid, NotFound
from prm.core.text import text_key
from prm.core.throttle import Limit
from prm.events.publishing import publish
from profiling.sharing.events import SharedFileTaken, StudyRemarked, StudyShared, StudyUnshared
from profiling.sharing.models import Publication, PublishedRow, Remark
from profiling.sharing.selectors import publication_get
from profiling.studies.kinds import kinds
from profiling.studies.models import Study, StudyRun
from profiling.studies.selectors import result_list, run_by_number, run_shown, study_get

#: What leads back into the product is not for specialists.
CLOSED_COLUMNS = {"company"}
LONGEST = 2_000
#: Remarks of one person in an hour: the page tells the last 200, and nobody shall write the others' away.
REMARKS = Limit("profiling.remarks", 30, 3600)


@transaction.atomic
def study_share(*, actor: Actor, study_id: UUID | str, number: int | None = None) -> Publication:
    """Shows a run of a study (the last finished one unless said) to the specialists invited to it, in place of what they saw.

    The rows are copied as its file has them, without what leads back into the product. Raises NotFound, Denied; Conflict (``no_run``,
    ``archived``). Publishes StudyShared.
    """
    study = study_get(actor=actor, study_id=study_id, locked=True)
    authorize(actor, "profiling.publication:share")
    if study.archived_at is not None:
        raise Conflict("archived", _("This study is archived. Bring it back first."))
    run = (
        run_by_number(actor=actor, study=study, number=number) if number is not None else run_shown(actor=actor, study=study)
    )
    if run is None or not run.is_finished:
        raise Conflict("no_run", _("This study has no finished run yet."))
    Publication.objects.visible_to(actor, "share").filter(study=study).delete()
    PublishedRow.objects.visible_to(actor, "share").filter(study=study).delete()
    kind = kinds.get(study.kind)
    columns = [column for column in kind.columns(run) if column.name not in CLOSED_COLUMNS]
    made = []
    for result in result_list(actor=actor, run=run):
        values = [_plain(column.value(result)) for column in columns]
        made.append(PublishedRow(study=study, rank=result.rank, name_key=text_key(result.company.name)[:300], values=values))
    PublishedRow.objects.bulk_create(made, batch_size=1_000)
    shown = Publication.objects.create(
        study=study, title=study.title, number=run.number, answered_at=run.finished_at, rows_count=len(made),
        columns=[{"key": c.name, "kind": c.kind, "label": _said(partial(str, c.label))} for c in columns],
        finding=_said(lambda: _finding(run)), question=_said(lambda: kind.question(actor, run)),
    )  # fmt: skip
    publish(StudyShared(subject_id=study.pk, number=run.number, count=len(made)), actor=actor)
    return shown


@transaction.atomic
def study_unshare(*, actor: Actor, study_id: UUID | str) -> Study:
    """Takes a study away from its specialists; what they wrote stays with the vendor. Raises NotFound, Denied. Publishes StudyUnshared."""
    study = study_get(actor=actor, study_id=study_id, locked=True)
    authorize(actor, "profiling.publication:share")
    if Publication.objects.visible_to(actor, "share").filter(study=study).delete()[0]:
        PublishedRow.objects.visible_to(actor, "share").filter(study=study).delete()
        publish(StudyUnshared(subject_id=study.pk), actor=actor)
    return study


@transaction.atomic
def study_remark(*, actor: Actor, study_id: UUID | str, text: str) -> Remark:
    """Writes about a shared answer. Raises NotFound, Denied, Invalid (``text``), TooOften. Publishes StudyRemarked."""
    shown = publication_get(actor=actor, study_id=study_id)
    authorize(actor, "profiling.remark:write")
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise Invalid("text", _("Write between 1 and %(most)s characters.") % {"most": LONGEST}, field="text")
    if actor.person_id is None:
        raise NotFound
    REMARKS.use_or_refuse(str(actor.person_id), _("You wrote very many remarks just now: wait an hour."))
    made: Remark = Remark.objects.create(study_id=shown.study_id, person_id=actor.person_id, author=actor.name, text=text)
    # A specialist's role reaches no log of what happened, not even to add to it.
    with as_system("a remark on a shared answer"):
        publish(StudyRemarked(subject_id=shown.study_id, remark_id=made.public_id), actor=actor)
    return made


@transaction.atomic
def shared_file_take(*, actor: Actor, study_id: UUID | str) -> Publication:
    """Notes that somebody took the shared rows away as a file. Raises NotFound. Publishes SharedFileTaken."""
    shown = publication_get(actor=actor, study_id=study_id)
    with as_system("a file of a shared answer"):
        publish(SharedFileTaken(subject_id=shown.study_id, count=shown.rows_count), actor=actor)
    return shown


def _finding(run: StudyRun) -> str:
    found = run.summary.get("finding")
    return kinds.get(run.study.kind).finding(found) if found else ""


def _said(say: Any) -> dict[str, Any]:
    """What ``say`` gives in each language of the product."""
    said = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            said[code] = say()
    return said


def _plain(value: Any) -> Any:
    """A cell as JSON keeps it; figures stay figures."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple | set):
        return ", ".join(str(item) for item in value)
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
