"""Outside specialists and the studies that each may see, until when: asked by the stage that knows studies, which has authorised it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from prm.access.actors import Actor, Role
from prm.access.policies import authorize
from prm.access.roles import as_login, as_sign_in
from prm.accounts.models import Membership, Person, StudyPass, User
from prm.accounts.of_person import OfPerson
from prm.accounts.selectors.invitations import invitations_to_study_count
from prm.core.days import last_day
from prm.core.names import named


@dataclass(frozen=True, kw_only=True)
class Guest(OfPerson):
    """A specialist and one study. ``until`` None: without end."""

    person_id: UUID
    name: str
    email: str
    until: datetime | None
    is_active: bool = True

    @property
    def is_over(self) -> bool:
        """Whether the study is closed to them by now."""
        return not self.is_active or (self.until is not None and self.until <= timezone.now())


def guest_rows(*, actor: Actor, study_id: UUID, q: str = "") -> QuerySet[Person]:
    """Who was let in to a study, also until a day that is over, by the beginnings of words of their names. Two queries. Raises Denied."""
    authorize(actor, "accounts.person:view")
    with as_sign_in(actor):
        accounts = list(_passes(study_id).values_list("user_id", flat=True))
    people: QuerySet[Person] = Person.objects.visible_to(actor).filter(user_id__in=accounts, partner_id__isnull=True)
    return named(people, q)


def guests_behind(*, actor: Actor, study_id: UUID, people: Iterable[Person]) -> list[Guest]:
    """Those behind rows of ``guest_rows``, in their order. One query."""
    with as_sign_in(actor):
        found = {one.user_id: one for one in _passes(study_id).select_related("user")}
    return [
        Guest(
            person_id=person.pk, name=person.name, email=found[person.user_id].user.email,
            until=found[person.user_id].valid_until, is_active=found[person.user_id].user.is_active,
        )
        for person in people
        if person.user_id is not None and person.user_id in found
    ]  # fmt: skip


def guests_count(*, actor: Actor, study_id: UUID) -> tuple[int, int]:
    """How many see a study now, and how many are invited to it and have not come. Two queries. Raises Denied."""
    authorize(actor, "accounts.person:view")
    with as_sign_in(actor):
        living = _passes(study_id).filter(user__is_active=True).exclude(valid_until__lte=timezone.now())
        return living.count(), invitations_to_study_count(actor=actor, study_id=study_id)


def specialist_choices(*, actor: Actor) -> list[tuple[str, str]]:
    """(TypeID, name) of everybody who comes in as a specialist, by name. Two queries. Raises Denied."""
    authorize(actor, "accounts.person:view")
    with as_sign_in(actor):
        held = Membership.objects.filter(role=Role.SPECIALIST, partner_id__isnull=True, user__is_active=True)
        accounts = list(held.values_list("user_id", flat=True))
    people = Person.objects.visible_to(actor).filter(user_id__in=accounts, partner_id__isnull=True, archived_at__isnull=True)
    return [(person.public_id, person.name) for person in people.order_by("name_key", "id")]


def own_days(*, actor: Actor) -> dict[UUID, date]:
    """The last day on which the actor, a specialist, sees each study; without those that have no end. One query."""
    if actor.user_id is None:
        return {}
    with as_login():
        own = StudyPass.objects.filter(user_id=actor.user_id, valid_until__isnull=False)
        return {key: last_day(until) for key, until in own.values_list("study_id", "valid_until") if until is not None}


def guest_address(*, actor: Actor, person_id: UUID) -> tuple[str, str]:
    """Address and language of a living account, for the product itself, which writes to them; "" for others."""
    if not actor.is_system:
        return "", ""
    account = Person.objects.visible_to(actor).filter(pk=person_id).values_list("user_id", flat=True).first()
    with as_login():
        found = User.objects.filter(pk=account, is_active=True).values_list("email", "language").first()
    return found or ("", "")


def _passes(study_id: UUID) -> QuerySet[StudyPass]:
    held = Membership.objects.filter(role=Role.SPECIALIST, partner_id__isnull=True)
    return StudyPass.objects.filter(study_id=study_id, user_id__in=held.values("user_id"))
