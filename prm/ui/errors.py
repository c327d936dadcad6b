"""Error pages of the whole site (``handler404`` and friends in ``prm.urls``): state pages with one next step."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from prm.core.errors import DomainError


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what arrived cannot be read."""
    return render(request, "errors/400.html", {"refusal": _refusal(exception)}, status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: seen, but not allowed."""
    return render(request, "errors/403.html", {"refusal": _refusal(exception)}, status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: does not exist, or is not this person's to see."""
    return render(request, "errors/404.html", {"refusal": _refusal(exception)}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: ours. Rendered without the request, so that nothing that failed is asked again."""
    return HttpResponse(
        render_to_string("errors/500.html", {"shell": {"vendor": "", "theme": "system", "language": "en"}}), status=500
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was open too long (settings.CSRF_FAILURE_VIEW)."""
    return render(request, "errors/csrf.html", status=403)


def _refusal(exception: Any) -> DomainError | None:
    return exception if isinstance(exception, DomainError) else None
