"""Toasts: one line that says what was done, with Undo where it can be undone. After a redirect, or at once in
an htmx answer.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse


def toast(request: HttpRequest, text: Any, *, undo_url: str = "") -> None:
    """Shows ``text`` on the next page; ``undo_url`` (POST) puts Undo beside it for 8 seconds."""
    messages.success(request, str(text), extra_tags=f"undo={undo_url}" if undo_url else "")


def toast_now(response: HttpResponse, text: Any, *, undo_url: str = "") -> HttpResponse:
    """The same in the answer to an htmx request."""
    response["HX-Trigger"] = json.dumps({"prm:toast": {"text": str(text), "undo": undo_url}})
    return response
