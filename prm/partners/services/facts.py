"""Sources of facts, whom they outrank, and declared measures."""

from __future__ import annotations

from uuid import UUID

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.partners.measures import MeasureSpec
from prm.partners.models import FactSource, Measure, SourcePrecedence
from prm.partners.rules import DEFAULT_PRECEDENCE


def fact_source_ensure(*, actor: Actor, kind: str, name: str, key: str, person_id: UUID | None = None) -> FactSource:
    """The source called ``key`` (``import:crm-export``, ``person:<id>``), made when it is new. Raises Denied."""
    authorize(actor, "partners.fact_source:create")
    source, _made = FactSource.objects.get_or_create(
        key=key[:120], defaults={"kind": kind, "name": name[:200], "person_id": person_id}
    )
    return source


def measure_ensure(*, actor: Actor, spec: MeasureSpec) -> Measure:
    """The measure declared by ``spec``, made when it is new. Whoever may import may bring a known measure. Raises Denied."""
    authorize(actor, "partners.company:import")
    measure, _made = Measure.objects.get_or_create(
        key=spec.key, defaults={"name": spec.name, "names": {"fr": spec.name_fr}, "kind": spec.kind, "note": spec.note}
    )
    return measure


def precedence(*, actor: Actor) -> dict[str, int]:
    """Kind of source → rank, lower is more trusted: the table's, else the usual order."""
    authorize(actor, "partners.fact_source:create")
    told = dict(SourcePrecedence.objects.visible_to(actor).values_list("kind", "rank"))
    return {**DEFAULT_PRECEDENCE, **told}


def trusted_sources(*, actor: Actor, kind: str) -> list[UUID]:
    """The sources that a value of ``kind`` does not overrule, but only sits beside as a proposal."""
    ranks = precedence(actor=actor)
    above = [other for other, rank in ranks.items() if rank < ranks[kind]]
    return list(FactSource.objects.visible_to(actor).filter(kind__in=above).values_list("id", flat=True))
