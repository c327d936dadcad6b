"""The codes of problems that any operation of the API may answer, in words: what ``type`` of a problem leads to."""

from django.utils.translation import gettext_lazy as _

#: Code, status, words. A resource's own codes are told by their words alone.
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
    ("out_of_range", 422, _("A value is too large for its field.")),
    ("too_large", 413, _("The request is too large.")),
    ("unsupported_media_type", 415, _("The body is of a content type that is not read here.")),
    ("method_not_allowed", 405, _("The address has no such method. Allow names those that it has.")),
    ("invalid", 422, _("Some values are not right; errors points at each.")),
    ("idempotency_key_reused", 422, _("The Idempotency-Key was used for another request in the last 24 hours.")),
    ("idempotency_in_progress", 409, _("The first request with this Idempotency-Key is still running. Wait a moment.")),
    ("precondition_required", 428, _("A change needs If-Match with the ETag that was read.")),
    ("precondition_failed", 412, _("Somebody changed the record meanwhile. Read it again.")),
    ("rate_limited", 429, _("Too many requests. Wait as many seconds as Retry-After says.")),
    ("server_error", 500, _("Ours. Tell us the request id.")),
)
