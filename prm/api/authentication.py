"""Who calls the API was resolved by the actor middleware; here it is refused or checked for forgery."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from prm.access.actors import Actor


class ActorAuthentication(authentication.SessionAuthentication):
    """A bearer key, or the session of a signed-in person; the latter only with the CSRF token of a page."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        actor: Actor = request._request.actor
        if actor.is_anonymous:
            if request.headers.get("Authorization"):
                raise exceptions.AuthenticationFailed(_("This key is wrong, expired or revoked."), code="bad_key")
            return None
        if actor.key_id is None:
            self.enforce_csrf(request)
        # The account, not the actor: DRF writes what it gets back onto the request that pages also see.
        return request._request.user, None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="PRM API"'
