"""People at companies: put away, brought back, given the place that access shows, and forgotten once no company has them any more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.accounts.models import Person
from prm.core.validation import validate
from prm.events.publishing import publish
from prm.partners.events import ContactArchived, ContactRestored
from prm.partners.models import Partner, Position
from prm.partners.selectors.people import person_with_place
from prm.partners.services.facts import learnt_source

#: So long a removed person can be brought back.
KEPT_FOR = timedelta(days=30)


#: More people than that at one company is a file that was read wrongly.
MOST_PEOPLE = 500


def person_write(*, actor: Actor, person: Person, values: Mapping[str, str]) -> Person:
    """Names somebody who works at a company: ``name``, ``title``, ``email``, ``phone``. The caller has authorised the company, and
    says in history that they changed, not what they are. Raises Denied, Invalid with the field."""
    authorize(actor, "partners.position:edit")
    for name, value in values.items():
        setattr(person, name, value)
    validate(person, exclude=["user", "partner", "name_key"], constraints=False)
    person.save()
    return person


@transaction.atomic
def contact_archive(*, actor: Actor, person_id: UUID, restore: bool = False) -> Person:
    """Puts somebody at a company out of the directory, or brings them back; the places where they work stay as they are.

    Publishes ContactArchived or ContactRestored. Raises NotFound (also for the vendor's own), Denied.
    """
    person = person_with_place(actor=actor, person_id=person_id)
    authorize(actor, "partners.position:edit")
    held: Person = Person.objects.visible_to(actor).select_for_update(of=("self",)).one(person.pk)
    if (held.archived_at is None) != restore:
        held.archived_at = None if restore else timezone.now()
        held.save(update_fields=["archived_at", "updated_at"])
        happened = ContactRestored if restore else ContactArchived
        publish(happened(subject_id=held.pk), actor=actor)
    return held


@transaction.atomic
def member_place_keep(*, actor: Actor, person_id: UUID, partner_id: UUID) -> Position | None:
    """Gives somebody who comes in for a partner their place at its company, so that the directory knows whom a questionnaire or a call
    can reach. A contact there with the same address gives up what is known of their work, and is put away: they are the same person.

    None where the partner or the person is gone meanwhile. A place that is there already stays as it is.
    """
    authorize(actor, "partners.position:edit")
    partner = Partner.objects.visible_to(actor).filter(pk=partner_id).first()
    person = Person.objects.visible_to(actor).filter(pk=person_id, partner_id=partner_id).first()
    if partner is None or person is None:
        return None
    known: Position | None = None
    if person.email:
        same = Position.objects.visible_to(actor).filter(company_id=partner.company_id, person__email__iexact=person.email)
        known = same.filter(person__archived_at__isnull=True).exclude(person_id=person.pk).select_related("person").first()
    source, day = learnt_source(actor=actor)
    place, is_new = Position.objects.get_or_create(
        company_id=partner.company_id, person_id=person.pk,
        defaults={
            "source": source, "as_of": day, "department": known.department if known else None, "level": known.level if known else None,
        },
    )  # fmt: skip
    if is_new and known is not None:
        filled = [name for name in ("title", "phone") if not getattr(person, name) and getattr(known.person, name)]
        if filled:
            person_write(actor=actor, person=person, values={name: getattr(known.person, name) for name in filled})
        if known.person.user_id is None:
            contact_archive(actor=actor, person_id=known.person_id)
    return place


def people_forget(*, actor: Actor, now: datetime | None = None) -> int:
    """Deletes people without account and place, a month after they lost it; answers how many. Histories hold ids alone, and stay."""
    old = Person.objects.visible_to(actor).filter(
        user__isnull=True, positions__isnull=True, updated_at__lt=(now or timezone.now()) - KEPT_FOR
    )
    return int(old.delete()[1].get(Person._meta.label, 0))
