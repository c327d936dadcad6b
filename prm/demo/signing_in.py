"""How Orvane's people come in: a role of its own in use, an example of a provider, invitations that wait or have ended."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_urlsafe

from django.utils import timezone

from prm.access.abilities import keys_of
from prm.access.actors import Role
from prm.access.policies import permissions_of
from prm.access.roles import as_role, as_sign_in
from prm.accounts.models import CustomRole, Invitation
from prm.accounts.selectors.members import member_list
from prm.accounts.services.invitations import Invited, invitation_send
from prm.accounts.services.members import member_set_roles
from prm.accounts.services.providers import Wanted, provider_add
from prm.accounts.services.roles import custom_role_make
from prm.core.text import text_key
from prm.demo.accounts import actor_at, demo_actor
from prm.demo.registry import WorldContext, register_world
from prm.demo.world.people import PARTNER_MEMBERS
from prm.partners.models import Partner

#: Whom Orvane invited, and how many days ago; a link works for seven.
_OURS = (("Jonas Keller", "manager", "en", 6), ("Aurélie Blanchet", "channel_marketing", "fr", 9))
_THEIRS = (("Gwenaël Le Bihan", "partner_technical", 2), ("Solène Caradec", "partner_marketing", 11))


def _is_there(context: WorldContext) -> bool:
    with as_sign_in():
        return CustomRole.objects.exists()


@register_world("accounts.signing_in", order=480, is_there=_is_there, whole=False)
def build(context: WorldContext) -> str:
    """One of each that the settings pages show."""
    marc = demo_actor("tessier")
    boss = next(member for member in PARTNER_MEMBERS if member.role == Role.PARTNER_ADMINISTRATOR)
    with as_role(context.actor):
        partner = Partner.objects.filter(company__name=boss.company).first()
    with as_role(marc):
        reads = {
            key for key in keys_of(permissions_of({Role.MANAGER})) if key.rpartition(":")[2] in {"view", "export", "edit"}
        }
        role = custom_role_make(actor=marc, name="Partner care", base=Role.MANAGER, abilities=reads)
        lukas = next(member for member in member_list(actor=marc) if member.name == "Lukas Brandt")
        member_set_roles(actor=marc, person_id=lukas.person_id, roles=[Role.MANAGER, role.public_id])
        example = Wanted(
            name="Example: Orvane Entra ID", domains=["sso.orvane.example"], issuer="https://login.sso.orvane.example",
            client_id="example-client", secret=token_urlsafe(16),
        )  # fmt: skip
        provider_add(actor=marc, kind="oidc", partner_id=None, wanted=example)
        for name, code, language, days in _OURS:
            invited = Invited(email=_address(name, "orvane.example"), name=name, roles=[code], language=language)
            _sent_before(invitation_send(actor=marc, invited=invited), days)
    if partner is not None:
        yann = actor_at(boss.email, partner.pk)
        with as_role(yann):
            for name, code, days in _THEIRS:
                invited = Invited(email=_address(name, boss.email.rpartition("@")[2]), name=name, roles=[code], language="fr")
                _sent_before(invitation_send(actor=yann, invited=invited), days)
    return "a role, a provider, invitations"


def _address(name: str, domain: str) -> str:
    return f"{text_key(name).replace(' ', '.')}@{domain}"


def _sent_before(invitation: Invitation, days: int) -> None:
    """As if it had been sent so many days ago."""
    ago = timedelta(days=days)
    with as_sign_in():
        Invitation.objects.filter(pk=invitation.pk).update(
            created_at=timezone.now() - ago, sent_at=timezone.now() - ago, expires_at=invitation.expires_at - ago
        )
