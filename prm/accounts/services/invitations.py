"""Inviting people (G4). The letter leaves once the event is delivered (``receivers``); coming in by it is ``services.coming_in``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import VENDOR_ROLES, Actor, Role
from prm.access.policies import authorize
from prm.access.roles import as_sign_in
from prm.accounts.events import InvitationChanged, InvitationResent, InvitationRevoked, InvitationSent
from prm.accounts.giving import check_giving
from prm.accounts.guests import studies_archived, study_titles
from prm.accounts.links import token_made
from prm.accounts.models import Door, Invitation, Membership, Organisation
from prm.accounts.places import roles_behind
from prm.accounts.rules.keys import digest_of
from prm.accounts.rules.providers import domain_of
from prm.accounts.rules.sign_in import Rules
from prm.accounts.selectors.invitations import archived_told
from prm.accounts.selectors.roles import Card
from prm.accounts.selectors.sign_in_rules import rules_now
from prm.accounts.selectors.stale import stale_setting
from prm.accounts.services.withdrawing import SHARING
from prm.core.errors import Conflict, Invalid, NotFound
from prm.core.ids import typeid_key
from prm.core.throttle import Limit
from prm.core.validation import mail_address, validate
from prm.events.publishing import publish

#: Letters in an hour: to one address from one place, and from one person; how many places write to an address tells no other place
#: (``mails.LETTERS_IN_ALL`` bounds them).
LETTERS_TO, LETTERS_FROM = Limit("accounts.invitation.to", 5, 3600), Limit("accounts.invitation.from", 100, 3600)


@dataclass(frozen=True, kw_only=True)
class Invited:
    """Whom an invitation is for, and what it opens."""

    email: str
    name: str
    roles: Sequence[str] = field(default_factory=list)
    study_ids: list[UUID] = field(default_factory=list)
    studies_until: datetime | None = None
    language: str = "en"


@transaction.atomic
def invitation_send(*, actor: Actor, invited: Invited) -> Invitation:
    """Invites somebody to the actor's own place: the vendor's people to the vendor (specialists too), a partner's administrators to
    their partner. An open invitation of the address is replaced.

    Raises Denied, Invalid, Conflict, TooOften. Publishes InvitationSent.
    """
    authorize(actor, "accounts.person:invite")
    return invitation_give(actor=actor, invited=invited, partner_id=actor.partner_id)


@transaction.atomic
def invitation_give(*, actor: Actor, invited: Invited, partner_id: UUID | None) -> Invitation:
    """The same to a place that the caller has authorised: a partner that has an ``Organisation``, or the vendor (None)."""
    if not invited.roles:
        raise Invalid("required", _("Choose at least one role."), field="roles")
    cards = check_giving(actor, roles=invited.roles, partner_id=partner_id)
    _check_door(actor, cards, partner_id)
    _check_studies(actor, cards, invited)
    rules = rules_now(actor=actor)
    _check_domain(rules, invited.email, cards)
    with as_sign_in(actor):
        if Membership.objects.filter(user__email__iexact=invited.email.strip(), partner_id=partner_id).exists():
            raise Conflict("known_address", _("Somebody with this address has access already."), field="email")
    _check_address(invited.email.strip())
    _count_letter(actor, invited.email, partner_id)
    now = timezone.now()
    with as_sign_in(actor):
        known = Invitation.objects.filter(email__iexact=invited.email, partner_id=partner_id)
        known.filter(accepted_at__isnull=True, revoked_at__isnull=True).update(revoked_at=now)
        invitation = Invitation(
            email=invited.email.strip(), name=invited.name.strip(), language=invited.language, partner_id=partner_id,
            roles=[card.code for card in cards],
            study_ids=list(invited.study_ids), studies_until=invited.studies_until, invited_by_id=actor.user_id, inviter_name=actor.name,
            sent_at=now, expires_at=now + timedelta(days=rules.invitation_days),
        )  # fmt: skip
        invitation.digest = digest_of(token_made(invitation))
        validate(invitation, exclude=["digest", "partner", "invited_by", "accepted_by"], constraints=False)
        try:
            with transaction.atomic():
                invitation.save()
        except IntegrityError as error:  # somebody else invited the same address at this moment
            raise Conflict("invited_already", _("Somebody invited this address just now."), field="email") from error
    publish(
        InvitationSent(
            subject_id=invitation.pk, partner_id=partner_id, roles=invitation.roles, expires_at=invitation.expires_at
        ),
        actor=actor,
    )
    return invitation


@transaction.atomic
def invitation_resend(*, actor: Actor, invitation_id: UUID | str) -> Invitation:
    """Another letter, whose link lives as long as one sent now; the earlier one opens nothing any more.

    Raises Denied, NotFound, Invalid, Conflict for one that was accepted or taken back, TooOften. Publishes InvitationResent.
    """
    authorize(actor, "accounts.person:invite")
    return invitation_renew(actor=actor, invitation_id=invitation_id, partner_id=actor.partner_id)


@transaction.atomic
def invitation_renew(*, actor: Actor, invitation_id: UUID | str, partner_id: UUID | None) -> Invitation:
    """The same at a place that the caller has authorised."""
    invitation = _open(actor, invitation_id, partner_id)
    cards = check_giving(actor, roles=invitation.roles, partner_id=invitation.partner_id)
    _check_door(actor, [], partner_id)
    rules = rules_now(actor=actor)
    _check_domain(rules, invitation.email, cards)
    _count_letter(actor, invitation.email, partner_id)
    now = timezone.now()
    with as_sign_in(actor):
        invitation.letters, invitation.sent_at = invitation.letters + 1, now
        invitation.digest = digest_of(token_made(invitation))
        invitation.expires_at = now + timedelta(days=rules.invitation_days)
        invitation.save(update_fields=["letters", "digest", "sent_at", "expires_at"])
    publish(
        InvitationResent(
            subject_id=invitation.pk, partner_id=invitation.partner_id, expires_at=invitation.expires_at,
            letter=invitation.letters,
        ),
        actor=actor,
    )  # fmt: skip
    return invitation


@transaction.atomic
def invitation_change(
    *, actor: Actor, invitation_id: UUID | str, study_ids: Sequence[UUID], studies_until: datetime | None, seen: str = ""
) -> Invitation:
    """Opens other studies, or until another moment (None: without end), to the specialist whom a waiting invitation is for. Its letter
    and its link stay good. ``seen`` is the ``Invitation.studies_state`` that was looked at, where that is to be the one that is changed.

    Raises Denied, NotFound, Invalid (``studies``, ``studies_until``), Conflict for one that was accepted or taken back, or (``stale_edit``)
    changed meanwhile. Publishes InvitationChanged when that changed anything.
    """
    authorize(actor, "accounts.person:invite")
    invitation = _open(actor, invitation_id, actor.partner_id)
    if seen and seen != invitation.studies_state:
        raise stale_setting(actor=actor, subject_type="invite", subject_id=invitation.pk)
    cards = check_giving(actor, roles=invitation.roles, partner_id=invitation.partner_id)
    studies = list(dict.fromkeys(study_ids))
    wanted = Invited(email=invitation.email, name=invitation.name, study_ids=studies, studies_until=studies_until)
    _check_studies(actor, cards, wanted, named=invitation.study_ids)
    before = invitation.studies_state
    invitation.study_ids, invitation.studies_until = studies, studies_until
    archived_told(actor=actor, invitations=[invitation])
    if invitation.studies_state == before:
        return invitation
    with as_sign_in(actor):
        invitation.save(update_fields=["study_ids", "studies_until"])
    publish(
        InvitationChanged(
            subject_id=invitation.pk, partner_id=invitation.partner_id, studies=len(studies), until=studies_until
        ),
        actor=actor,
    )
    return invitation


@transaction.atomic
def invitation_revoke(*, actor: Actor, invitation_id: UUID | str) -> Invitation:
    """Takes an invitation back at once. Raises Denied, NotFound, Conflict as above. Publishes InvitationRevoked."""
    authorize(actor, "accounts.person:invite")
    return invitation_withdraw(actor=actor, invitation_id=invitation_id, partner_id=actor.partner_id)


@transaction.atomic
def invitation_withdraw(*, actor: Actor, invitation_id: UUID | str, partner_id: UUID | None) -> Invitation:
    """The same at a place that the caller has authorised."""
    invitation = _open(actor, invitation_id, partner_id)
    with as_sign_in(actor):
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
    publish(InvitationRevoked(subject_id=invitation.pk, partner_id=invitation.partner_id), actor=actor)
    return invitation


def _check_door(actor: Actor, cards: Sequence[Card], partner_id: UUID | None) -> None:
    """Raises Conflict at the closed door of a partner that has left, Invalid for a role that nobody is invited to behind this one."""
    if partner_id is None:
        return
    with as_sign_in(actor):
        door = Organisation.objects.values_list("door", flat=True).get(pk=partner_id)
    offered = roles_behind(door)
    if not offered:
        raise Conflict("door_closed", _("This partner has left: its portal is closed."))
    if any(card.base not in offered for card in cards):
        words = (
            _("This company is in recruitment: its people come in as candidates.")
            if door == Door.CANDIDATE
            else _("This company is a partner: its people come in with a partner’s roles.")
        )
        raise Invalid("role_of_another_door", words, field="roles")


def _check_studies(actor: Actor, cards: Sequence[Card], invited: Invited, *, named: Sequence[UUID] = ()) -> None:
    """Raises Invalid for studies given to anybody but a specialist, and for a specialist without a study that stands; Denied to whoever may
    not share answers themselves. What an invitation ``named`` already and was archived meanwhile may stay: it opens nothing."""
    if not any(card.base is Role.SPECIALIST for card in cards):
        if invited.study_ids or invited.studies_until:
            raise Invalid("not_for_this_role", _("Studies are for outside specialists."), field="studies")
        return
    if not invited.study_ids:
        raise Invalid("required", _("Choose at least one study: a specialist sees nothing else."), field="studies")
    authorize(actor, SHARING)
    kept = studies_archived(actor, [key for key in invited.study_ids if key in named])
    if not set(invited.study_ids) <= {*study_titles(actor, invited.study_ids), *kept}:
        raise Invalid("unknown_study", _("There is no such study, or it is not yours to share."), field="studies")
    if invited.studies_until is not None and invited.studies_until <= timezone.now():
        raise Invalid("past", _("Choose a day in the future."), field="studies_until")


def _check_address(email: str) -> None:
    """Raises Invalid for an address to which no letter can be written."""
    try:
        mail_address(email)
    except ValidationError as error:
        raise Invalid("not_mailable", error.messages[0], field="email") from error


def _check_domain(rules: Rules, email: str, cards: Sequence[Card]) -> None:
    """Raises Invalid for one of the vendor's own people at an address of another domain than the rules name."""
    is_ours = any(card.base in VENDOR_ROLES for card in cards)
    if is_ours and rules.invitation_domains and domain_of(email) not in rules.invitation_domains:
        words = _("Our own people are invited at: %(domains)s.") % {"domains": ", ".join(rules.invitation_domains)}
        raise Invalid("other_domain", words, field="email")


def _count_letter(actor: Actor, email: str, partner_id: UUID | None) -> None:
    """Raises TooOften once an address has had from this place, or somebody has sent, as many letters as an hour allows."""
    to = f"{partner_id or 'vendor'} {email.strip().casefold()}"
    LETTERS_TO.use_or_refuse(to, _("This address was invited several times just now: wait an hour."))
    if actor.user_id is not None:
        LETTERS_FROM.use_or_refuse(str(actor.user_id), _("You invited very many people just now: wait an hour."))


def _open(actor: Actor, invitation_id: UUID | str, partner_id: UUID | None) -> Invitation:
    key = typeid_key(Invitation.typeid_prefix, invitation_id)
    with as_sign_in(actor):
        invitation = Invitation.objects.select_for_update().filter(pk=key, partner_id=partner_id).first()
    if invitation is None:
        raise NotFound
    if invitation.state in {"accepted", "revoked"}:
        raise Conflict("not_open", _("This invitation was accepted or taken back."))
    return invitation
