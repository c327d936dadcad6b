"""Coming in (G4): by an invitation's link, or by a provider. There is one way in, ``_take_in``, whatever the door was.

An answer of a provider opens an account that it opened before, or the one of its address: only where the provider says that the
address is verified, the administrator gave it the address's domain, and the account comes in nowhere but where the provider's people do.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor, Role
from prm.access.roles import as_sign_in, as_system
from prm.accounts.events import InvitationAccepted
from prm.accounts.models import Invitation, Membership, Person, SignInProvider, StudyPass, User
from prm.accounts.places import SPECIALIST, VENDOR
from prm.accounts.rules.keys import digest_of
from prm.accounts.rules.providers import domain_of
from prm.accounts.selectors.actors import actor_of_user_id
from prm.accounts.services.accounts import Account, account_give
from prm.accounts.services.withdrawing import may_still_invite
from prm.core.errors import Conflict, Denied, NotFound
from prm.events.publishing import publish


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """Who came in, and where to."""

    user: User
    place: str


def invitation_accept(*, actor: Actor, token: str, user_id: UUID | None = None, password: str | None = None) -> Accepted:
    """Comes in by an invitation: with the account ``user_id``, or with a new one for the invited address, which the link has proved.

    Works once, whoever is faster. Raises NotFound for a link that opens nothing, and where whoever sent it may invite no more; Conflict
    when the address has an account and nobody is signed in. Publishes MemberAdded, InvitationAccepted.
    """
    with as_system("an invitation is accepted") as system:
        with as_sign_in():
            # Locked: two browsers with the same link come one after the other, and the second finds it used.
            invitation = Invitation.objects.select_for_update().filter(digest=digest_of(token)).first()
            if invitation is None or invitation.state != "open" or not may_still_invite(actor=system, invitation=invitation):
                raise NotFound
            user = User.objects.filter(pk=user_id, is_active=True).first() if user_id else None
            if user is None and User.objects.filter(email__iexact=invitation.email).exists():
                raise Conflict("sign_in_first", _("This address has an account. Sign in to accept."))
        # An account that is there already may be of another company, whose address is not this one's to read.
        account = Account(
            email=user.email if user is not None else invitation.email, name=invitation.name, password=password,
            language=invitation.language, known_by=invitation.email,
        )  # fmt: skip
        user = _take_in(
            system, account, roles=invitation.roles, partner_id=invitation.partner_id, proved=invitation.email,
            invitation=invitation,
        )  # fmt: skip
    return Accepted(user=user, place=_place(invitation))


def _take_in(
    system: Actor, account: Account, *, roles: list[str], partner_id: UUID | None, proved: str,
    invitation: Invitation | None = None,
) -> User:  # fmt: skip
    """The account that comes in now: with these roles there, the address that was ``proved``, and what ``invitation`` opens besides; that
    is used by it. Publishes MemberAdded, InvitationAccepted."""
    person = account_give(actor=system, account=account, roles=roles, partner_id=partner_id)
    Person.objects.visible_to(system).filter(pk=person.pk).update(archived_at=None)
    with as_sign_in():
        user = User.objects.get(email__iexact=account.email)
        EmailAddress.objects.filter(user=user, email__iexact=proved).update(verified=True)
        if invitation is not None:
            # Studies are a specialist's: an invitation to anything else opens none, whatever it says.
            is_specialist = invitation.partner_id is None and Role.SPECIALIST in invitation.roles
            for study_id in invitation.study_ids if is_specialist else ():
                StudyPass.objects.update_or_create(
                    user=user, study_id=study_id, defaults={"valid_until": invitation.studies_until}
                )
            invitation.accepted_at, invitation.accepted_by = timezone.now(), user
            invitation.save(update_fields=["accepted_at", "accepted_by"])
    if invitation is not None:
        who = actor_of_user_id(user.pk, _place(invitation)) or system
        publish(InvitationAccepted(subject_id=invitation.pk, partner_id=partner_id, person_id=person.pk), actor=who)
    return user


def _place(invitation: Invitation) -> str:
    if invitation.partner_id is not None:
        return str(invitation.partner_id)
    return SPECIALIST if invitation.roles == [Role.SPECIALIST] else VENDOR


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a provider said of somebody. ``subject`` is its own, lasting name for them."""

    subject: str
    email: str
    is_verified: bool
    name: str = ""
    language: str = "en"


@dataclass(frozen=True, kw_only=True)
class CameIn:
    """The account that an answer opens, its link to the provider, and whether that link is new to somebody who had an account."""

    user: User
    link: SocialAccount
    is_newly_linked: bool


def provider_come_in(*, actor: Actor, provider: SignInProvider, answer: Answer) -> CameIn:
    """Opens an account, or makes one where the provider may. Raises Denied with a code and words for whoever is refused.

    Publishes MemberAdded and InvitationAccepted where somebody was let in.
    """
    with as_system("somebody comes in by a provider") as system:
        with as_sign_in():
            link = (
                SocialAccount.objects.filter(provider=provider.public_id, uid=answer.subject).select_related("user").first()
            )
        user = link.user if link is not None else _user_of_address(provider, answer)
        is_known = user is not None
        if user is not None:
            _check_user(provider, user)
        if user is None or not _comes_in(provider, user):
            user = _let_in(system, provider, answer, user)
        if link is None:
            with as_sign_in():
                link = SocialAccount.objects.create(provider=provider.public_id, uid=answer.subject, user=user)
            return CameIn(user=user, link=link, is_newly_linked=is_known)
    return CameIn(user=user, link=link, is_newly_linked=False)


def _user_of_address(provider: SignInProvider, answer: Answer) -> User | None:
    """The account of the address, once it is sure that the provider may speak for it. Raises Denied."""
    _check_domain(provider, answer.email)
    if not answer.is_verified:
        raise Denied("unverified", _("Your company’s sign-in does not say that your e-mail address is verified."))
    with as_sign_in():
        return User.objects.filter(email__iexact=answer.email).first()


def _check_domain(provider: SignInProvider, email: str) -> None:
    if domain_of(email) not in {domain.domain for domain in provider.domains.all()}:
        raise Denied("other_domain", _("This sign-in is for other e-mail addresses than yours."))


def _check_user(provider: SignInProvider, user: User) -> None:
    """Raises Denied for an account that was closed, or that also comes in where this provider has nothing to say."""
    if not user.is_active:
        raise Denied("ended", _("Your access has ended. Ask whoever gave it to you."))
    _check_domain(provider, user.email)
    if provider.partner_id is not None:
        with as_sign_in():
            elsewhere = Membership.objects.filter(user=user).exclude(partner_id=provider.partner_id).exists()
        if elsewhere:
            raise Denied("other_places", _("Your account works for others too: sign in with your password or passkey."))


def _comes_in(provider: SignInProvider, user: User) -> bool:
    with as_sign_in():
        return Membership.objects.filter(user=user, partner_id=provider.partner_id).exists()


@transaction.atomic
def _let_in(system: Actor, provider: SignInProvider, answer: Answer, user: User | None) -> User:
    """By an invitation that waits, else, where the provider lets everybody in, with its role. Raises Denied.

    The address is that of the account; without one, that of the answer, which was verified.
    """
    address = user.email if user is not None else answer.email
    with as_sign_in():
        waiting = Invitation.objects.select_for_update().filter(
            email__iexact=address, partner_id=provider.partner_id, accepted_at__isnull=True, revoked_at__isnull=True,
            expires_at__gt=timezone.now(),
        )  # fmt: skip
        invitation = waiting.exclude(roles__contains=[Role.SPECIALIST.value]).first()
        if invitation is not None and not may_still_invite(actor=system, invitation=invitation):
            invitation = None
    if invitation is None:
        ended = user is not None and (
            Person.objects.visible_to(system)
            .filter(user_id=user.pk, partner_id=provider.partner_id, archived_at__isnull=False)
            .exists()
        )
        if provider.lets_in != SignInProvider.LetsIn.ANYBODY or ended:
            raise Denied("not_invited", _("You are not invited yet. Ask whoever looks after access in your company."))
    account = Account(
        email=address, name=(invitation.name if invitation else answer.name) or address,
        language=invitation.language if invitation else answer.language,
    )  # fmt: skip
    return _take_in(
        system, account, roles=invitation.roles if invitation else [provider.role], partner_id=provider.partner_id,
        proved=address, invitation=invitation,
    )  # fmt: skip
