"""Where the mails of a demo or a developer's machine go: a folder, one file a mail, read at ``/mailbox``."""

from __future__ import annotations

import email
import email.policy
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage as Parsed
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

SHOWN = 100


class FolderBackend(BaseEmailBackend):
    """Keeps each mail as a file named after its Message-ID: one sent twice is there once, as in a mail program."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        for letter in email_messages:
            message: Any = letter.message()
            key = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:24]
            part = folder / f".{key}.part"
            part.write_bytes(message.as_bytes())
            part.rename(folder / f"{key}.eml")
        return len(email_messages)


@dataclass(frozen=True)
class Kept:
    """A mail of the folder."""

    key: str
    subject: str
    to: str
    at: datetime
    text: str = ""
    html: str = ""


def kept_list() -> list[Kept]:
    """The last mails, newest first."""
    files = sorted(_folder().glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)
    return [_kept(path) for path in files[:SHOWN]]


def kept_get(key: str) -> Kept | None:
    """One mail; None when there is none of this key."""
    path = _folder() / f"{key}.eml"
    return _kept(path) if key.isalnum() and path.is_file() else None


def _kept(path: Path) -> Kept:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, Parsed)
    text, html = message.get_body(["plain"]), message.get_body(["html"])
    return Kept(
        path.stem, str(message["Subject"]), str(message["To"]), datetime.fromtimestamp(path.stat().st_mtime, UTC),
        str(text.get_content()) if text else "", str(html.get_content()) if html else "",
    )  # fmt: skip


def _folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH)
