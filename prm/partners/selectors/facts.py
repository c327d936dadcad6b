"""Sources of facts: which there are, and whom one outranks."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.partners.models import Company, FactSource, SourcePrecedence
from prm.partners.rules.trust import DEFAULT_PRECEDENCE


def precedence(*, actor: Actor) -> dict[str, int]:
    """Kind of source → rank, lower is more trusted: the table's, else the usual order. Raises Denied."""
    authorize(actor, "partners.fact_source:create")
    told = dict(SourcePrecedence.objects.visible_to(actor).values_list("kind", "rank"))
    return {**DEFAULT_PRECEDENCE, **told}


def trusted_sources(*, actor: Actor, kind: str) -> list[UUID]:
    """The sources that a value of ``kind`` does not overrule, but only sits beside as a proposal. Raises Denied."""
    ranks = precedence(actor=actor)
    above = [other for other, rank in ranks.items() if rank < ranks[kind]]
    return list(FactSource.objects.visible_to(actor).filter(kind__in=above).values_list("id", flat=True))


def sources_of(*, actor: Actor, companies: Iterable[Company]) -> dict[UUID | None, FactSource]:
    """The sources that are noted of the facts of companies, by id, with who they are. One query, none where nothing is noted."""
    noted = {noted.source_id for company in companies for noted in company.notes.values()} - {None}
    rows = FactSource.objects.visible_to(actor).filter(pk__in=noted).select_related("person")
    return {source.pk: source for source in rows} if noted else {}


def source_by_key(*, actor: Actor, key: str) -> FactSource | None:
    """The source called ``key``, if anything was ever learnt there."""
    return FactSource.objects.visible_to(actor).filter(key=key).first()
