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


def state_of(*values: object) -> str:
    """What a form keeps of the state that it shows, so that a later one is told from it."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:32]


def looks_like_key(text: str) -> bool:
    """Whether a bearer token can be one of ours at all."""
    return text.startswith((LIVE, TEST)) and 20 <= len(text) <= 80


#: What a browser says of itself → words; the first that fits. Order matters: every browser claims to be several others.
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"),
             ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
            ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


def device_of(user_agent: str) -> str:
    """``Firefox, Windows``: what somebody recognises their device by; empty when the browser says nothing that is known."""
    found = [next((word for mark, word in known if mark in user_agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(word for word in found if word)
