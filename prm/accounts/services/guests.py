"""Letting specialists see a study, and ending it: called by the stage that knows studies, which has authorised it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor, Role
from prm.access.policies import authorize
from prm.access.roles import as_sign_in
from prm.accounts.models import Membership, Person, StudyPass
from prm.core.errors import Invalid, NotFound


def pass_give(*, actor: Actor, person_id: UUID | str, study_id: UUID, until: datetime | None) -> tuple[Person, bool, bool]:
    """Lets a specialist see a study, or changes until when: who it is, whether it is new to them, whether anything changed.

    Raises Denied; NotFound for somebody who is none; Invalid (``until``) for a moment that is over.
    """
    if until is not None and until <= timezone.now():
        raise Invalid("past", _("Choose a day in the future."), field="until")
    person, account = _specialist(actor, person_id)
    with as_sign_in(actor):
        held, is_made = StudyPass.objects.select_for_update().get_or_create(
            user_id=account, study_id=study_id, defaults={"valid_until": until}
        )
        is_new = is_made or (held.valid_until is not None and held.valid_until <= timezone.now())
        is_changed = is_new or held.valid_until != until
        if is_changed and not is_made:
            held.valid_until = until
            held.save(update_fields=["valid_until"])
    return person, is_new, is_changed


def pass_end(*, actor: Actor, person_id: UUID | str, study_id: UUID) -> tuple[Person, bool]:
    """Closes a study to a specialist at once: who it is, and whether it was open. Raises Denied; NotFound for somebody who is none."""
    person, account = _specialist(actor, person_id)
    with as_sign_in(actor):
        ended = StudyPass.objects.filter(user_id=account, study_id=study_id).delete()[0]
    return person, bool(ended)


def _specialist(actor: Actor, person_id: UUID | str) -> tuple[Person, UUID]:
    """Who it is, and their account."""
    authorize(actor, "accounts.person:view")
    person: Person = Person.objects.visible_to(actor).filter(partner_id__isnull=True).one(person_id)
    account = person.user_id
    with as_sign_in(actor):
        held = Membership.objects.filter(role=Role.SPECIALIST, partner_id__isnull=True)
        if account is None or not held.filter(user_id=account).exists():
            raise NotFound
    return person, account
