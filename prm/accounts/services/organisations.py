"""Keeping what signing in knows of partners: called by ``prm.partners``, which has authorised it.

Partners are many and most have nobody who signs in: an organisation is born with the first of its people.
"""

from __future__ import annotations

from uuid import UUID

from prm.access.actors import Actor, Role
from prm.access.roles import as_login
from prm.accounts.events import MemberRolesChanged
from prm.accounts.models import Door, Invitation, Membership, Organisation, Person
from prm.events.publishing import publish_all


def organisation_open(*, actor: Actor, partner_id: UUID, company_id: UUID, name: str, door: Door) -> Organisation:
    """The organisation of a partner, made when it has none yet."""
    with as_login():
        found, _made = Organisation.objects.get_or_create(
            partner_id=partner_id, defaults={"company_id": company_id, "name": name, "door": door}
        )
        return found


def organisation_rename(*, actor: Actor, company_id: UUID, name: str) -> None:
    """Follows the name of a partner's company. Nothing where nobody of it ever came in."""
    with as_login():
        Organisation.objects.filter(company_id=company_id).update(name=name)


def organisation_follow(*, actor: Actor, partner_id: UUID, company_id: UUID, name: str, door: Door) -> None:
    """Follows what became of a partner: another name or company, a door that opens or closes. Nothing where nobody ever came in.

    Whoever came in as a candidate, or is invited to, looks after the partner's people once it is one, without another invitation.
    Publishes MemberRolesChanged for each of those who are in.
    """
    with as_login():
        known = Organisation.objects.filter(partner_id=partner_id)
        if not known.update(company_id=company_id, name=name, door=door) or door != Door.PARTNER:
            return
        # Invitations first: one that is being followed at this moment is waited for, and found among the candidates.
        Invitation.objects.filter(
            partner_id=partner_id, accepted_at__isnull=True, revoked_at__isnull=True, roles__contains=[Role.CANDIDATE.value]
        ).update(roles=[Role.PARTNER_ADMINISTRATOR.value])
        candidates = Membership.objects.filter(partner_id=partner_id, role=Role.CANDIDATE)
        above = Membership.objects.filter(partner_id=partner_id, role=Role.PARTNER_ADMINISTRATOR).values("user_id")
        candidates.filter(user_id__in=above).delete()
        grown = list(candidates.values_list("user_id", flat=True))
        candidates.update(role=Role.PARTNER_ADMINISTRATOR)
    people = Person.objects.visible_to(actor).filter(partner_id=partner_id, user_id__in=grown).order_by("pk")
    before, now = [Role.CANDIDATE.value], [Role.PARTNER_ADMINISTRATOR.value]
    publish_all(
        [
            MemberRolesChanged(subject_id=key, partner_id=partner_id, roles=now, before=before)
            for key in people.values_list("pk", flat=True)
        ],
        actor=actor,
    )
