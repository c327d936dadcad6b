"""Who outside sees a study: specialists that were let in, those whose invitation waits, and which studies somebody may share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.accounts.models import Invitation, Person
from prm.accounts.selectors.guests import Guest, guest_rows, guests_behind
from prm.accounts.selectors.invitations import invitations_to_study
from prm.core.errors import NotFound
from prm.core.ids import typeid_key
from profiling.studies.models import Study
from profiling.studies.selectors import study_get

MOST = 200


def specialist_rows(*, actor: Actor, study_id: UUID | str, q: str = "") -> QuerySet[Person]:
    """Specialists who were let in to a study, as rows of people. Raises NotFound, Denied."""
    return guest_rows(actor=actor, study_id=_shared_by(actor, study_id).pk, q=q)


def specialists_behind(*, actor: Actor, study_id: UUID | str, people: Sequence[Person]) -> list[Guest]:
    """Those behind rows of ``specialist_rows``, in their order. Raises NotFound, Denied."""
    return guests_behind(actor=actor, study_id=_shared_by(actor, study_id).pk, people=people)


def specialist_list(*, actor: Actor, study_id: UUID | str) -> list[Guest]:
    """All of them, by name. Raises NotFound, Denied."""
    people = list(specialist_rows(actor=actor, study_id=study_id).order_by("name_key", "id")[:MOST])
    return specialists_behind(actor=actor, study_id=study_id, people=people)


def specialist_get(*, actor: Actor, study_id: UUID | str, person_id: UUID | str) -> Guest:
    """One of them. Raises NotFound, Denied."""
    key = typeid_key(Person.typeid_prefix, person_id)
    found = list(specialist_rows(actor=actor, study_id=study_id).filter(pk=key))
    if not found:
        raise NotFound
    return specialists_behind(actor=actor, study_id=study_id, people=found)[0]


def specialists_invited(*, actor: Actor, study_id: UUID | str) -> list[Invitation]:
    """Invitations to a study that nobody has followed yet. Raises NotFound, Denied."""
    return invitations_to_study(actor=actor, study_id=_shared_by(actor, study_id).pk)


def studies_to_share(*, actor: Actor) -> list[tuple[str, str]]:
    """(TypeID, title) of the studies that somebody may share, the last touched first; none for those who share none. One query."""
    if not actor.may("profiling.publication:share"):
        return []
    rows = Study.objects.visible_to(actor).filter(archived_at__isnull=True).order_by("-updated_at", "-id")[:MOST]
    return [(study.public_id, study.title) for study in rows]


def titles_to_share(*, actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Titles of those of ``ids`` that somebody may share. One query."""
    if not actor.is_system and not actor.may("profiling.publication:share"):
        return {}
    rows = Study.objects.visible_to(actor).filter(pk__in=list(ids), archived_at__isnull=True)
    return dict(rows.values_list("pk", "title"))


def archived_among(*, actor: Actor, ids: Sequence[UUID]) -> set[UUID]:
    """Those of ``ids`` that somebody sees and that are archived. One query."""
    rows = Study.objects.visible_to(actor).filter(pk__in=list(ids), archived_at__isnull=False)
    return set(rows.values_list("pk", flat=True))


def owner_of(*, actor: Actor, study_id: UUID) -> UUID | None:
    """Whose study it is."""
    return Study.objects.visible_to(actor).filter(pk=study_id).values_list("owner_id", flat=True).first()


def study_names(*, actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, tuple[str, str]]:
    """Title and TypeID of those of ``ids`` that somebody may see. One query."""
    return {study.pk: (study.title, study.public_id) for study in Study.objects.visible_to(actor).filter(pk__in=list(ids))}


def _shared_by(actor: Actor, study_id: UUID | str) -> Study:
    study = study_get(actor=actor, study_id=study_id)
    authorize(actor, "profiling.publication:share")
    return study
