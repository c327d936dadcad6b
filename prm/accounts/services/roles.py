"""Making roles of the vendor's own out of permissions (G4). Nobody makes, widens or narrows a role beyond what they hold themselves."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.abilities import keys_of, permissions_behind
from prm.access.actors import VENDOR_ROLES, Actor, Role
from prm.access.policies import authorize, permissions_of
from prm.access.roles import as_sign_in
from prm.accounts.events import RoleArchived, RoleChanged, RoleMade, RoleRestored
from prm.accounts.giving import may_build_on
from prm.accounts.models import CustomRole, Invitation, Membership
from prm.accounts.models.roles import BASES
from prm.accounts.selectors.roles import custom_role_get
from prm.accounts.selectors.stale import stale_setting
from prm.accounts.services.withdrawing import invitations_follow
from prm.core.errors import Conflict, Denied, Invalid
from prm.core.validation import validate
from prm.events.publishing import publish

MOST = 40


@transaction.atomic
def custom_role_make(*, actor: Actor, name: str, base: Role, abilities: Iterable[str]) -> CustomRole:
    """A role of the vendor's people from a built-in one: ``abilities`` are keys of ``prm.access.abilities``.

    Raises Denied for more than the actor holds, Invalid, Conflict for a name that is taken. Publishes RoleMade.
    """
    authorize(actor, "accounts.role:create")
    if base not in BASES or not may_build_on(actor, base):
        raise Denied("not_allowed", _("You give no role that may do more than you."))
    role = CustomRole(name=name.strip(), base=Role(base).value, permissions=_held(actor, abilities))
    with as_sign_in():
        if CustomRole.objects.filter(archived_at__isnull=True).count() >= MOST:
            raise Conflict("too_many", _("Put a role away before making another one: 40 is the most."))
    _save(role)
    publish(RoleMade(subject_id=role.pk, base=role.base, permissions=role.permissions), actor=actor)
    return role


@transaction.atomic
def custom_role_change(
    *, actor: Actor, role_id: UUID | str, name: str, abilities: Iterable[str], seen: str = ""
) -> CustomRole:
    """Another name or other abilities, which whoever holds the role has from their next click on. ``seen`` is the ``CustomRole.state``
    that was looked at, where that is to be the one that is changed (else Conflict, ``stale_edit``).

    Open invitations that they may send no more are taken back (``taken_back``: how many). Raises NotFound, Denied when it held or would
    hold more than the actor, Invalid, Conflict as above. Publishes RoleChanged, InvitationRevoked.
    """
    authorize(actor, "accounts.role:edit")
    role = _locked(actor, role_id)
    if seen and seen != role.state:
        raise stale_setting(actor=actor, subject_type="role", subject_id=role.pk)
    before, after = list(role.permissions), _held(actor, abilities)
    role.name, role.permissions = name.strip(), after
    _save(role)
    publish(
        RoleChanged(subject_id=role.pk, given=sorted(set(after) - set(before)), taken=sorted(set(before) - set(after))),
        actor=actor,
    )
    with as_sign_in():
        held_by = set(Membership.objects.filter(custom=role).values_list("user_id", flat=True))
    role.taken_back = invitations_follow(actor=actor, user_ids=held_by)
    return role


@transaction.atomic
def custom_role_archive(*, actor: Actor, role_id: UUID | str) -> CustomRole:
    """Puts a role away: it is given no more. Raises NotFound, Denied; Conflict while somebody holds it. Publishes RoleArchived."""
    authorize(actor, "accounts.role:archive")
    role = _locked(actor, role_id)
    with as_sign_in():
        held = Membership.objects.filter(custom=role).values("user").distinct().count()
        waiting = Invitation.objects.filter(
            roles__contains=[role.public_id], accepted_at__isnull=True, revoked_at__isnull=True
        )
        held += waiting.count()
    if held:
        raise Conflict(
            "role_is_held", _("Somebody holds this role or is invited to it: give them another one first."), held_by=held
        )
    if role.archived_at is None:
        role.archived_at = timezone.now()
        _save(role)
        publish(RoleArchived(subject_id=role.pk), actor=actor)
    return role


@transaction.atomic
def custom_role_restore(*, actor: Actor, role_id: UUID | str) -> CustomRole:
    """Brings a role back that was put away. Raises NotFound, Denied, Conflict for a name that is taken. Publishes RoleRestored."""
    authorize(actor, "accounts.role:archive")
    role = _locked(actor, role_id)
    if role.archived_at is not None:
        role.archived_at = None
        _save(role)
        publish(RoleRestored(subject_id=role.pk), actor=actor)
    return role


def _held(actor: Actor, abilities: Iterable[str]) -> list[str]:
    """The permissions behind keys, sorted. Raises Invalid for none or unknown ones, Denied for what the actor does not hold."""
    wanted = set(abilities)
    unknown = wanted - keys_of(permissions_of(VENDOR_ROLES))
    if not wanted or unknown:
        raise Invalid("unknown_ability", _("Tick at least one of the permissions listed."), field="abilities")
    permissions = permissions_behind(wanted)
    if not all(actor.may(permission) for permission in permissions):
        raise Denied("not_allowed", _("You give no role that may do more than you."))
    return sorted(permissions)


def _locked(actor: Actor, role_id: UUID | str) -> CustomRole:
    seen = custom_role_get(actor=actor, role_id=role_id)
    with as_sign_in():
        role = CustomRole.objects.select_for_update().get(pk=seen.pk)
    if not all(actor.may(permission) for permission in role.permissions if permission in permissions_of(VENDOR_ROLES)):
        raise Denied("not_allowed", _("You change no role that may do more than you."))
    return role


def _save(role: CustomRole) -> None:
    with as_sign_in():
        validate(role, exclude=["name_key"], constraints=False)
        try:
            with transaction.atomic():
                role.save()
        except IntegrityError as error:
            raise Conflict("name_taken", _("There is a role of this name already."), field="name") from error
