"""Pages of people and keys that the sidebar does not lead to, for ``make shots``."""

from django.urls import reverse

from prm.access.actors import Role
from prm.ui.shots import Shot, register

register(Shot("people", lambda actor: reverse("vendor:accounts:member-list"), role=Role.ADMINISTRATOR))
register(Shot("people-add", lambda actor: reverse("vendor:accounts:member-add"), role=Role.ADMINISTRATOR))
register(Shot("people-not-allowed", lambda actor: reverse("vendor:accounts:member-list"), role=Role.MANAGER))
for name, page in (("sign-in-settings", "provider-list"), ("sign-in-rules", "sign-in-rules"), ("provider-add", "provider-add"),
                   ("roles", "role-list"), ("role-make", "role-make"), ("invitations", "invitation-list")):  # fmt: skip
    register(Shot(name, lambda actor, page=page: reverse(f"vendor:accounts:{page}"), role=Role.ADMINISTRATOR))  # type: ignore[misc]
register(Shot("sign-in-company", "/accounts/company/", signed_in=False))
register(Shot("api-keys", lambda actor: reverse("vendor:accounts:api-key-list")))
