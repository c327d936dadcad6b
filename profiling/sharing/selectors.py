"""Reading what is shared with specialists."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from prm.access.actors import Actor
from prm.core.errors import NotFound
from prm.core.ids import typeid_key
from prm.core.text import text_key
from profiling.sharing.models import Publication, PublishedRow, Remark
from profiling.studies.models import Study


def publication_list(*, actor: Actor) -> list[Publication]:
    """What is shared of the studies that the actor may see, the last changed first. One query."""
    return list(Publication.objects.visible_to(actor).order_by("-updated_at", "-id")[:200])


def publication_get(*, actor: Actor, study_id: UUID | str) -> Publication:
    """What is shared of a study, by the study's key or TypeID. Raises NotFound."""
    found = Publication.objects.visible_to(actor).filter(study_id=typeid_key(Study.typeid_prefix, study_id)).first()
    if found is None:
        raise NotFound
    return found


def is_shared(*, actor: Actor, study_id: UUID) -> int | None:
    """The number of the run that specialists see of a study; None where they see none."""
    return Publication.objects.visible_to(actor).filter(study_id=study_id).values_list("number", flat=True).first()


def published_rows(*, actor: Actor, publication: Publication, q: str = "", after: int = 0) -> QuerySet[PublishedRow]:
    """Rows ranked beyond ``after``, best first; those whose name has all words of ``q``."""
    rows = PublishedRow.objects.visible_to(actor).filter(study_id=publication.study_id, rank__gt=after)
    for word in text_key(q).split():
        rows = rows.filter(name_key__contains=word)
    return rows.order_by("rank")


def remark_list(*, actor: Actor, publication: Publication) -> list[Remark]:
    """What was written about it, the last first; at most 200. One query."""
    return list(Remark.objects.visible_to(actor).filter(study_id=publication.study_id).order_by("-id")[:200])
