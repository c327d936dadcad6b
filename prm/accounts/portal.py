"""Account pages of a partner's people: the API keys of their partner, for its administrators."""

from __future__ import annotations

from prm.access.actors import PORTAL_DOOR
from prm.accounts import pages_keys


class ApiKeyListPage(pages_keys.ApiKeyListPage):
    """The partner's keys."""

    audiences = PORTAL_DOOR


class ApiKeyCreatePage(pages_keys.ApiKeyCreatePage):
    """Another key of the partner's."""

    audiences = PORTAL_DOOR


class ApiKeyRevokePage(pages_keys.ApiKeyRevokePage):
    """The end of one."""

    audiences = PORTAL_DOOR
