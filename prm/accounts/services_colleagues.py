"""A partner's administrators give their colleagues access, change their role and end it (G4)."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import PARTNER_ROLES, Actor, Role
from prm.access.policies import authorize
from prm.access.roles import as_login
from prm.accounts.events import MemberRemoved, MemberRolesChanged
from prm.accounts.models import Membership, Person
from prm.accounts.selectors_colleagues import Colleague, colleague_get, colleague_list
from prm.accounts.services import Account, account_give
from prm.core.errors import Conflict, Denied, Invalid
from prm.events.publishing import publish


@transaction.atomic
def colleague_add(*, actor: Actor, email: str, name: str, role: Role, language: str = "en") -> Person:
    """Gives somebody access for the actor's partner; without a password, which they choose by mail. Whoever had left comes back.

    Raises Denied; Invalid (``role``); Conflict (``known_colleague``). Publishes MemberAdded.
    """
    authorize(actor, "accounts.person:invite")
    partner_id = _own(actor)
    _check_role(role)
    if any(colleague.email.lower() == email.lower() for colleague in colleague_list(actor=actor)):
        raise Conflict("known_colleague", _("Somebody with this address comes in already."), field="email")
    account = Account(email=email, name=name, language=language)
    person = account_give(actor=actor, account=account, roles=[role], partner_id=partner_id)
    if person.archived_at is not None:
        person.archived_at = None
        person.save(update_fields=["archived_at", "updated_at"])
    return person


@transaction.atomic
def colleague_role_set(*, actor: Actor, person_id: UUID | str, role: Role) -> Colleague:
    """Gives a colleague this role instead of the one they hold.

    Raises NotFound, Denied, Invalid (``role``); Conflict for the last administrator. Publishes MemberRolesChanged.
    """
    authorize(actor, "accounts.person:edit")
    partner_id, colleague = _own(actor), colleague_get(actor=actor, person_id=person_id)
    _check_role(role)
    if role is colleague.role:
        return colleague
    if colleague.role is Role.PARTNER_ADMINISTRATOR:
        _keep_an_administrator(partner_id, colleague)
    with as_login():
        Membership.objects.filter(user_id=colleague.user_id, partner_id=partner_id).delete()
        Membership.objects.create(user_id=colleague.user_id, partner_id=partner_id, role=role)
    changed = MemberRolesChanged(
        subject_id=colleague.person_id, partner_id=partner_id, roles=[role.value], before=[colleague.role.value]
    )
    publish(changed, actor=actor)
    return colleague_get(actor=actor, person_id=colleague.person_id)


@transaction.atomic
def colleague_end(*, actor: Actor, person_id: UUID | str) -> Colleague:
    """Ends a colleague's access for the actor's partner, from their next request on. What else the account opens stays open.

    Raises NotFound, Denied; Conflict for oneself and for the last administrator. Publishes MemberRemoved.
    """
    authorize(actor, "accounts.person:archive")
    partner_id, colleague = _own(actor), colleague_get(actor=actor, person_id=person_id)
    if colleague.user_id == actor.user_id:
        raise Conflict("yourself", _("You cannot end your own access."))
    if colleague.role is Role.PARTNER_ADMINISTRATOR:
        _keep_an_administrator(partner_id, colleague)
    with as_login():
        Membership.objects.filter(user_id=colleague.user_id, partner_id=partner_id).delete()
    Person.objects.visible_to(actor).filter(pk=colleague.person_id).update(archived_at=timezone.now())
    publish(MemberRemoved(subject_id=colleague.person_id, partner_id=partner_id), actor=actor)
    return colleague


def _own(actor: Actor) -> UUID:
    """The partner whose people the actor manages. Raises Denied for those of no partner."""
    if actor.partner_id is None:
        raise Denied("not_allowed", _("Only a partner's own administrators manage its people here."))
    return actor.partner_id


def _check_role(role: Role) -> None:
    if role not in PARTNER_ROLES:
        raise Invalid("role_of_the_other_side", _("This role is not for people of this organisation."), field="role")


def _keep_an_administrator(partner_id: UUID, colleague: Colleague) -> None:
    """Raises Conflict when ``colleague`` is the last. Locked, so that two cannot take it from each other at the same moment."""
    with as_login():
        rows = Membership.objects.filter(role=Role.PARTNER_ADMINISTRATOR, partner_id=partner_id, user__is_active=True)
        others = {row.user_id for row in rows.select_for_update(of=("self",)).order_by("pk")} - {colleague.user_id}
    if not others:
        raise Conflict("last_administrator", _("Somebody has to stay administrator."), field="role")
