"""Sources of facts, whom they outrank, and declared measures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Invalid
from prm.core.text import text_key
from prm.partners.measures import MeasureSpec
from prm.partners.models import FactSource, Measure, SourceKind


def fact_source_ensure(*, actor: Actor, kind: str, name: str, key: str, person_id: UUID | None = None) -> FactSource:
    """The source called ``key`` (``import:crm-export``, ``person:<id>``), made when it is new. Raises Denied."""
    authorize(actor, "partners.fact_source:create")
    source, _made = FactSource.objects.get_or_create(
        key=key[:120], defaults={"kind": kind, "name": name[:200], "person_id": person_id}
    )
    return source


@dataclass(frozen=True)
class Learnt:
    """Where something was learnt ("" = the person knows it) and the day it was true of (None = today); or the ``source`` itself."""

    where: str = ""
    as_of: date | None = None
    source: FactSource | None = None


def learnt_source(*, actor: Actor, learnt: Learnt | None = None) -> tuple[FactSource, date]:
    """The source that stands for what ``actor`` enters by hand, and the day it was true of. Raises Denied; Invalid for a day to come."""
    learnt = learnt or Learnt()
    today = timezone.localdate()
    if learnt.as_of and learnt.as_of > today:
        raise Invalid("day_to_come", _("This day is still to come."), field="as_of")
    if learnt.source is not None:
        return learnt.source, learnt.as_of or today
    key = f"person:{actor.person_id}" if actor.person_id else f"system:{actor.reason or actor.kind}"
    where = " ".join(learnt.where.split())[:200]
    if where:
        key = f"{key}:{sha256(text_key(where).encode()).hexdigest()[:24]}"
    name = where or actor.name or "PRM"
    source = fact_source_ensure(actor=actor, kind=SourceKind.MANUAL, name=name, key=key, person_id=actor.person_id)
    return source, learnt.as_of or today


def measure_ensure(*, actor: Actor, spec: MeasureSpec) -> Measure:
    """The measure declared by ``spec``, made when it is new. Whoever may import may bring a known measure. Raises Denied."""
    authorize(actor, "partners.company:import")
    measure, _made = Measure.objects.get_or_create(
        key=spec.key, defaults={"name": spec.name, "names": {"fr": spec.name_fr}, "kind": spec.kind, "note": spec.note}
    )
    return measure
