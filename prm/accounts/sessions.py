"""How long a session lives: it ends after a while without activity, and at the latest after some days; told, with the way back."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.urls import reverse

from prm.access.actors import Actor, anonymous_actor
from prm.access.confirming import place_of
from prm.accounts.places import SESSION_KEY
from prm.accounts.rules.sign_in import Rules
from prm.accounts.selectors.sign_in_rules import rules_now
from prm.accounts.services.security import session_forget, session_touch

BEGAN, SEEN = "prm_began", "prm_seen"
API_PREFIX = "/api/"
#: Activity is noted once a minute: a write for every page would be one too many.
NOTED_EVERY = 60
#: What a page asks by itself, such as how many notifications there are, is no activity of the person.
IDLE_HEADER = "X-Idle"


def begin(request: HttpRequest) -> None:
    """Somebody has signed in: the clock of this session starts."""
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


def act_at(request: HttpRequest, place: str) -> None:
    """Lets the session act at a place. What other windows opened at the place before can be sent no more: it would be written here."""
    request.session[SESSION_KEY] = place
    rotate_token(request)


def stays_at(request: HttpRequest, place: str) -> bool:
    """Keeps where the session acts from its first request on, also for whoever never chose: a place that opens meanwhile, by another
    device, moves nobody. False where the one before is closed, and the session acts at another from now on."""
    before = request.session.get(SESSION_KEY, "")
    if not before:
        request.session[SESSION_KEY] = place
    elif before != place:
        act_at(request, place)
        return False
    return True


def ending_of(session: Any, now: float, *, idle: int, most: int) -> str:
    """Why a session is over: ``idle``, ``age``, or empty while it lives. ``idle`` and ``most`` are the limits in seconds."""
    if now - session.get(BEGAN, now) > most:
        return "age"
    return "idle" if now - session.get(SEEN, now) > idle else ""


class SessionLimitMiddleware:
    """Ends sessions that are over; notes that the others are alive. Stands after the actor and before the role is taken."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.get_response(request)
        actor: Actor = request.actor  # type: ignore[attr-defined]
        now = time.time()
        # A key that a browser sent along with its session has not asked for the session's rules.
        rules: Rules = getattr(request, "sign_in_rules", None) or rules_now(actor=actor)
        idle, most = rules.limits_of(actor)
        ending = ending_of(request.session, now, idle=idle, most=most)
        if ending:
            session_forget(actor=actor, session_key=request.session.session_key)
            logout(request)
            request.actor = anonymous_actor(actor.language)  # type: ignore[attr-defined]
            return self.get_response(request) if request.path.startswith(API_PREFIX) else _signed_out(request, ending)
        if BEGAN not in request.session:
            begin(request)
        elif now - request.session[SEEN] >= NOTED_EVERY and IDLE_HEADER not in request.headers:
            _note(request, now)
            ip = get_adapter().get_client_ip(request)
            agent = request.headers.get("User-Agent", "")
            session_touch(actor=actor, session_key=request.session.session_key, ip=ip, user_agent=agent)
        return self.get_response(request)


def _note(request: HttpRequest, now: float) -> None:
    """Writes at once that the session is alive. At the end of a slow request the whole session would be written as it was at its
    beginning, over the place that another window has chosen meanwhile."""
    request.session[SEEN] = int(now)
    try:
        request.session.save()
    except UpdateError as error:
        raise SessionInterrupted("The session was ended while the request began.") from error
    request.session.modified = False


def _signed_out(request: HttpRequest, ending: str) -> HttpResponseBase:
    """To the sign-in page, which says why, and from there back to where they were."""
    url = f"{reverse('account_login')}?{urlencode({'ended': ending, REDIRECT_FIELD_NAME: place_of(request)})}"
    if getattr(request, "htmx", None):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
