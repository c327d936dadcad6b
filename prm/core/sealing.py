"""Secrets that have to be read back (second factors, single sign-on) are kept sealed: a copy of the database opens none of them.

The key is derived from ``PRM_SEAL_KEY``, else from ``SECRET_KEY``; older keys (``SECRET_KEY_FALLBACKS``) still open. What need not be
read back, passwords and keys, is hashed instead. Why so: docs/adr/0010-secrets-are-sealed.md.
"""

from __future__ import annotations

import base64
import hashlib

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


def _box() -> MultiFernet:
    keys = [settings.PRM_SEAL_KEY or settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"prm.core.sealing:" + key.encode()).digest())
