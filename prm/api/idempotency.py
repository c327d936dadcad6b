"""``Idempotency-Key``: a POST that is sent twice has one effect and one answer.

The caller's lock lasts as long as the transaction, the answer is stored in it: so the stored answer exists exactly when the
effect does. 2xx and 4xx are kept for 24 h, 5xx are not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b, sha256
from uuid import UUID

from django.db import connection
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from prm.access.actors import Actor
from prm.access.roles import as_login, as_sign_in
from prm.api.models import IdempotencyRecord
from prm.core.errors import Conflict, DomainError, Invalid

KEPT = timedelta(hours=24)
_KEY = re.compile(r"^[\x21-\x7e]{1,255}$")
_HEADERS = ("Location", "ETag")


@dataclass(frozen=True)
class IdempotentCall:
    """One call under a key; holds the lock until the transaction ends."""

    caller: UUID
    place: str
    key: str
    fingerprint: str

    def keep(self, response: Response) -> None:
        """Stores the answer in the running transaction, which is kept also for a refusal."""
        with as_login():
            IdempotencyRecord.objects.create(
                caller=self.caller,
                place=self.place,
                key=self.key,
                fingerprint=self.fingerprint,
                status=response.status_code,
                headers={name: response[name] for name in _HEADERS if name in response}
                | {"Content-Type": response.content_type or "application/json"},
                body=b"" if response.data is None else JSONRenderer().render(response.data),
            )
        response.keep_transaction = True  # type: ignore[attr-defined]


def idempotent_begin(request: Request, actor: Actor) -> IdempotentCall | HttpResponse | None:
    """None without the header, the stored answer for a repeated call, else the call to carry out.

    Raises Conflict while the first is still running, Invalid (422) when the key was used for another request.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not _KEY.match(key):
        raise DomainError("bad_idempotency_key", _("An Idempotency-Key has 1 to 255 visible ASCII characters."))
    caller = actor.key_id or actor.user_id
    if caller is None:
        return None
    call = IdempotentCall(caller, actor.place, key, _fingerprint(request))
    if not _lock(call):
        raise Conflict("idempotency_in_progress", _("A request with this Idempotency-Key is still running."))
    with as_login():
        kept = IdempotencyRecord.objects.filter(caller=caller, place=call.place, key=key).first()
        if kept is not None and kept.created_at < timezone.now() - KEPT:
            kept.delete()
            kept = None
    if kept is None:
        return call
    if kept.fingerprint != call.fingerprint:
        raise Invalid("idempotency_key_reused", _("This Idempotency-Key was used for another request."))
    return HttpResponse(bytes(kept.body), status=kept.status, headers={**kept.headers, "Idempotency-Replayed": "true"})


def sending_begin(actor: Actor, sending: str) -> str | None:
    """Where the same sending of a page's form (``once``) was led; None for a new one. Waits while it is under way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_lock_number(actor.account_id, actor.place, sending)])
    with as_sign_in():
        kept = IdempotencyRecord.objects.filter(caller=actor.account_id, place=actor.place, key=sending)
        kept.filter(created_at__lt=timezone.now() - KEPT).delete()
        found = kept.first()
    return found.headers["Location"] if found is not None else None


def sending_keep(actor: Actor, sending: str, location: str) -> None:
    """Remembers where a sending was led, in the transaction of its effect."""
    with as_sign_in():
        IdempotencyRecord.objects.create(
            caller=actor.account_id, place=actor.place, key=sending, fingerprint=sending, status=302,
            headers={"Location": location}, body=b"",
        )  # fmt: skip


def idempotency_purge() -> int:
    """Removes answers older than a day; how many."""
    with as_sign_in():
        return IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]


def _lock_number(caller: UUID, place: str, key: str) -> int:
    """The advisory lock of what a caller does at a place under a key."""
    return int.from_bytes(blake2b(caller.bytes + f"{place} {key}".encode(), digest_size=8).digest(), "big", signed=True)


def _lock(call: IdempotentCall) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_lock_number(call.caller, call.place, call.key)])
        return bool(cursor.fetchone()[0])


def _fingerprint(request: Request) -> str:
    """What the request asks for: method, address and body. A form's boundary changes with each sending and does not count."""
    digest = sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if (request.content_type or "").startswith("multipart/"):
        for name, values in sorted(request._request.POST.lists()):
            digest.update(repr((name, values)).encode())
        for name, file in sorted(request._request.FILES.items()):
            digest.update(repr((name, file.name)).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    else:
        digest.update(request._request.body)
    return digest.hexdigest()
