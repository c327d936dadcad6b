"""How much a request may bring in files, known before the first byte of it is kept."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Files of people who are signed in, up to ``PRM_UPLOAD_MAX_BYTES``; nobody else fills the disk by sending one.

    The form around a file is read wherever somebody looks for a field of it (the token against forgery, say), also on a page that
    expects no file and before any page has said who may open it.
    """

    def handle_raw_input(
        self, input_data: Any, meta: Any, content_length: int, boundary: str, encoding: str | None = None
    ) -> None:
        """Raises RequestDataTooBig by the length that the request announces; a server passes no more than that on."""
        actor = getattr(self.request, "actor", None)
        is_somebody = actor is not None and not actor.is_anonymous
        if content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE + (settings.PRM_UPLOAD_MAX_BYTES if is_somebody else 0):
            raise RequestDataTooBig("more than may be sent here")
