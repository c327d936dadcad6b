"""One transaction around view and rendering, under the actor's database role.

ATOMIC_REQUESTS would end before a lazy template renders, and the rows would be gone. Order of the chain: sessions and sign-in
as the bare login; the actor resolved; then this. An answer of 400 and above rolls back, unless the view says that its
refusal is to be remembered (``response.keep_transaction``: stored idempotent answers).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from prm.access.actors import Actor
from prm.access.roles import as_role


class RoleTransactionMiddleware:
    """Wraps each request in the role of ``request.actor``; paths in ``PRM_NO_ROLE_PREFIXES`` run without."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(settings.PRM_NO_ROLE_PREFIXES):
            return self.get_response(request)
        actor: Actor = request.actor  # type: ignore[attr-defined]
        with as_role(actor):
            response = self.get_response(request)
            if response.status_code >= 400 and not getattr(response, "keep_transaction", False):
                transaction.set_rollback(True)
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            response.streaming_content = _in_role(actor, iter(response.streaming_content))  # type: ignore[arg-type]
        return response


def _in_role(actor: Actor, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """A streamed answer is produced after the middleware has returned: it gets a transaction of its own."""
    with as_role(actor):
        yield from chunks
