"""Secrets that have to be read back (second factors, single sign-on) are kept sealed: a copy of the database opens none of them.

The key is derived from ``PRM_SEAL_KEY``, else from ``SECRET_KEY``; older keys (``SECRET_KEY_FALLBACKS``) still open. What need not be
read back, passwords and keys, is hashed instead. Why so: docs/adr/0010-secrets-are-sealed.md. A secret that is needed once more, some
moments after it was made, follows from such a key and is kept nowhere.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def seal(text: str) -> str:
    """``text`` encrypted and authenticated, as text."""
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed. ValueError when it was changed, or sealed with a key that is not known any more."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise ValueError("sealed with another key, or changed since") from error


def secrets_of(text: str) -> Iterator[str]:
    """The secrets (256 bits, as text for links) that follow from ``text``: by the key of today, then by each older one."""
    for key in _keys():
        digest = hmac.digest(hashlib.sha256(b"prm.core.sealing.secrets:" + key.encode()).digest(), text.encode(), "sha256")
        yield base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _keys() -> list[str]:
    return [settings.PRM_SEAL_KEY or settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _box() -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in _keys()])


def _derived(key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"prm.core.sealing:" + key.encode()).digest())
