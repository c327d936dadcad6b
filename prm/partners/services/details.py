"""Writing what hangs on a company (``details.DETAILS``): added, changed, removed, brought back, each with its source and history (P1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.accounts.models import Person
from prm.core.errors import Conflict, Faults, Invalid
from prm.core.text import text_key, typed_text
from prm.core.validation import validate
from prm.events.publishing import publish
from prm.partners.details import DETAILS, DetailKind
from prm.partners.events import CompanyDetailsChanged
from prm.partners.models import Company, FactSource, SiteKind
from prm.partners.refusals import refuse_merged
from prm.partners.selectors.details import detail_removed
from prm.partners.selectors.staleness import stale_detail_words
from prm.partners.services.facts import Learnt, learnt_source
from prm.partners.services.people import MOST_PEOPLE, person_write


@transaction.atomic
def detail_create(
    *, actor: Actor, kind: DetailKind, company_id: UUID, values: Mapping[str, Any], learnt: Learnt | None = None,
    key: UUID | None = None,
) -> Any:  # fmt: skip
    """Adds one detail to a company. ``values`` by ``kind.entered``: references as codes, shares 0 to 1, None is not known.

    ``key`` is the new record's own: sent twice, it is added once. Publishes CompanyDetailsChanged. Raises NotFound for the company;
    Denied; Invalid with the field; Conflict (``already_there``).
    """
    authorize(actor, f"{kind.policy}:edit")
    company = _company_held(actor, company_id)
    if key is not None:
        there = kind.model.objects.visible_to(actor).filter(pk=key, company_id=company_id).first()
        if there is not None:
            return there
    if kind.personal and kind.model.objects.visible_to(actor).filter(company=company).count() >= MOST_PEOPLE:
        raise Invalid("too_many_people", _("A company holds at most %(most)s people.") % {"most": MOST_PEOPLE}, field="name")
    record = _new(kind, company=company, **({} if key is None else {"pk": key}))
    _fill(actor, kind, record, values)
    _note(actor, kind, record, learnt or Learnt())
    _save(actor, kind, record)
    _tell(actor, kind, record, "added", before={}, after=kind.said(record))
    return record


@transaction.atomic
def detail_edit(
    *, actor: Actor, kind: DetailKind, record_id: UUID, values: Mapping[str, Any], learnt: Learnt | None = None, seen: str = "",
) -> Any:  # fmt: skip
    """Changes what ``values`` name; None makes it unknown. Unchanged, it keeps its source and day.

    ``seen`` is the record's ``updated_at`` (ISO) that was looked at. Publishes CompanyDetailsChanged when anything changed. Raises
    NotFound, Denied, Invalid; Conflict (``already_there``, ``stale_edit`` with who changed what).
    """
    record = _locked(actor, kind, record_id)
    if seen and seen != record.updated_at.isoformat():
        raise Conflict("stale_edit", stale_detail_words(actor=actor, kind=kind, record=record, seen=seen))
    before, named = kind.said(record), [getattr(record, name) for name in kind.personal]
    _fill(actor, kind, record, values)
    after = kind.said(record)
    changed = [name for name in kind.fields if before[name] != after[name]]
    renamed = [name for name, was in zip(kind.personal, named, strict=True) if getattr(record, name) != was]
    told_anew = kind.is_sourced and learnt is not None and learnt.as_of is not None and learnt.as_of != record.as_of
    if not changed and not renamed and not told_anew:
        return record
    _note(actor, kind, record, learnt or Learnt())
    _save(actor, kind, record)
    # Of what names a person history says that it changed, not what it is.
    differences = {
        "before": {n: before[n] for n in changed},
        "after": {n: after[n] for n in changed} | dict.fromkeys(renamed),
    }
    _tell(actor, kind, record, "changed", **differences)
    return record


@transaction.atomic
def detail_delete(*, actor: Actor, kind: DetailKind, record_id: UUID) -> Any:
    """Removes a detail; its history keeps it, and ``detail_restore`` brings it back. Publishes CompanyDetailsChanged.

    Gives the record as it was. Raises NotFound, Denied.
    """
    record = _locked(actor, kind, record_id)
    before = kind.said(record)
    if kind.is_sourced:
        before |= {"source_id": str(record.source_id) if record.source_id else None, "as_of": record.as_of}
    if kind.personal:
        before |= {"person_id": str(record.person_id)}
    _tell(actor, kind, record, "removed", before=before, after={})
    key = record.pk
    record.delete()
    record.pk = key
    if kind.personal:
        record.person.save(update_fields=["updated_at"])  # from now on counts when the person is forgotten
    return record


@transaction.atomic
def detail_restore(*, actor: Actor, kind: DetailKind, company_id: UUID, record_id: UUID) -> Any:
    """Brings a removed detail back as it was, source and day included; harmless when it is there already.

    Publishes CompanyDetailsChanged. Raises NotFound, Denied; Conflict when another has taken its place.
    """
    authorize(actor, f"{kind.policy}:edit")
    _company_held(actor, company_id)
    there = kind.model.objects.visible_to(actor).filter(pk=record_id, company_id=company_id).first()
    if there is not None:
        return there
    was = detail_removed(actor=actor, kind=kind, company_id=company_id, record_id=record_id)
    told = {"person": Person.objects.visible_to(actor).one(UUID(was["person_id"]))} if kind.personal else {}
    record = _new(kind, pk=record_id, company_id=company_id, **told)
    _fill(actor, kind, record, {name: was[name] for name in kind.fields})
    if kind.is_sourced:
        record.source = FactSource.objects.visible_to(actor).filter(pk=was.get("source_id")).first()
        record.as_of = date.fromisoformat(was["as_of"]) if was.get("as_of") else None
    _save(actor, kind, record)
    _tell(actor, kind, record, "added", before={}, after=kind.said(record))
    return record


def _locked(actor: Actor, kind: DetailKind, record_id: UUID) -> Any:
    authorize(actor, f"{kind.policy}:edit")
    records = kind.model.objects.visible_to(actor, "edit")
    if kind.personal:
        _company_held(actor, records.one(record_id).company_id)
    return records.select_for_update().one(record_id)


def _company_held(actor: Actor, company_id: UUID) -> Company:
    """The company, kept for this transaction: who else adds to it waits, and then sees what is there. Raises NotFound."""
    company: Company = Company.objects.visible_to(actor).select_for_update(no_key=True).one(company_id)
    refuse_merged(company)
    return company


def _new(kind: DetailKind, **values: Any) -> Any:
    model: type[Any] = kind.model
    if kind.personal:
        values.setdefault("person", Person())
    return model(**values)


def _fill(actor: Actor, kind: DetailKind, record: Any, values: Mapping[str, Any]) -> None:
    """Takes ``values`` over. Raises Invalid with every field at fault."""
    faults = Faults()
    for name, value in values.items():
        if name not in kind.entered:
            faults.add("unknown_field", _("Nothing of this name is kept here."), field=name)
            continue
        plain = typed_text(value) if isinstance(value, str) else value
        plain = None if plain == "" else plain
        if name in kind.references and plain is not None:
            found = kind.references[name].objects.visible_to(actor).filter(code=plain).first()
            if found is None:
                faults.add("unknown_code", _("There is no %(code)s.") % {"code": plain}, field=name)
                continue
            plain = found
        holder = record.person if name in kind.personal else record
        setattr(holder, name, "" if plain is None and not _may_be_null(kind, name) else plain)
    if kind is DETAILS["sites"]:
        record.kind = record.kind or SiteKind.OFFICE
        if (record.latitude is None) != (record.longitude is None):
            faults.add(
                "position_half",
                _("A position needs latitude and longitude."),
                field="latitude",
                about=("latitude", "longitude"),
            )
    if kind is DETAILS["external-ids"]:
        record.source = text_key(record.source)
    if kind.any_of and not any(_stored(kind, record, name) for name in kind.any_of):
        words = _NOTHING.get(kind.slug) or _("Fill in at least this.")
        faults.add("says_nothing", words, field=kind.any_of[0], about=kind.any_of)
    if kind.personal:
        with faults.kept():
            validate(record.person, exclude=["user", "name_key"], constraints=False)
    unsaid = ["company", "person", "address_key", *(["source"] if kind.is_sourced else ())]
    with faults.kept():
        validate(record, exclude=unsaid, constraints=False)
    faults.refuse()


def _may_be_null(kind: DetailKind, name: str) -> bool:
    return bool(kind.column(name).null)


def _stored(kind: DetailKind, record: Any, name: str) -> Any:
    """What the column holds: a reference's key, which may be asked for when there is none."""
    return getattr(record, kind.column(name).attname)


def _note(actor: Actor, kind: DetailKind, record: Any, learnt: Learnt) -> None:
    if kind.is_sourced:
        record.source, record.as_of = learnt_source(actor=actor, learnt=learnt)


def _save(actor: Actor, kind: DetailKind, record: Any) -> None:
    """Saves; the table says what may be there only once, and what no share may be."""
    if kind.personal and (field := _known_person(actor, kind, record)):
        raise Conflict("already_there", _("This person is there already: change that entry."), field=field)
    try:
        with transaction.atomic():
            if kind.personal:
                person_write(actor=actor, person=record.person, values={})
            record.save()
    except IntegrityError as error:
        if kind.slug == "external-ids":
            raise Conflict("already_there", _("A company has this id already."), field="external_id") from error
        if kind.once and _another(actor, kind, record):
            raise Conflict("already_there", _("There is one already: change that one."), field=kind.once[0]) from error
        validate(record, exclude=["company", "source", "address_key"])
        raise


def _known_person(actor: Actor, kind: DetailKind, record: Any) -> str:
    """The field by which somebody of the company is this person already: the address, without one the name; else nothing."""
    field = "email" if record.email else "name"
    same = {"person__email__iexact": record.email} if record.email else {"person__name_key": text_key(record.name)}
    there = kind.model.objects.visible_to(actor).filter(company_id=record.company_id, **same).exclude(pk=record.pk)
    return field if there.exists() else ""


def _another(actor: Actor, kind: DetailKind, record: Any) -> bool:
    same = {name: getattr(record, name) for name in kind.once}
    wanted = {
        name if value is not None else f"{name}__isnull": value if value is not None else True for name, value in same.items()
    }
    rows = kind.model.objects.visible_to(actor).filter(company_id=record.company_id, **wanted)
    return bool(rows.exclude(pk=record.pk).exists())


def _tell(actor: Actor, kind: DetailKind, record: Any, act: str, *, before: dict[str, Any], after: dict[str, Any]) -> None:
    publish(
        CompanyDetailsChanged(
            subject_id=record.company_id, part=kind.slug, act=act, record_id=record.pk,
            saved_at=record.updated_at.isoformat(), before=before, after=after,
        ),
        actor=actor,
    )  # fmt: skip


_NOTHING = {
    "people": gettext_lazy("Say who it is: a name at least."),
    "sites": gettext_lazy("Say where the site is: a city at least."),
    "customers": gettext_lazy("Say which customers: an industry, a size or a territory."),
}
