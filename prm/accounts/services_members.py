"""Ending and giving back the access of the vendor's people."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor, Role
from prm.access.policies import authorize
from prm.access.roles import as_sign_in
from prm.accounts.events import MemberActivated, MemberDeactivated
from prm.accounts.models import Membership, Person, User
from prm.accounts.selectors_members import Member, member_get
from prm.accounts.services import member_add
from prm.core.errors import Conflict, Denied
from prm.events.publishing import publish


def member_invite(*, actor: Actor, email: str, name: str, role: Role, language: str = "en") -> Person:
    """``member_add`` from a page: an account that is here already is refused, so that nobody gets roles by a typing error.

    Raises Denied, Invalid, Conflict. Publishes MemberAdded.
    """
    return member_add(actor=actor, email=email, name=name, roles=[role], language=language, is_new=True)


@transaction.atomic
def member_deactivate(*, actor: Actor, person_id: UUID | str) -> Member:
    """Ends somebody's access at once: sessions, keys and running work stop. What they did stays.

    Raises NotFound, Denied, Conflict for oneself and for the last administrator. Publishes MemberDeactivated.
    """
    member = _managed(actor, person_id)
    if member.user_id == actor.user_id:
        raise Conflict("yourself", _("You cannot end your own access."))
    with as_sign_in():
        administrators = Membership.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True)
        # Locked, so that two administrators cannot end each other's access at the same moment.
        others = {row.user_id for row in administrators.select_for_update().order_by("pk")} - {member.user_id}
        if Role.ADMINISTRATOR in member.roles and not others:
            raise Conflict("last_administrator", _("Somebody has to stay administrator."))
        changed = User.objects.filter(pk=member.user_id, is_active=True).update(is_active=False)
    if changed:
        Person.objects.visible_to(actor).filter(pk=member.person_id).update(archived_at=timezone.now())
        publish(MemberDeactivated(subject_id=member.person_id), actor=actor)
    return member


@transaction.atomic
def member_activate(*, actor: Actor, person_id: UUID | str) -> Member:
    """Gives access back, with the roles as they were. Raises NotFound, Denied. Publishes MemberActivated."""
    member = _managed(actor, person_id)
    with as_sign_in():
        changed = User.objects.filter(pk=member.user_id, is_active=False).update(is_active=True)
    if changed:
        Person.objects.visible_to(actor).filter(pk=member.person_id).update(archived_at=None)
        publish(MemberActivated(subject_id=member.person_id), actor=actor)
    return member


def _managed(actor: Actor, person_id: UUID | str) -> Member:
    authorize(actor, "accounts.person:archive")
    member = member_get(actor=actor, person_id=person_id)
    if Role.ADMINISTRATOR in member.roles and Role.ADMINISTRATOR not in actor.roles:
        raise Denied("not_allowed", _("Only an administrator changes the access of another."))
    return member
