"""The arithmetic of the audit chain: what a link covers, and how two agree."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext_lazy as _

#: What can be wrong with an entry.
FAULTS = {
    "gap": _("an entry before it is missing"),
    "loose": _("it does not continue the entry before it"),
    "event_changed": _("its event no longer says what was chained"),
    "personal_changed": _("what its event says about a person was changed"),
    "cut": _("entries that an earlier verification saw are gone"),
    "rewritten": _("it is no longer what an earlier verification saw"),
    "unchained": _("its event never entered the chain"),
}

#: What the first entry of a chain follows.
BEGINNING = "0" * 64


def canonical(value: Mapping[str, Any]) -> bytes:
    """The one way in which a value is written for hashing: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def link_digest(previous: str, envelope: Mapping[str, Any]) -> str:
    """The digest of an entry: SHA-256 over the one before it and the whole envelope of its event."""
    return sha256(previous.encode() + b"\n" + canonical(envelope)).hexdigest()


def personal_digest(salt: bytes, texts: Mapping[str, str]) -> str:
    """What the event keeps of its personal texts. Once salt and texts are gone, guessing does not bring them back."""
    return sha256(bytes(salt) + canonical(texts)).hexdigest()


def seal_of(secret: bytes, entries: int, digest: str) -> str:
    """What says that this installation itself verified so many entries, the last of them with this digest."""
    return hmac.new(sha256(b"prm.events.audit\n" + secret).digest(), f"{entries}:{digest}".encode(), sha256).hexdigest()


def is_sealed(seal: str, secrets: Iterable[bytes], entries: int, digest: str) -> bool:
    """Whether one of the installation's secrets, today's or an earlier one, made the seal."""
    return any(hmac.compare_digest(seal, seal_of(secret, entries, digest)) for secret in secrets)
