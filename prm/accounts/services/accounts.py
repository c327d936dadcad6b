"""Writing accounts: people, their roles, their preferences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from prm.access.actors import Actor, Role
from prm.access.policies import authorize
from prm.access.roles import as_sign_in
from prm.accounts.events import MemberAdded
from prm.accounts.giving import check_side
from prm.accounts.models import Membership, Person, User
from prm.accounts.selectors.roles import cards_behind
from prm.core.errors import Conflict, Denied
from prm.core.validation import validate
from prm.events.publishing import publish


@transaction.atomic
def member_add(
    *, actor: Actor, email: str, name: str, roles: Iterable[str], password: str | None = None, language: str = "en",
    is_new: bool = False,
) -> Person:  # fmt: skip
    """Adds a person of the vendor with an account and roles (G4). An existing account gets the roles it lacks; with ``is_new`` it is
    refused, also one that somebody else makes at the same moment.

    ``password`` None makes an account that must choose one through the reset e-mail. Raises Denied, Invalid, Conflict.
    Publishes MemberAdded when that gave an account or a role.
    """
    authorize(actor, "accounts.person:invite")
    wanted = list(roles)
    if Role.ADMINISTRATOR in wanted and not actor.is_system and Role.ADMINISTRATOR not in actor.roles:
        raise Denied("not_allowed", _("Only an administrator makes another administrator."))
    account = Account(email=email, name=name, password=password, language=language)
    return account_give(actor=actor, account=account, roles=wanted, is_new=is_new)


@dataclass(frozen=True, kw_only=True)
class Account:
    """Whom an account is made for. ``known_by``: the address at which the place knows them, where it is another than the account's."""

    email: str
    name: str
    password: str | None = None
    language: str = "en"
    known_by: str = ""


@transaction.atomic
def account_give(
    *, actor: Actor, account: Account, roles: Iterable[str], partner_id: UUID | None = None, is_new: bool = False
) -> Person:
    """An account with these roles at one place: the vendor, or the partner with this id, which has an ``Organisation``. Its person there.

    The caller has authorised it. Raises Invalid for a role of the other side, Conflict as ``member_add``. Publishes MemberAdded.
    """
    wanted = cards_behind(actor=actor, codes=roles)
    check_side(wanted, partner_id=partner_id, field="role")
    with as_sign_in():
        user = User.objects.filter(email__iexact=account.email).first()
        if user is not None and is_new:
            raise _known_address()
        is_known = user is not None
        if user is None:
            try:
                with transaction.atomic():
                    user = User.objects.create_user(email=account.email, password=account.password, language=account.language)
            except IntegrityError as error:
                raise _known_address() from error
        EmailAddress.objects.get_or_create(
            user=user, email=user.email, defaults={"verified": account.password is not None, "primary": True}
        )
        held = [
            Membership.objects.get_or_create(user=user, role=card.base, custom_id=card.custom_id, partner_id=partner_id)
            for card in wanted
        ]
    person = Person.objects.visible_to(actor).filter(user_id=user.pk, partner_id=partner_id).first()
    if person is None:
        email = account.known_by or user.email
        person = Person(user_id=user.pk, partner_id=partner_id, name=account.name, email=email)
        validate(person, exclude=["name_key", "user", "partner"], constraints=False)
        person.save()
    given = [membership.code for membership, is_given in held if is_given]
    if given or not is_known:
        publish(MemberAdded(subject_id=person.pk, partner_id=partner_id, roles=given), actor=actor)
    return person


def _known_address() -> Conflict:
    return Conflict("known_address", _("Somebody with this address has an account already."), field="email")


def preferences_update(*, actor: Actor, language: str = "", theme: str = "", density: str = "") -> None:
    """Keeps how a person likes the product to look. Empty values stay as they are."""
    changes = {k: v for k, v in {"language": language, "theme": theme, "density": density}.items() if v}
    if actor.user_id and changes:
        with as_sign_in():
            user = User.objects.get(pk=actor.account_id)
            for field, value in changes.items():
                setattr(user, field, value)
            validate(user, exclude=["password"])
            user.save(update_fields=list(changes))
