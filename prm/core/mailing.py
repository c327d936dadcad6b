"""What every mail of ours carries, whoever writes it."""

from __future__ import annotations

import re
from uuid import UUID

from django.conf import settings

_HOST = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]", re.IGNORECASE)


def is_mailable(email: str) -> bool:
    """Whether a mail can be written to an address that Django's validator takes: the domain, as mail programs write it, is the name of a
    host. Some signs of no alphabet have no such spelling, others become a space or a comma.

    >>> is_mailable("iva@münchen.example"), is_mailable("iva@or\u2028vane.example"), is_mailable("iva@or\u3000vane.example")
    (True, False, False)
    """
    try:
        return _HOST.fullmatch(email.rpartition("@")[2].encode("idna").decode()) is not None
    except UnicodeError:
        return False


def message_id(key: UUID) -> str:
    """The Message-ID of the mail ``key``: the same however often it leaves, so that a mailbox can tell."""
    domain = str(settings.DEFAULT_FROM_EMAIL).rpartition("@")[2].rstrip("> ") or "localhost"
    return f"<{key}@{domain}>"


def address(path: str) -> str:
    """``path`` as a link that works in a mail."""
    return f"{settings.PRM_ADDRESS.rstrip('/')}{path}"
