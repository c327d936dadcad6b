"""Around every request: an id that logs, problems and support can name; and problems also where no view was reached."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from prm.api.problems import MEDIA_TYPE, problem_answer
from prm.core.correlation import correlated, correlation_of
from prm.core.ids import typeid_encode, uuid7

API_PREFIX = "/api/"
#: Headers that tell of the text itself, which is another now.
_OF_THE_TEXT = {"Content-Type", "Content-Length", "Content-Encoding", "ETag", "Last-Modified"}
_OURS = re.compile(r"^[A-Za-z0-9._-]{8,64}$")


class RequestIdMiddleware:
    """Gives each request an id (a sensible ``X-Request-Id`` is kept) and names it in the answer.

    An error of the API that comes from outside its views (no such address, a form's CSRF check, a crash) becomes a problem.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asked = request.headers.get("X-Request-Id", "")
        request.request_id = asked if _OURS.match(asked) else typeid_encode("req", uuid7())  # type: ignore[attr-defined]
        with correlated(correlation_of(request.request_id)):  # type: ignore[attr-defined]
            answer = self.get_response(request)
        if request.path.startswith(API_PREFIX) and answer.status_code >= 400 and not _is_problem(answer):
            answer = _as_problem(request, answer)
        answer["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return answer


def _is_problem(answer: HttpResponseBase) -> bool:
    return answer.get("Content-Type", "").startswith(MEDIA_TYPE)


def _as_problem(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    """The refusal in the API's words. What was said of the old answer beside its text holds for it too: who may keep, frame or guess it."""
    status = answer.status_code
    words = {
        404: ("not_found", _("There is nothing at this address.")),
        403: ("not_allowed", _("This is not allowed.")),
        400: ("malformed", _("The request cannot be read.")),
    }
    fallback = ("server_error", _("Something failed on our side. The request id helps us find it."))
    code, detail = words.get(status, fallback if status >= 500 else ("refused", _("This is not allowed.")))
    problem = problem_answer(request, status, code, detail)
    for name, value in answer.items():
        if name not in _OF_THE_TEXT:
            problem.headers.setdefault(name, value)
    return problem
