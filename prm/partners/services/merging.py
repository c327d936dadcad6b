"""Making one company of two, so that nothing that pointed to either is lost; and taking that back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Conflict, Invalid, NotFound
from prm.events.publishing import publish
from prm.partners.events import CompanyMerged, CompanyMergeUndone, CompanyWentInto, PartnerEdited
from prm.partners.facts.noted import Noted
from prm.partners.facts.values import FACT_COLUMNS, as_json, columns_of
from prm.partners.merging import merge
from prm.partners.models import Company, CompanyFact, CompanyMerge, FactStatus, Partner
from prm.partners.rules.merging import GONE, KEPT
from prm.partners.selectors.merging import FactPair, fact_pairs, rows_of
from prm.partners.selectors.staleness import stale_edit_words
from prm.partners.services.companies import settle_and_save
from prm.partners.services.lifecycle import partner_merge_into, partner_unmerge
from prm.partners.services.members import door_follow

#: So long a merge can be undone.
UNDO_FOR = timedelta(days=7)


@transaction.atomic
def company_merge(
    *, actor: Actor, kept_id: UUID, gone_id: UUID, choices: Mapping[str, str] | None = None, versions: tuple[int, int] | None = None,
) -> CompanyMerge:  # fmt: skip
    """Makes ``gone`` part of ``kept``. ``choices``: fact → ``kept`` or ``gone``, whose value holds (proposed where nobody chose).

    What hangs on the one that goes moves, as each table's ``merging.Tie`` says; the value that was not chosen is kept in the
    history of the fact. A partner follows its company; of two partners both ids stay, the one that goes has exited and says what it is part
    of now. ``versions``: those that were looked at (kept, gone). Publishes CompanyMerged, CompanyWentInto. Raises NotFound, Denied; Invalid
    (``same_company``, ``facts``); Conflict (``merged_already`` with ``into``, ``archived``, ``stale_edit``).
    """
    authorize(actor, "partners.company:merge")
    if kept_id == gone_id:
        raise Invalid("same_company", _("Choose two different companies."), field="other")
    kept, gone = _both(actor, kept_id, gone_id)
    for company in (kept, gone):
        if company.merged_into_id is not None:
            raise Conflict(
                "merged_already", _("%(name)s is part of another company already.") % {"name": company.name},
                into=str(company.merged_into_id),
            )  # fmt: skip
    if kept.archived_at is not None:
        raise Conflict("archived", _("%(name)s is archived: bring it back first.") % {"name": kept.name})
    for company, version in zip((kept, gone), versions or (), strict=False):
        if version != company.version:
            words = stale_edit_words(actor=actor, company=company, version=version)
            raise Conflict("stale_edit", words, version=company.version)
    pairs = fact_pairs(actor=actor, kept=kept, gone=gone)
    done = CompanyMerge(kept=kept, gone=gone, person_id=actor.person_id, was_archived_at=gone.archived_at)
    for tie in merge:
        keys, _stays = rows_of(actor=actor, tie=tie, kept_id=kept.pk, gone_id=gone.pk)
        _take(actor, tie, keys, to=kept.pk)
        if keys:
            done.moved[tie.key] = [str(key) for key in keys]
    _choose(actor, done, pairs, choices or {})
    _relate(actor, done)
    gone.merged_into, gone.archived_at, gone.version = kept, gone.archived_at or timezone.now(), gone.version + 1
    gone.save(update_fields=["merged_into", "archived_at", "version", "updated_at"])
    done.save()
    count = sum(len(keys) for keys in done.moved.values())
    publish(
        CompanyMerged(
            subject_id=kept.pk, merge_id=done.pk, gone_id=gone.pk, count=count, fields=list(done.facts), to_version=kept.version
        ),
        actor=actor,
    )  # fmt: skip
    publish(CompanyWentInto(subject_id=gone.pk, merge_id=done.pk, kept_id=kept.pk), actor=actor)
    return done


@transaction.atomic
def company_merge_undo(*, actor: Actor, gone_id: UUID, now: datetime | None = None) -> CompanyMerge:
    """Makes two of one again: what moved goes back, but for what went elsewhere since; facts are as before, but for those changed since.

    Publishes CompanyMergeUndone for both. Raises NotFound, Denied; Conflict (``too_late`` after a week; ``merged_already`` when the company
    that stayed is itself part of another now).
    """
    authorize(actor, "partners.company:merge")
    found = CompanyMerge.objects.visible_to(actor).filter(gone_id=gone_id, undone_at__isnull=True).first()
    if found is None:
        raise NotFound("not_found", _("This company is not part of another."))
    kept, gone = _both(actor, found.kept_id, found.gone_id)
    done = CompanyMerge.objects.visible_to(actor).filter(pk=found.pk, undone_at__isnull=True).first()
    if done is None:
        raise NotFound("not_found", _("This company is not part of another."))
    now = now or timezone.now()
    if done.created_at < now - UNDO_FOR:
        raise Conflict("too_late", _("A merge can be undone for a week."))
    if kept.merged_into_id is not None:
        raise Conflict(
            "merged_already", _("%(name)s is part of another company already.") % {"name": kept.name},
            into=str(kept.merged_into_id),
        )  # fmt: skip
    done.kept, done.gone = kept, gone
    for tie in merge:
        rows = [UUID(key) for key in done.moved.get(tie.key, ())]
        _take(actor, tie, rows, to=gone.pk, only_from=kept.pk)
    _unchoose(actor, done)
    gone.merged_into, gone.archived_at, gone.version = None, done.was_archived_at, gone.version + 1
    gone.save(update_fields=["merged_into", "archived_at", "version", "updated_at"])
    _unrelate(actor, done)
    done.undone_at = now
    done.save(update_fields=["undone_at", "updated_at"])
    for subject in (kept, gone):
        publish(CompanyMergeUndone(subject_id=subject.pk, merge_id=done.pk, kept_id=kept.pk, gone_id=gone.pk), actor=actor)
    return done


def _both(actor: Actor, kept_id: UUID, gone_id: UUID) -> tuple[Company, Company]:
    """The two, held until the end, in one order for all: merges that cross wait for each other, and edits for them."""
    rows = Company.objects.visible_to(actor).filter(pk__in=[kept_id, gone_id]).order_by("pk")
    held = {company.pk: company for company in rows.select_for_update(of=("self",))}
    if len(held) < 2:
        raise NotFound
    return held[kept_id], held[gone_id]


def _take(actor: Actor, tie: Any, keys: list[UUID], *, to: UUID, only_from: UUID | None = None) -> None:
    if not keys:
        return
    column = f"{tie.field}_id"
    values: dict[str, Any] = {column: to}
    if any(field.name == "updated_at" for field in tie.model._meta.fields):
        values["updated_at"] = timezone.now()
    for verb in tie.verbs:
        rows = tie.model.objects.visible_to(actor, verb).filter(pk__in=keys)
        if only_from is not None:
            rows = rows.filter(**{column: only_from})
        rows.update(**values)


def _choose(actor: Actor, done: CompanyMerge, pairs: list[FactPair], choices: Mapping[str, str]) -> None:
    """Gives the company that stays the chosen values with their provenance; the others become earlier values of the fact."""
    kept, gone = done.kept, done.gone
    wrong = [fact for fact, whose in choices.items() if fact not in FACT_COLUMNS or whose not in {KEPT, GONE}]
    if wrong:
        raise Invalid("unknown_field", _("There is no fact of this name."), field="facts")
    left = []
    for pair in pairs:
        whose = choices.get(pair.fact, pair.choice)
        taken, other, value = (gone, kept, pair.kept.value) if whose == GONE else (kept, gone, pair.gone.value)
        if value is not None:
            left.append(CompanyFact.of(kept, pair.fact, FactStatus.SUPERSEDED, value, other.noted(pair.fact)))
        if taken is gone:
            before = [as_json(kept, pair.fact), kept.provenance.get(pair.fact)]
            for column in FACT_COLUMNS[pair.fact]:
                setattr(kept, column, getattr(gone, column))
            noted = gone.noted(pair.fact)
            kept.note(pair.fact, None if noted == Noted() else noted)
            done.facts[pair.fact] = {"before": before, "after": [as_json(kept, pair.fact), kept.provenance.get(pair.fact)]}
    done.added = [str(row.pk) for row in CompanyFact.objects.bulk_create(left)]
    kept.version += 1
    settle_and_save(actor=actor, company=kept, facts=list(done.facts))


def _unchoose(actor: Actor, done: CompanyMerge) -> None:
    """Facts as they were before, but for those that somebody changed since."""
    kept, back = done.kept, []
    for fact, said in done.facts.items():
        if [as_json(kept, fact), kept.provenance.get(fact)] != said["after"]:
            continue
        value, entry = said["before"]
        columns: dict[str, Any] = dict.fromkeys(FACT_COLUMNS[fact]) if value is None else columns_of(fact, value)
        for column, plain in columns.items():
            setattr(kept, column, kept._meta.get_field(column).to_python(plain))  # type: ignore[union-attr]
        kept.note(fact, Noted.from_json(entry) if entry else None)
        back.append(fact)
    kept.version += 1
    settle_and_save(actor=actor, company=kept, facts=back)
    CompanyFact.objects.visible_to(actor).filter(pk__in=done.added).delete()


def _relate(actor: Actor, done: CompanyMerge) -> None:
    """A partner follows its company; of two, the one that goes exits into the other."""
    rows = Partner.objects.visible_to(actor).filter(company_id__in=[done.kept_id, done.gone_id]).order_by("pk")
    held = {partner.company_id: partner for partner in rows.select_for_update(of=("self",))}
    gone, kept = held.get(done.gone_id), held.get(done.kept_id)
    if gone is None:
        return
    if kept is None:
        done.partner = {"moved": str(gone.pk)}
        _rehome(actor, gone, done.kept_id)
        return
    kept.company, lifecycle, since = done.kept, gone.lifecycle, gone.lifecycle_since
    move = partner_merge_into(actor=actor, partner=gone, kept=kept)
    done.partner = {"merged": str(gone.pk), "lifecycle": lifecycle, "since": since.isoformat(), "move": str(move.pk)}


def _unrelate(actor: Actor, done: CompanyMerge) -> None:
    said = done.partner
    if "moved" in said:
        partner = Partner.objects.visible_to(actor).select_for_update(of=("self",)).one(UUID(said["moved"]))
        if partner.company_id == done.kept_id:
            _rehome(actor, partner, done.gone_id)
    if "merged" in said:
        partner = Partner.objects.visible_to(actor).select_for_update(of=("self",)).one(UUID(said["merged"]))
        since = datetime.fromisoformat(said["since"])
        partner_unmerge(actor=actor, partner=partner, move_id=UUID(said["move"]), since=since)


def _rehome(actor: Actor, partner: Partner, company_id: UUID) -> None:
    before = partner.company_id
    partner.company_id = company_id
    partner.version += 1
    partner.save(update_fields=["company", "version", "updated_at"])
    door_follow(actor=actor, partner=partner)
    publish(
        PartnerEdited(
            subject_id=partner.pk, partner_id=partner.pk, company_id=company_id, what="company", to_version=partner.version,
            changes={"company": [str(before), str(company_id)]},
        ),
        actor=actor,
    )  # fmt: skip
