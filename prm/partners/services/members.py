"""People of partners who come in by the portal: given accounts here, kept by ``prm.accounts``."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from prm.access.actors import Actor, Role
from prm.access.policies import authorize
from prm.accounts.models import Door, Invitation, Person
from prm.accounts.services.accounts import Account, account_give
from prm.accounts.services.invitations import Invited, invitation_give, invitation_renew, invitation_withdraw
from prm.accounts.services.members import membership_end
from prm.accounts.services.organisations import organisation_follow, organisation_open
from prm.partners.models import Partner
from prm.partners.rules.lifecycle import door_of


@transaction.atomic
def partner_member_add(*, actor: Actor, partner_id: UUID, account: Account, role: Role) -> Person:
    """Gives somebody of a partner an account with a role there. Raises NotFound, Denied, Invalid. Publishes MemberAdded."""
    partner = _opened(actor, partner_id)
    return account_give(actor=actor, account=account, roles=[role], partner_id=partner.pk)


@transaction.atomic
def partner_invite(*, actor: Actor, partner_id: UUID, invited: Invited) -> Invitation:
    """Invites somebody to a partner. Raises NotFound, Denied, Invalid, Conflict, TooOften. Publishes InvitationSent."""
    partner = _opened(actor, partner_id)
    return invitation_give(actor=actor, invited=invited, partner_id=partner.pk)


@transaction.atomic
def partner_invite_again(*, actor: Actor, partner_id: UUID, invitation_id: UUID | str) -> Invitation:
    """Another letter for somebody who was invited to a partner. Raises NotFound, Denied, Conflict, TooOften. Publishes InvitationResent."""
    partner = _managed(actor, partner_id)
    return invitation_renew(actor=actor, invitation_id=invitation_id, partner_id=partner.pk)


@transaction.atomic
def partner_invitation_revoke(*, actor: Actor, partner_id: UUID, invitation_id: UUID | str) -> Invitation:
    """Takes an invitation to a partner back. Raises NotFound, Denied, Conflict. Publishes InvitationRevoked."""
    partner = _managed(actor, partner_id)
    return invitation_withdraw(actor=actor, invitation_id=invitation_id, partner_id=partner.pk)


@transaction.atomic
def partner_access_end(*, actor: Actor, partner_id: UUID, person_id: UUID | str) -> tuple[str, int]:
    """Ends somebody's access to a partner at once, also that of its last administrator; gives their name, and how many open invitations
    that they sent were taken back with it. What else their account opens stays open. Raises NotFound, Denied. Publishes MemberRemoved,
    InvitationRevoked."""
    partner = _managed(actor, partner_id)
    authorize(actor, "accounts.person:view")
    person: Person = Person.objects.visible_to(actor).filter(partner_id=partner.pk, user_id__isnull=False).one(person_id)
    if person.user_id is None:
        return person.name, 0
    return person.name, membership_end(actor=actor, person_id=person.pk, user_id=person.user_id, partner_id=partner.pk)


def _managed(actor: Actor, partner_id: UUID) -> Partner:
    partner: Partner = Partner.objects.visible_to(actor).select_related("company").one(partner_id)
    authorize(actor, "partners.partner:invite", partner)
    return partner


def _opened(actor: Actor, partner_id: UUID) -> Partner:
    """The partner, known to signing in from now on."""
    partner = _managed(actor, partner_id)
    organisation_open(
        actor=actor, partner_id=partner.pk, company_id=partner.company_id, name=partner.company.name,
        door=Door(door_of(partner.lifecycle)),
    )  # fmt: skip
    return partner


def door_follow(*, actor: Actor, partner: Partner) -> None:
    """Lets signing in follow a partner's name and place in life; whoever changes either calls it."""
    organisation_follow(
        actor=actor, partner_id=partner.pk, company_id=partner.company_id, name=partner.company.name,
        door=Door(door_of(partner.lifecycle)),
    )  # fmt: skip
