"""How a request goes: who calls, how often, the work in a savepoint, its answer kept under its idempotency key, its ETag."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from prm.access.actors import Actor
from prm.api.etags import digest_of, etag, none_match
from prm.api.idempotency import IdempotentCall, idempotent_begin
from prm.api.problems import FaultyBody
from prm.api.query import refuse_unknown
from prm.api.rates import rate_headers, rate_use
from prm.core.errors import Conflict, Invalid, NotFound
from prm.core.throttle import Left

SAFE = ("GET", "HEAD", "OPTIONS")


class RequestView(ViewSetMixin, APIView):
    """What every request goes through, whatever it asks for."""

    # A resource below another: the TypeID prefix of each id in its address.
    parents: ClassVar[Mapping[str, str]] = {}
    above: dict[str, str]
    rate: Left | None
    # What is wrong with the body that is being tried.
    faulty: FaultyBody | None

    @property
    def actor(self) -> Actor:
        """Who calls."""
        actor: Actor = self.request._request.actor
        return actor

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The framework's way, with the work of a change in a savepoint and its answer kept under its idempotency key."""
        self.above = {name: kwargs.pop(name) for name in self.parents}
        self.args, self.kwargs = args, kwargs
        self.rate = self.faulty = None
        self.request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        response: HttpResponseBase
        try:
            self.initial(self.request, *args, **kwargs)
            method = (self.request.method or "").lower()
            known = method in self.http_method_names
            handler = getattr(self, method, self.http_method_not_allowed) if known else self.http_method_not_allowed
            response = handler(self.request, *args, **kwargs) if request.method in SAFE else self._change(handler)
        except Exception as error:
            response = self.handle_exception(error)
        self.response = self.finalize_response(self.request, response, *args, **kwargs)
        return self.response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who calls, how often, whether they may."""
        super().initial(request, *args, **kwargs)
        if request.method not in SAFE:
            refuse_unknown(request._request.GET, [])

    def check_throttles(self, request: Request) -> None:
        self.rate = rate_use(self.actor)
        if self.rate.is_used_up:
            raise Throttled(self.rate.reset)

    def _change(self, handler: Callable[..., Response]) -> HttpResponseBase:
        call = idempotent_begin(self.request, self.actor) if self.request.method == "POST" else None
        if isinstance(call, HttpResponse):
            return call
        try:
            with transaction.atomic():
                response = handler(self.request, *self.args, **self.kwargs)
                if self.faulty is not None:
                    raise self.faulty
        except Exception as error:
            response = self.handle_exception(error if self.faulty is None else self._both(error))
        if isinstance(call, IdempotentCall) and response.status_code < 500:
            call.keep(response)
        return response

    def _both(self, error: Exception) -> Exception:
        """The faults of the body, and beside them what a service refused of the rest. Whatever else happened while a body with
        faults was tried comes of these."""
        assert self.faulty is not None
        if isinstance(error, Invalid | Conflict | NotFound):
            self.faulty.refusal = error
        return self.faulty

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.rate is not None:
            for name, value in rate_headers(self.rate).items():
                response[name] = value
        if request.method in {"GET", "HEAD"} and response.status_code == 200 and isinstance(response, Response):
            response = self._tagged(request, response)
        return response

    def _tagged(self, request: Request, response: Response) -> HttpResponseBase:
        if "ETag" not in response:
            response.render()
            response["ETag"] = etag(digest_of(response.content))
        known = none_match(request, response["ETag"])
        if not known:
            return response
        unchanged = HttpResponse(status=304, headers={"ETag": known})
        del unchanged["Content-Type"]  # there is nothing to be of a type
        return unchanged

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Methods only; the schema says the rest."""
        return Response(status=204, headers={"Allow": ", ".join(self.allowed_methods)})
