"""What follows from what happens to partners and their people: who is told, and who stands in the directory."""

from __future__ import annotations

from uuid import UUID

from prm.access.actors import Actor
from prm.accounts.events import MemberAdded
from prm.events.received import Received
from prm.events.subscribing import subscriber
from prm.notifications.services import notify
from prm.partners.events import FactProposalsAccepted, FactProposalsRefused, FactsProposed, PartnerAdvanced, PartnerEdited
from prm.partners.selectors.told import manager_of, proposers_of
from prm.partners.services.people import member_place_keep


@subscriber("partners.tell_move", PartnerAdvanced)
def tell_move(happened: Received, *, actor: Actor) -> None:
    """The account manager hears of each step."""
    people = [manager_of(actor=actor, partner_id=happened.subject_id)]
    notify(actor=actor, kind="partners.moved", people=people, happened=happened, data={"after": happened.data["after"]})


@subscriber("partners.tell_manager", PartnerEdited)
def tell_manager(happened: Received, *, actor: Actor) -> None:
    """Who looked after it and who does so now."""
    both = happened.data.get("changes", {}).get("account_manager")
    if both:
        people = [UUID(key) for key in both if key]
        notify(actor=actor, kind="partners.manager_changed", people=people, happened=happened)


@subscriber("partners.tell_proposal", FactsProposed)
def tell_proposal(happened: Received, *, actor: Actor) -> None:
    """Facts wait for the account manager's decision."""
    if happened.partner_id is not None:
        people = [manager_of(actor=actor, partner_id=happened.partner_id)]
        notify(actor=actor, kind="partners.facts_proposed", people=people, happened=happened)


@subscriber("partners.tell_decision", FactProposalsAccepted, FactProposalsRefused)
def tell_decision(happened: Received, *, actor: Actor) -> None:
    """Whoever proposed hears what came of it."""
    if happened.partner_id is not None:
        people = proposers_of(actor=actor, partner_id=happened.partner_id, fields=happened.data["fields"])
        notify(actor=actor, kind="partners.facts_decided", people=people, happened=happened)


@subscriber("partners.keep_place", MemberAdded)
def keep_place(happened: Received, *, actor: Actor) -> None:
    """Whoever has access for a partner stands in the directory of people."""
    if happened.partner_id is not None:
        member_place_keep(actor=actor, person_id=happened.subject_id, partner_id=happened.partner_id)
