"""Which specialists see a study, and until when (P10)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.accounts.models import Person
from prm.accounts.services.guests import pass_end, pass_give
from prm.core.errors import Conflict
from prm.events.publishing import publish
from profiling.sharing.events import SpecialistAdmitted, SpecialistEnded
from profiling.studies.selectors import study_get


@transaction.atomic
def specialist_admit(*, actor: Actor, study_id: UUID | str, person_id: UUID | str, until: datetime | None = None) -> Person:
    """Lets somebody who comes in as a specialist see what is shared of a study, or changes until when they do.

    Raises NotFound, Denied, Conflict (``archived``), Invalid (``until``). Publishes SpecialistAdmitted when that changed anything.
    """
    study = study_get(actor=actor, study_id=study_id, locked=True)
    authorize(actor, "profiling.publication:share")
    if study.archived_at is not None:
        raise Conflict("archived", _("This study is archived. Bring it back first."))
    person, is_new, is_changed = pass_give(actor=actor, person_id=person_id, study_id=study.pk, until=until)
    if is_changed:
        publish(SpecialistAdmitted(subject_id=study.pk, person_id=person.pk, until=until, is_new=is_new), actor=actor)
    return person


@transaction.atomic
def specialist_end(*, actor: Actor, study_id: UUID | str, person_id: UUID | str) -> Person:
    """Closes a study to a specialist at once. Raises NotFound, Denied. Publishes SpecialistEnded when it was open."""
    study = study_get(actor=actor, study_id=study_id)
    authorize(actor, "profiling.publication:share")
    person, was_open = pass_end(actor=actor, person_id=person_id, study_id=study.pk)
    if was_open:
        publish(SpecialistEnded(subject_id=study.pk, person_id=person.pk), actor=actor)
    return person
