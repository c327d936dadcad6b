"""What every template knows: the actor and the shell around the page."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language

from prm.access.actors import GUEST_DOOR, PORTAL_DOOR, ROLE_LABELS, ROLE_WORDS, VENDOR_DOOR, Actor, Role, anonymous_actor
from prm.core.registry import Registry
from prm.ui import nav
from prm.ui.portal_shell import Mark, mark_of, tabs_for
from prm.ui.preferences import DENSITIES, THEMES, Choice, cookie_name

# Links of my menu: registered by the packages that own the pages, as NavItem of Stage.HOME.
me_links: Registry[nav.NavItem] = Registry("ui.me_links", key=lambda item: item.url_name, order=lambda item: item.order)


class Shell:
    """The frame of one answer. Each part is worked out when a template asks for it, so fragments pay for nothing."""

    def __init__(self, request: HttpRequest, actor: Actor) -> None:
        self._request, self._actor = request, actor

    @property
    def vendor(self) -> str:
        return str(settings.VENDOR_NAME)

    @property
    def signed_in(self) -> bool:
        return not self._actor.is_anonymous

    @property
    def language(self) -> str:
        return (get_language() or settings.LANGUAGE_CODE)[:2]

    @property
    def zone(self) -> str:
        """The zone in which every time of the page is told."""
        return str(timezone.get_current_timezone_name())

    @property
    def languages(self) -> list[tuple[str, str]]:
        """Code and its own name: nobody looks for a language under another language's word."""
        return [(code, {"en": "English", "fr": "Français"}.get(code, code)) for code, _name in settings.LANGUAGES]

    @property
    def themes(self) -> tuple[Choice, ...]:
        return THEMES

    @property
    def densities(self) -> tuple[Choice, ...]:
        return DENSITIES

    @cached_property
    def theme(self) -> str:
        return self._preference("theme", THEMES, "system")

    @cached_property
    def density(self) -> str:
        return self._preference("density", DENSITIES, "normal")

    @property
    def role(self) -> str:
        """The widest role of the person, in the words of whoever works where it is held."""
        words = ROLE_LABELS | ROLE_WORDS if self.in_portal else ROLE_LABELS
        return self._actor.role_name or next((str(words[role]) for role in Role if role in self._actor.roles), "")

    @property
    def frame(self) -> str:
        """The template that a state page stands in: the shell for people of the vendor, a page alone for others."""
        if not self.signed_in:
            return "base_alone.html"
        return "base_portal.html" if self.in_portal else "base.html"

    @property
    def has_palette(self) -> bool:
        """Whether the person searches the product: the vendor's people do."""
        return self._actor.kind in VENDOR_DOOR

    @property
    def place(self) -> str:
        """The key of the place that the person works for now (``Actor.places``)."""
        return str(self._actor.partner_id or self._actor.kind.value)

    @property
    def who(self) -> str:
        """Whose hands these are: one key for each person at each place, so that what is kept on the device is theirs alone."""
        return str(self._actor.person_id or "")

    @property
    def in_portal(self) -> bool:
        """Whether the person came in by the portal's door."""
        return self._actor.kind in PORTAL_DOOR

    @cached_property
    def home(self) -> str:
        """The person's own home."""
        return reverse("portal:home") if self.in_portal else "/"

    @cached_property
    def bell(self) -> dict[str, str]:
        """Where the person's notifications are and how many are unread; empty for whoever gets none."""
        if not self._actor.may("notifications.notification:view"):
            return {}
        door = "portal" if self.in_portal else "vendor"
        try:
            return {name: reverse(f"{door}:notifications:{name}") for name in ("list", "count")}
        except NoReverseMatch:  # a process of the other door
            return {}

    @cached_property
    def tabs(self) -> list[dict[str, Any]]:
        """The portal's tabs."""
        return tabs_for(self._actor, self._page) if self.in_portal else []

    @cached_property
    def mark(self) -> Mark | None:
        """The mark of the partner that the person comes in for. One query."""
        return mark_of(self._actor) if self.in_portal else None

    @cached_property
    def nav(self) -> list[dict[str, Any]]:
        return nav.groups_for(self._actor, self._page) if self._actor.kind in GUEST_DOOR else []

    @property
    def _page(self) -> str:
        match = self._request.resolver_match
        return match.view_name if match else ""

    @cached_property
    def me_links(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        if not self.signed_in:
            return found
        for item in me_links:
            # What needs no permission is of one's own account, and for everybody.
            if item.permission and self._actor.kind not in VENDOR_DOOR:
                continue
            if item.permission and not self._actor.may(item.permission):
                continue
            try:
                found.append({"label": item.label, "icon": item.icon, "url": reverse(item.url_name)})
            except NoReverseMatch:
                continue
        return found

    def _preference(self, name: str, allowed: tuple[Choice, ...], default: str) -> str:
        """What the person chose, else this browser's cookie."""
        user = getattr(self._request, "user", None)
        kept = getattr(user, name, "") if user is not None and user.is_authenticated else ""
        value = kept if kept and kept != default else self._request.COOKIES.get(cookie_name(name), "") or kept
        return value if any(value == choice.value for choice in allowed) else default


def shell(request: HttpRequest) -> dict[str, Any]:
    """``actor`` and ``shell`` for every template."""
    actor = getattr(request, "actor", None) or anonymous_actor()
    return {"actor": actor, "shell": Shell(request, actor)}
