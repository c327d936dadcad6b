"""Who asks: the actor of a request, from an API key or a session, resolved before any role is taken."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation

from prm.access.actors import Actor, anonymous_actor
from prm.access.confirming import place_of, took_second_step
from prm.access.pages import SAFE
from prm.accounts.places import SESSION_KEY
from prm.accounts.selectors.actors import actor_behind, api_key_of, standing_of_user
from prm.accounts.selectors.invitations import inviter_of
from prm.accounts.selectors.security import is_second_step_required
from prm.accounts.services.keys import key_touch
from prm.accounts.sessions import stays_at
from prm.ui.errors import csrf_failure

API_PREFIX = "/api/"
SIGN_IN_PREFIX = "/accounts/"
LANGUAGE_COOKIE = "prm_language"
#: What is the same wherever somebody acts: signing out, an invitation, how the product looks, answers by a link.
OF_NO_PLACE = (f"{SIGN_IN_PREFIX}logout/", f"{SIGN_IN_PREFIX}invitation/", "/preferences", "/q/", settings.STATIC_URL)


def needs_second_step(request: HttpRequest, actor: Actor) -> bool:
    """Whether this session opens nothing yet: a second step is required of the person, and it has not taken one."""
    if actor.is_anonymous or actor.key_id or request.path.startswith((SIGN_IN_PREFIX, "/preferences", settings.STATIC_URL)):
        return False
    rules = request.sign_in_rules  # type: ignore[attr-defined]
    return is_second_step_required(actor=actor, rules=rules) and not took_second_step(request)


def comes_in_nowhere(request: HttpRequest, actor: Actor) -> bool:
    """Whether an account is signed in that no place is open to, and asks for a page: signing out, an invitation that opens a place, and
    what is open to everybody it still reaches."""
    return actor.is_anonymous and request.user.is_authenticated and not request.path.startswith((*OF_NO_PLACE, API_PREFIX))


def is_of_before(request: HttpRequest) -> bool:
    """Whether something is sent that was opened at a place that is closed by now: it would be written at the place that is left."""
    return request.place_closed and request.method not in SAFE and not request.path.startswith(OF_NO_PLACE)  # type: ignore[attr-defined]


class ActorMiddleware:
    """Sets ``request.actor``, for a session ``request.sign_in_rules``, and the person's language.

    The API takes a bearer key, or the session of a signed-in person (then with the CSRF check of a page); a wrong key is
    nobody, never the session's person.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.place_closed = False  # type: ignore[attr-defined]
        actor = self._actor(request)
        request.actor = actor  # type: ignore[attr-defined]
        language = self._language(request, actor)
        if needs_second_step(request, actor):
            if not request.path.startswith(API_PREFIX):
                return redirect_to_login(place_of(request), reverse("account_second_step"))
            request.actor = actor = anonymous_actor(actor.language)  # type: ignore[attr-defined]
        with translation.override(language), timezone.override(settings.TIME_ZONE):
            request.LANGUAGE_CODE = language
            is_nowhere = comes_in_nowhere(request, actor)
            if is_nowhere:
                asked = inviter_of(actor=actor, user_id=request.user.pk)
                response: HttpResponseBase = render(request, "accounts/nowhere.html", {"asked": asked}, status=403)
            elif is_of_before(request):
                response = csrf_failure(request)
            else:
                response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if is_nowhere or not actor.is_anonymous or request.path.startswith(SIGN_IN_PREFIX):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def _actor(self, request: HttpRequest) -> Actor:
        header = request.headers.get("Authorization", "")
        if request.path.startswith(API_PREFIX) and header:
            scheme, _space, secret = header.partition(" ")
            key = api_key_of(secret.strip()) if scheme.lower() == "bearer" else None
            if key is None:
                return anonymous_actor()
            actor = actor_behind(key)
            key_touch(actor=actor, last_used_at=key.last_used_at)
            return actor
        if request.user.is_authenticated:
            actor, request.sign_in_rules = standing_of_user(  # type: ignore[attr-defined]
                request.user, request.session.get(SESSION_KEY, "")
            )
            if not actor.is_anonymous:
                request.place_closed = not stays_at(request, actor.place)  # type: ignore[attr-defined]
            return actor
        return anonymous_actor()

    def _language(self, request: HttpRequest, actor: Actor) -> str:
        """The person's own choice, else the cookie of this browser, else what the browser asks for."""
        if request.path.startswith(API_PREFIX):
            return translation.get_language_from_request(request)
        if not actor.is_anonymous:
            return actor.language
        cookie = request.COOKIES.get(LANGUAGE_COOKIE, "")
        return cookie if translation.check_for_language(cookie) else translation.get_language_from_request(request)
