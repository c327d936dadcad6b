"""Keeping what signing in knows of partners: called by ``prm.partners``, which has authorised it.

Partners are many and most have nobody who signs in: an organisation is born with the first of its people.
"""

from __future__ import annotations

from uuid import UUID

from prm.access.actors import Actor, Role
from prm.access.roles import as_login
from prm.accounts.models import Door, Membership, Organisation


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

    Whoever came in as a candidate looks after the partner's people once it is one.
    """
    with as_login():
        known = Organisation.objects.filter(partner_id=partner_id)
        if not known.update(company_id=company_id, name=name, door=door) or door != Door.PARTNER:
            return
        candidates = Membership.objects.filter(partner_id=partner_id, role=Role.CANDIDATE)
        above = Membership.objects.filter(partner_id=partner_id, role=Role.PARTNER_ADMINISTRATOR).values("user_id")
        candidates.filter(user_id__in=above).delete()
        candidates.update(role=Role.PARTNER_ADMINISTRATOR)
