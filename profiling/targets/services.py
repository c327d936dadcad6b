"""Making and filling target lists (P5, P8: save, and go on to recruit)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Conflict, Invalid
from prm.events.publishing import publish
from prm.partners.models import Company
from profiling.studies.models import StudyRun
from profiling.targets import events
from profiling.targets.models import TargetList, TargetListEntry
from profiling.targets.selectors import entry_get, target_list_get

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
    target_list.full_clean(exclude=["name_key"])
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
        target_list.full_clean(exclude=["name_key"])
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
    known = set(Company.objects.visible_to(actor).filter(pk__in=asked).values_list("pk", flat=True))
    if len(known) < len(asked):
        raise Invalid("unknown_company", _("Some of these companies do not exist any more."), field="companies")
    there = set(
        TargetListEntry.objects.filter(target_list=target_list, company_id__in=asked).values_list("company_id", flat=True)
    )
    new = [entry for key, entry in asked.items() if key not in there]
    TargetListEntry.objects.bulk_create(
        [
            TargetListEntry(
                target_list=target_list, company_id=entry.company_id, run=run, score=entry.score, potential=entry.potential,
                reason=reason.strip()[:500], added_by_id=actor.person_id,
            )
            for entry in new
        ],
        batch_size=1_000,
        ignore_conflicts=True,
    )  # fmt: skip
    if new:
        target_list.save(update_fields=["updated_at"])
        if run is not None and not run.is_pinned:
            # A list cites the run: its figures are kept for ever (DESIGN §6).
            StudyRun.objects.filter(pk=run.pk).update(is_pinned=True)
        happened = events.TargetsAdded(
            subject_id=target_list.pk, count=len(new), companies=[str(e.company_id) for e in new[:100]]
        )
        publish(happened, actor=actor)
    return len(new)


@transaction.atomic
def target_update(*, actor: Actor, list_id: UUID | str, entry_id: UUID | str, reason: str) -> TargetListEntry:
    """Says why a company is on the list. Raises NotFound, Denied. Publishes TargetListChanged."""
    target_list = target_list_get(actor=actor, list_id=list_id)
    entry = entry_get(actor=actor, target_list=target_list, entry_id=entry_id)
    authorize(actor, "profiling.target:edit", entry)
    entry.reason = reason.strip()[:500]
    entry.save(update_fields=["reason", "updated_at"])
    publish(events.TargetListChanged(subject_id=target_list.pk), actor=actor)
    return entry


@transaction.atomic
def targets_remove(*, actor: Actor, list_id: UUID | str, entry_ids: Iterable[UUID]) -> int:
    """Takes companies off a list; gives how many. Raises NotFound, Denied. Publishes TargetsRemoved."""
    target_list = _locked(actor, list_id)
    authorize(actor, "profiling.target_list:edit", target_list)
    entries = TargetListEntry.objects.visible_to(actor, "edit").filter(target_list=target_list, pk__in=list(entry_ids))
    companies = list(entries.values_list("company_id", flat=True))
    if companies:
        entries.delete()
        target_list.save(update_fields=["updated_at"])
        happened = events.TargetsRemoved(
            subject_id=target_list.pk, count=len(companies), companies=[str(c) for c in companies[:100]]
        )
        publish(happened, actor=actor)
    return len(companies)


def _locked(actor: Actor, list_id: UUID | str) -> TargetList:
    """The list as it is now, kept so until the transaction ends: of two people at once the second sees what the first did."""
    key = target_list_get(actor=actor, list_id=list_id).pk
    TargetList.objects.select_for_update().get(pk=key)
    return target_list_get(actor=actor, list_id=key)


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid("required", _("Give the list a name."), field="name")
    if len(name) > 200:
        raise Invalid("too_long", _("Keep the name under 200 characters."), field="name")
    return name
