"""The vendor's own API keys: its door to ``pages_keys``."""

from __future__ import annotations

from prm.accounts import pages_keys


class ApiKeyListPage(pages_keys.ApiKeyListPage):
    """My keys."""


class ApiKeyCreatePage(pages_keys.ApiKeyCreatePage):
    """Another key of mine."""


class ApiKeyRevokePage(pages_keys.ApiKeyRevokePage):
    """The end of one."""
