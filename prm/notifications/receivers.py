"""What people are told of the kernel below this package, and the mails that leave."""

from __future__ import annotations

from prm.access.actors import Actor, Role
from prm.accounts.events import MemberAdded, MemberRolesChanged
from prm.accounts.selectors.told import administrator_ids
from prm.events.events import DeliveryDied
from prm.events.received import Received
from prm.events.subscribing import subscriber
from prm.notifications.events import MailDue
from prm.notifications.letters import post
from prm.notifications.services import notify


@subscriber("notifications.mail", MailDue, outside=True)
def send_mail(happened: Received, *, actor: Actor) -> None:
    """A mail leaves; its attempts and dead letters are those of every subscriber."""
    post(actor=actor, mail_id=happened.subject_id)


@subscriber("notifications.access", MemberAdded)
def tell_access(happened: Received, *, actor: Actor) -> None:
    """Whoever got a role is told."""
    notify(
        actor=actor, kind="accounts.access_given", people=[happened.subject_id], happened=happened,
        data={"roles": happened.data.get("roles", [])},
    )  # fmt: skip


@subscriber("notifications.became_partner", MemberRolesChanged)
def tell_of_partnership(happened: Received, *, actor: Actor) -> None:
    """Who came in as a candidate is told that they look after the partner's people now."""
    if Role.CANDIDATE in happened.data["before"]:
        notify(actor=actor, kind="accounts.became_partner", people=[happened.subject_id], happened=happened)


@subscriber("notifications.dead_letters", DeliveryDied)
def tell_dead_letter(happened: Received, *, actor: Actor) -> None:
    """Administrators are told that something could not be delivered."""
    people = administrator_ids(actor=actor)
    notify(
        actor=actor,
        kind="events.dead_letter",
        people=people,
        happened=happened,
        data={"subscriber": happened.data["subscriber"]},
    )
