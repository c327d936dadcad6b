"""The API reference of a partner's people: what a key of theirs can do."""

from __future__ import annotations

from prm.access.actors import PORTAL_DOOR
from prm.api import pages


class ReferencePage(pages.ReferencePage):
    """``/portal/developers/api``."""

    audiences = PORTAL_DOOR
