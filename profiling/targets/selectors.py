"""Reading target lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from prm.access.actors import Actor
from prm.core.scoping import ScopedQuerySet
from prm.core.text import text_key
from prm.partners.models import Company, Lifecycle
from profiling.studies.models import RunResult, StudyRun
from profiling.targets.models import TargetList, TargetListEntry

_ON_IT = Q(entries__removed_at=None)
#: Beyond a candidate somebody has spoken with them.
_UNTOUCHED = (Lifecycle.CANDIDATE,)


def target_list_list(*, actor: Actor, q: str = "", archived: bool = False) -> QuerySet[TargetList]:
    """Lists, the last touched first, with ``size``, how many companies each holds."""
    lists = TargetList.objects.visible_to(actor).filter(archived_at__isnull=not archived).select_related("owner")
    for word in text_key(q).split():
        lists = lists.filter(name_key__contains=word)
    return lists.annotate(size=Count("entries", filter=_ON_IT)).order_by("-updated_at", "-id")


def target_list_get(*, actor: Actor, list_id: UUID | str) -> TargetList:
    """One list by key or TypeID, with its ``size``. Raises NotFound."""
    lists = TargetList.objects.visible_to(actor).select_related("owner")
    found: TargetList = lists.annotate(size=Count("entries", filter=_ON_IT)).one(list_id)
    return found


def target_list_choices(*, actor: Actor, limit: int = 50) -> list[TargetList]:
    """The lists that something may be added to now, the last touched first."""
    return list(
        TargetList.objects.visible_to(actor, "edit").filter(archived_at__isnull=True).order_by("-updated_at", "-id")[:limit]
    )


def entry_list(*, actor: Actor, target_list: TargetList, q: str = "") -> ScopedQuerySet:
    """A list's companies in the order in which they were added."""
    entries = TargetListEntry.objects.visible_to(actor).filter(target_list=target_list)
    for word in text_key(q).split():
        entries = entries.filter(company__name_key__contains=word)
    return entries.select_related("target_list", "company__partner", "run__study", "added_by").order_by("id")


def entry_get(*, actor: Actor, target_list: TargetList, entry_id: UUID | str) -> TargetListEntry:
    """One entry of a list. Raises NotFound."""
    found: TargetListEntry = entry_list(actor=actor, target_list=target_list).one(entry_id)
    return found


def entries_dressed(*, actor: Actor, entries: Sequence[TargetListEntry], potentials: StudyRun | None) -> None:
    """Adds to each entry what the newest runs say: ``potential_now`` of the run of ``potentials``; ``score_now`` of the last run of
    the study that proposed it (None where it is not among their rows); ``potential_shown``, the cited figure or else the newest.
    Three queries."""
    companies = [entry.company_id for entry in entries]
    potential_of = _p50(actor, potentials, companies) if potentials else {}
    studies = {entry.run.study_id for entry in entries if entry.run is not None}
    newest = StudyRun.objects.visible_to(actor).filter(study__in=studies, finished_at__isnull=False)
    runs = dict(newest.order_by("study_id", "-number").distinct("study_id").values_list("study_id", "pk")) if studies else {}
    rows = RunResult.objects.visible_to(actor).filter(run__in=runs.values(), line="", company__in=companies)
    scores = (
        {(run, company): score for run, company, score in rows.values_list("run_id", "company_id", "score")} if runs else {}
    )
    for entry in entries:
        now: Any = entry
        now.potential_now = potential_of.get(entry.company_id)
        now.potential_shown = entry.potential if entry.potential is not None else now.potential_now
        newer = runs.get(entry.run.study_id) if entry.run is not None else None
        now.score_now = scores.get((newer, entry.company_id)) if newer and newer != entry.run_id else entry.score


def _p50(actor: Actor, run: StudyRun, companies: Iterable[UUID]) -> dict[UUID, Decimal | None]:
    rows = RunResult.objects.visible_to(actor).filter(run=run, line="", company__in=companies)
    return dict(rows.values_list("company_id", "p50"))


def entries_chosen(*, actor: Actor, target_list: TargetList, entry_ids: Iterable[UUID]) -> QuerySet[TargetListEntry]:
    """Those of the entries that are on the list and that the actor may change."""
    return TargetListEntry.objects.visible_to(actor, "edit").filter(target_list=target_list, pk__in=list(entry_ids))


def companies_found(*, actor: Actor, company_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the keys that are companies which the actor sees."""
    return set(Company.objects.visible_to(actor).filter(pk__in=company_ids).values_list("pk", flat=True))


def companies_on_list(*, actor: Actor, target_list: TargetList, company_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the companies that a list holds."""
    entries = TargetListEntry.objects.visible_to(actor).filter(target_list=target_list, company_id__in=company_ids)
    return set(entries.values_list("company_id", flat=True))


@dataclass(frozen=True)
class ListFacts:
    """What a list adds up to: companies, those spoken with, those that are a partner, and the potential of those where it is known."""

    size: int = 0
    approached: int = 0
    partners: int = 0
    potential: Decimal | None = None
    reasons: int = 0
    runs: int = 0
    scores: int = 0


def list_facts(*, actor: Actor, list_ids: Sequence[UUID], potentials: StudyRun | None) -> dict[UUID, ListFacts]:
    """List → what it adds up to, in one query. Potentials are the cited ones, else those of that run."""
    entries = TargetListEntry.objects.visible_to(actor).filter(target_list__in=list_ids)
    figure: Any = F("potential")
    if potentials is not None:
        result = (
            RunResult.objects.visible_to(actor).filter(run=potentials, line="", company=OuterRef("company")).values("p50")[:1]
        )
        figure = Coalesce(F("potential"), Subquery(result))
    rows = entries.annotate(figure=figure).values("target_list").annotate(
        size=Count("pk"),
        partners=Count("company__partner"),
        approached=Count("company__partner", filter=~Q(company__partner__lifecycle__in=_UNTOUCHED)),
        total=Sum("figure"), reasons=Count("pk", filter=~Q(reason="")), runs=Count("run"), scores=Count("score"),
    )  # fmt: skip
    return {
        row["target_list"]: ListFacts(
            row["size"], row["approached"], row["partners"], row["total"], row["reasons"], row["runs"], row["scores"]
        )
        for row in rows
    }


def companies_on_lists(*, actor: Actor, company_ids: list[UUID]) -> dict[UUID, list[str]]:
    """Company → names of the lists that hold it."""
    rows = TargetListEntry.objects.visible_to(actor).filter(company_id__in=company_ids, target_list__archived_at__isnull=True)
    found: dict[UUID, list[str]] = {}
    for company_id, name in rows.values_list("company_id", "target_list__name"):
        found.setdefault(company_id, []).append(name)
    return found
