"""Is it still you? Sensitive acts (``Policy.asks_again``, what opens the account) ask again when signing in is a while ago."""

from __future__ import annotations

import time
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from prm.access.actors import Actor
from prm.access.policies import asks_again
from prm.access.roles import as_sign_in


def is_confirmed(request: HttpRequest) -> bool:
    """Whether the person proved who they are within ``ACCOUNT_REAUTHENTICATION_TIMEOUT`` seconds: by signing in or by confirming."""
    if not request.user.is_authenticated:
        return False
    proofs = [record["at"] for record in get_authentication_records(request, request.user)]
    return bool(proofs) and time.time() - max(proofs) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def is_to_confirm(request: HttpRequest, permission: str) -> bool:
    """Whether an act under ``permission`` has to wait until the person proves that it is them: by page as by API. A key is nobody to
    ask: what it may not do alone, services say."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return asks_again(permission) and actor.key_id is None and not is_confirmed(request)


def took_second_step(request: HttpRequest) -> bool:
    """Whether this session was opened, or confirmed since, with a second factor or a passkey."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def note_second_step(request: HttpRequest, kind: str) -> None:
    """Whoever has just set a second factor up has just proved to hold it."""
    record_authentication(request, request.user, "mfa", type=kind)


def ask_again(request: HttpRequest, back_to: str) -> HttpResponseBase:
    """To the page "Is it you?", which leads to ``back_to``. Somebody with neither password nor second factor signs in anew."""
    with as_sign_in():
        ways = get_reauthentication_flows(request.user)
    if ways:
        return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{urlencode({REDIRECT_FIELD_NAME: back_to})}")
    logout(request)
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({REDIRECT_FIELD_NAME: back_to, 'ended': 'again'})}")


def place_of(request: HttpRequest) -> str:
    """Where somebody is: the page that they asked for, or the one whose form they sent."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    return "/" + came_from.split("/", 3)[3] if came_from.count("/") > 2 else "/"
