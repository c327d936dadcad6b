"""Pages of people and keys that the sidebar does not lead to, for ``make shots``."""

from __future__ import annotations

from django.urls import reverse

from prm.access.actors import Actor, Role
from prm.accounts.selectors.members import member_list
from prm.accounts.selectors.providers import provider_list
from prm.accounts.selectors.roles import custom_role_list
from prm.ui.shots import Shot, register


def _colleague(actor: Actor, page: str) -> str | None:
    """A page about the first of the people beside whoever looks."""
    others = [member for member in member_list(actor=actor) if member.person_id != actor.person_id]
    return reverse(page, args=[others[0].public_id]) if others else None


def _provider(actor: Actor) -> str | None:
    found = provider_list(actor=actor)
    return reverse("vendor:accounts:provider-detail", args=[found[0].public_id]) if found else None


def _role(actor: Actor) -> str | None:
    found = custom_role_list(actor=actor)
    return reverse("vendor:accounts:role-detail", args=[found[0].public_id]) if found else None


register(Shot("people", lambda actor: reverse("vendor:accounts:member-list"), role=Role.ADMINISTRATOR))
register(Shot("people-add", lambda actor: reverse("vendor:accounts:member-add"), role=Role.ADMINISTRATOR))
register(Shot("people-not-allowed", lambda actor: reverse("vendor:accounts:member-list"), role=Role.MANAGER))
for name, page in (("sign-in-settings", "provider-list"), ("sign-in-rules", "sign-in-rules"), ("provider-add", "provider-add"),
                   ("roles", "role-list"), ("role-make", "role-make"), ("invitations", "invitation-list")):  # fmt: skip
    register(Shot(name, lambda actor, page=page: reverse(f"vendor:accounts:{page}"), role=Role.ADMINISTRATOR))  # type: ignore[misc]
register(Shot("sign-in-company", "/accounts/company/", signed_in=False))
register(Shot("api-keys", lambda actor: reverse("vendor:accounts:api-key-list")))
for name, page in (("people-roles", "member-roles"), ("people-erase", "person-erase")):
    register(
        Shot(name, lambda actor, page=page: _colleague(actor, f"vendor:accounts:{page}"), role=Role.ADMINISTRATOR)  # type: ignore[misc]
    )
register(Shot("provider", _provider, role=Role.ADMINISTRATOR))
register(Shot("role", _role, role=Role.ADMINISTRATOR))
register(Shot("portal-person", lambda actor: _colleague(actor, "portal:people-detail"), role=Role.PARTNER_ADMINISTRATOR))
register(Shot("portal-api-keys", "/portal/api-keys", role=Role.PARTNER_ADMINISTRATOR))
