"""People of partners who come in by the portal: given accounts here, kept by ``prm.accounts``."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from prm.access.actors import Actor, Role
from prm.access.policies import authorize
from prm.accounts.models import Door, Invitation, Person
from prm.accounts.services import Account, account_give
from prm.accounts.services_invitations import Invited, invitation_give
from prm.accounts.services_organisations import organisation_follow, organisation_open
from prm.partners.models import Partner
from prm.partners.rules.lifecycle import door_of


@transaction.atomic
def partner_member_add(*, actor: Actor, partner_id: UUID, account: Account, role: Role) -> Person:
    """Gives somebody of a partner an account with a role there. Raises NotFound, Denied, Invalid. Publishes MemberAdded."""
    partner: Partner = Partner.objects.visible_to(actor).select_related("company").one(partner_id)
    authorize(actor, "partners.partner:invite", partner)
    organisation_open(
        actor=actor, partner_id=partner.pk, company_id=partner.company_id, name=partner.company.name,
        door=Door(door_of(partner.lifecycle)),
    )  # fmt: skip
    return account_give(actor=actor, account=account, roles=[role], partner_id=partner.pk)


@transaction.atomic
def partner_invite(*, actor: Actor, partner_id: UUID, invited: Invited) -> tuple[Invitation, str]:
    """Invites somebody to a partner: the invitation, and the token of its link. Raises NotFound, Denied, Invalid, Conflict. Publishes
    InvitationSent."""
    partner: Partner = Partner.objects.visible_to(actor).select_related("company").one(partner_id)
    authorize(actor, "partners.partner:invite", partner)
    organisation_open(
        actor=actor, partner_id=partner.pk, company_id=partner.company_id, name=partner.company.name,
        door=Door(door_of(partner.lifecycle)),
    )  # fmt: skip
    return invitation_give(actor=actor, invited=invited, partner_id=partner.pk)


def door_follow(*, actor: Actor, partner: Partner) -> None:
    """Lets signing in follow a partner's name and place in life; whoever changes either calls it."""
    organisation_follow(
        actor=actor, partner_id=partner.pk, company_id=partner.company_id, name=partner.company.name,
        door=Door(door_of(partner.lifecycle)),
    )  # fmt: skip
