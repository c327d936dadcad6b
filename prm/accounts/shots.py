"""Pages of people and keys that the sidebar does not lead to, for ``make shots``."""

from django.urls import reverse

from prm.access.actors import Role
from prm.ui.shots import Shot, register

register(Shot("people", lambda actor: reverse("vendor:accounts:member-list"), role=Role.ADMINISTRATOR))
register(Shot("people-add", lambda actor: reverse("vendor:accounts:member-add"), role=Role.ADMINISTRATOR))
register(Shot("people-not-allowed", lambda actor: reverse("vendor:accounts:member-list"), role=Role.MANAGER))
register(Shot("api-keys", lambda actor: reverse("vendor:accounts:api-key-list")))
