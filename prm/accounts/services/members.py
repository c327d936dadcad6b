"""Changing what people with access hold, ending their access and giving it back: the vendor's people, and each partner's own.

Open invitations that somebody sent and could send no more go with it; ``Member.taken_back`` says how many.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor, ActorKind, Role
from prm.access.policies import authorize
from prm.access.roles import as_sign_in
from prm.accounts.events import (
    MemberActivated,
    MemberAdded,
    MemberDeactivated,
    MemberRemoved,
    MemberRolesChanged,
    MemberStepsReset,
)
from prm.accounts.giving import by_a_person, check_giving, is_beyond
from prm.accounts.models import Membership, Person, StudyPass, User
from prm.accounts.selectors.members import Member, member_get
from prm.accounts.selectors.roles import cards_behind
from prm.accounts.selectors.stale import stale_setting
from prm.accounts.services.security import sessions_end_all
from prm.accounts.services.withdrawing import invitations_follow
from prm.core.errors import Conflict, Denied, Invalid
from prm.events.publishing import publish


@transaction.atomic
def member_set_roles(*, actor: Actor, person_id: UUID | str, roles: Iterable[str], seen: str = "") -> Member:
    """Gives somebody exactly these roles at the actor's place, from their next click on. ``seen`` is the ``Member.state`` that was looked
    at, where that is to be the one that is changed (else Conflict, ``stale_edit``).

    Raises NotFound, Denied for more than the actor holds, Invalid without any role, Conflict for the last administrator.
    Publishes MemberRolesChanged when that changed anything.
    """
    member = _managed(actor, person_id, "accounts.person:edit", locked=bool(seen))
    if seen and seen != member.state:
        raise stale_setting(
            actor=actor, subject_type="person", subject_id=member.person_id, types=[MemberAdded.type, MemberRolesChanged.type]
        )
    wanted = {card.code: card for card in cards_behind(actor=actor, codes=roles)}
    if not wanted:
        raise Invalid("required", _("Choose at least one role."), field="roles")
    check_giving(actor, roles=wanted.keys() - set(member.roles), partner_id=actor.partner_id)
    if _leading(actor) in member.roles and _leading(actor) not in wanted:
        _keep_an_administrator(actor, member)
    before, now = sorted(member.roles), sorted(wanted)
    if now == before:
        return member
    with as_sign_in(actor):
        held = Membership.objects.filter(user_id=member.user_id, partner_id=actor.partner_id)
        held.filter(pk__in=[row.pk for row in held if row.code not in wanted]).delete()
        for card in wanted.values():
            held.get_or_create(user_id=member.user_id, role=card.base, custom_id=card.custom_id, partner_id=actor.partner_id)
        # What a specialist saw would be open again with another invitation.
        if Role.SPECIALIST in before and Role.SPECIALIST not in now:
            StudyPass.objects.filter(user_id=member.user_id).delete()
    publish(
        MemberRolesChanged(subject_id=member.person_id, partner_id=actor.partner_id, roles=now, before=before), actor=actor
    )
    taken_back = invitations_follow(actor=actor, user_ids=[member.user_id])
    return replace(member_get(actor=actor, person_id=member.person_id), taken_back=taken_back)


@transaction.atomic
def member_deactivate(*, actor: Actor, person_id: UUID | str) -> Member:
    """Ends the access of one of the vendor's people at once: sessions, keys and running work stop. What they did stays. A partner's
    person is taken off the partner (``member_remove``), since the account may be at home elsewhere too.

    Raises NotFound, Denied, Conflict for oneself and for the last administrator. Publishes MemberDeactivated, MemberRemoved.
    """
    if actor.partner_id is not None:
        return member_remove(actor=actor, person_id=person_id)
    member = _managed(actor, person_id)
    if member.user_id == actor.user_id:
        raise Conflict("yourself", _("You cannot end your own access."))
    if Role.ADMINISTRATOR in member.roles:
        _keep_an_administrator(actor, member)
    with as_sign_in(actor):
        changed = User.objects.filter(pk=member.user_id, is_active=True).update(is_active=False)
    if changed:
        Person.objects.visible_to(actor).filter(pk=member.person_id).update(archived_at=timezone.now())
        publish(MemberDeactivated(subject_id=member.person_id), actor=actor)
    return replace(member, taken_back=invitations_follow(actor=actor, user_ids=[member.user_id]))


@transaction.atomic
def member_activate(*, actor: Actor, person_id: UUID | str) -> Member:
    """Gives access back, with the roles as they were. Raises NotFound, Denied. Publishes MemberActivated."""
    if actor.kind is ActorKind.PARTNER:
        raise Denied("not_allowed", _("Send an invitation: it brings them back."))
    member = _managed(actor, person_id)
    with as_sign_in(actor):
        changed = User.objects.filter(pk=member.user_id, is_active=False).update(is_active=True)
    if changed:
        Person.objects.visible_to(actor).filter(pk=member.person_id).update(archived_at=None)
        publish(MemberActivated(subject_id=member.person_id), actor=actor)
    return member


@transaction.atomic
def member_remove(*, actor: Actor, person_id: UUID | str) -> Member:
    """Takes somebody off the actor's partner: they come in there no more. What else the account opens stays open.

    Raises NotFound, Denied, Conflict for oneself and for the partner's last administrator. Publishes MemberRemoved.
    """
    member = _managed(actor, person_id)
    if actor.partner_id is None or member.user_id == actor.user_id:
        raise Conflict("yourself", _("You cannot end your own access."))
    if Role.PARTNER_ADMINISTRATOR in member.roles:
        _keep_an_administrator(actor, member)
    taken_back = membership_end(actor=actor, person_id=member.person_id, user_id=member.user_id, partner_id=actor.partner_id)
    return replace(member, taken_back=taken_back)


def membership_end(*, actor: Actor, person_id: UUID, user_id: UUID, partner_id: UUID) -> int:
    """The same at a partner that the caller has authorised, also of its last administrator; how many open invitations that they sent
    were taken back with it. Publishes MemberRemoved, InvitationRevoked."""
    with as_sign_in(actor):
        Membership.objects.filter(user_id=user_id, partner_id=partner_id).delete()
    Person.objects.visible_to(actor).filter(pk=person_id).update(archived_at=timezone.now())
    publish(MemberRemoved(subject_id=person_id, partner_id=partner_id), actor=actor)
    return invitations_follow(actor=actor, user_ids=[user_id])


@transaction.atomic
def member_reset_steps(*, actor: Actor, person_id: UUID | str) -> Member:
    """For somebody who lost phone and codes: takes the second steps off their account and ends its sessions; the password stays, and
    where a second step is required they set one up at once. Raises NotFound, Denied, Conflict for oneself. Publishes MemberStepsReset.

    Only the vendor's administrators, and no key of theirs: whoever can do this can, with the password, be somebody else.
    """
    authorize(actor, "accounts.person:sign_in")
    if actor.key_id is not None:
        raise by_a_person()
    member = _managed(actor, person_id)
    if member.user_id == actor.user_id:
        raise Conflict("yourself", _("Your own second steps are on the page Security."))
    with as_sign_in(actor):
        Authenticator.objects.filter(user_id=member.user_id).delete()
    sessions_end_all(actor=actor, user_id=member.user_id)
    publish(MemberStepsReset(subject_id=member.person_id), actor=actor)
    return member


def _leading(actor: Actor) -> Role:
    return Role.ADMINISTRATOR if actor.partner_id is None else Role.PARTNER_ADMINISTRATOR


def _keep_an_administrator(actor: Actor, member: Member) -> None:
    """Raises Conflict when ``member`` is the last of the actor's place.

    Roles and accounts are locked, so that two who end each other at the same moment come one after the other: Postgres looks again at
    rows that it waited for, and of these only, so that an account that was switched off meanwhile counts no more.
    """
    with as_sign_in(actor):
        rows = Membership.objects.filter(role=_leading(actor), partner_id=actor.partner_id, user__is_active=True)
        locked = rows.select_related("user").select_for_update(of=("self", "user"), no_key=True)
        others = {row.user_id for row in locked.order_by("user_id", "pk")} - {member.user_id}
    if not others:
        raise Conflict("last_administrator", _("Somebody has to stay administrator."))


def _managed(
    actor: Actor, person_id: UUID | str, permission: str = "accounts.person:archive", *, locked: bool = False
) -> Member:
    authorize(actor, permission)
    member = member_get(actor=actor, person_id=person_id, locked=locked)
    if _leading(actor) in member.roles and actor.key_id is not None:
        raise by_a_person()
    above = Role.ADMINISTRATOR in member.roles and Role.ADMINISTRATOR not in actor.roles
    if above and actor.partner_id is None and not actor.is_system:
        raise Denied("not_allowed", _("Only an administrator changes the access of another."))
    if (actor.partner_id is None or actor.key_id is not None) and is_beyond(actor, member.permissions):
        raise Denied("not_allowed", _("You change the access of nobody who may do more than you."))
    return member
