"""The first of the two questions of access: does the actor hold the permission at all? Rows are the policy's answer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions, permissions
from rest_framework.request import Request

from prm.access.confirming import is_to_confirm
from prm.access.pages import SAFE
from prm.api.problems import ReauthenticationRequired

# An action that every caller with a key or a session may use.
SIGNED_IN = "signed_in"


class ScopedPermission(permissions.BasePermission):
    """Asks for the permission that the view's class names for the action."""

    def has_permission(self, request: Request, view: Any) -> bool:
        actor = request._request.actor
        if actor.is_anonymous:
            raise exceptions.NotAuthenticated(
                _("Send an API key: Authorization: Bearer prm_live_…"), code="not_authenticated"
            )
        if not view.is_for(actor.kind, view.action):
            raise exceptions.NotFound
        needed = view.permissions.get(view.action, "")
        if needed == SIGNED_IN or (needed and actor.may(needed)):
            if request.method not in SAFE and is_to_confirm(request._request, needed):
                raise ReauthenticationRequired
            return True
        if view.action in {None, "", "metadata"}:  # a method that the address does not have, told as 405; and OPTIONS
            return True
        detail = _("This key or role does not include %(permission)s.") % {"permission": needed}
        raise exceptions.PermissionDenied(detail, code="not_allowed")
