"""Who talks to whom: introducing somebody of ours to somebody at a company (P1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.accounts.models import Person
from prm.core.errors import Conflict, Denied, Faults, Invalid
from prm.events.publishing import publish
from prm.partners.details import DETAILS
from prm.partners.events import LiaisonChanged
from prm.partners.models import Company, Department, Liaison, Position
from prm.partners.refusals import refuse_merged
from prm.partners.services.details import detail_create


@transaction.atomic
def liaison_create(
    *, actor: Actor, company_id: UUID, ours: UUID, theirs: UUID, department: str | None = None, spoken_on: date | None = None,
    key: UUID | None = None,
) -> Liaison:  # fmt: skip
    """Notes that ``ours`` talks to ``theirs``, who works at the company; ``department`` is theirs unless it is not known.

    ``key`` is the record's own: sent twice, it is added once; brought back, it has it again. Publishes LiaisonChanged. Raises NotFound,
    Denied; Invalid (``ours``, ``theirs``, ``department``, ``spoken_on``); Conflict (``already_there``).
    """
    authorize(actor, "partners.liaison:edit")
    company = Company.objects.visible_to(actor).select_for_update(no_key=True).one(company_id)
    refuse_merged(company)
    there = Liaison.objects.visible_to(actor).filter(pk=key, company=company).first() if key else None
    if there is not None:
        return there
    if not actor.may("accounts.person:view"):
        raise Denied("not_allowed", _("To name one of your people, they must be seen (scope persons:read)."), field="ours")
    faults = Faults()
    people = Person.objects.visible_to(actor).filter(user__isnull=False, partner__isnull=True, archived_at__isnull=True)
    if not people.filter(pk=ours).exists():
        faults.add("unknown_person", _("There is no such person among your colleagues."), field="ours")
    place = Position.objects.visible_to(actor).filter(company=company, person_id=theirs).first()
    if place is None:
        faults.add("unknown_person", _("Nobody of this name is known at the company."), field="theirs")
    department = (place.department if place else None) or department or ""
    if department not in Department.values:
        faults.add("department_missing", _("Say in which department they work."), field="department")
    with faults.kept():
        _past(spoken_on)
    faults.refuse()
    liaison = Liaison(company=company, ours_id=ours, theirs_id=theirs, department=department, spoken_on=spoken_on)
    if key is not None:
        liaison.pk = key
    try:
        with transaction.atomic():
            liaison.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("already_there", _("These two know each other already."), field="theirs") from error
    _tell(actor, liaison, "added")
    return liaison


@transaction.atomic
def introduce(
    *, actor: Actor, company_id: UUID, ours: UUID, theirs: UUID | None = None, new: Mapping[str, Any] | None = None,
    department: str | None = None, spoken_on: date | None = None, key: UUID | None = None,
) -> Liaison:  # fmt: skip
    """``liaison_create`` with somebody known (``theirs``), or with a ``new`` person, who is added to the company first.

    Raises and publishes what that and ``detail_create`` do.
    """
    there = Liaison.objects.visible_to(actor).filter(pk=key, company_id=company_id).first() if key else None
    if there is not None:
        return there
    if theirs is None:
        made = detail_create(actor=actor, kind=DETAILS["people"], company_id=company_id, values=dict(new or {}))
        theirs = made.person_id
    return liaison_create(
        actor=actor, company_id=company_id, ours=ours, theirs=theirs, department=department, spoken_on=spoken_on, key=key
    )


@transaction.atomic
def liaison_edit(*, actor: Actor, liaison_id: UUID, spoken_on: date | None) -> Liaison:
    """Says when the two last spoke; None is not known. Publishes LiaisonChanged. Raises NotFound, Denied, Invalid (``spoken_on``)."""
    liaison = _locked(actor, liaison_id)
    if liaison.spoken_on != _past(spoken_on):
        liaison.spoken_on = spoken_on
        liaison.save(update_fields=["spoken_on", "updated_at"])
        _tell(actor, liaison, "changed")
    return liaison


@transaction.atomic
def liaison_delete(*, actor: Actor, liaison_id: UUID) -> Liaison:
    """These two talk no more; gives the record as it was, for bringing it back. Publishes LiaisonChanged. Raises NotFound, Denied."""
    liaison = _locked(actor, liaison_id)
    _tell(actor, liaison, "removed")
    key = liaison.pk
    liaison.delete()
    liaison.pk = key
    return liaison


def _locked(actor: Actor, liaison_id: UUID) -> Liaison:
    liaison: Liaison = Liaison.objects.visible_to(actor).select_for_update(of=("self",)).one(liaison_id)
    authorize(actor, "partners.liaison:edit", liaison)
    return liaison


def _past(day: date | None) -> date | None:
    if day is not None and day > timezone.localdate():
        raise Invalid("day_to_come", _("This day is still to come."), field="spoken_on")
    return day


def _tell(actor: Actor, liaison: Liaison, act: str) -> None:
    publish(
        LiaisonChanged(
            subject_id=liaison.company_id, liaison_id=liaison.pk, act=act, ours=liaison.ours_id, theirs=liaison.theirs_id,
            department=liaison.department,
        ),
        actor=actor,
    )  # fmt: skip
