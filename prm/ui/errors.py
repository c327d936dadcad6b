"""Error pages of the whole site (``handler404`` and friends in ``prm.urls``): state pages with one next step."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, is_valid_path
from django.utils.http import escape_leading_slashes
from django.utils.translation import gettext as _

from prm.access.roles import as_role, is_in_role
from prm.core.errors import DomainError


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what arrived cannot be read; 413: it is more than may be sent."""
    if isinstance(exception, RequestDataTooBig):
        return _state_page(request, "errors/refused.html", 413, DomainError("too_large", _("The request is too large.")))
    return _state_page(request, "errors/400.html", 400, exception)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: seen, but not allowed."""
    return _state_page(request, "errors/403.html", 403, exception)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: does not exist, or is not this person's to see. An address that only has a slash too many or too few leads on."""
    other = request.path_info.rstrip("/") if request.path_info.endswith("/") else f"{request.path_info}/"
    if request.method in {"GET", "HEAD"} and isinstance(exception, Resolver404) and is_valid_path(other):
        query = request.META.get("QUERY_STRING", "")
        return HttpResponseRedirect(escape_leading_slashes(other) + (f"?{query}" if query else ""))
    return _state_page(request, "errors/404.html", 404, exception)


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429: asked too often, at sign-in."""
    return _state_page(request, "errors/429.html", 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: ours. Rendered without the request, so that nothing that failed is asked again."""
    return HttpResponse(
        render_to_string("errors/500.html", {"shell": {"vendor": "", "theme": "system", "language": "en"}}), status=500
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was open too long (settings.CSRF_FAILURE_VIEW)."""
    return _state_page(request, "errors/csrf.html", 403)


def _state_page(request: HttpRequest, template: str, status: int, exception: Exception | None = None) -> HttpResponse:
    """A state page. Addresses of sign-in are served without a database role (PRM_NO_ROLE_PREFIXES), and the shell around the state
    asks for the person's own work: it gets their role for that."""
    actor = getattr(request, "actor", None)
    with nullcontext() if actor is None or is_in_role() else as_role(actor):
        return render(request, template, {"refusal": _refusal(exception)}, status=status)


def _refusal(exception: Any) -> DomainError | None:
    return exception if isinstance(exception, DomainError) else None
