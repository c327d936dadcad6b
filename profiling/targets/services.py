"""Making and filling target lists (P5, P8: save, and go on to recruit)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Conflict, Invalid
from prm.core.validation import validate
from prm.events.publishing import publish
from profiling.studies.models import StudyRun
from profiling.studies.services import run_cite
from profiling.targets import events
from profiling.targets.models import TargetList, TargetListEntry
from profiling.targets.selectors import (
    companies_found,
    companies_on_list,
    entries_chosen,
    entry_get,
    entry_list,
    target_list_get,
)

MOST_AT_ONCE = 10_000


@dataclass(frozen=True)
class Wanted:
    """A company to add, with the figures that speak for it."""

    company_id: UUID
    score: Decimal | None = None
    potential: Decimal | None = None


@transaction.atomic
def target_list_create(*, actor: Actor, name: str, note: str = "") -> TargetList:
    """A new, empty list. Raises Denied, Invalid. Publishes TargetListCreated."""
    authorize(actor, "profiling.target_list:create")
    target_list = TargetList(name=_name(name), note=note.strip(), owner_id=actor.person_id)
    validate(target_list, exclude=["name_key"])
    target_list.save()
    publish(events.TargetListCreated(subject_id=target_list.pk), actor=actor)
    return target_list


@transaction.atomic
def target_list_update(*, actor: Actor, list_id: UUID | str, name: str | None = None, note: str | None = None) -> TargetList:
    """Renames a list or changes its note. Raises NotFound, Denied, Invalid. Publishes TargetListChanged."""
    target_list = _locked(actor, list_id)
    authorize(actor, "profiling.target_list:edit", target_list)
    before = (target_list.name, target_list.note)
    target_list.name = before[0] if name is None else _name(name)
    target_list.note = before[1] if note is None else note.strip()
    if (target_list.name, target_list.note) != before:
        validate(target_list, exclude=["name_key"])
        target_list.save()
        publish(events.TargetListChanged(subject_id=target_list.pk), actor=actor)
    return target_list


@transaction.atomic
def target_list_archive(*, actor: Actor, list_id: UUID | str, restore: bool = False) -> TargetList:
    """Puts a list away, or brings it back. Raises NotFound, Denied. Publishes TargetListArchived or TargetListRestored."""
    target_list = _locked(actor, list_id)
    authorize(actor, "profiling.target_list:archive", target_list)
    if (target_list.archived_at is None) != restore:
        target_list.archived_at = None if restore else timezone.now()
        target_list.save(update_fields=["archived_at", "updated_at"])
        happened = events.TargetListRestored if restore else events.TargetListArchived
        publish(happened(subject_id=target_list.pk), actor=actor)
    return target_list


@dataclass(frozen=True, slots=True)
class Goal:
    """Which list: an existing one by ``list_id``, or one to be made, called ``name``."""

    list_id: str = ""
    name: str = ""


@transaction.atomic
def targets_put(
    *, actor: Actor, goal: Goal, wanted: Iterable[Wanted], run: StudyRun | None = None, reason: str = ""
) -> tuple[str, int]:
    """``targets_add`` to a list that may be new: its id, and how many came new. Where nothing can be added no list is made."""
    list_id = _list_of(actor, goal)
    return list_id, targets_add(actor=actor, list_id=list_id, wanted=wanted, run=run, reason=reason)


@transaction.atomic
def targets_put_from(
    *, actor: Actor, list_id: UUID | str, goal: Goal, entry_ids: Iterable[UUID], is_move: bool = False
) -> tuple[str, Taken]:
    """``targets_take`` to a list that may be new: its id, and what came of it. Where nothing can be taken no list is made."""
    goal_id = _list_of(actor, goal)
    return goal_id, targets_take(actor=actor, list_id=list_id, to_list_id=goal_id, entry_ids=entry_ids, is_move=is_move)


def _list_of(actor: Actor, goal: Goal) -> str:
    return goal.list_id or str(target_list_create(actor=actor, name=goal.name).public_id)


@transaction.atomic
def targets_add(
    *, actor: Actor, list_id: UUID | str, wanted: Iterable[Wanted], run: StudyRun | None = None, reason: str = ""
) -> int:
    """Adds companies to a list; those that are on it stay as they are. Gives how many are new.

    Raises NotFound, Denied, Conflict for an archived list, Invalid for none, too many, or an unknown company.
    Publishes TargetsAdded.
    """
    target_list = _locked(actor, list_id)
    authorize(actor, "profiling.target_list:edit", target_list)
    if target_list.archived_at is not None:
        raise Conflict("archived", _("This list is archived. Bring it back first."))
    asked = {entry.company_id: entry for entry in wanted}
    if not asked:
        raise Invalid("nothing_chosen", _("Choose at least one company."), field="companies")
    if len(asked) > MOST_AT_ONCE:
        raise Invalid("too_many", _("Add at most 10,000 companies at once."), field="companies")
    if len(companies_found(actor=actor, company_ids=asked)) < len(asked):
        raise Invalid("unknown_company", _("Some of these companies do not exist any more."), field="companies")
    reason = reason.strip()[:500]
    entries = [
        TargetListEntry(company_id=key, run=run, score=entry.score, potential=entry.potential, reason=reason)
        for key, entry in asked.items()
    ]
    new = _put(actor, target_list, entries)
    if new:
        target_list.save(update_fields=["updated_at"])
        if run is not None:
            run_cite(actor=actor, run=run)
        happened = events.TargetsAdded(
            subject_id=target_list.pk, count=len(new), companies=[str(e.company_id) for e in new[:100]]
        )
        publish(happened, actor=actor)
    return len(new)


@transaction.atomic
def target_update(*, actor: Actor, list_id: UUID | str, entry_id: UUID | str, reason: str) -> TargetListEntry:
    """Says why a company is on the list. Raises NotFound, Denied. Publishes TargetExplained."""
    target_list = target_list_get(actor=actor, list_id=list_id)
    entry = entry_get(actor=actor, target_list=target_list, entry_id=entry_id)
    authorize(actor, "profiling.target:edit", entry)
    entry.reason = reason.strip()[:500]
    entry.save(update_fields=["reason", "updated_at"])
    publish(events.TargetExplained(subject_id=target_list.pk, companies=[str(entry.company_id)]), actor=actor)
    return entry


@transaction.atomic
def targets_remove(*, actor: Actor, list_id: UUID | str, entry_ids: Iterable[UUID]) -> tuple[int, datetime]:
    """Takes companies off a list; gives how many, and the instant that ``targets_restore`` undoes it by.

    Raises NotFound, Denied. Publishes TargetsRemoved.
    """
    target_list = _locked(actor, list_id)
    authorize(actor, "profiling.target_list:edit", target_list)
    entries = entries_chosen(actor=actor, target_list=target_list, entry_ids=entry_ids)
    companies = list(entries.select_for_update().values_list("company_id", flat=True))
    now = timezone.now()
    if companies:
        entries.update(removed_at=now, updated_at=now)
        target_list.save(update_fields=["updated_at"])
        happened = events.TargetsRemoved(
            subject_id=target_list.pk, count=len(companies), companies=[str(c) for c in companies[:100]]
        )
        publish(happened, actor=actor)
    return len(companies), now


@transaction.atomic
def targets_restore(*, actor: Actor, list_id: UUID | str, removed_at: datetime) -> int:
    """Brings back what was removed at that instant, except companies that are on the list again; how many.

    Raises NotFound, Denied. Publishes TargetsRestored.
    """
    target_list = _locked(actor, list_id)
    authorize(actor, "profiling.target_list:edit", target_list)
    there = TargetListEntry.objects.visible_to(actor).filter(target_list=target_list).values("company_id")
    gone = TargetListEntry.objects.visible_to(actor, "restore").filter(target_list=target_list, removed_at=removed_at)
    count = gone.exclude(company_id__in=there).update(removed_at=None, updated_at=timezone.now())
    if count:
        target_list.save(update_fields=["updated_at"])
        publish(events.TargetsRestored(subject_id=target_list.pk, count=count), actor=actor)
    return count


@dataclass(frozen=True)
class Taken:
    """What taking entries over did: how many are new on the other list, how many it held already, when they left the first one."""

    new: int
    known: int
    removed_at: datetime | None


@transaction.atomic
def targets_take(
    *, actor: Actor, list_id: UUID | str, to_list_id: UUID | str, entry_ids: Iterable[UUID], is_move: bool = True
) -> Taken:
    """Moves or copies entries to another list, with run, figures and reason; what that list holds already stays as it is there.

    Raises NotFound, Denied; Conflict for an archived list, Invalid for the same list or none chosen. Publishes TargetsTaken, and
    TargetsRemoved on a move.
    """
    source, goal = _both_locked(actor, list_id, to_list_id)
    if source.pk == goal.pk:
        raise Invalid("same_list", _("Choose another list."), field="to")
    if goal.archived_at is not None:
        raise Conflict("archived", _("This list is archived. Bring it back first."))
    entries = list(entries_chosen(actor=actor, target_list=source, entry_ids=entry_ids).order_by("id"))
    if not entries:
        raise Invalid("nothing_chosen", _("Choose at least one company."), field="companies")
    copies = [
        TargetListEntry(company_id=e.company_id, run_id=e.run_id, score=e.score, potential=e.potential, reason=e.reason)
        for e in entries
    ]
    new = _put(actor, goal, copies)
    goal.save(update_fields=["updated_at"])
    happened = events.TargetsTaken(subject_id=goal.pk, count=len(new), source=source.public_id, is_move=is_move)
    publish(happened, actor=actor)
    removed_at = None
    if is_move:
        _count, removed_at = targets_remove(actor=actor, list_id=source.pk, entry_ids=[entry.pk for entry in entries])
    return Taken(len(new), len(entries) - len(new), removed_at)


@transaction.atomic
def target_list_merge(*, actor: Actor, list_id: UUID | str, into_id: UUID | str) -> Taken:
    """Moves everything to another list and archives this one. Raises like ``targets_take``. Publishes its events and TargetListArchived."""
    source, _into = _both_locked(actor, list_id, into_id)  # what comes onto it from now on comes too late
    keys = list(entry_list(actor=actor, target_list=source).values_list("pk", flat=True))
    taken = targets_take(actor=actor, list_id=source.pk, to_list_id=into_id, entry_ids=keys)
    target_list_archive(actor=actor, list_id=source.pk)
    return taken


def _locked(actor: Actor, list_id: UUID | str) -> TargetList:
    """The list as it is now, kept so until the transaction ends: of two people at once the second sees what the first did."""
    key = target_list_get(actor=actor, list_id=list_id).pk
    TargetList.objects.visible_to(actor).select_for_update().get(pk=key)
    return target_list_get(actor=actor, list_id=key)


def _both_locked(actor: Actor, list_id: UUID | str, to_list_id: UUID | str) -> tuple[TargetList, TargetList]:
    """Two lists that the actor may change, kept as they are now."""
    asked = [target_list_get(actor=actor, list_id=key).pk for key in (list_id, to_list_id)]
    locked = {key: _locked(actor, key) for key in sorted(set(asked))}  # one order for all: nobody waits in a circle
    for found in locked.values():
        authorize(actor, "profiling.target_list:edit", found)
    return locked[asked[0]], locked[asked[1]]


def _put(actor: Actor, target_list: TargetList, entries: list[TargetListEntry]) -> list[TargetListEntry]:
    """Writes those of the entries whose company the list, which is locked, does not hold yet; gives these."""
    companies = [entry.company_id for entry in entries]
    there = companies_on_list(actor=actor, target_list=target_list, company_ids=companies)
    new = [entry for entry in entries if entry.company_id not in there]
    for entry in new:
        entry.target_list, entry.added_by_id = target_list, actor.person_id
    TargetListEntry.objects.bulk_create(new, batch_size=1_000)
    return new


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid("required", _("Give the list a name."), field="name")
    if len(name) > 200:
        raise Invalid("too_long", _("Keep the name under 200 characters."), field="name")
    return name
