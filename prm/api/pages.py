"""The API reference inside the product, of both doors: drawn from the same description that integrators download."""

from __future__ import annotations

from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from prm.access.actors import VENDOR_DOOR
from prm.access.pages import ScopedPage
from prm.api.reference import operations_of, reference_groups
from prm.api.router import router
from prm.api.schema_view import schema_once

# The codes that any operation may answer; a resource's own codes are told by their words.
CODES = (
    ("not_authenticated", 401, _("There is no key. Send Authorization: Bearer prm_live_…")),
    ("bad_key", 401, _("The key is wrong, expired or revoked.")),
    ("not_allowed", 403, _("The key or its owner does not hold the permission that the operation names.")),
    (
        "reauthentication_required",
        403,
        _(
            "A session signed in too long ago for such an act: its person confirms at the page confirm_at, then it is sent again."
        ),
    ),
    ("not_found", 404, _("It does not exist, or is not yours to see: both look alike.")),
    ("bad_parameter", 400, _("A parameter is unknown or cannot be read; errors names it.")),
    ("bad_cursor", 400, _("The cursor belongs to another list or order. Start from the first page.")),
    ("malformed", 400, _("The body is not JSON.")),
    ("invalid", 422, _("Some values are not right; errors points at each.")),
    ("idempotency_key_reused", 422, _("The Idempotency-Key was used for another request in the last 24 hours.")),
    ("idempotency_in_progress", 409, _("The first request with this Idempotency-Key is still running. Wait a moment.")),
    ("precondition_required", 428, _("A change needs If-Match with the ETag that was read.")),
    ("precondition_failed", 412, _("Somebody changed the record meanwhile. Read it again.")),
    ("rate_limited", 429, _("Too many requests. Wait as many seconds as Retry-After says.")),
    ("server_error", 500, _("Ours. Tell us the request id.")),
)


class ReferencePage(ScopedPage):
    """What a program can ask for with a key: to the vendor's people everything, to a partner's what a key of theirs can do."""

    abstract: ClassVar[bool] = True
    permission = "accounts.person:keys"

    def get(self, request: HttpRequest) -> HttpResponse:
        host, is_vendors = request.build_absolute_uri("/").rstrip("/"), self.actor.kind in VENDOR_DOOR
        only = None if is_vendors else operations_of(self.actor, router.viewsets)
        context = {
            "groups": reference_groups(schema_once(), host=host, only=only), "codes": CODES, "host": host, "is_vendors": is_vendors,
            "keys": reverse(f"{'vendor' if is_vendors else 'portal'}:accounts:api-key-list"),
        }  # fmt: skip
        return TemplateResponse(request, "api/reference.html", context)
