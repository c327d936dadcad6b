"""What files changed of a company: read from the values that they replaced, since an import tells one event for thousands of rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.partners.facts.values import as_json
from prm.partners.models import Company, CompanyFact, FactStatus, SourceKind
from prm.partners.selectors.facts import sources_of

MOST = 300


@dataclass(frozen=True, slots=True)
class Replacement:
    """What one file changed at one moment: by fact, the value before and after, as JSON."""

    at: datetime
    source: str
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)


def replaced_by_files(*, actor: Actor, company: Company) -> list[Replacement]:
    """The newest changes first, out of the last ``MOST`` values that gave way. What a value gave way to is the next one of its fact, the
    last one to what holds now. ``company`` is one that the actor sees. At most two queries. Raises Denied."""
    authorize(actor, "partners.company_fact:view")
    gone = {FactStatus.SUPERSEDED, FactStatus.CORRECTED}
    rows = CompanyFact.objects.visible_to(actor).filter(company=company, status__in=gone).select_related("source")
    values = list(rows.order_by("-id")[:MOST])
    if not values:
        return []
    sources = sources_of(actor=actor, companies=[company])
    then = {
        fact: (as_json(company, fact), sources.get(company.noted(fact).source_id))
        for fact in {value.field for value in values}
    }
    found: dict[tuple[datetime, str], Replacement] = {}
    for value in values:
        after, source = then[value.field]
        if source is not None and source.kind == SourceKind.IMPORT:
            key = (value.created_at, source.name)
            found.setdefault(key, Replacement(*key)).changes[value.field] = (value.value, after)
        then[value.field] = (value.value, value.source)
    return list(found.values())
