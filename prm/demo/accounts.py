"""Orvane's people and some of its partners' as accounts of the demo, and their passwords.

A password follows from this installation's own secret key, so that no two demos share one and none is stored in clear.
"""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from django.conf import settings

from prm.access.actors import Actor, Role
from prm.access.roles import as_sign_in
from prm.accounts.models import Person, User
from prm.accounts.selectors.actors import actor_of_user
from prm.accounts.services.accounts import member_add
from prm.demo.registry import WorldContext, register_world
from prm.demo.world.people import MEMBERS, PARTNER_MEMBERS, SPECIALISTS, Member, PartnerMember, Specialist

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def password_of(member: Member | PartnerMember | Specialist) -> str:
    """The demo password of somebody: four groups of four letters, easy to type."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"demo password of {member.email}".encode(), hashlib.sha256).digest()
    letters = [_LETTERS[byte % len(_LETTERS)] for byte in digest[:16]]
    return "-".join("".join(letters[n : n + 4]) for n in range(0, 16, 4))


def people_ids() -> dict[str, UUID]:
    """Member key → person id, of those that have an account."""
    by_email = dict(Person.objects.filter(email__in=[m.email for m in MEMBERS]).values_list("email", "id"))
    return {m.key: by_email[m.email] for m in MEMBERS if m.email in by_email}


def _is_there(context: WorldContext) -> bool:
    return len(people_ids()) == len(MEMBERS)


@register_world("accounts", order=100, is_there=_is_there)
def build(context: WorldContext) -> str:
    """The seven accounts of the demo."""
    for member in MEMBERS:
        person = member_add(
            actor=context.actor, email=member.email, name=member.name, roles=[Role(member.role)],
            password=password_of(member), language=member.language,
        )  # fmt: skip
        Person.objects.filter(pk=person.pk).update(title=member.title, phone=member.phone)
    return f"{len(MEMBERS)} accounts"


def demo_actor(key: str) -> Actor:
    """One of ours as an actor (``"rousset"``), for parts that act as people would."""
    member = next(m for m in MEMBERS if m.key == key)
    with as_sign_in():
        return actor_of_user(User.objects.get(email=member.email))


def actor_at(email: str, partner_id: UUID) -> Actor:
    """Somebody of a partner as an actor there."""
    with as_sign_in():
        return actor_of_user(User.objects.get(email=email), str(partner_id))


def passwords_renew() -> None:
    """Sets the passwords again where the installation's secret has changed since; others stay."""
    members = {member.email: member for member in (*MEMBERS, *PARTNER_MEMBERS, *SPECIALISTS)}
    with as_sign_in():
        for user in User.objects.filter(email__in=members):
            wanted = password_of(members[user.email])
            if not user.check_password(wanted):
                user.set_password(wanted)
                user.save(update_fields=["password"])
