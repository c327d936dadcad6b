"""Every refusal of the API as ``application/problem+json`` (RFC 9457): type, title, status, detail, instance, code, errors.

``type`` is the address of the code's description at the installation; ``instance`` is the request's id.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response

from prm.core.errors import DomainError, NotFound, TooOften
from prm.core.keyset import BadCursor

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
#: The page of codes, which whoever calls can open (``public.ProblemsPage``).
PROBLEMS = "/developers/problems"


class BadParameter(exceptions.APIException):
    """A parameter of the query string that is unknown or cannot be read; 400."""

    status_code = 400
    default_code = "bad_parameter"

    def __init__(self, name: str, code: str, detail: Any) -> None:
        super().__init__(detail, code="bad_parameter")
        self.errors = [{"parameter": name, "code": code, "detail": str(detail)}]


class PreconditionRequired(exceptions.APIException):
    """A change that does not say which state it changes; 428."""

    status_code = 428
    default_code = "precondition_required"


class PreconditionFailed(exceptions.APIException):
    """Somebody changed the record since it was read; 412."""

    status_code = 412
    default_code = "precondition_failed"


class ReauthenticationRequired(exceptions.APIException):
    """A sensitive act by a session whose person proved who they are too long ago; 403. ``confirm_at`` of the problem is where they do."""

    status_code = 403
    default_code = "reauthentication_required"
    default_detail = gettext_lazy("Confirm that it is you at the page “confirm_at”, then send this again.")


class FaultyBody(exceptions.ValidationError):
    """A body with fields that cannot be read; 422. ``refusal`` is what a service finds wrong with the others."""

    refusal: DomainError | None = None


def problem(
    request: HttpRequest, status: int, code: str, detail: str, errors: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """The body of a problem."""
    return {
        "type": f"{PROBLEMS}#{code}",
        "title": _title(status),
        "status": status,
        "detail": detail,
        "instance": getattr(request, "request_id", ""),
        "code": code,
        "errors": list(errors),
    }


def problem_answer(request: HttpRequest, status: int, code: str, detail: str) -> JsonResponse:
    """A whole answer, for refusals from outside the views."""
    return JsonResponse(problem(request, status, code, detail), status=status, content_type=MEDIA_TYPE)


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response:
    """Turns whatever a view raised into a problem; what nobody expected is logged and told as 500 without details."""
    request = context["request"]._request
    status, code, detail, errors, headers = _told(error)
    if status >= 500:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
    body = problem(request, status, code, detail, errors)
    if isinstance(error, ReauthenticationRequired):
        body["confirm_at"] = request.build_absolute_uri(reverse("account_reauthenticate"))
    return Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)


def _told(error: Exception) -> tuple[int, str, str, list[dict[str, Any]], dict[str, str]]:
    headers: dict[str, str] = {}
    if isinstance(error, DomainError):
        # What the address names and is not there is 404; what the body names and is not there is a wrong value.
        status = 422 if error.field and isinstance(error, NotFound) else error.status
        detail = str(error.message) or _title(status)
        where = _of_fields(error, detail)
        if isinstance(error, TooOften):
            headers["Retry-After"] = str(error.data["seconds"])
        if isinstance(error, BadCursor):
            where = [{"parameter": "cursor", "code": error.code, "detail": detail}]
        return status, error.code, detail, where, headers
    if isinstance(error, exceptions.ValidationError):
        detail = _("Some values are not right.")
        return 422, "invalid", detail, _of_body(error, detail), headers
    if isinstance(error, exceptions.APIException):
        if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
            headers["WWW-Authenticate"] = 'Bearer realm="PRM API"'
        if isinstance(error, exceptions.Throttled) and error.wait is not None:
            headers["Retry-After"] = str(max(1, round(error.wait)))
        codes = error.get_codes()
        code = _CODES.get(codes, codes) if isinstance(codes, str) else "refused"
        return error.status_code, code, str(error.detail), getattr(error, "errors", []), headers
    if isinstance(error, Http404):
        return 404, "not_found", _("This does not exist, or is not yours to see."), [], headers
    if isinstance(error, PermissionDenied):
        return 403, "not_allowed", _("Your role does not include this."), [], headers
    if isinstance(error, RequestDataTooBig):
        return 413, "too_large", _("The request is too large."), [], headers
    if isinstance(error, SuspiciousOperation):
        return 400, "malformed", _("The request cannot be read."), [], headers
    if isinstance(error, DataError):
        return 422, "out_of_range", _("A value is too large for its field."), [], headers
    return 500, "server_error", _("Something failed on our side. The request id helps us find it."), [], headers


def _of_body(error: exceptions.ValidationError, detail: str) -> list[dict[str, Any]]:
    """What cannot be read in a body, and beside it what a service refuses of the rest."""
    flat = list(_flat(error.get_full_details(), []))
    if isinstance(error, FaultyBody) and error.refusal is not None:
        told = {entry["pointer"] for entry in flat}
        faulty = {pointer.strip("/").partition("/")[0] for pointer in told}
        others = _of_fields(error.refusal, detail, beside=faulty)
        flat += [entry for entry in others if not _is_within(entry["pointer"], told)]
    return flat


def _of_fields(error: DomainError, detail: str, *, beside: Collection[str] = ()) -> list[dict[str, Any]]:
    return [
        {"pointer": _pointer(fault.field.split(".")), "code": fault.code, "detail": str(fault.message) or detail}
        for fault in error.faults
        if fault.field and fault.is_beside(beside)
    ]


def _is_within(pointer: str, told: Iterable[str]) -> bool:
    """Whether something is said of a field, of what it lies in or of what lies in it already."""
    return any(f"{pointer}/".startswith(f"{known}/") or f"{known}/".startswith(f"{pointer}/") for known in told)


# The framework's words → ours.
_CODES = {
    "parse_error": "malformed",
    "throttled": "rate_limited",
    "permission_denied": "not_allowed",
    "authentication_failed": "bad_key",
    "error": "refused",
}


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return str(status)


def _pointer(path: Iterable[Any]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def _flat(details: Any, path: list[Any]) -> Iterable[dict[str, Any]]:
    """The nested errors of serializers as a list of pointers into the body."""
    if isinstance(details, Mapping) and set(details) == {"message", "code"}:
        yield {"pointer": _pointer(path), "code": details["code"], "detail": str(details["message"])}
    elif isinstance(details, Mapping):
        for key, inner in details.items():
            yield from _flat(inner, path if key == "non_field_errors" else [*path, key])
    else:
        is_list_of_items = all(isinstance(d, Mapping) and set(d) != {"message", "code"} for d in details)
        for i, inner in enumerate(details):
            if inner:
                yield from _flat(inner, [*path, i] if is_list_of_items else path)
