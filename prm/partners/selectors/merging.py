"""What a merge of two companies would do, and what it did (P2)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.text import text_key
from prm.partners.facts.values import FACT_COLUMNS, as_json
from prm.partners.merging import How, Tie, merge
from prm.partners.models import Company, CompanyMerge, Partner
from prm.partners.rules.merging import is_known, proposed
from prm.partners.rules.trust import Told, rank_of
from prm.partners.selectors.company import Fact, Provenance
from prm.partners.selectors.facts import precedence, sources_of


@dataclass(frozen=True, slots=True)
class FactPair:
    """A fact that the two tell differently: both values, each with its provenance, and whose is proposed."""

    fact: str
    kept: Fact
    gone: Fact
    choice: str


@dataclass(frozen=True)
class MergePreview:
    """What a merge would do: facts to choose among, rows that move and that stay (tie, number), what becomes of the relationships."""

    kept: Company
    gone: Company
    pairs: list[FactPair]
    moving: list[tuple[Tie, int]]
    staying: list[tuple[Tie, int]]
    kept_partner: Partner | None
    gone_partner: Partner | None


def merge_preview(*, actor: Actor, kept_id: UUID | str, gone_id: UUID | str) -> MergePreview:
    """What ``company_merge`` would do. Raises NotFound, Denied."""
    authorize(actor, "partners.company:merge")
    rows = Company.objects.visible_to(actor).select_related("partner__account_manager")
    kept, gone = rows.one(kept_id), rows.one(gone_id)
    moving, staying = [], []
    for tie in merge:
        if tie.model is Partner or not tie.label:
            continue
        goes, stays = rows_of(actor=actor, tie=tie, kept_id=kept.pk, gone_id=gone.pk)
        if goes:
            moving.append((tie, len(goes)))
        if stays:
            staying.append((tie, stays))
    return MergePreview(
        kept, gone, fact_pairs(actor=actor, kept=kept, gone=gone), moving, staying,
        getattr(kept, "partner", None), getattr(gone, "partner", None),
    )  # fmt: skip


def fact_pairs(*, actor: Actor, kept: Company, gone: Company) -> list[FactPair]:
    """The facts of which the company that goes knows another value, in order. Two queries."""
    sources = sources_of(actor=actor, companies=[kept, gone])
    ranks = precedence(actor=actor)

    def told(company: Company, fact: str, place: int) -> tuple[Fact, Told | None]:
        noted, value = company.noted(fact), as_json(company, fact)
        source = sources.get(noted.source_id)
        rank = rank_of(ranks, source.kind if source else "")
        return Fact(fact, value, Provenance.of(noted, source)), None if value is None else Told(rank, noted.as_of, place)

    pairs = []
    for fact in FACT_COLUMNS:
        (ours, known), (theirs, other) = told(kept, fact, 1), told(gone, fact, 0)
        if other is not None and not _same(fact, ours.value, theirs.value):
            pairs.append(FactPair(fact, ours, theirs, "kept" if fact == "name" else proposed(known, other)))
    return pairs


def _same(fact: str, one: Any, other: Any) -> bool:
    """Whether two values tell the same; a registration number does, however it is spaced."""
    if fact == "registration_number" and one and other:
        return text_key(one).replace(" ", "") == text_key(other).replace(" ", "")
    return bool(one == other)


def rows_of(*, actor: Actor, tie: Tie, kept_id: UUID, gone_id: UUID) -> tuple[list[UUID], int]:
    """The rows of the company that goes that move, and how many stay there. At most two queries for each verb."""
    if tie.how is How.STAY:
        return [], _rows(actor, tie, gone_id, tie.verbs[0]).count() if tie.label else 0
    columns = [column for alternative in tie.once for column in alternative]
    there: list[set[tuple[Hashable, ...]]] = [set() for _ in tie.once]
    kept_any = False
    for verb in tie.verbs:
        if columns:
            for values in _rows(actor, tie, kept_id, verb).values_list(*columns):
                for known, part in zip(there, _parts(tie, values), strict=True):
                    known.add(part)
        elif tie.how is How.ALL_OR_NONE:
            kept_any = kept_any or _rows(actor, tie, kept_id, verb).exists()
    goes, stays = [], 0
    for verb in tie.verbs:
        for key, *values in _rows(actor, tie, gone_id, verb).values_list("pk", *columns):
            if kept_any or is_known(_parts(tie, values), there):
                stays += 1
            else:
                goes.append(key)
    return goes, stays


def _rows(actor: Actor, tie: Tie, company_id: UUID, verb: str) -> Any:
    return tie.model.objects.visible_to(actor, verb).filter(**{f"{tie.field}_id": company_id}).order_by()  # type: ignore[attr-defined]


def _parts(tie: Tie, values: Sequence[Hashable]) -> list[tuple[Hashable, ...]]:
    """The values of each alternative of ``once``."""
    parts, at = [], 0
    for alternative in tie.once:
        parts.append(tuple(values[at : at + len(alternative)]))
        at += len(alternative)
    return parts


def merges_into(*, actor: Actor, company: Company) -> list[CompanyMerge]:
    """The merges that hold by which others became part of a company, newest first. One query. Raises Denied."""
    authorize(actor, "partners.company_merge:view")
    rows = CompanyMerge.objects.visible_to(actor).filter(kept=company, undone_at__isnull=True)
    return list(rows.select_related("gone", "person").order_by("-id"))
