"""Coming in by a provider: whose account an answer opens, and whom it lets in who has none (G4).

An answer opens an account that it opened before, or the one of its address: only where the provider says that the address is verified, the
administrator gave it the address's domain, and the account comes in nowhere but where the provider's people do.
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
from prm.accounts.models import Invitation, Membership, Person, SignInProvider, User
from prm.accounts.rules_providers import domain_of
from prm.accounts.services import Account, account_give
from prm.core.errors import Denied
from prm.events.publishing import publish


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
    roles = invitation.roles if invitation else [provider.role]
    person = account_give(actor=system, account=account, roles=roles, partner_id=provider.partner_id)
    Person.objects.visible_to(system).filter(pk=person.pk).update(archived_at=None)
    with as_sign_in():
        found = User.objects.get(email__iexact=account.email)
        EmailAddress.objects.filter(user=found, email__iexact=address).update(verified=True)
        if invitation is not None:
            invitation.accepted_at, invitation.accepted_by = timezone.now(), found
            invitation.save(update_fields=["accepted_at", "accepted_by"])
    if invitation is not None:
        _tell(system, invitation.pk, invitation.partner_id, person.pk)
    return found


def _tell(system: Actor, invitation_id: UUID, partner_id: UUID | None, person_id: UUID) -> None:
    publish(InvitationAccepted(subject_id=invitation_id, partner_id=partner_id, person_id=person_id), actor=system)
