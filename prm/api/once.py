"""A form that makes something and is sent twice makes it once: ``{% once %}`` in the form, this middleware around the page.

The pages' side of ``idempotency``: the same records, kept as long. The second sending waits for the first and is led where that one
was led. Same token and other values is another sending: somebody went back and changed what they had typed.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from prm.access.actors import Actor
from prm.api.idempotency import sending_begin, sending_keep
from prm.ui.templatetags.ui import ONCE

LONGEST = 64


class OnceMiddleware:
    """Inside the role transaction: the answer is remembered exactly when the effect is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if request.method != "POST" or actor.user_id is None or not connection.in_atomic_block:
            return self.get_response(request)
        if not 0 < len(request.POST.get(ONCE, "")) <= LONGEST:
            return self.get_response(request)
        sending = _sending(request)
        led = sending_begin(actor, sending)
        if led is not None:
            return HttpResponseRedirect(led)
        response = self.get_response(request)
        if isinstance(response, HttpResponseRedirect):
            sending_keep(actor, sending, response["Location"])
        return response


def _sending(request: HttpRequest) -> str:
    """What is sent, where to: the token with every other value. Files count by name and content: a corrected one is another."""
    values = [(name, texts) for name, texts in sorted(request.POST.lists()) if name != "csrfmiddlewaretoken"]
    files = [(name, file.name, _content(file)) for name, file in sorted(request.FILES.items())]
    return sha256(repr((request.path, values, files)).encode()).hexdigest()


def _content(file: UploadedFile) -> str:
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
