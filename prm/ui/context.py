"""What every template knows."""

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """The actor, for the shell."""
    return {"actor": getattr(request, "actor", None)}
