"""API keys as text: how one is made, recognised and compared. No storage."""

from __future__ import annotations

import hashlib
import secrets

LIVE, TEST = "prm_live_", "prm_test_"


def new_secret(*, test: bool = False) -> str:
    """A fresh key, 192 bits of randomness behind its readable prefix."""
    return (TEST if test else LIVE) + secrets.token_urlsafe(24)


def digest_of(secret: str) -> str:
    """What is stored instead of the key. The key is random, so one round of SHA-256 cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def shown_prefix(secret: str) -> str:
    """Enough of the key to recognise it in a list: ``prm_live_Ab3x``."""
    return secret[:13]


def looks_like_key(text: str) -> bool:
    """Whether a bearer token can be one of ours at all."""
    return text.startswith((LIVE, TEST)) and 20 <= len(text) <= 80
