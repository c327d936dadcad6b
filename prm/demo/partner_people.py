"""People of partners in the demo who sign in to the portal, and what the first of them told of their company."""

from __future__ import annotations

from prm.access.actors import Role
from prm.access.roles import as_role
from prm.accounts.models import Person
from prm.accounts.services.accounts import Account
from prm.demo.accounts import actor_at, demo_actor, password_of
from prm.demo.registry import WorldContext, register_world
from prm.demo.world.people import MEMBERS, PARTNER_MEMBERS
from prm.partners.facts.proposed import ProposalSource
from prm.partners.models import Partner, SourceKind
from prm.partners.services.members import partner_member_add
from prm.partners.services.people import member_place_keep
from prm.partners.services.proposals import fact_proposals_accept, fact_proposals_refuse, fact_propose


def _is_there(context: WorldContext) -> bool:
    return Person.objects.filter(email__in=[m.email for m in PARTNER_MEMBERS]).count() == len(PARTNER_MEMBERS)


@register_world("accounts.partners", order=470, is_there=_is_there)
def build(context: WorldContext) -> str:
    """Their accounts; one fact taken over, one refused with its reason, one that waits. Partners of a small world that are not in it
    have nobody."""
    for one in MEMBERS:  # of a world that was filled before they had telephones
        Person.objects.filter(email=one.email, partner__isnull=True, phone="").update(phone=one.phone)
    made = 0
    for member in PARTNER_MEMBERS:
        partner = Partner.objects.filter(company__name=member.company).first()
        if partner is None:
            continue
        account = Account(email=member.email, name=member.name, password=password_of(member), language=member.language)
        person = partner_member_add(actor=context.actor, partner_id=partner.pk, account=account, role=Role(member.role))
        Person.objects.filter(pk=person.pk).update(title=member.title)
        member_place_keep(actor=context.actor, person_id=person.pk, partner_id=partner.pk)
        made += 1
        if made == 1:
            _tell(partner, member.email)
    return f"{made} people of partners"


def _tell(partner: Partner, email: str) -> None:
    speaker, decider = actor_at(email, partner.pk), demo_actor("rousset")
    source = ProposalSource(SourceKind.PARTNER, partner.company.name, f"partner:{partner.pk}")
    facts = {"employees": 49, "customers": 190, "founded_year": 1998, "website": "https://kerlan-systemes.example"}
    with as_role(speaker):
        told = fact_propose(actor=speaker, partner_id=partner.pk, company_id=partner.company_id, facts=facts, source=source)
    by_field = {proposal.field: proposal.pk for proposal in told}
    with as_role(decider):
        fact_proposals_accept(actor=decider, proposal_ids=[by_field["founded_year"], by_field["website"]])
        fact_proposals_refuse(
            actor=decider, proposal_ids=[by_field["customers"]],
            reason="Comptés deux fois : les sites de Rennes sont ceux du CHU. Nous gardons 184.",
        )  # fmt: skip
