"""What every mail of ours carries, whoever writes it."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings


def message_id(key: UUID) -> str:
    """The Message-ID of the mail ``key``: the same however often it leaves, so that a mailbox can tell."""
    domain = str(settings.DEFAULT_FROM_EMAIL).rpartition("@")[2].rstrip("> ") or "localhost"
    return f"<{key}@{domain}>"


def address(path: str) -> str:
    """``path`` as a link that works in a mail."""
    return f"{settings.PRM_ADDRESS.rstrip('/')}{path}"
