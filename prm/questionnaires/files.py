"""Files of answers on their way out: downloads, never pages."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse

from prm.core.errors import NotFound


def attachment(kept: Any) -> FileResponse:
    """A kept file as a download that no browser opens in place. Raises NotFound when storage has lost it."""
    if not default_storage.exists(kept.path):
        raise NotFound
    response = FileResponse(
        default_storage.open(kept.path), as_attachment=True, filename=kept.name, content_type=kept.content_type
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
